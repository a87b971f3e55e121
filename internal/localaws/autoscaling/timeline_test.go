package autoscaling_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

const (
	launching   = "autoscaling:EC2_INSTANCE_LAUNCHING"
	terminating = "autoscaling:EC2_INSTANCE_TERMINATING"
)

// A new instance waits for its launch hook before it is in service; the hook that was given at the creation catches the
// first instances too.
func TestScaleOutWaitsForTheLaunchHook(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 2, 2)
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("warm"), LifecycleTransition: aws.String(launching), HeartbeatTimeout: aws.Int32(60), DefaultResult: aws.String("CONTINUE")}}
		w.begin()
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(20 * time.Second)
		do(w, w.client.CompleteLifecycleAction, &sdk.CompleteLifecycleActionInput{AutoScalingGroupName: aws.String("blue"),
			LifecycleHookName: aws.String("warm"), LifecycleActionResult: aws.String("CONTINUE"), InstanceId: &w.instances("blue")[0]})
		refused(w, w.client.CompleteLifecycleAction, &sdk.CompleteLifecycleActionInput{AutoScalingGroupName: aws.String("blue"),
			LifecycleHookName: aws.String("warm"), LifecycleActionResult: aws.String("CONTINUE"), InstanceId: &w.instances("blue")[0]},
			"ValidationError", "No active Lifecycle Action found with instance ID "+w.instances("blue")[0])
		w.until(40 * time.Second)
		do(w, w.client.RecordLifecycleActionHeartbeat, &sdk.RecordLifecycleActionHeartbeatInput{AutoScalingGroupName: aws.String("blue"),
			LifecycleHookName: aws.String("warm"), InstanceId: &w.instances("blue")[1]})
		w.until(200 * time.Second)
		w.told(`
			2s i1 Pending
			2s i2 Pending
			12s i1 Pending:Wait
			12s i2 Pending:Wait
			20s i1 Pending:Proceed
			21s i1 InService
			100s i2 Pending:Proceed
			101s i2 InService`)
	})
}

// A leaving instance drains for the whole deregistration delay first; only then its termination hook holds it.
func TestScaleInDrainsBeforeTheHook(t *testing.T) {
	run(t, nil, func(w *world) {
		target := w.targetGroup("web")
		input := w.group("blue", 2, 1)
		input.TargetGroupARNs = []string{target}
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("drain"), LifecycleTransition: aws.String(terminating), HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE")}}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(120 * time.Second)
		w.begin()
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue"), MaxSize: aws.Int32(1)})
		status := func(at time.Duration, want types.ScalingActivityStatusCode) {
			w.until(at)
			last := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")}).Activities[0]
			if last.StatusCode != want {
				w.Errorf("at %s the activity is %s, want %s", at, last.StatusCode, want)
			}
		}
		status(30*time.Second, types.ScalingActivityStatusCodeWaitingForELBConnectionDraining)
		status(80*time.Second, types.ScalingActivityStatusCodeMidLifecycleAction)
		status(110*time.Second, types.ScalingActivityStatusCodeInProgress)
		status(130*time.Second, types.ScalingActivityStatusCodeSuccessful)
		w.told(`
			2s i1 Terminating
			62s i1 Terminating:Wait
			92s i1 Terminating:Proceed
			123s i1 gone`)
		last := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")}).Activities[0]
		id := w.idOf("i1")
		if want := "At 2026-11-21T03:02:00Z a user request update of AutoScalingGroup constraints to min: 0, max: 1, desired: 1 changing the desired capacity from 2 to 1.  " +
			"At 2026-11-21T03:02:02Z an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 2 to 1.  " +
			"At 2026-11-21T03:02:02Z instance " + id + " was selected for termination."; *last.Cause != want {
			w.Errorf("cause: %s\nwant: %s", *last.Cause, want)
		}
	})
}

// A member that somebody terminates behind the group's back is noticed at the next health check and replaced at once,
// its grace period notwithstanding.
func TestATerminatedMemberIsReplaced(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 2, 1)
		input.HealthCheckGracePeriod = aws.Int32(3600)
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(60 * time.Second)
		w.begin()
		w.locked(func() { w.compute.Terminate(w.idOf("i1")) })
		w.until(60 * time.Second)
		w.told(`
			10s i1 InService (unhealthy)
			12s i1 Terminating (unhealthy)
			12s i3 Pending
			23s i3 InService
			30s i1 gone`)
	})
}

// An ELB verdict counts only while the attachment is in service and the grace period is over; members are replaced one
// at a time.
func TestSickMembersAreReplacedOneByOne(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 3, 1)
		input.TargetGroupARNs = []string{w.targetGroup("web")}
		input.HealthCheckType, input.HealthCheckGracePeriod = aws.String("ELB"), aws.Int32(120)
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(300 * time.Second)
		w.begin()
		w.locked(func() {
			w.compute.Sicken(w.idOf("i1"))
			w.compute.Sicken(w.idOf("i2"))
		})
		w.until(300 * time.Second)
		w.told(`
			24s i1 InService (unhealthy)
			25s i2 InService (unhealthy)
			26s i1 Terminating (unhealthy)
			26s i4 Pending
			37s i4 InService
			39s i2 Terminating (unhealthy)
			39s i5 Pending
			50s i5 InService
			117s i1 gone
			130s i2 gone`)
	})
}
