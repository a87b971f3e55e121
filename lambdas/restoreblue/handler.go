// Package restoreblue puts back on blue what the deployment changed: the pinned minimum. The desired capacity stays
// where blue's own scaling, or the return of its traffic, has brought it.
package restoreblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

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

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Progress, error) {
	name := s.Deployment.Blue
	p := deploy.Progress{State: s.State, Since: s.Entered}
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
	if record.Lock.Originals == nil {
		return p.Finished(deploy.Done, "nothing was changed on blue "+name), nil
	}
	message, err := h.unpin(ctx, s, blue, record.Lock.Originals)
	return p.Finished(deploy.Done, message), err
}

// unpin restores the minimum, unless somebody else has changed it since it was pinned. It writes even if the minimum
// looks restored: what is described may lag the pin.
func (h handler) unpin(ctx context.Context, s *step.Step, blue deploy.Fleet, originals *ledger.Originals) (string, error) {
	if blue.Sizes.Min != originals.PinnedMin && blue.Sizes.Min != originals.Blue.Min {
		return fmt.Sprintf("the minimum of blue %s was changed by somebody else to %d and stays", blue.Name, blue.Sizes.Min), nil
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Removing), writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &blue.Name, MinSize: aws.Int32(int32(originals.Blue.Min)),
	})
	if err != nil {
		return "", fmt.Errorf("restoring the minimum of %s to %d: %w", blue.Name, originals.Blue.Min, err)
	}
	return fmt.Sprintf("the minimum of blue %s is restored to %d", blue.Name, originals.Blue.Min), nil
}
