package creategreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// hookSpecs are blue's lifecycle hooks. One create call takes only hooks that share their notification target and
// role (aws-facts A1): the others are put afterwards, before anything launches.
type hookSpecs struct {
	atCreation []types.LifecycleHookSpecification
	afterwards []types.LifecycleHookSpecification
}

func (h handler) describeHooks(ctx context.Context, blue string) (hookSpecs, error) {
	described, err := fleet.DescribeHooks(ctx, h.groups, blue)
	if err != nil {
		return hookSpecs{}, err
	}
	var specs hookSpecs
	for _, hook := range described {
		spec := fleet.CopyHook(hook)
		if len(specs.atCreation) == 0 || sameTarget(specs.atCreation[0], spec) {
			specs.atCreation = append(specs.atCreation, spec)
		} else {
			specs.afterwards = append(specs.afterwards, spec)
		}
	}
	return specs, nil
}

func sameTarget(a, b types.LifecycleHookSpecification) bool {
	return aws.ToString(a.NotificationTargetARN) == aws.ToString(b.NotificationTargetARN) && aws.ToString(a.RoleARN) == aws.ToString(b.RoleARN)
}

// hookAfterwards puts the hooks that the create call could not take, then lets green grow to the sizes that it wants.
func (h handler) hookAfterwards(ctx context.Context, s *step.Step, least, desired *int32, specs []types.LifecycleHookSpecification) error {
	for _, spec := range specs {
		_, err := step.Write(ctx, h.writes, fence(s), writes.PutLifecycleHook, &autoscaling.PutLifecycleHookInput{
			AutoScalingGroupName:  &s.Deployment.Green,
			LifecycleHookName:     spec.LifecycleHookName,
			LifecycleTransition:   spec.LifecycleTransition,
			DefaultResult:         spec.DefaultResult,
			HeartbeatTimeout:      spec.HeartbeatTimeout,
			NotificationMetadata:  spec.NotificationMetadata,
			NotificationTargetARN: spec.NotificationTargetARN,
			RoleARN:               spec.RoleARN,
		})
		if err != nil {
			return fmt.Errorf("putting lifecycle hook %s on %s: %w", aws.ToString(spec.LifecycleHookName), s.Deployment.Green, err)
		}
	}
	_, err := step.Write(ctx, h.writes, fence(s), writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &s.Deployment.Green, MinSize: least, DesiredCapacity: desired,
	})
	if err != nil {
		return fmt.Errorf("setting the sizes of %s: %w", s.Deployment.Green, err)
	}
	return nil
}
