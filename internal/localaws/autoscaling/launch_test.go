package autoscaling_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"
)

// When a zone has no capacity the others take over; when none has, the group tries again, less and less often.
func TestCapacityShortage(t *testing.T) {
	run(t, nil, func(w *world) {
		w.locked(func() {
			w.compute.SetCapacity("ap-northeast-1a", "t3.micro", 0)
			w.compute.SetCapacity("ap-northeast-1c", "t3.micro", 1)
		})
		w.begin()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 2))
		w.until(60 * time.Second)
		w.locked(func() { w.compute.SetCapacity("ap-northeast-1c", "t3.micro", -1) })
		w.until(180 * time.Second)
		w.told(`
			2s i1 Pending
			13s i1 InService
			113s i2 Pending
			124s i2 InService`)
		var starts []string
		out := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")})
		for _, a := range out.Activities {
			starts = append(starts, a.StartTime.Sub(w.start).Round(time.Second).String()+" "+string(a.StatusCode))
		}
		if diff := cmp.Diff([]string{
			"1m53s Successful", "1m53s Failed", "51s Failed", "51s Failed", "19s Failed", "19s Failed", "2s Failed", "2s Successful", "2s Failed"}, starts); diff != "" {
			t.Errorf("activities differ (-want +got):\n%s", diff)
		}
		const shortage = "We currently do not have sufficient t3.micro capacity in the Availability Zone you requested (ap-northeast-1a). " +
			"Our system will be working on provisioning additional capacity. You can currently get t3.micro capacity by not specifying an " +
			"Availability Zone in your request or choosing ap-northeast-1c, ap-northeast-1d. Launching EC2 instance failed."
		first := out.Activities[len(out.Activities)-1]
		if *first.StatusMessage != shortage || *first.Description != "Launching a new EC2 instance.  Status Reason: "+shortage {
			t.Errorf("message: %s\ndescription: %s", *first.StatusMessage, *first.Description)
		}
	})
}

// A launch that its hook abandons is undone and tried again after a pause.
func TestAbandonedLaunch(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("warm"), LifecycleTransition: aws.String(launching), HeartbeatTimeout: aws.Int32(30)}}
		w.begin()
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(60 * time.Second)
		do(w, w.client.DeleteLifecycleHook, &sdk.DeleteLifecycleHookInput{AutoScalingGroupName: aws.String("blue"), LifecycleHookName: aws.String("warm")})
		w.until(120 * time.Second)
		w.told(`
			2s i1 Pending
			12s i1 Pending:Wait
			42s i1 Terminating
			59s i2 Pending
			70s i2 InService
			73s i1 gone`)
		out := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")})
		first := out.Activities[len(out.Activities)-1]
		if first.StatusCode != types.ScalingActivityStatusCodeCancelled ||
			!strings.HasPrefix(*first.StatusMessage, "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ") {
			t.Errorf("%s: %s", first.StatusCode, aws.ToString(first.StatusMessage))
		}
	})
}

// $Latest means what it means at each launch; instances get the group's tags and its name, the group's value first.
func TestLaunchesFollowTheTemplateAndTags(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.LaunchTemplate = &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("app"), Version: aws.String("$Latest")}
		input.Tags = []types.Tag{
			{Key: aws.String("Name"), Value: aws.String("web"), PropagateAtLaunch: aws.Bool(true)},
			{Key: aws.String("Owner"), Value: aws.String("me")}}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)
		_, err := w.ec2.CreateLaunchTemplateVersion(context.Background(), &ec2.CreateLaunchTemplateVersionInput{
			LaunchTemplateId: &w.template, SourceVersion: aws.String("1"),
			LaunchTemplateData: &ec2types.RequestLaunchTemplateData{InstanceType: ec2types.InstanceTypeT3Small}})
		if err != nil {
			t.Fatal(err)
		}
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(60 * time.Second)
		group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		if got := *group.LaunchTemplate.LaunchTemplateId + " " + *group.LaunchTemplate.Version; got != w.template+" $Latest" {
			t.Errorf("the group shows %s", got)
		}
		var got []string
		for _, i := range group.Instances {
			got = append(got, *i.LaunchTemplate.LaunchTemplateName+" "+*i.LaunchTemplate.Version+" "+*i.InstanceType)
		}
		if diff := cmp.Diff([]string{"app 1 t3.micro", "app 2 t3.small"}, got); diff != "" {
			t.Errorf("instances differ (-want +got):\n%s", diff)
		}
		tags := map[string]string{}
		described, err := w.ec2.DescribeInstances(context.Background(), &ec2.DescribeInstancesInput{InstanceIds: []string{w.idOf("i1")}})
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range described.Reservations[0].Instances[0].Tags {
			tags[*tag.Key] = *tag.Value
		}
		want := map[string]string{"Name": "web", "aws:autoscaling:groupName": "blue",
			"aws:ec2launchtemplate:id": w.template, "aws:ec2launchtemplate:version": "1"}
		if diff := cmp.Diff(want, tags); diff != "" {
			t.Errorf("tags differ (-want +got):\n%s", diff)
		}
	})
}

// A group whose target group was deleted cannot launch.
func TestLaunchWithoutItsTargetGroup(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 0, 1)
		target, err := w.elb.CreateTargetGroup(context.Background(), targetGroupInput(w, "gone"))
		if err != nil {
			t.Fatal(err)
		}
		arn := target.TargetGroups[0].TargetGroupArn
		input.TargetGroupARNs = []string{*arn}
		do(w, w.client.CreateAutoScalingGroup, input)
		if _, err := w.elb.DeleteTargetGroup(context.Background(), &elasticloadbalancingv2.DeleteTargetGroupInput{TargetGroupArn: arn}); err != nil {
			t.Fatal(err)
		}
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(1)})
		w.until(10 * time.Second)
		want := "Failed 100%: Launching a new EC2 instance.  Status Reason: One or more target groups not found. " +
			"Validating load balancer configuration failed. Launching EC2 instance failed."
		if got := w.activities("blue"); got != want {
			t.Errorf("activities: %s", got)
		}
	})
}

// Instances spread over the zones, and leave the fullest zone first; the policy chooses within it.
func TestZonesStayBalanced(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 4, 2)
		input.TerminationPolicies = []string{"NewestInstance"}
		do(w, w.client.CreateAutoScalingGroup, input)
		zones := func() map[string]int {
			spread := make(map[string]int)
			w.locked(func() {
				view, _ := w.groups.View("blue")
				for _, i := range view.Instances {
					spread[i.Zone]++
				}
			})
			return spread
		}
		w.until(30 * time.Second)
		if diff := cmp.Diff(map[string]int{"ap-northeast-1a": 2, "ap-northeast-1c": 2}, zones()); diff != "" {
			t.Errorf("after the launch (-want +got):\n%s", diff)
		}
		do(w, w.client.TerminateInstanceInAutoScalingGroup, &sdk.TerminateInstanceInAutoScalingGroupInput{
			InstanceId: aws.String(w.idOf("i1")), ShouldDecrementDesiredCapacity: aws.Bool(true)})
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(90 * time.Second)
		if diff := cmp.Diff(map[string]int{"ap-northeast-1a": 1, "ap-northeast-1c": 1}, zones()); diff != "" {
			t.Errorf("after the scale-in (-want +got):\n%s", diff)
		}
	})
}

// Zones that became uneven are evened out again: the successor comes first.
func TestRebalance(t *testing.T) {
	run(t, nil, func(w *world) {
		w.locked(func() { w.compute.SetCapacity("ap-northeast-1c", "t3.micro", 0) })
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 2))
		w.until(60 * time.Second)
		w.locked(func() { w.compute.SetCapacity("ap-northeast-1c", "t3.micro", -1) })
		w.begin()
		w.until(10 * time.Minute)
		w.told(`
			244s i3 Pending
			255s i3 InService
			257s i1 Terminating
			288s i1 gone`)
	})
}
