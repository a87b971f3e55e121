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
