package scaleinblue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// compare looks right before the commit at what others have changed of blue since green was copied from it. What green has not
// is a warning. A drain that was promised and can no longer take place is a fault: nothing would hold blue's instances.
// It returns both with everything that hangs on them.
func (h handler) compare(ctx context.Context, s *step.Step, record ledger.Record, blueGroup, greenGroup types.AutoScalingGroup) (whole, own clone.Whole, err error) {
	d := s.Deployment
	if own, err = h.copier.Read(ctx, greenGroup, d.Template); err != nil || blueGroup.AutoScalingGroupName == nil {
		return whole, own, err
	}
	if whole, err = h.copier.Read(ctx, clone.AsNamed(record.Lock, blueGroup), record.Template); err != nil { // what blue was pinned to when it was a copy itself
		return whole, own, err
	}
	if err := d.Drain.HeldBy(d.Blue, fleet.Terminating(whole.Hooks)); err != nil {
		return whole, own, err
	}
	if !d.Revives {
		rearmed, err := h.copier.Rearm(ctx, s, whole, own, forward...)
		if err == nil && rearmed {
			own, err = h.copier.Read(ctx, greenGroup, d.Template)
		}
		if err != nil {
			return whole, own, err
		}
	}
	blue, green := whole, own
	if len(d.Drain.Command) > 0 && !slices.Contains(fleet.Terminating(green.Hooks), d.Drain.Hook) {
		d.Warn("green %s has no terminating lifecycle hook %s any more, which somebody has deleted: nothing will hold its instances while they drain; put it back",
			d.Green, d.Drain.Hook)
		blue.Hooks = slices.DeleteFunc(slices.Clone(blue.Hooks), func(hook types.LifecycleHook) bool { return aws.ToString(hook.LifecycleHookName) == d.Drain.Hook })
	}
	if capacity.Stopped(record.Lock, d.Blue) || !slices.Contains(fleet.Of(blueGroup).Suspended, ledger.ScheduledActions) { // by our doing on green too
		blue, green = blue.Resumed(ledger.ScheduledActions), green.Resumed(ledger.ScheduledActions)
	}
	if !d.Revives {
		d.Warnings = append(d.Warnings, drifted(d, clone.Diff(blue, green, *d))...)
	}
	return whole, own, nil
}

// drifted is the warning that green is not what blue is by now.
func drifted(d *deploy.Deployment, drift []clone.Difference) []string {
	if len(drift) == 0 {
		return nil
	}
	var said []string
	for _, difference := range drift {
		said = append(said, difference.String())
	}
	return []string{fmt.Sprintf("somebody changed blue %s after green %s was copied from it; green has not: %s. Change green too where it is still wanted",
		d.Blue, d.Green, strings.Join(said, "; "))}
}
