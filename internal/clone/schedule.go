package clone

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// schedule are the scheduled actions. Where green stands outside of blue's traffic first, their process is suspended on it from its
// birth: the deployment carries out their runs until it is over (internal/capacity).
type schedule struct{}

func (schedule) read(ctx context.Context, from reads, w *Whole) (err error) {
	w.Schedule, err = fleet.DescribeSchedule(ctx, from.groupReads, aws.ToString(w.Group.AutoScalingGroupName))
	return err
}

func (schedule) put(ctx context.Context, to target, blue Whole) error {
	if len(blue.Schedule) == 0 {
		return nil
	}
	if to.Strategy.Waits() {
		_, err := step.Write(ctx, to.writes, to.fence, writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{
			AutoScalingGroupName: &to.Green, ScalingProcesses: []string{ledger.ScheduledActions},
		})
		if err != nil {
			return fmt.Errorf("suspending %s of %s: %w", ledger.ScheduledActions, to.Green, err)
		}
	}
	for _, action := range blue.Schedule {
		input := copyAction(action, to.Green, to.now)
		if input == nil {
			to.warn("scheduled action %s of %s is not copied: it is over", aws.ToString(action.ScheduledActionName), to.Blue)
			continue
		}
		_, err := step.Write(ctx, to.writes, to.fence, writes.PutScheduledUpdateGroupAction, input)
		if past(err) {
			to.warn("scheduled action %s of %s is not copied: it is over", aws.ToString(action.ScheduledActionName), to.Blue)
			continue
		}
		if err != nil {
			return fmt.Errorf("putting scheduled action %s on %s: %w", aws.ToString(action.ScheduledActionName), to.Green, err)
		}
	}
	return nil
}

// past recognises AWS's answer for an action whose time has passed since it was read.
func past(err error) bool {
	return err != nil && strings.Contains(err.Error(), "time is in the past")
}

// copyAction is what puts a copy of a scheduled action on another group; nil: it is over. AWS shows the next run of one that recurs
// as its StartTime, and takes none that is past: it is kept only where it was set on purpose, later than the recurrence says.
func copyAction(action types.ScheduledUpdateGroupAction, group string, now time.Time) *autoscaling.PutScheduledUpdateGroupActionInput {
	recurs := aws.ToString(action.Recurrence) != ""
	if action.EndTime != nil && !action.EndTime.After(now) || !recurs && !aws.ToTime(action.StartTime).After(now) {
		return nil
	}
	input := &autoscaling.PutScheduledUpdateGroupActionInput{
		AutoScalingGroupName: &group,
		ScheduledActionName:  action.ScheduledActionName,
		StartTime:            action.StartTime,
		EndTime:              action.EndTime,
		Recurrence:           action.Recurrence,
		TimeZone:             action.TimeZone,
		MinSize:              action.MinSize,
		MaxSize:              action.MaxSize,
		DesiredCapacity:      action.DesiredCapacity,
	}
	if recurs && !setOnPurpose(action, now) {
		input.StartTime = nil
	}
	return input
}

// setOnPurpose reports whether an action that recurs begins later than its recurrence says.
func setOnPurpose(action types.ScheduledUpdateGroupAction, now time.Time) bool {
	next, known := capacity.NextRun(aws.ToString(action.Recurrence), aws.ToString(action.TimeZone), now)
	return aws.ToTime(action.StartTime).After(now) && (!known || aws.ToTime(action.StartTime).After(next))
}

func (schedule) traits(w Whole, _ deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for _, action := range w.Schedule {
		all["scheduled action "+aws.ToString(action.ScheduledActionName)] = actionText(action)
	}
	return all
}

// actionText is what a scheduled action does, as a person reads it. The time of the next run is none of what people have set.
func actionText(action types.ScheduledUpdateGroupAction) string {
	said := []string{"once at " + aws.ToTime(action.StartTime).UTC().Format(time.RFC3339)}
	if recurrence := aws.ToString(action.Recurrence); recurrence != "" {
		zone := aws.ToString(action.TimeZone)
		if zone == "" {
			zone = "UTC"
		}
		said[0] = recurrence + " in " + zone
	}
	for _, size := range []struct {
		name  string
		value *int32
	}{{"min", action.MinSize}, {"max", action.MaxSize}, {"desired", action.DesiredCapacity}} {
		if size.value != nil {
			said = append(said, fmt.Sprintf("%s %d", size.name, *size.value))
		}
	}
	if action.EndTime != nil {
		said = append(said, "until "+action.EndTime.UTC().Format(time.RFC3339))
	}
	return strings.Join(said, ", ")
}
