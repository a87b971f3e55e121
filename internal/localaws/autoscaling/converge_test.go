package autoscaling_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"

	localec2 "bluegreen/internal/localaws/ec2"
)

// After anything that users and misfortune do to a group, it comes to rest as its settings say: as many members in
// service as desired, evenly spread, each registered with every target group, and no instance of it that it forgot.
// The same seed gives the same history.
func TestGroupsComeToRest(t *testing.T) {
	for seed := range uint64(40) {
		first := disturb(t, seed)
		if seed%10 == 0 {
			if diff := cmp.Diff(first, disturb(t, seed)); diff != "" {
				t.Errorf("seed %d gives two histories:\n%s", seed, diff)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d:\n%s", seed, strings.Join(first, "\n"))
		}
	}
}

// disturb does 25 random things to a group, lets it rest, and returns its history.
func disturb(t *testing.T, seed uint64) (history []string) {
	random := rand.New(rand.NewPCG(seed, 1))
	run(t, nil, func(w *world) {
		web := w.targetGroup("web")
		input := w.group("blue", 3, 3)
		input.HealthCheckType, input.HealthCheckGracePeriod = aws.String("ELB"), aws.Int32(120)
		input.TargetGroupARNs = []string{web}
		for _, transition := range []string{launching, terminating} {
			input.LifecycleHookSpecificationList = append(input.LifecycleHookSpecificationList, types.LifecycleHookSpecification{
				LifecycleHookName: aws.String("h" + transition[strings.LastIndex(transition, "_"):]), LifecycleTransition: aws.String(transition),
				HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String([]string{"CONTINUE", "ABANDON"}[random.IntN(4)/3])})
		}
		do(w, w.client.CreateAutoScalingGroup, input)
		for range 25 {
			w.lines = append(w.lines, w.disturbOnce(random, web))
			w.until(w.clock.Now().Sub(w.start) + time.Duration(random.IntN(120))*time.Second)
		}
		w.calm()
		w.until(w.clock.Now().Sub(w.start) + 2*time.Hour)
		w.atRest(web)
		history = w.lines
	})
	return history
}

// disturbOnce does one thing, which may be refused, and says what.
func (w *world) disturbOnce(random *rand.Rand, web string) string {
	ctx, name := context.Background(), aws.String("blue")
	ids := w.instances("blue")
	id := "i-none"
	if len(ids) > 0 {
		id = ids[random.IntN(len(ids))]
	}
	n := int32(random.IntN(7))
	process := []string{[]string{"Launch", "Terminate", "HealthCheck", "ReplaceUnhealthy", "AZRebalance"}[random.IntN(5)]}
	zone := []string{"ap-northeast-1a", "ap-northeast-1c"}[random.IntN(2)]
	var err error
	what := ""
	switch random.IntN(14) {
	case 0, 1, 2:
		what = fmt.Sprintf("desire %d", n)
		_, err = w.client.SetDesiredCapacity(ctx, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: &n})
	case 3:
		what = "kill " + w.names[id]
		w.locked(func() { w.compute.Terminate(id) })
	case 4:
		what = "sicken " + w.names[id]
		w.locked(func() { w.compute.Sicken(id) })
	case 5:
		what = "give up " + w.names[id]
		_, err = w.client.SetInstanceHealth(ctx, &sdk.SetInstanceHealthInput{InstanceId: &id, HealthStatus: aws.String("Unhealthy"), ShouldRespectGracePeriod: aws.Bool(false)})
	case 6:
		what = "no more capacity in " + zone
		w.locked(func() { w.compute.SetCapacity(zone, "t3.micro", 0) })
	case 7:
		what = "refresh"
		_, err = w.client.StartInstanceRefresh(ctx, &sdk.StartInstanceRefreshInput{AutoScalingGroupName: name})
	case 8:
		what = "suspend " + process[0]
		_, err = w.client.SuspendProcesses(ctx, &sdk.SuspendProcessesInput{AutoScalingGroupName: name, ScalingProcesses: process})
	case 9:
		what = "detach web"
		_, err = w.client.DetachLoadBalancerTargetGroups(ctx, &sdk.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}})
	case 10:
		what = "attach web"
		_, err = w.client.AttachLoadBalancerTargetGroups(ctx, &sdk.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}})
	case 11:
		what = "detach " + w.names[id]
		_, err = w.client.DetachInstances(ctx, &sdk.DetachInstancesInput{AutoScalingGroupName: name, InstanceIds: []string{id}, ShouldDecrementDesiredCapacity: aws.Bool(false)})
	case 12:
		what = "stand by " + w.names[id]
		_, err = w.client.EnterStandby(ctx, &sdk.EnterStandbyInput{AutoScalingGroupName: name, InstanceIds: []string{id}, ShouldDecrementDesiredCapacity: aws.Bool(false)})
	case 13:
		what = "terminate " + w.names[id]
		_, err = w.client.TerminateInstanceInAutoScalingGroup(ctx, &sdk.TerminateInstanceInAutoScalingGroupInput{InstanceId: &id, ShouldDecrementDesiredCapacity: aws.Bool(random.IntN(2) == 0)})
	}
	if err != nil {
		what += " (refused)"
	}
	return fmt.Sprintf("%.0fs -- %s", w.clock.Now().Sub(w.start).Seconds(), what)
}

// calm ends what keeps the group from resting: shortages, suspended processes, hooks that abandon, the load balancer
// left behind, instances in standby.
func (w *world) calm() {
	w.Helper()
	name := aws.String("blue")
	w.locked(func() {
		for _, zone := range w.compute.Zones() {
			w.compute.SetCapacity(zone, "t3.micro", -1)
		}
	})
	for _, hook := range do(w, w.client.DescribeLifecycleHooks, &sdk.DescribeLifecycleHooksInput{AutoScalingGroupName: name}).LifecycleHooks {
		do(w, w.client.PutLifecycleHook, &sdk.PutLifecycleHookInput{AutoScalingGroupName: name, LifecycleHookName: hook.LifecycleHookName, DefaultResult: aws.String("CONTINUE")})
	}
	do(w, w.client.ResumeProcesses, &sdk.ResumeProcessesInput{AutoScalingGroupName: name})
	w.until(w.clock.Now().Sub(w.start) + 5*time.Minute)
	for _, i := range do(w, w.client.DescribeAutoScalingInstances, &sdk.DescribeAutoScalingInstancesInput{}).AutoScalingInstances {
		if *i.LifecycleState == "Standby" {
			do(w, w.client.TerminateInstanceInAutoScalingGroup, &sdk.TerminateInstanceInAutoScalingGroupInput{InstanceId: i.InstanceId, ShouldDecrementDesiredCapacity: aws.Bool(false)})
		}
	}
}

// atRest checks that the group is what it should be.
func (w *world) atRest(web string) {
	w.Helper()
	w.account.Lock()
	defer w.account.Unlock()
	view, _ := w.groups.View("blue")
	spread := make(map[string]int)
	var ids []string
	for _, i := range view.Instances {
		ids = append(ids, i.ID)
		spread[i.Zone]++
		if i.State != "InService" || !i.Healthy {
			w.Errorf("%s is %s, healthy %t", w.names[i.ID], i.State, i.Healthy)
		}
		instance, ok := w.compute.Instance(i.ID)
		if !ok || instance.State != localec2.Running {
			w.Errorf("the instance of %s does not run", w.names[i.ID])
		}
		health, registered := w.balancers.Health(web, i.ID)
		attached := len(view.Attachments) > 0
		// Where no member ever passed, the attachment stays Added, and nobody is replaced (aws-facts A2).
		if attached != registered || attached && view.Attachments[0].State == "InService" && health.State != "healthy" {
			w.Errorf("%s: attached %t, registered %t, %s", w.names[i.ID], attached, registered, health.State)
		}
	}
	if len(ids) != view.Desired {
		w.Errorf("%d instances, desired %d", len(ids), view.Desired)
	}
	for _, n := range spread {
		if low := view.Desired / 3; n > low+1 {
			w.Errorf("zones are uneven: %v", spread)
		}
	}
	for id, name := range w.names {
		instance, ok := w.compute.Instance(id)
		if ok && instance.State == localec2.Running && instance.Tags["aws:autoscaling:groupName"] == "blue" && !slices.Contains(ids, id) {
			w.Errorf("%s runs on, forgotten", name)
		}
	}
}
