package scaleinblue

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// compare looks right before the commit at what others have changed of blue since green was copied from it. What green has not
// is a warning. A drain that was promised and can no longer take place is a fault: nothing would hold blue's instances.
// before is what blue was pinned to when it was a copy itself.
func (h handler) compare(ctx context.Context, d *deploy.Deployment, blueGroup, greenGroup types.AutoScalingGroup, before *deploy.Template) error {
	if blueGroup.AutoScalingGroupName == nil {
		return nil
	}
	blue, green := fleet.Whole{Group: blueGroup}, fleet.Whole{Group: greenGroup}
	var err error
	if blue.Hooks, err = fleet.DescribeHooks(ctx, h.groups, d.Blue); err != nil {
		return err
	}
	if err := d.Drain.HeldBy(d.Blue, fleet.Terminating(blue.Hooks)); err != nil {
		return err
	}
	if d.Revives || greenGroup.AutoScalingGroupName == nil {
		return nil
	}
	if green.Hooks, err = fleet.DescribeHooks(ctx, h.groups, d.Green); err != nil {
		return err
	}
	d.Warnings = append(d.Warnings, drifted(d, fleet.Drift(blue, green, *d, before))...)
	return nil
}

// drifted is the warning that green is not what blue is by now.
func drifted(d *deploy.Deployment, drift []string) []string {
	if len(drift) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("somebody changed blue %s after green %s was copied from it; green has not: %s. Change green too where it is still wanted",
		d.Blue, d.Green, strings.Join(drift, "; "))}
}
