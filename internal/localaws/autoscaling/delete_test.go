package autoscaling_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

func TestDelete(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		remove := &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: name}
		w.until(5 * time.Second)
		refused(w, w.client.DeleteAutoScalingGroup, remove, "ScalingActivityInProgress",
			"You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.")
		w.until(30 * time.Second)
		refused(w, w.client.DeleteAutoScalingGroup, remove, "ResourceInUse",
			"You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.")
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(0)})
		w.until(90 * time.Second)
		do(w, w.client.DeleteAutoScalingGroup, remove)
		if group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]; aws.ToString(group.Status) != "Delete in progress" {
			t.Errorf("status %q", aws.ToString(group.Status))
		}
		refused(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1), "AlreadyExists",
			"AutoScalingGroup by this name already exists - A group with the name blue already exists and is pending delete.  "+
				"Please wait until Autoscaling completes the deletion process before creating another group with the same name.")
		refused(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(1)},
			"ValidationError", "The AutoScaling group may not be modified while it is pending delete")
		w.until(100 * time.Second)
		refused(w, w.client.DeleteAutoScalingGroup, remove, "ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'blue' not found")
		refused(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: name},
			"ValidationError", "AutoScalingGroup name not found - AutoScalingGroup 'blue' not found")
		if got, want := w.activities("blue"), "Successful 100%: Launching a new EC2 instance: i1\nSuccessful 100%: Terminating EC2 instance: i1"; got != want {
			t.Errorf("activities of the deleted group: %s", got)
		}
	})
}

// ForceDelete neither drains nor waits for hooks.
func TestForceDelete(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 1, 1)
		input.TargetGroupARNs = []string{w.targetGroup("web")}
		input.LifecycleHookSpecificationList = []types.LifecycleHookSpecification{
			{LifecycleHookName: aws.String("drain"), LifecycleTransition: aws.String(terminating)}}
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(60 * time.Second)
		w.begin()
		do(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue"), ForceDelete: aws.Bool(true)})
		w.until(60 * time.Second)
		w.told(`
			0s i1 Terminating
			30s i1 gone
			35s blue gone
			35s web gone`)
	})
}

func TestDeletionProtection(t *testing.T) {
	run(t, nil, func(w *world) {
		input := w.group("blue", 0, 1)
		input.DeletionProtection = types.DeletionProtectionPreventForceDeletion
		do(w, w.client.CreateAutoScalingGroup, input)
		remove := &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue"), ForceDelete: aws.Bool(true)}
		refused(w, w.client.DeleteAutoScalingGroup, remove, "ValidationError",
			"The AutoScalingGroup blue cannot be deleted because its deletion protection is prevent-force-deletion")
		remove.ForceDelete = nil
		do(w, w.client.DeleteAutoScalingGroup, remove)
	})
}
