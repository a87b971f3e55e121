// Package attach is the strategy under which green joins all that blue is attached to, and blue leaves it when green is healthy there.
package attach

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic"
)

type strategy struct{ balancers balancer.Balancers }

// New makes the strategy of an account.
func New(cfg aws.Config) traffic.Mover { return strategy{balancer.New(cfg)} }

func (strategy) Unfit(blue deploy.Fleet) string {
	if len(blue.Sources) > 0 {
		return ""
	}
	return `traffic.strategy is "attach", but the group has no target groups and no load balancers; "none" is for fleets without a load balancer`
}

func (strategy) Diverged(d *deploy.Deployment, blue deploy.Fleet) error { return d.Diverged(blue) }

func (strategy) Moved(context.Context, *deploy.Deployment, *ledger.Lock) error { return nil }

func (strategy) Takes(_ context.Context, d deploy.Deployment, f deploy.Fleet) (string, error) {
	attached := f.AttachedTo(d.Attached())
	if len(attached) == 0 {
		return "", nil
	}
	return "is attached to a " + deploy.Noun(attached), nil
}

// Withdraw detaches a fleet. What is too many at once is an error, which is tried again.
func (s strategy) Withdraw(ctx context.Context, call *step.Step, f deploy.Fleet) error {
	attached := f.AttachedTo(call.Deployment.Attached())
	all, err := s.balancers.Detach(ctx, call.Holder.At(ledger.Removing), f.Name, attached)
	if err == nil && !all {
		return fault.New(fault.Unavailable, "%s leaves its %ss %d at a time", f.Name, deploy.Noun(attached), balancer.AtOnce)
	}
	return err
}

// See reads what each source shows of both fleets. On the way back that is without what others have deleted, which nobody can join any
// more, and without target groups that no load balancer uses any more.
func (s strategy) See(ctx context.Context, m *traffic.Move) (err error) {
	sources, members := m.Deployment.Attached(), slices.Concat(m.Blue.Instances, m.Green.Instances)
	if m.Way != deploy.Back {
		m.Traffic, err = s.balancers.Traffic(ctx, sources, members)
		return err
	}
	inUse, exist, err := s.balancers.InUse(ctx, sources, members)
	if err == nil {
		m.Traffic = inUse
		m.Deployment.Attach(exist)
	}
	return err
}
