// Package creategreen creates green, a copy of blue at blue's live capacity that takes no
// traffic yet. What an earlier try of the same deployment created is adopted.
package creategreen

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// groups is what this state reads of the groups.
type groups interface {
	fleet.Groups
	fleet.Hooks
}

// writes are what this state may change of AWS.
type writes interface {
	CreateAutoScalingGroup(context.Context, *autoscaling.CreateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.CreateAutoScalingGroupOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	EnableMetricsCollection(context.Context, *autoscaling.EnableMetricsCollectionInput, ...func(*autoscaling.Options)) (*autoscaling.EnableMetricsCollectionOutput, error)
	PutLifecycleHook(context.Context, *autoscaling.PutLifecycleHookInput, ...func(*autoscaling.Options)) (*autoscaling.PutLifecycleHookOutput, error)
}

var (
	_ groups = (*autoscaling.Client)(nil)
	_ writes = (*autoscaling.Client)(nil)
)

type handler struct {
	groups groups
	writes step.Writes[writes]
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group)}
	return announce.ToPeople(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), h.look))
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p := s.Begin()
	names := []string{s.Deployment.Blue}
	if s.Deployment.Revives {
		names = append(names, s.Deployment.Green)
	}
	described, err := fleet.Describe(ctx, h.groups, names...)
	if err != nil {
		return p, err
	}
	blue, found := described[s.Deployment.Blue]
	if !found {
		return p, fault.New(fault.NotReady, "blue %s was deleted since it was described", s.Deployment.Blue)
	}
	specs, err := h.describeHooks(ctx, s.Deployment.Blue)
	if err != nil {
		return p, err
	}
	if s.Deployment.Revives {
		err = h.revive(ctx, s, fleet.Of(blue), described[s.Deployment.Green])
	} else {
		err = h.create(ctx, s, blue, specs)
	}
	p.Wanted = int(aws.ToInt32(blue.DesiredCapacity))
	return p.Finished(deploy.Done, fmt.Sprintf("green %s is to have %s", s.Deployment.Green, deploy.Counted(p.Wanted, "instance"))), err
}

// fence is that of all writes of this state.
func fence(s *step.Step) ledger.Fence { return s.Holder.At(ledger.Creating) }

// create makes green, or adopts what a try of this deployment made. A group of that name that is not this
// deployment's is somebody else's.
func (h handler) create(ctx context.Context, s *step.Step, blue types.AutoScalingGroup, specs hookSpecs) error {
	d := *s.Deployment
	input := fleet.Copy(blue, d)
	input.LifecycleHookSpecificationList = specs.atCreation
	least, desired := input.MinSize, input.DesiredCapacity
	if len(specs.afterwards) > 0 { // no instance may launch before every hook is there
		input.MinSize, input.DesiredCapacity = aws.Int32(0), aws.Int32(0)
	}
	_, err := step.Write(ctx, h.writes, fence(s), writes.CreateAutoScalingGroup, input)
	var exists *types.AlreadyExistsFault
	switch {
	case errors.As(err, &exists):
		if err := h.adopt(ctx, d); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("creating green %s: %w", d.Green, err)
	}
	if err := h.equip(ctx, s, blue); err != nil || len(specs.afterwards) == 0 {
		return err
	}
	return h.hookAfterwards(ctx, s, least, desired, specs.afterwards)
}

func (h handler) adopt(ctx context.Context, d deploy.Deployment) error {
	fleets, err := fleet.Read(ctx, h.groups, d.Green)
	if err != nil {
		return err
	}
	green, found := fleets[d.Green]
	switch {
	case !found: // a describe may lag the write
		return fault.New(fault.Unavailable, "group %s exists but is not shown yet", d.Green)
	case green.Tags[deploy.TagExecution] != d.Execution:
		return fault.New(fault.Refused, "a group %s exists already and is not of this deployment (its tag %s is %q): rename or delete it",
			d.Green, deploy.TagExecution, green.Tags[deploy.TagExecution])
	}
	return nil
}
