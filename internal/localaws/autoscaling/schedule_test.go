package autoscaling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
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

// next is when a recurring action that is put now runs first.
func (w *world) next(recurrence, zone string) string {
	w.Helper()
	name := aws.String("blue")
	do(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name, ScheduledActionName: aws.String("next"),
		Recurrence: &recurrence, TimeZone: &zone, DesiredCapacity: aws.Int32(0)})
	action := do(w, w.client.DescribeScheduledActions, &sdk.DescribeScheduledActionsInput{AutoScalingGroupName: name}).ScheduledUpdateGroupActions[0]
	if !action.Time.Equal(*action.StartTime) {
		w.Errorf("Time %s is not StartTime %s", action.Time, action.StartTime)
	}
	do(w, w.client.DeleteScheduledAction, &sdk.DeleteScheduledActionInput{AutoScalingGroupName: name, ScheduledActionName: aws.String("next")})
	return action.StartTime.Format("01-02 15:04")
}

// A recurring action keeps its local time across a change of the clocks; a time that the change skips waits for its next
// day, where clocks change at midnight, too.
func TestScheduledActionsKeepLocalTime(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		at := func(moment string) {
			to, err := time.Parse("2006-01-02 15:04", moment)
			if err != nil {
				t.Fatal(err)
			}
			w.until(to.Sub(w.start))
		}
		want := func(recurrence, zone, next string) {
			t.Helper()
			if got := w.next(recurrence, zone); got != next {
				t.Errorf("%s in %s runs at %s, want %s", recurrence, zone, got, next)
			}
		}
		at("2027-03-13 14:00")
		want("0 8 * * *", "America/New_York", "03-14 12:00") // the first day of summer time
		want("30 2 * * *", "America/New_York", "03-15 06:30")
		at("2027-04-28 12:00")
		want("0 9 1 5 *", "Africa/Cairo", "05-01 06:00") // April 30 has no midnight
		at("2027-11-06 13:00")
		want("0 8 * * *", "America/New_York", "11-07 13:00")
	})
}

// scheduled are the scheduled actions of a group with their next times, one a line.
func (w *world) scheduled() string {
	w.Helper()
	var lines []string
	for _, a := range do(w, w.client.DescribeScheduledActions, &sdk.DescribeScheduledActionsInput{AutoScalingGroupName: aws.String("blue")}).ScheduledUpdateGroupActions {
		lines = append(lines, *a.ScheduledActionName+" "+a.StartTime.Format("15:04"))
	}
	return strings.Join(lines, ", ")
}

// An action ends with its EndTime, an update without a StartTime still runs at the old next time, and what one request of
// a batch refuses does not keep the others from success.
func TestScheduledActionsBatch(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		put := func(action, recurrence string, start, end time.Duration) types.ScheduledUpdateGroupActionRequest {
			r := types.ScheduledUpdateGroupActionRequest{ScheduledActionName: &action, DesiredCapacity: aws.Int32(1)}
			if recurrence != "" {
				r.Recurrence = &recurrence
			}
			if start != 0 {
				r.StartTime = aws.Time(w.start.Add(start))
			}
			if end != 0 {
				r.EndTime = aws.Time(w.start.Add(end))
			}
			return r
		}
		badZone := put("zone", "0 8 * * *", 0, 0)
		badZone.TimeZone = aws.String("Mars/Olympus")
		out := do(w, w.client.BatchPutScheduledUpdateGroupAction, &sdk.BatchPutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
			ScheduledUpdateGroupActions: []types.ScheduledUpdateGroupActionRequest{
				put("hourly", "0 * * * *", 0, 90*time.Minute), put("noon", "", time.Hour, 0), put("past", "", -time.Hour, 0), badZone,
				put("once", "", 2*time.Hour, 0)}})
		var failed []string
		for _, f := range out.FailedScheduledUpdateGroupActions {
			failed = append(failed, *f.ScheduledActionName+": "+*f.ErrorCode+": "+*f.ErrorMessage)
		}
		if diff := cmp.Diff([]string{
			"noon: AlreadyExists: Scheduled action with this scheduled start time already exists",
			"past: ValidationError: Given start time is in the past",
			"zone: ValidationError: Invalid time zone: Mars/Olympus"}, failed); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
		shows := func(want string) {
			t.Helper()
			if got := w.scheduled(); got != want {
				t.Errorf("scheduled: %s, want %s", got, want)
			}
		}
		shows("hourly 04:00, once 05:00")
		do(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
			ScheduledActionName: aws.String("hourly"), Recurrence: aws.String("20 * * * *"), EndTime: aws.Time(w.start.Add(90 * time.Minute)), DesiredCapacity: aws.Int32(2)})
		shows("hourly 04:00, once 05:00")
		w.until(61 * time.Minute)
		w.desires(2)
		shows("hourly 04:20, once 05:00")
		w.until(89 * time.Minute)
		shows("hourly 05:20, once 05:00")
		w.until(91 * time.Minute)
		shows("once 05:00")
		deleted := do(w, w.client.BatchDeleteScheduledAction, &sdk.BatchDeleteScheduledActionInput{AutoScalingGroupName: name, ScheduledActionNames: []string{"once", "no"}})
		if f := deleted.FailedScheduledActions; len(f) != 1 || *f[0].ScheduledActionName != "no" || *f[0].ErrorMessage != "Scheduled action name not found" {
			t.Errorf("failed: %+v", f)
		}
		shows("")
		for k := range 125 {
			do(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
				ScheduledActionName: aws.String(fmt.Sprint(k)), StartTime: aws.Time(w.start.Add(time.Duration(k+100) * time.Hour)), MinSize: aws.Int32(0)})
		}
		refused(w, w.client.PutScheduledUpdateGroupAction, &sdk.PutScheduledUpdateGroupActionInput{AutoScalingGroupName: name,
			ScheduledActionName: aws.String("more"), Recurrence: aws.String("1 1 1 1 *"), MinSize: aws.Int32(0)},
			"LimitExceeded", "Only 125 scheduled actions are allowed per AutoScalingGroup")
	})
}
