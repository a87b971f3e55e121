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
)

// shortages are the words of AWS's texts for launches that failed because there was nothing to launch on
// (aws-facts A4).
var shortages = []string{
	"sufficient", "capacity", "VcpuLimitExceeded", "instance(s) are already running", "MaxSpotInstanceCountExceeded",
	"InsufficientFreeAddressesInSubnet", "UnfulfillableCapacity",
}

// expired says why green did not become healthy in time: the latest launch that failed since the deployment began, if there
// is one.
func (h handler) expired(ctx context.Context, d *deploy.Deployment, sample deploy.Sample) error {
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
		return fault.New(name, "after %d s %s; its latest activity failed: %s", d.Health.TimeoutSeconds, sample.Message, text)
	}
	return fault.New(fault.GreenUnhealthy, "after %d s %s", d.Health.TimeoutSeconds, withHint(sample.Message))
}

func withHint(message string) string {
	return fmt.Sprintf("%s; no launch failed, so look at the instances themselves: system log, user data, health check", message)
}
