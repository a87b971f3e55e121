package events_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/google/go-cmp/cmp"
)

// spotFleet is a group of Spot Instances in service, with a hook on their termination; it returns the first one's id.
func (w *world) spotFleet(n int32, rebalance bool) string {
	w.Helper()
	group := w.fleet("spot", n, true)
	group.CapacityRebalance = &rebalance
	group.LifecycleHookSpecificationList = []asgtypes.LifecycleHookSpecification{{LifecycleHookName: aws.String("drain"), LifecycleTransition: aws.String(terminating)}}
	must(w, w.groups.CreateAutoScalingGroup, group)
	w.sleep(2 * time.Minute)
	return *w.describe("spot").Instances[0].InstanceId
}

// states are the group's instances by lifecycle state, the one with the id marked.
func (w *world) lifecycle(id string) map[string]string {
	states := make(map[string]string)
	for _, i := range w.describe("spot").Instances {
		name := "another"
		if *i.InstanceId == id {
			name = "it"
		}
		states[name] = string(i.LifecycleState)
	}
	return states
}

func (w *world) instance(id string) ec2types.Instance {
	w.Helper()
	return must(w, w.ec2.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{id}}).Reservations[0].Instances[0]
}

// EC2 gives notice two minutes before it takes a Spot Instance back, and then waits for nobody. Without Capacity
// Rebalancing the group notices by its health check; the hook's action comes when the instance is gone.
func TestSpotInstancesAreInterrupted(t *testing.T) {
	run(t, nil, func(w *world) {
		topic := w.topic("t")
		id := w.spotFleet(1, false)
		w.rule("all", `{"source": ["aws.ec2", "aws.autoscaling"], "$or": [{"detail": {"instance-id": ["`+id+`"]}}, {"detail": {"EC2InstanceId": ["`+id+`"]}}]}`,
			types.Target{Arn: &topic})
		if lifecycle := w.instance(id).InstanceLifecycle; lifecycle != ec2types.InstanceLifecycleTypeSpot {
			t.Errorf("the instance is %q", lifecycle)
		}
		w.locked(func() {
			if err := w.Compute.InterruptSpot(id); err != nil {
				t.Fatal(err)
			}
		})
		w.sleep(119 * time.Second)
		if state := w.instance(id).State.Name; state != ec2types.InstanceStateNameRunning || w.lifecycle(id)["it"] != "InService" {
			t.Errorf("a second before its end it is %s and %v", state, w.lifecycle(id))
		}
		w.sleep(2 * time.Second)
		if i := w.instance(id); i.State.Name != ec2types.InstanceStateNameShuttingDown || *i.StateReason.Code != "Server.SpotInstanceTermination" {
			t.Errorf("a second after its end it is %s because of %s", i.State.Name, *i.StateReason.Code)
		}
		w.sleep(3 * time.Minute)
		if diff := cmp.Diff(map[string]string{"it": "Terminating:Wait", "another": "InService"}, w.lifecycle(id)); diff != "" {
			t.Errorf("after its end (-want +got):\n%s", diff)
		}
		want := []string{"EC2 Instance Rebalance Recommendation", "EC2 Spot Instance Interruption Warning: terminate",
			"EC2 Instance State-change Notification", "EC2 Instance-terminate Lifecycle Action", "EC2 Instance State-change Notification"}
		if diff := cmp.Diff(want, w.told(topic, "instance-action")); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		warning := w.parse(w.caught(topic)[1])
		if want := "arn:aws:ec2:ap-northeast-1a:instance/" + id; warning.Resources[0] != want {
			t.Errorf("the warning names %s", warning.Resources[0])
		}
	})
}

// With Capacity Rebalancing the notice ends the instance in the group at once, through its hook, and calls a successor.
func TestTheInterruptionNoticeRunsTheHook(t *testing.T) {
	run(t, nil, func(w *world) {
		id := w.spotFleet(1, true)
		w.locked(func() {
			if err := w.Compute.InterruptSpot(id); err != nil {
				t.Fatal(err)
			}
		})
		w.sleep(10 * time.Second)
		if diff := cmp.Diff(map[string]string{"it": "Terminating:Wait", "another": "Pending"}, w.lifecycle(id)); diff != "" {
			t.Errorf("ten seconds after the notice (-want +got):\n%s", diff)
		}
		w.sleep(2 * time.Minute)
		if state := w.instance(id).State.Name; state == ec2types.InstanceStateNameRunning {
			t.Errorf("the hook held the instance over its end: it is %s", state)
		}
	})
}

// On a rebalance recommendation the successor comes first.
func TestCapacityIsRebalanced(t *testing.T) {
	run(t, nil, func(w *world) {
		id := w.spotFleet(1, true)
		w.locked(func() {
			if err := w.Compute.RecommendRebalance(id); err != nil {
				t.Fatal(err)
			}
		})
		w.sleep(5 * time.Second)
		if diff := cmp.Diff(map[string]string{"it": "InService", "another": "Pending"}, w.lifecycle(id)); diff != "" {
			t.Errorf("five seconds after (-want +got):\n%s", diff)
		}
		w.sleep(time.Minute)
		if diff := cmp.Diff(map[string]string{"it": "Terminating:Wait", "another": "InService"}, w.lifecycle(id)); diff != "" {
			t.Errorf("a minute after (-want +got):\n%s", diff)
		}
		if desired := *w.describe("spot").DesiredCapacity; desired != 1 {
			t.Errorf("the desired capacity is %d", desired)
		}
	})
}

// A mixed instances policy says how much is bought on the Spot market; its template must not.
func TestMixedFleetsLaunchSpotInstances(t *testing.T) {
	run(t, nil, func(w *world) {
		group := w.fleet("mixed", 5, false)
		group.MixedInstancesPolicy = &asgtypes.MixedInstancesPolicy{
			LaunchTemplate:        &asgtypes.LaunchTemplate{LaunchTemplateSpecification: group.LaunchTemplate},
			InstancesDistribution: &asgtypes.InstancesDistribution{OnDemandBaseCapacity: aws.Int32(1), OnDemandPercentageAboveBaseCapacity: aws.Int32(50)},
		}
		group.LaunchTemplate = nil
		must(w, w.groups.CreateAutoScalingGroup, group)
		w.sleep(2 * time.Minute)
		spot := 0
		for _, i := range w.describe("mixed").Instances {
			if w.instance(*i.InstanceId).InstanceLifecycle == ec2types.InstanceLifecycleTypeSpot {
				spot++
			}
		}
		if spot != 2 {
			t.Errorf("%d of 5 are Spot Instances, with a base of one and half of the rest on demand", spot)
		}
		w.locked(func() {
			ondemand := *w.firstOf("mixed")
			if err := w.Compute.InterruptSpot(ondemand); err == nil || !strings.Contains(err.Error(), "is not a Spot Instance") {
				t.Errorf("interrupting an on-demand instance: %v", err)
			}
		})
		group = w.fleet("wrong", 1, true)
		group.MixedInstancesPolicy = &asgtypes.MixedInstancesPolicy{LaunchTemplate: &asgtypes.LaunchTemplate{LaunchTemplateSpecification: group.LaunchTemplate}}
		group.LaunchTemplate = nil
		refused(w, w.groups.CreateAutoScalingGroup, group, "ValidationError", "Incompatible launch template")
	})
}

// firstOf is the id of the group's first instance: on demand, since the base comes first. The lock is held.
func (w *world) firstOf(name string) *string {
	view, _ := w.Groups.View(name)
	return &view.Instances[0].ID
}
