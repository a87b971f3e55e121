// Package restoreblue puts back on blue what the deployment changed: the pinned minimum. The desired capacity stays
// where blue's own scaling, or the return of its traffic, has brought it.
package restoreblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

type handler struct {
	groups fleet.Groups
	writes step.Writes[writes]
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return step.Of(ledger.Open(cfg, env.LedgerTable), handler{groups: group, writes: step.Guard[writes](group)}.look)
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	name := s.Deployment.Blue
	p := s.Begin()
	record, err := s.Record(ctx, ledger.Removing)
	if err != nil {
		return p, err
	}
	fleets, err := fleet.Read(ctx, h.groups, name)
	if err != nil {
		return p, err
	}
	blue, found := fleets[name]
	if !found || blue.Deleting { // green may be all that is left
		return p, s.Ledger.WithoutBlue(s.Deployment)
	}
	u, theirs := capacity.Unpin(record.Lock, blue)
	switch {
	case theirs:
		return p.Finished(deploy.Done, fmt.Sprintf("the minimum of blue %s was changed by somebody else to %d and stays", name, blue.Sizes.Min)), nil
	case u.Nothing():
		return p.Finished(deploy.Done, "nothing was changed on blue "+name), nil
	}
	if _, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Removing), writes.UpdateAutoScalingGroup, u.Of(name)); err != nil {
		return p, fmt.Errorf("restoring the minimum of %s to %d: %w", name, *u.Min, err)
	}
	return p.Finished(deploy.Done, fmt.Sprintf("the minimum of blue %s is restored to %d", name, *u.Min)), nil
}
