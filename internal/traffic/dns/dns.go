// Package dns is the strategy under which green stands behind load balancers of its own, and the records by which clients know the fleet
// move there.
package dns

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic"
	"bluegreen/internal/twin"
)

type strategy struct {
	balancers balancer.Balancers
	zones     zones
	twins     twin.Twins
}

// New makes the strategy of an account.
func New(cfg aws.Config) traffic.Mover {
	client := route53.NewFromConfig(cfg)
	return strategy{balancer.New(cfg), zones{client, step.Guard[writes](client)}, twin.New(cfg)}
}

func (strategy) Unfit(blue deploy.Fleet) string {
	if len(blue.Sources) == 0 {
		return `traffic.strategy is "dns", but the group has no target groups and no load balancers; "none" is for fleets without a load balancer`
	}
	return ""
}

func (strategy) Diverged(d *deploy.Deployment, blue deploy.Fleet) error { return d.Diverged(blue) }

// Moved looks at the records: all must be green's.
func (s strategy) Moved(ctx context.Context, d *deploy.Deployment, lock *ledger.Lock) error {
	now, err := s.zones.now(ctx, d.Aliases)
	if err != nil {
		return err
	}
	for _, a := range now {
		if c := lock.Change(ledger.KindAlias, a.String()); c == nil || !c.Ours(a.Target.String()) {
			return fault.New(fault.TrafficDiverged, "%s: somebody else has changed it since traffic moved to green", stands(a))
		}
	}
	return nil
}

func (s strategy) Takes(ctx context.Context, d deploy.Deployment, _ deploy.Fleet) (string, error) {
	now, err := s.zones.now(ctx, d.Aliases)
	for i, a := range now {
		if to := d.Aliases[i].To; to != nil && a.Target == *to {
			return "has a record of its load balancer's (" + a.String() + ")", err
		}
	}
	return "", err
}

// See reads what the load balancers of both fleets show, and the records.
func (s strategy) See(ctx context.Context, m *traffic.Move) (err error) {
	if m.Way == deploy.Back {
		var exist []deploy.Source
		if m.Traffic, exist, err = s.balancers.InUse(ctx, m.Deployment.Attached(), m.Blue.Instances); err != nil {
			return err
		}
		m.Deployment.Attach(exist)
	} else if m.Traffic, err = s.balancers.Traffic(ctx, m.Deployment.Attached(), m.Blue.Instances); err != nil {
		return err
	}
	if m.Apart.Traffic, _, err = s.balancers.InUse(ctx, m.Green.Sources, m.Green.Instances); err != nil {
		return err
	}
	m.Apart.Aliases, err = s.zones.now(ctx, m.Deployment.Aliases)
	return err
}
