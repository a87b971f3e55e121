package inplace

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// writes are what is changed of a group whichever way a deployment goes.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
	SetInstanceProtection(context.Context, *autoscaling.SetInstanceProtectionInput, ...func(*autoscaling.Options)) (*autoscaling.SetInstanceProtectionOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

// Changer changes a group that stays. The record has each change before it is made.
type Changer struct{ writes step.Writes[writes] }

// NewChanger makes one.
func NewChanger(cfg aws.Config) Changer {
	return Changer{step.Guard[writes](autoscaling.NewFromConfig(cfg))}
}

// Update gives the group sizes, and has it name a version of its template; empty: that which it names.
func (c Changer) Update(ctx context.Context, s *step.Step, f Fleet, u capacity.Update, version string, stage ledger.Stage) error {
	if version == f.Names() {
		version = ""
	}
	if u.Nothing() && version == "" {
		return nil
	}
	input := u.Of(f.Name)
	if version != "" {
		input.LaunchTemplate = &types.LaunchTemplateSpecification{LaunchTemplateId: &f.Launches[0].ID, Version: &version}
	}
	if _, err := step.Write(ctx, c.writes, s.Holder.At(stage), writes.UpdateAutoScalingGroup, input); err != nil {
		return fmt.Errorf("changing what %s launches, or its sizes: %w", f.Name, err)
	}
	return nil
}

// Name has the group name a version of its template, which the record has before.
func (c Changer) Name(ctx context.Context, s *step.Step, f Fleet, version string, stage ledger.Stage) error {
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		r.Lock.Note(ledger.KindVersion, ledger.Place(f.Name, 0), f.Names(), version)
	}, stage)
	if err != nil {
		return err
	}
	return c.Update(ctx, s, f, capacity.Update{}, version, stage)
}

// Room raises the group's maximum to most, if it is lower.
func (c Changer) Room(ctx context.Context, s *step.Step, f Fleet, most int, stage ledger.Stage) error {
	if f.Sizes.Max >= most {
		return nil
	}
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		r.Lock.Note(ledger.KindMax, f.Name, fmt.Sprint(f.Sizes.Max), fmt.Sprint(most))
		r.Lock.Change(ledger.KindMax, f.Name).Theirs(fmt.Sprint(f.Sizes.Max))
	}, stage)
	if err != nil {
		return err
	}
	return c.Update(ctx, s, f, capacity.Update{Max: &most}, "", stage)
}

// Quiet suspends what would end or launch instances of either image.
func (c Changer) Quiet(ctx context.Context, s *step.Step, f Fleet, stage ledger.Stage) error {
	var active []string
	for _, process := range Processes {
		if !slices.Contains(f.Suspended, process) {
			active = append(active, process)
		}
	}
	if len(active) == 0 {
		return nil
	}
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		for _, process := range active {
			r.Lock.Note(ledger.KindProcess, ledger.Process(process, f.Name), ledger.Active, ledger.Suspended)
		}
	}, stage)
	if err != nil {
		return err
	}
	_, err = step.Write(ctx, c.writes, s.Holder.At(stage), writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &f.Name, ScalingProcesses: active})
	if err != nil {
		return fmt.Errorf("suspending %v of %s: %w", active, f.Name, err)
	}
	return nil
}

// Resume lets go on what Quiet has suspended, also where it looks so: what is described may lag.
func (c Changer) Resume(ctx context.Context, s *step.Step, f Fleet, lock *ledger.Lock, stage ledger.Stage) error {
	var ours []string
	for _, process := range Processes {
		if lock.Change(ledger.KindProcess, ledger.Process(process, f.Name)) != nil {
			ours = append(ours, process)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	_, err := step.Write(ctx, c.writes, s.Holder.At(stage), writes.ResumeProcesses, &autoscaling.ResumeProcessesInput{AutoScalingGroupName: &f.Name, ScalingProcesses: ours})
	if err != nil {
		return fmt.Errorf("resuming %v of %s: %w", ours, f.Name, err)
	}
	return nil
}

// Guard protects members that are in service from scale-in, or ends that. AWS takes no others, and refuses all for one.
func (c Changer) Guard(ctx context.Context, s *step.Step, f Fleet, among []deploy.Instance, on bool, stage ledger.Stage) error {
	var ids []string
	for _, i := range among {
		if i.Lifecycle == deploy.InService && i.Protected != on {
			ids = append(ids, i.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	was, set := ledger.Bare, ledger.Guarded
	if !on {
		was, set = set, was
	}
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		for _, id := range ids {
			r.Lock.Note(ledger.KindGuard, id, was, set)
		}
	}, stage)
	if err != nil {
		return err
	}
	const atOnce = 50 // aws-facts A5
	for batch := range slices.Chunk(ids, atOnce) {
		_, err := step.Write(ctx, c.writes, s.Holder.At(stage), writes.SetInstanceProtection, &autoscaling.SetInstanceProtectionInput{
			AutoScalingGroupName: &f.Name, InstanceIds: batch, ProtectedFromScaleIn: &on,
		})
		if err != nil {
			return fmt.Errorf("the scale-in protection of %s of %s: %w", deploy.Counted(len(batch), "instance"), f.Name, err)
		}
	}
	return nil
}
