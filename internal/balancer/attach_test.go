package balancer_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// What was detached before is detached. A group that does not exist is not.
func TestDetachedBefore(t *testing.T) {
	meet(t, func(a *account) {
		ctx, fence, arns := context.Background(), a.fence(), []string{a.targetGroup("web")}
		if _, err := a.balancers.Detach(ctx, fence, "web", arns); err == nil {
			t.Error("a group that does not exist was detached")
		}
		must(a, a.groups.CreateAutoScalingGroup, &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: aws.String("web"), MinSize: aws.Int32(0), MaxSize: aws.Int32(0), AvailabilityZones: []string{"ap-northeast-1a"},
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: a.template()}, TargetGroupARNs: arns,
		})
		a.sleep(time.Minute)
		for range 2 {
			if all, err := a.balancers.Detach(ctx, fence, "web", arns); !all || err != nil {
				t.Errorf("%t, %v", all, err)
			}
			a.sleep(time.Minute)
		}
	})
}
