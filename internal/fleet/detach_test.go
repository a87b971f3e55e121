package fleet_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/fleet"
)

// Only the refusal to detach what is not attached says that it was detached before.
func TestDetachedBefore(t *testing.T) {
	meet(t, func(a *account) {
		group := &autoscaling.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: aws.String("web"), TargetGroupARNs: []string{a.targetGroup("web")}}
		if _, err := a.groups.DetachLoadBalancerTargetGroups(context.Background(), group); err == nil || fleet.DetachedBefore(err) {
			t.Errorf("of a group that does not exist: %v", err)
		}
		must(a, a.groups.CreateAutoScalingGroup, &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: group.AutoScalingGroupName, MinSize: aws.Int32(0), MaxSize: aws.Int32(0), AvailabilityZones: []string{"ap-northeast-1a"},
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: a.template()}, TargetGroupARNs: group.TargetGroupARNs,
		})
		a.sleep(time.Minute)
		must(a, a.groups.DetachLoadBalancerTargetGroups, group)
		if _, err := a.groups.DetachLoadBalancerTargetGroups(context.Background(), group); !fleet.DetachedBefore(err) {
			t.Errorf("the second time: %v", err)
		}
	})
}
