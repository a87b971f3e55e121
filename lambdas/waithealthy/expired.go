package waithealthy

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
)

// shortages are the words of AWS's texts for launches that failed because there was nothing to launch on
// (aws-facts A4).
var shortages = []string{
	"sufficient", "capacity", "VcpuLimitExceeded", "instance(s) are already running", "MaxSpotInstanceCountExceeded",
	"InsufficientFreeAddressesInSubnet", "UnfulfillableCapacity",
}

// heldAtLaunch is the lifecycle state of an instance that a launching hook holds.
const heldAtLaunch = "Pending:Wait"

// expired says why green did not become healthy in time: the latest launch that failed since the deployment began, if there
// is one.
func (h handler) expired(ctx context.Context, d *deploy.Deployment, green deploy.Fleet, sample deploy.Sample) error {
	out, err := h.groups.DescribeScalingActivities(ctx, &autoscaling.DescribeScalingActivitiesInput{
		AutoScalingGroupName: &d.Green, MaxRecords: aws.Int32(20),
	})
	if err != nil {
		return fault.New(fault.GreenUnhealthy, "after %d s %s; why is not known: describing its activities: %w",
			d.Health.TimeoutSeconds, sample.Message, err)
	}
	for _, activity := range out.Activities {
		if activity.StatusCode != types.ScalingActivityStatusCodeFailed && activity.StatusCode != types.ScalingActivityStatusCodeCancelled {
			continue
		}
		if activity.StartTime != nil && activity.StartTime.Before(d.StartedAt) { // of a fleet that is brought back: weeks ago, maybe
			break
		}
		text := aws.ToString(activity.StatusMessage)
		name := fault.GreenUnhealthy
		for _, word := range shortages {
			if strings.Contains(text, word) {
				name = fault.CapacityUnavailable
			}
		}
		if strings.Contains(text, "Lifecycle Action") { // which it does not name
			text += fmt.Sprintf(" (%s)", h.launching(ctx, d.Green))
		}
		return fault.New(name, "after %d s %s; its latest activity failed: %s", d.Health.TimeoutSeconds, sample.Message, text)
	}
	if held := green.In(heldAtLaunch); held != nil {
		return fault.New(fault.GreenUnhealthy, "after %d s %s; %s: they are held by %s, and what completes it for blue must complete it for %s too",
			d.Health.TimeoutSeconds, sample.Message, deploy.Fleet{Instances: held}.Lifecycles(), h.launching(ctx, d.Green), d.Green)
	}
	return fault.New(fault.GreenUnhealthy, "after %d s %s", d.Health.TimeoutSeconds, withHint(sample.Message))
}

// launching names the hooks that hold instances which a group launches.
func (h handler) launching(ctx context.Context, group string) string {
	hooks, err := fleet.DescribeHooks(ctx, h.groups, group)
	if names := fleet.Launching(hooks); err == nil && len(names) > 0 {
		return "launching hook " + strings.Join(names, " or ")
	}
	return "a launching hook"
}

func withHint(message string) string {
	return fmt.Sprintf("%s; no launch failed, so look at the instances themselves: system log, user data, health check", message)
}
