// Package creategreen creates green, a copy of blue at blue's live capacity that takes no
// traffic yet. What an earlier try of the same deployment created is adopted.
package creategreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/announce"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// groups is what this state reads of groups.
type groups interface {
	fleet.Groups
	fleet.WarmPools
}

// writes are what this state may change of a fleet that it brings back.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
}

var (
	_ groups = (*autoscaling.Client)(nil)
	_ writes = (*autoscaling.Client)(nil)
)

type handler struct {
	groups groups
	writes step.Writes[writes]
	copier clone.Copier
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group), copier: clone.New(cfg)}
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
	if err := h.pin(ctx, s, blue); err != nil {
		return p, err
	}
	if s.Deployment.Revives {
		err = h.revive(ctx, s, fleet.Of(blue), described[s.Deployment.Green])
	} else {
		err = h.create(ctx, s, blue)
	}
	f := fleet.Of(blue)
	p.Wanted, p.Weighted = f.Sizes.Desired, f.Weighted
	return p.Finished(deploy.Done, fmt.Sprintf("green %s is to have %s", s.Deployment.Green, deploy.Counted(p.Wanted, f.Unit()))), err
}

// fence is that of all writes of this state.
func fence(s *step.Step) ledger.Fence { return s.Holder.At(ledger.Creating) }

// create makes green, or adopts what a try of this deployment made.
func (h handler) create(ctx context.Context, s *step.Step, described types.AutoScalingGroup) error {
	blue, err := h.copier.Read(ctx, described, nil)
	if err != nil {
		return err
	}
	if err := h.copier.Create(ctx, s, blue); err != nil || s.Deployment.Strategy.Waits() {
		return err
	}
	return h.copier.Arm(ctx, s, ledger.Creating, blue, clone.Joining|clone.Joined) // its first instance in service works at once
}
