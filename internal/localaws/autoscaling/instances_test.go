package autoscaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Scale-in protection keeps instances although the desired capacity falls; without it they go.
func TestScaleInProtection(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		input := w.group("blue", 1, 1)
		input.NewInstancesProtectedFromScaleIn = aws.Bool(true)
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)
		w.begin()
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(0)})
		w.until(60 * time.Second)
		if got, want := w.activities("blue"), "Successful 100%: Launching a new EC2 instance: i1\n"+
			"Cancelled 100%: Could not scale to desired capacity because all remaining instances are protected from scale-in."; got != want {
			t.Errorf("activities: %s", got)
		}
		do(w, w.client.SetInstanceProtection, &sdk.SetInstanceProtectionInput{AutoScalingGroupName: name, InstanceIds: w.instances("blue"), ProtectedFromScaleIn: aws.Bool(false)})
		w.until(120 * time.Second)
		w.told(`
			62s i1 Terminating
			93s i1 gone`)
	})
}

// A suspended process does not run until it is resumed.
func TestSuspendedProcesses(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		w.until(30 * time.Second)
		w.begin()
		do(w, w.client.SuspendProcesses, &sdk.SuspendProcessesInput{AutoScalingGroupName: name, ScalingProcesses: []string{"Launch", "HealthCheck"}})
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(2)})
		w.locked(func() { w.compute.Terminate(w.idOf("i1")) })
		w.until(100 * time.Second)
		w.told(``)
		if p := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0].SuspendedProcesses; len(p) != 2 || *p[0].ProcessName != "HealthCheck" {
			t.Errorf("suspended: %v", p)
		}
		do(w, w.client.ResumeProcesses, &sdk.ResumeProcessesInput{AutoScalingGroupName: name})
		w.until(150 * time.Second)
		w.told(`
			102s i2 Pending
			110s i1 InService (unhealthy)
			112s i1 Terminating (unhealthy)
			112s i3 Pending
			113s i2 InService
			113s i1 gone
			123s i3 InService`)
	})
}

// A detached instance drains, runs on and loses the group's name; an attached one joins without a hook.
func TestDetachAndAttach(t *testing.T) {
	run(t, nil, func(w *world) {
		blue, green := w.group("blue", 2, 1), w.group("green", 0, 1)
		blue.MinSize = aws.Int32(1)
		blue.TargetGroupARNs = []string{w.targetGroup("web")}
		green.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("warm"), LifecycleTransition: aws.String(launching)}}
		do(w, w.client.CreateAutoScalingGroup, blue)
		do(w, w.client.CreateAutoScalingGroup, green)
		w.until(60 * time.Second)
		w.begin()
		id := w.idOf("i1")
		refused(w, w.client.DetachInstances, &sdk.DetachInstancesInput{AutoScalingGroupName: aws.String("blue"), InstanceIds: w.instances("blue"), ShouldDecrementDesiredCapacity: aws.Bool(true)},
			"ValidationError", "AutoScalingGroup blue has min-size=1, max-size=10, and desired-size=2. To detach 2 instance(s), please update the AutoScalingGroup sizes appropriately.")
		do(w, w.client.DetachInstances, &sdk.DetachInstancesInput{AutoScalingGroupName: aws.String("blue"), InstanceIds: []string{id}, ShouldDecrementDesiredCapacity: aws.Bool(true)})
		refused(w, w.client.AttachInstances, &sdk.AttachInstancesInput{AutoScalingGroupName: aws.String("green"), InstanceIds: []string{id}},
			"ValidationError", "Instance "+id+" is already part of AutoScalingGroup:blue.")
		w.until(70 * time.Second)
		w.locked(func() {
			if i, _ := w.compute.Instance(id); i.Tags["aws:autoscaling:groupName"] != "" || i.State != "running" {
				t.Errorf("detached: %s, group %q", i.State, i.Tags["aws:autoscaling:groupName"])
			}
		})
		do(w, w.client.AttachInstances, &sdk.AttachInstancesInput{AutoScalingGroupName: aws.String("green"), InstanceIds: []string{id}})
		w.until(100 * time.Second)
		w.told(`
			0s i1 Detaching
			60s i1 gone
			70s i1 Pending
			71s i1 InService`)
		group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"green"}}).AutoScalingGroups[0]
		if *group.DesiredCapacity != 1 || len(group.Instances) != 1 {
			t.Errorf("green: desired %d, %d instances", *group.DesiredCapacity, len(group.Instances))
		}
	})
}

func TestStandby(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		w.until(30 * time.Second)
		w.begin()
		move := do(w, w.client.EnterStandby, &sdk.EnterStandbyInput{AutoScalingGroupName: name, InstanceIds: w.instances("blue"), ShouldDecrementDesiredCapacity: aws.Bool(true)})
		if cause := *move.Activities[0].Cause; !strings.HasSuffix(cause, "was moved to standby in response to a user request, shrinking the capacity from 1 to 0.") {
			t.Errorf("cause: %s", cause)
		}
		w.until(20 * time.Second)
		do(w, w.client.ExitStandby, &sdk.ExitStandbyInput{AutoScalingGroupName: name, InstanceIds: w.instances("blue")})
		w.until(60 * time.Second)
		w.told(`
			0s i1 EnteringStandby
			0s i1 Standby
			20s i1 Pending
			21s i1 InService`)
	})
}

// The lifecycle policy keeps an instance whose termination hook was abandoned until somebody terminates it.
func TestRetainedInstance(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.InstanceLifecyclePolicy = &types.InstanceLifecyclePolicy{RetentionTriggers: &types.RetentionTriggers{TerminateHookAbandon: types.RetentionActionRetain}}
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("drain"), LifecycleTransition: aws.String(terminating), HeartbeatTimeout: aws.Int32(30)}}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)
		w.begin()
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(0)})
		w.until(100 * time.Second)
		do(w, w.client.TerminateInstanceInAutoScalingGroup, &sdk.TerminateInstanceInAutoScalingGroupInput{
			InstanceId: aws.String(w.idOf("i1")), ShouldDecrementDesiredCapacity: aws.Bool(false)})
		w.until(150 * time.Second)
		w.told(`
			2s i1 Terminating
			2s i1 Terminating:Wait
			32s i1 Terminating:Retained
			100s i1 Terminating:Proceed
			131s i1 gone`)
	})
}

// A user's word is taken after the grace period, or when it says that it does not care.
func TestSetInstanceHealth(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.HealthCheckGracePeriod = aws.Int32(3600)
		input.InstanceMaintenancePolicy = &types.InstanceMaintenancePolicy{MinHealthyPercentage: aws.Int32(100), MaxHealthyPercentage: aws.Int32(200)}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(30 * time.Second)
		w.begin()
		verdict := &sdk.SetInstanceHealthInput{InstanceId: aws.String(w.idOf("i1")), HealthStatus: aws.String("Unhealthy")}
		do(w, w.client.SetInstanceHealth, verdict)
		w.until(20 * time.Second)
		verdict.ShouldRespectGracePeriod = aws.Bool(false)
		do(w, w.client.SetInstanceHealth, verdict)
		w.until(90 * time.Second)
		w.told(`
			20s i1 InService (unhealthy)
			22s i2 Pending
			33s i2 InService
			35s i1 Terminating (unhealthy)
			66s i1 gone`)
	})
}

// Members that reach the maximum lifetime are replaced one after the other, also when it was set later.
func TestMaxInstanceLifetime(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 1))
		w.until(30 * time.Second)
		w.begin()
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue"), MaxInstanceLifetime: aws.Int32(86400)})
		w.until(24*time.Hour + 60*time.Second)
		w.told(`
			86374s i1 Terminating
			86374s i3 Pending
			86385s i3 InService
			86387s i2 Terminating
			86387s i4 Pending
			86398s i4 InService
			86405s i1 gone
			86418s i2 gone`)
	})
}
