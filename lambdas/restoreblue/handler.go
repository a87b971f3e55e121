// Package restoreblue puts back on blue what the deployment changed: the launch template versions that it names, the pinned minimum,
// with what scheduled actions have wanted since, and their process. Else the desired capacity stays where blue's own scaling, or the
// return of its traffic, has brought it.
package restoreblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// writes are what this state may change of AWS.
type writes interface {
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

type handler struct {
	groups    fleet.Groups
	schedules fleet.Schedules
	writes    step.Writes[writes]
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return step.Of(ledger.Open(cfg, env.LedgerTable), handler{groups: group, schedules: group, writes: step.Guard[writes](group)}.look)
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	name := s.Deployment.Blue
	p := s.Begin()
	record, err := s.Record(ctx, ledger.Removing)
	if err != nil {
		return p, err
	}
	described, err := fleet.Describe(ctx, h.groups, name)
	if err != nil {
		return p, err
	}
	group, found := described[name]
	blue := fleet.Of(group)
	if !found || blue.Deleting { // green may be all that is left
		return p, s.Ledger.WithoutBlue(s.Deployment)
	}
	if record, err = h.take(ctx, s, record, blue); err != nil {
		return p, err
	}
	u, theirs := capacity.Unpin(record.Lock, blue)
	if err := h.unpin(ctx, s, record, group, u); err != nil {
		return p, err
	}
	if err := h.resume(ctx, s, record, name); err != nil {
		return p, err
	}
	switch {
	case theirs:
		return p.Finished(deploy.Done, fmt.Sprintf("the minimum of blue %s was changed by somebody else to %d and stays", name, blue.Sizes.Min)), nil
	case u.Nothing():
		return p.Finished(deploy.Done, "the sizes of blue "+name+" were not changed"), nil
	}
	return p.Finished(deploy.Done, fmt.Sprintf("the minimum of blue %s is restored to %d", name, *u.Min)), nil
}

// take takes in what blue's scheduled actions were to do until AWS carries them out again.
func (h handler) take(ctx context.Context, s *step.Step, record ledger.Record, blue deploy.Fleet) (ledger.Record, error) {
	if record.Lock.Schedule(blue.Name) == nil {
		return record, nil
	}
	described, err := fleet.DescribeSchedule(ctx, h.schedules, blue.Name)
	if err != nil {
		return record, err
	}
	return s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		capacity.TakeBack(r.Lock, blue, capacity.Actions(described, s.Now()), s.Now().Add(capacity.Lead))
	}, ledger.Removing)
}

// resume lets AWS carry out blue's scheduled actions again.
func (h handler) resume(ctx context.Context, s *step.Step, record ledger.Record, name string) error {
	if !capacity.Stopped(record.Lock, name) {
		return nil
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Removing), writes.ResumeProcesses, &autoscaling.ResumeProcessesInput{
		AutoScalingGroupName: &name, ScalingProcesses: []string{ledger.ScheduledActions},
	})
	if err != nil {
		return fmt.Errorf("resuming %s of %s: %w", ledger.ScheduledActions, name, err)
	}
	return nil
}
