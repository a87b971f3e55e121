package invariant_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/restoreblue"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
)

// schedules are deployments that lose a scheduled action, or a run, or go below the pin for one.
var schedules = []mutation{
	{
		name:    "green has no scheduled action",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, seeNoActions))},
		prepare: everyMinute,
		breaks:  []int{4},
	},
	{
		name:    "green's scheduled action has lost its time zone",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, putNoZone))},
		prepare: everyMinute,
		breaks:  []int{4},
	},
	{
		name: "nobody carries out what is due while the process is suspended",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"SwitchTraffic":     changed(switchtraffic.New, seeNoSizes),
			"ScaleInBlue":       changed(scaleinblue.New, seeNoSizes),
			"CompleteLifecycle": changed(completelifecycle.New, seeNoSizes),
		}},
		prepare: whileItDrains,
		breaks:  []int{4},
	},
	{
		name:    "the process is left suspended on green",
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, resumeAnother))},
		prepare: everyMinute,
		breaks:  []int{4},
	},
	{
		name: "the process is left suspended on blue on the way back, and nobody looks",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"RestoreBlue":       changed(restoreblue.New, resumeAnother),
			"CompleteLifecycle": changed(completelifecycle.New, seeNothingSuspended),
		}},
		prepare: func(ctx context.Context, r *rehearsal.Rehearsal) error {
			if err := sickGreen(ctx, r); err != nil {
				return err
			}
			return everyMinute(ctx, r)
		},
		breaks: []int{4},
	},
	{
		name:    "green is unpinned before it has shown what it carries",
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, longAlone))},
		prepare: terminatingHook,
		breaks:  []int{4},
	},
	{
		name:    "green goes below the pin while blue drains",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", after(switchtraffic.New, unpinGreen))},
		prepare: everyMinute,
		breaks:  []int{1},
	},
}

// What is lost of a schedule is seen.
func TestLossesOfAScheduleAreCaught(t *testing.T) {
	for _, m := range schedules {
		t.Run(m.name, m.isCaught)
	}
}

// everyMinute gives blue another minimum every minute.
func everyMinute(ctx context.Context, r *rehearsal.Rehearsal) error {
	return scheduled(ctx, r, &autoscaling.PutScheduledUpdateGroupActionInput{
		ScheduledActionName: aws.String("often"), Recurrence: aws.String("* * * * *"), TimeZone: aws.String("Asia/Tokyo"), MinSize: aws.Int32(3),
	})
}

// whileItDrains gives blue another minimum once, when it has no traffic any more.
func whileItDrains(ctx context.Context, r *rehearsal.Rehearsal) error {
	return scheduled(ctx, r, &autoscaling.PutScheduledUpdateGroupActionInput{
		ScheduledActionName: aws.String("once"), StartTime: aws.Time(r.AWS.Account.Now().Add(80 * time.Second)), MinSize: aws.Int32(3),
	})
}

func scheduled(ctx context.Context, r *rehearsal.Rehearsal, action *autoscaling.PutScheduledUpdateGroupActionInput) error {
	action.AutoScalingGroupName = &r.World.GroupName
	_, err := autoscaling.NewFromConfig(operator(r)).PutScheduledUpdateGroupAction(ctx, action)
	r.Wait(ctx, 10*time.Second) // descriptions lag
	return err
}

func seeNoActions(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeScheduledActionsOutput); ok {
			got.ScheduledUpdateGroupActions = nil
		}
	})
}

func seeNoSizes(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeScheduledActionsOutput); ok {
			for i := range got.ScheduledUpdateGroupActions {
				got.ScheduledUpdateGroupActions[i].MinSize = nil
			}
		}
	})
}

func putNoZone(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*autoscaling.PutScheduledUpdateGroupActionInput); ok {
			put.TimeZone = nil
		}
	})
}

func resumeAnother(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if resume, ok := input.(*autoscaling.ResumeProcessesInput); ok {
			resume.ScalingProcesses = []string{"AZRebalance"}
		}
	})
}

func seeNothingSuspended(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*autoscaling.DescribeAutoScalingGroupsOutput); ok {
			for i := range got.AutoScalingGroups {
				got.AutoScalingGroups[i].SuspendedProcesses = nil
			}
		}
	})
}

// longAlone lets the record say that green has carried all load for a day.
func longAlone(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		got, ok := output.(*dynamodb.GetItemOutput)
		if !ok {
			return
		}
		if lock, ok := got.Item["lock"].(*dynamodbtypes.AttributeValueMemberM); ok && lock.Value["alone"] != nil {
			lock.Value["alone"] = &dynamodbtypes.AttributeValueMemberS{Value: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)}
		}
	})
}

func unpinGreen(ctx context.Context, d mutantCall) {
	if lock := d.fenced(ctx).Lock; d.call.Way == deploy.Forward && lock != nil && lock.Stage == ledger.Leaving {
		d.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &d.deployment.Green, MinSize: aws.Int32(1)})
	}
}
