// Package removegreen scales green in on the way back, and touches no group that this
// deployment neither created nor brought back. CompleteLifecycle drains it afterwards, and deletes what was created.
package removegreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/builder"
	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic/strategies"
)

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

// absentFor is how many looks in a row must not show green before it counts as never created: what is described may
// lag a creation whose answer was lost.
const absentFor = 4

type handler struct {
	groups fleet.Groups
	writes step.Writes[writes]
	copier clone.Copier
	ender  builder.Ender

	strategies strategies.Strategies
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group), copier: clone.New(cfg), ender: builder.NewEnder(cfg), strategies: strategies.New(cfg)}
	return step.Of(ledger.Open(cfg, env.LedgerTable), h.look)
}

// look scales green in; then what was made with it that is no part of a group goes.
func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p, err := h.green(ctx, s)
	if err != nil || p.Verdict == deploy.Pending || s.Deployment.Build == nil {
		return p, err
	}
	waits, err := h.ender.Undo(ctx, s, p.Began)
	if err != nil || waits != "" {
		return s.Wait(p, waits), err
	}
	return p, nil
}

func (h handler) green(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	d, p := s.Deployment, s.Begin()
	described, err := fleet.Describe(ctx, h.groups, d.Green)
	if err != nil {
		return p, err
	}
	group, found := described[d.Green]
	green := fleet.Of(group)
	switch {
	case !found:
		p = p.Count(deploy.Sample{Good: true})
		if p.Good < absentFor {
			return s.Again(p, fmt.Sprintf("green %s is not shown", d.Green)), nil
		}
		return p.Finished(deploy.Done, fmt.Sprintf("green %s does not exist", d.Green)), nil
	case !d.Revives && green.Tags[deploy.TagExecution] != d.Execution:
		return p.Finished(deploy.Done, fmt.Sprintf("group %s is not of this deployment and stays", d.Green)), nil
	case d.Revives:
		if err := h.standDown(ctx, s, green); err != nil {
			return p, err
		}
	}
	if err := h.quiet(ctx, s, group); err != nil {
		return p, err
	}
	if err := h.scaleIn(ctx, s, green); err != nil {
		return p, err
	}
	return p.Finished(deploy.Done, fmt.Sprintf("green %s is scaled in from %s", d.Green, deploy.Counted(len(green.Instances), "instance"))), nil
}

// quiet keeps what hangs on green from acting on a fleet that goes. Of one that stands by again the record has before what somebody has given
// it since it was replaced: it acts again once the fleet comes back.
func (h handler) quiet(ctx context.Context, s *step.Step, described types.AutoScalingGroup) error {
	if fleet.Of(described).Deleting {
		return nil
	}
	green, err := h.copier.Read(ctx, described, nil)
	if err != nil {
		return err
	}
	changes := clone.Quieting(green)
	if s.Deployment.Revives {
		if _, err := s.Holder.Change(ctx, func(r *ledger.Record) { r.Quiet(s.Deployment.Green, changes) }, ledger.Removing); err != nil {
			return err
		}
	}
	return h.copier.Quiet(ctx, s, s.Deployment.Green, changes, ledger.Removing)
}

// standDown suspends the processes of a fleet that CreateGreen brought back and takes it out of all traffic: it stands by
// when it is empty.
func (h handler) standDown(ctx context.Context, s *step.Step, green deploy.Fleet) error {
	fence := s.Holder.At(ledger.Removing)
	_, err := step.Write(ctx, h.writes, fence, writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &green.Name, ScalingProcesses: deploy.Reviving})
	if err != nil {
		return fmt.Errorf("suspending %v of %s: %w", deploy.Reviving, green.Name, err)
	}
	mover, err := h.strategies.Mover(s.Deployment)
	if err != nil || mover == nil {
		return err
	}
	return mover.Withdraw(ctx, s, green)
}

// scaleIn writes even if green looks scaled in: what is described may lag. What this deployment created is to be deleted, and
// may have blue's protection from that.
func (h handler) scaleIn(ctx context.Context, s *step.Step, green deploy.Fleet) error {
	if green.Deleting {
		return nil
	}
	input := capacity.Empty().Of(green.Name)
	if !s.Deployment.Revives {
		input.DeletionProtection = types.DeletionProtectionPreventForceDeletion
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Removing), writes.UpdateAutoScalingGroup, input)
	if err != nil {
		return fmt.Errorf("scaling in %s: %w", green.Name, err)
	}
	return nil
}
