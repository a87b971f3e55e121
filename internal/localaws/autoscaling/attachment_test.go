package autoscaling_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
)

// sources are what the two families of calls show of a group.
func (w *world) sources(name string) map[string]string {
	w.Helper()
	shown := make(map[string]string)
	for _, t := range do(w, w.client.DescribeLoadBalancerTargetGroups, &sdk.DescribeLoadBalancerTargetGroupsInput{AutoScalingGroupName: &name}).LoadBalancerTargetGroups {
		shown["target group "+*t.LoadBalancerTargetGroupARN] = *t.State
	}
	for _, t := range do(w, w.client.DescribeTrafficSources, &sdk.DescribeTrafficSourcesInput{AutoScalingGroupName: &name}).TrafficSources {
		shown["traffic source "+*t.Identifier] = *t.State
	}
	return shown
}

// A target group attached later is added, then registered with, and in service only with ELB health checks and after a
// member is healthy; one that leaves drains first.
func TestAttachAndDetach(t *testing.T) {
	run(t, nil, func(w *world) {
		web := w.targetGroup("web")
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		w.until(60 * time.Second)
		w.begin()
		do(w, w.client.AttachLoadBalancerTargetGroups, &sdk.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}})
		w.until(60 * time.Second)
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, HealthCheckType: aws.String("ELB")})
		w.until(80 * time.Second)
		do(w, w.client.DetachLoadBalancerTargetGroups, &sdk.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}})
		if diff := cmp.Diff(map[string]string{"target group " + web: "Removing", "traffic source " + web: "Removing"}, w.sources("blue")); diff != "" {
			t.Errorf("while it drains (-want +got):\n%s", diff)
		}
		w.until(150 * time.Second)
		w.told(`
			0s web Adding
			5s web Added
			70s web InService
			80s web Removing
			140s web gone`)
		if left := w.sources("blue"); len(left) != 0 {
			t.Errorf("after it drained: %v", left)
		}
	})
}

// What one family of calls attached, the other neither shows nor detaches; at creation both are in service at once.
func TestTheTwoFamilies(t *testing.T) {
	run(t, nil, func(w *world) {
		web, api := w.targetGroup("web"), w.targetGroup("api")
		input := w.group("blue", 1, 1)
		input.TargetGroupARNs = []string{web}
		input.TrafficSources = []types.TrafficSourceIdentifier{{Identifier: &api, Type: aws.String("elbv2")}}
		do(w, w.client.CreateAutoScalingGroup, input)
		want := map[string]string{"target group " + web: "InService", "traffic source " + web: "InService", "traffic source " + api: "InService"}
		if diff := cmp.Diff(want, w.sources("blue")); diff != "" {
			t.Errorf("sources differ (-want +got):\n%s", diff)
		}
		group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		if diff := cmp.Diff([]string{web}, group.TargetGroupARNs); diff != "" {
			t.Errorf("target groups differ (-want +got):\n%s", diff)
		}
		refused(w, w.client.DetachLoadBalancerTargetGroups, &sdk.DetachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: aws.String("blue"), TargetGroupARNs: []string{api}},
			"ValidationError", "Trying to remove Target Groups that are not part of the group")
		do(w, w.client.DetachTrafficSources, &sdk.DetachTrafficSourcesInput{AutoScalingGroupName: aws.String("blue"), TrafficSources: input.TrafficSources})
		w.until(time.Minute)
		delete(want, "traffic source "+api)
		if diff := cmp.Diff(want, w.sources("blue")); diff != "" {
			t.Errorf("after the detachment (-want +got):\n%s", diff)
		}
		refused(w, w.client.AttachTrafficSources, &sdk.AttachTrafficSourcesInput{AutoScalingGroupName: aws.String("blue"),
			TrafficSources: []types.TrafficSourceIdentifier{{Identifier: aws.String("arn:aws:elasticloadbalancing:ap-northeast-1:000000000000:targetgroup/no/1")}}},
			"ValidationError", "Provided Target Groups may not be valid. Please ensure they exist and try again.")
	})
}

// Instances launched while AddToLoadBalancer is suspended are never registered, not even later.
func TestAddToLoadBalancerSuspended(t *testing.T) {
	run(t, nil, func(w *world) {
		web := w.targetGroup("web")
		input := w.group("blue", 1, 1)
		input.TargetGroupARNs = []string{web}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)
		processes := &sdk.SuspendProcessesInput{AutoScalingGroupName: aws.String("blue"), ScalingProcesses: []string{"AddToLoadBalancer"}}
		do(w, w.client.SuspendProcesses, processes)
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(60 * time.Second)
		do(w, w.client.ResumeProcesses, &sdk.ResumeProcessesInput{AutoScalingGroupName: aws.String("blue"), ScalingProcesses: processes.ScalingProcesses})
		w.until(120 * time.Second)
		w.locked(func() {
			if _, ok := w.balancers.Health(web, w.idOf("i1")); !ok {
				t.Error("i1 is not registered")
			}
			if _, ok := w.balancers.Health(web, w.idOf("i2")); ok {
				t.Error("i2 is registered")
			}
		})
	})
}

// A request may change ten target groups with those whose change is under way, a group may have fifty, and a describe may
// name fifty groups.
func TestAttachmentLimits(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		var arns []string
		for k := range 51 {
			out, err := w.elb.CreateTargetGroup(t.Context(), targetGroupInput(w, fmt.Sprint("tg", k)))
			if err != nil {
				t.Fatal(err)
			}
			arns = append(arns, *out.TargetGroups[0].TargetGroupArn)
		}
		create := w.group("blue", 0, 1)
		create.TargetGroupARNs = arns
		refused(w, w.client.CreateAutoScalingGroup, create, "ValidationError", "Too many Target Groups specified for this group. The limit is 50")
		create.TargetGroupARNs = arns[:40]
		do(w, w.client.CreateAutoScalingGroup, create)
		attach := func(arns ...string) *sdk.AttachLoadBalancerTargetGroupsInput {
			return &sdk.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: arns}
		}
		const tooMany = "Trying to update too many Load Balancers/Target Groups at once. The limit is 10"
		refused(w, w.client.AttachLoadBalancerTargetGroups, attach(arns[40:]...), "ValidationError", tooMany)
		for k := range 10 {
			do(w, w.client.AttachLoadBalancerTargetGroups, attach(arns[40+k]))
		}
		refused(w, w.client.DetachLoadBalancerTargetGroups, &sdk.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: arns[:1]}, "ValidationError", tooMany)
		w.until(time.Minute)
		refused(w, w.client.AttachLoadBalancerTargetGroups, attach(arns[50]), "ValidationError", "Too many Target Groups specified for this group. The limit is 50")
		refused(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: arns}, "ValidationError",
			"The number of group names that may be passed in is limited to 50")
	})
}
