package switchtraffic

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// actions are a group's scheduled actions.
func (v *move) actions(ctx context.Context, group string) ([]ledger.Action, error) {
	described, err := fleet.DescribeSchedule(ctx, v.schedules, group)
	return capacity.Actions(described, v.Now()), err
}

// take takes in what others want of fleets since the last look; of one whose scheduled actions are suspended also what these were to
// do. The record has it before it is done.
func (v *move) take(ctx context.Context, record ledger.Record, stage ledger.Stage, fleets ...deploy.Fleet) (ledger.Record, error) {
	described := make(map[string][]ledger.Action)
	for _, f := range fleets {
		if record.Lock.Schedule(f.Name) == nil {
			continue
		}
		var err error
		if described[f.Name], err = v.actions(ctx, f.Name); err != nil {
			return record, err
		}
	}
	return v.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		for _, f := range fleets {
			capacity.Take(r.Lock, f, described[f.Name], v.Now())
		}
	}, stage)
}

// suspend suspends blue's scheduled actions, which the record says: a run by AWS would end instances that serve.
func (v *move) suspend(ctx context.Context, record ledger.Record, blue deploy.Fleet) error {
	if !capacity.Stopped(record.Lock, blue.Name) || slices.Contains(blue.Suspended, ledger.ScheduledActions) {
		return nil
	}
	_, err := step.Write(ctx, v.writes, v.Holder.At(ledger.Switching), writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: &blue.Name, ScalingProcesses: []string{ledger.ScheduledActions},
	})
	if err != nil {
		return fmt.Errorf("suspending %s of %s: %w", ledger.ScheduledActions, blue.Name, err)
	}
	return nil
}

// carry gives green, which serves, what scheduled actions want while blue drains: those of blue, of which it is the copy, and those
// of its own where it was brought back.
func (v *move) carry(ctx context.Context) error {
	if v.Want = capacity.Pinned(v.record.Lock); v.Want == 0 { // blue was at size 0: green is to have what it has by now
		v.Want = v.Green.Sizes.Desired
	}
	if len(v.record.Lock.Schedules) == 0 {
		return nil
	}
	record, err := v.take(ctx, v.record, ledger.Leaving, v.Blue, v.Green)
	if err != nil {
		return err
	}
	v.record = record
	own, asked := capacity.Hold(record.Lock, v.Green, 0), capacity.Asked(record.Lock, v.Blue)
	if v.Deployment.Revives {
		return v.pin(ctx, v.Green, own, ledger.Leaving)
	}
	least := max(capacity.Pinned(record.Lock), asked.Min)
	room := max(capacity.Room(*v.Deployment, record, v.Green, v.Blue, asked.Desired), asked.Max)
	return v.pin(ctx, v.Green, capacity.Pin(v.Green, least, asked.Desired, room), ledger.Leaving)
}
