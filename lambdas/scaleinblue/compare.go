package scaleinblue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// compare looks right before the commit at what others have changed of blue since green was copied from it. What green has not
// is a warning. A drain that was promised and can no longer take place is a fault: nothing would hold blue's instances.
// before is what blue was pinned to when it was a copy itself. It returns blue with everything that hangs on it.
func (h handler) compare(ctx context.Context, d *deploy.Deployment, blueGroup, greenGroup types.AutoScalingGroup, before *deploy.Template) (clone.Whole, error) {
	if blueGroup.AutoScalingGroupName == nil {
		return clone.Whole{}, nil
	}
	blue, err := h.copier.Read(ctx, blueGroup, before)
	if err != nil {
		return blue, err
	}
	whole := blue
	if err := d.Drain.HeldBy(d.Blue, fleet.Terminating(blue.Hooks)); err != nil {
		return whole, err
	}
	green, err := h.copier.Read(ctx, greenGroup, d.Template)
	if err != nil {
		return whole, err
	}
	if len(d.Drain.Command) > 0 && !slices.Contains(fleet.Terminating(green.Hooks), d.Drain.Hook) {
		d.Warn("green %s has no terminating lifecycle hook %s any more, which somebody has deleted: nothing will hold its instances while they drain; put it back",
			d.Green, d.Drain.Hook)
		blue.Hooks = slices.DeleteFunc(slices.Clone(blue.Hooks), func(hook types.LifecycleHook) bool { return aws.ToString(hook.LifecycleHookName) == d.Drain.Hook })
	}
	if !d.Revives {
		d.Warnings = append(d.Warnings, drifted(d, clone.Diff(blue, green, *d))...)
	}
	return whole, nil
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
