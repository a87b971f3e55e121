package completelifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// aloneFor is how long green carries all load before its scaling may take it in: by then it shows how much there is. The end of a
// deployment does not wait for it.
const aloneFor = 15 * time.Minute

// unpin gives green, which is live, its own sizes once it has carried all load for a while and blue has no instance in service any
// more, at the latest before the record is closed. Until then it carries out what green's scheduled actions are to do.
func (h handler) unpin(ctx context.Context, s *step.Step, m *memory, blue, green deploy.Fleet, last bool) error {
	if m.Unpinned || green.Name == "" || green.Deleting {
		return nil
	}
	record, _, err := s.Ledger.Get(ctx, s.Deployment.Lineage)
	if err != nil {
		return err
	}
	handed := record.Lock.Change(ledger.KindMin, green.Name) == nil // an earlier look has given it its sizes, or it never was pinned
	if handed && !capacity.Stopped(record.Lock, green.Name) {
		m.Unpinned = true
		return nil
	}
	last = last || handed
	if since := record.Lock.Alone; since != nil && s.Now().Sub(*since) >= aloneFor && len(blue.In(deploy.InService)) == 0 {
		last = true
	}
	if record, err = h.take(ctx, s, record, green, last); err != nil {
		return err
	}
	u := capacity.Hold(record.Lock, green, 0)
	if last {
		u, _ = capacity.Unpin(record.Lock, green)
	} else if record.Lock.Schedule(green.Name) == nil {
		return nil // nobody asks for more
	}
	if !u.Nothing() {
		if _, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Committed), writes.UpdateAutoScalingGroup, u.Of(green.Name)); err != nil {
			return fmt.Errorf("giving %s its sizes: %w", green.Name, err)
		}
	}
	if !last {
		return nil
	}
	if record, err = h.resume(ctx, s, record, green.Name); err != nil {
		return err
	}
	_, err = s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) { capacity.Done(r.Lock, green.Name) }, ledger.Committed)
	m.Unpinned = err == nil
	return err
}

// resume lets AWS carry out green's scheduled actions again. The record has before that green has its sizes: from then on a run of AWS may
// give it what it was pinned at.
func (h handler) resume(ctx context.Context, s *step.Step, record ledger.Record, name string) (ledger.Record, error) {
	if !capacity.Stopped(record.Lock, name) {
		return record, nil
	}
	record, err := s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) { capacity.Handed(r.Lock, name) }, ledger.Committed)
	if err != nil {
		return record, err
	}
	_, err = step.Write(ctx, h.writes, s.Holder.At(ledger.Committed), writes.ResumeProcesses, &autoscaling.ResumeProcessesInput{
		AutoScalingGroupName: &name, ScalingProcesses: []string{ledger.ScheduledActions},
	})
	if err != nil {
		return record, fmt.Errorf("resuming %s of %s: %w", ledger.ScheduledActions, name, err)
	}
	return record, nil
}

// take takes in what others want of green: a person, and its scheduled actions. What these are to do while AWS takes over is done
// before; what was due since then AWS has done.
func (h handler) take(ctx context.Context, s *step.Step, record ledger.Record, green deploy.Fleet, last bool) (ledger.Record, error) {
	var actions []ledger.Action
	if record.Lock.Schedule(green.Name) != nil {
		described, err := fleet.DescribeSchedule(ctx, h.groups, green.Name)
		if err != nil {
			return record, err
		}
		actions = capacity.Actions(described, s.Now())
	}
	until := s.Now()
	if last {
		until = until.Add(capacity.Lead)
	}
	return s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		capacity.TakeBack(r.Lock, green, actions, until)
	}, ledger.Committed)
}
