package autoscaling_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

func TestRefusedGroups(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*sdk.CreateAutoScalingGroupInput)
		message string
	}{
		{"desired above max", func(in *sdk.CreateAutoScalingGroupInput) { in.DesiredCapacity = aws.Int32(11) },
			"Desired capacity:11 must be between the specified min size:0 and max size:10"},
		{"max below min", func(in *sdk.CreateAutoScalingGroupInput) { in.MinSize = aws.Int32(11) },
			"Max bound, 10, must be greater than or equal to min bound, 11"},
		{"nothing to launch", func(in *sdk.CreateAutoScalingGroupInput) { in.LaunchTemplate = nil },
			"Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter."},
		{"two things to launch", func(in *sdk.CreateAutoScalingGroupInput) { in.LaunchConfigurationName = aws.String("lc") },
			"Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter."},
		{"no such template", func(in *sdk.CreateAutoScalingGroupInput) {
			in.LaunchTemplate = &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("no")}
		}, "You must use a valid fully-formed launch template. The specified launch template, with template name no, does not exist."},
		{"no such configuration", func(in *sdk.CreateAutoScalingGroupInput) {
			in.LaunchTemplate, in.LaunchConfigurationName = nil, aws.String("no")
		}, "Launch configuration name not found - Launch configuration no not found"},
		{"nowhere", func(in *sdk.CreateAutoScalingGroupInput) { in.AvailabilityZones = nil },
			"At least one Availability Zone or VPC Subnet is required."},
		{"no such subnet", func(in *sdk.CreateAutoScalingGroupInput) { in.VPCZoneIdentifier = aws.String("subnet-1") },
			"The subnet ID 'subnet-1' does not exist"},
		{"a colon", func(in *sdk.CreateAutoScalingGroupInput) { in.AutoScalingGroupName = aws.String("a:b") },
			"Invalid AutoScalingGroup name: 'a:b'. Names are of ASCII characters 33 to 126 without a colon"},
		{"a short lifetime", func(in *sdk.CreateAutoScalingGroupInput) { in.MaxInstanceLifetime = aws.Int32(60) },
			"Valid values for MaxInstanceLifetime are 0 or between 86400 and 31536000 seconds"},
		{"a hasty hook", func(in *sdk.CreateAutoScalingGroupInput) {
			in.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
				{LifecycleHookName: aws.String("h"), LifecycleTransition: aws.String(launching), HeartbeatTimeout: aws.Int32(29)}}
		}, "HeartbeatTimeout must be between 30 and 7200 seconds"},
	}
	run(t, nil, func(w *world) {
		for _, test := range tests {
			input := w.group("blue", 1, 1)
			test.change(input)
			refused(w, w.client.CreateAutoScalingGroup, input, "ValidationError", test.message)
		}
		if groups := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups; len(groups) != 0 {
			t.Errorf("%d groups were created", len(groups))
		}
	})
}

// What the model does not honour is refused by name.
func TestWhatIsNotModelledIsRefused(t *testing.T) {
	run(t, nil, func(w *world) {
		classic := w.group("blue", 1, 1)
		classic.LoadBalancerNames = []string{"classic"}
		if _, err := w.client.CreateAutoScalingGroup(t.Context(), classic); err == nil {
			t.Error("a Classic Load Balancer was taken")
		}
	})
}

func TestSizes(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		sizes := func(min, max, desired int32) {
			t.Helper()
			g := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
			if *g.MinSize != min || *g.MaxSize != max || *g.DesiredCapacity != desired {
				t.Errorf("sizes %d-%d-%d, want %d-%d-%d", *g.MinSize, *g.DesiredCapacity, *g.MaxSize, min, desired, max)
			}
		}
		set := func(n int32) *sdk.SetDesiredCapacityInput {
			return &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: &n}
		}
		input := w.group("blue", 0, 1)
		input.MinSize, input.DesiredCapacity = aws.Int32(2), nil
		do(w, w.client.CreateAutoScalingGroup, input)
		sizes(2, 10, 2)
		refused(w, w.client.SetDesiredCapacity, set(1), "ValidationError", "New SetDesiredCapacity value 1 is below min value 2 for the AutoScalingGroup.")
		refused(w, w.client.SetDesiredCapacity, set(11), "ValidationError", "New SetDesiredCapacity value 11 is above max value 10 for the AutoScalingGroup.")
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, MinSize: aws.Int32(4)})
		sizes(4, 10, 4)
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, MinSize: aws.Int32(0), MaxSize: aws.Int32(3)})
		sizes(0, 3, 3)
		w.until(5 * time.Second)
		cool := set(1)
		cool.HonorCooldown = aws.Bool(true)
		if _, err := w.client.SetDesiredCapacity(t.Context(), cool); err == nil {
			t.Error("a launch under way did not block a call that honours the cooldown")
		}
		do(w, w.client.SetDesiredCapacity, set(1))
	})
}

func TestTags(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		tag := func(group, key, value string) types.Tag {
			return types.Tag{Key: &key, Value: &value, PropagateAtLaunch: aws.Bool(true), ResourceId: &group, ResourceType: aws.String("auto-scaling-group")}
		}
		refused(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("no", "a", "1")}},
			"ValidationError", "AutoScalingGroup not found - AutoScaling Group no not found")
		do(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("blue", "b", "2"), tag("blue", "a", "1")}})
		do(w, w.client.CreateOrUpdateTags, &sdk.CreateOrUpdateTagsInput{Tags: []types.Tag{tag("blue", "a", "3")}})
		do(w, w.client.DeleteTags, &sdk.DeleteTagsInput{Tags: []types.Tag{tag("blue", "b", "")}})
		tags := do(w, w.client.DescribeTags, &sdk.DescribeTagsInput{Filters: []types.Filter{{Name: aws.String("auto-scaling-group"), Values: []string{"blue"}}}}).Tags
		if len(tags) != 1 || *tags[0].Key != "a" || *tags[0].Value != "3" {
			t.Errorf("tags: %+v", tags)
		}
	})
}
