package autoscaling_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

// A scheduled action changes the sizes at its time, unless ScheduledActions is suspended then.
func TestScheduledActions(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		put := &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name, ScheduledActionName: aws.String("morning"),
			Recurrence: aws.String("*/10 12-13 * * SAT"), TimeZone: aws.String("Asia/Tokyo"), DesiredCapacity: aws.Int32(1)} // the world begins on a Saturday, 12:00 in Tokyo
		do(w, w.client.PutScheduledUpdateGroupAction, put)
		refused(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
			ScheduledActionName: aws.String("late"), StartTime: aws.Time(w.start.Add(-time.Second)), DesiredCapacity: aws.Int32(1)},
			"ValidationError", "Given start time is in the past")
		do(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
			ScheduledActionName: aws.String("once"), StartTime: aws.Time(w.start.Add(15 * time.Minute)), DesiredCapacity: aws.Int32(0)})
		w.begin()
		w.until(18 * time.Minute)
		do(w, w.client.SuspendProcesses, &sdk.SuspendProcessesInput{AutoScalingGroupName: name, ScalingProcesses: []string{"ScheduledActions"}})
		w.until(25 * time.Minute)
		w.told(`
			602s i1 Pending
			613s i1 InService
			902s i1 Terminating
			933s i1 gone`)
		actions := do(w, w.client.DescribeScheduledActions, &sdk.DescribeScheduledActionsInput{AutoScalingGroupName: name}).ScheduledUpdateGroupActions
		if len(actions) != 1 || *actions[0].ScheduledActionName != "morning" || !actions[0].StartTime.Equal(time.Date(2026, 11, 21, 3, 30, 0, 0, time.UTC)) {
			t.Errorf("actions: %+v", actions)
		}
	})
}
