package balancer_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// What was detached before is detached. A group that does not exist is not.
func TestDetachedBefore(t *testing.T) {
	meet(t, func(a *account) {
		ctx, fence, arns := context.Background(), a.fence(), []string{a.targetGroup("web")}
		if _, err := a.balancers.Detach(ctx, fence, "web", deploy.TargetGroups(arns)); err == nil {
			t.Error("a group that does not exist was detached")
		}
		must(a, a.groups.CreateAutoScalingGroup, &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: aws.String("web"), MinSize: aws.Int32(0), MaxSize: aws.Int32(0), AvailabilityZones: []string{"ap-northeast-1a"},
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: a.template()}, TargetGroupARNs: arns,
		})
		a.sleep(time.Minute)
		for range 2 {
			if all, err := a.balancers.Detach(ctx, fence, "web", deploy.TargetGroups(arns)); !all || err != nil {
				t.Errorf("%t, %v", all, err)
			}
			a.sleep(time.Minute)
		}
	})
}

// Each source is attached and detached by the family of calls that is said, and what is too many at once is left for later.
func TestEachFamilyOfCalls(t *testing.T) {
	meet(t, func(a *account) {
		ctx, fence := context.Background(), a.fence()
		must(a, a.groups.CreateAutoScalingGroup, &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: aws.String("web"), MinSize: aws.Int32(0), MaxSize: aws.Int32(0), AvailabilityZones: []string{"ap-northeast-1a"},
			LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: a.template()},
		})
		named := func(s deploy.Source) deploy.Source { s.Named = true; return s }
		group := func(name string) deploy.Source { return deploy.TargetGroups([]string{a.networkGroup(name)})[0] }
		sources := []deploy.Source{group("a"), named(group("b")), a.classicBalancer("c", 0), named(a.classicBalancer("d", 0))}
		attached := func() []deploy.Source {
			fleets, err := fleet.Read(ctx, a.groups, "web")
			if err != nil {
				t.Error(err)
			}
			return fleets["web"].AttachedTo(sources)
		}
		for range 2 {
			if all, err := a.balancers.Attach(ctx, fence, "web", sources); !all || err != nil {
				t.Errorf("attaching: %t, %v", all, err)
			}
			a.sleep(time.Minute)
		}
		sorted := cmpopts.SortSlices(func(a, b deploy.Source) bool { return a.ID < b.ID })
		if diff := cmp.Diff(sources, attached(), sorted); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if all, err := a.balancers.Detach(ctx, fence, "web", sources); !all || err != nil {
			t.Errorf("detaching: %t, %v", all, err)
		}
		a.sleep(time.Minute)
		if left := attached(); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		for i := range balancer.AtOnce + 1 {
			sources = append(sources, group(fmt.Sprintf("more-%d", i)))
		}
		if all, err := a.balancers.Attach(ctx, fence, "web", sources[4:]); all || err != nil {
			t.Errorf("too many: %t, %v", all, err)
		}
	})
}
