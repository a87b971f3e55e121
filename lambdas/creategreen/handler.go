// Package creategreen takes the lineage's lock and creates green, a copy of blue at blue's live capacity that takes no
// traffic yet. What an earlier try of the same deployment created is adopted.
package creategreen

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	CreateAutoScalingGroup(context.Context, *autoscaling.CreateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.CreateAutoScalingGroupOutput, error)
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

// processes are suspended as on blue, or resumed on a fleet that is brought back.
type processes interface {
	ResumeProcesses(context.Context, *autoscaling.ResumeProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.ResumeProcessesOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

// metrics are collected as on blue.
type metrics interface {
	EnableMetricsCollection(context.Context, *autoscaling.EnableMetricsCollectionInput, ...func(*autoscaling.Options)) (*autoscaling.EnableMetricsCollectionOutput, error)
}

// executions tells whether this execution still runs.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

// hooks are copied too.
type hooks interface {
	fleet.Hooks
	PutLifecycleHook(context.Context, *autoscaling.PutLifecycleHookInput, ...func(*autoscaling.Options)) (*autoscaling.PutLifecycleHookOutput, error)
}

var (
	_ groups    = (*autoscaling.Client)(nil)
	_ hooks     = (*autoscaling.Client)(nil)
	_ processes = (*autoscaling.Client)(nil)
	_ metrics   = (*autoscaling.Client)(nil)

	_ executions = (*sfn.Client)(nil)
)

type handler struct {
	groups    groups
	hooks     hooks
	processes processes
	metrics   metrics
	ledger    ledger.Ledger

	executions executions
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return announce.ToPeople(cfg, env, handler{
		groups:    group,
		hooks:     group,
		processes: group,
		metrics:   group,

		executions: sfn.NewFromConfig(cfg),
		ledger:     ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle)
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	d := *document.Deployment
	names := []string{d.Blue}
	if d.Revives {
		names = append(names, d.Green)
	}
	described, err := fleet.Describe(ctx, h.groups, names...)
	if err != nil {
		return deploy.Document{}, err
	}
	blue, found := described[d.Blue]
	if !found {
		return deploy.Document{}, fault.New(fault.NotReady, "blue %s was deleted since it was described", d.Blue)
	}
	specs, err := h.describeHooks(ctx, d.Blue)
	if err != nil {
		return deploy.Document{}, err
	}
	d, err = h.lock(ctx, call, d)
	if err != nil {
		return deploy.Document{}, err
	}
	if d.Revives {
		err = h.revive(ctx, call, d, fleet.Of(blue), described[d.Green])
	} else {
		err = h.create(ctx, call, d, blue, specs)
	}
	if err != nil {
		return deploy.Document{}, err
	}
	document.Deployment = &d
	document.Progress = &deploy.Progress{State: call.State, Verdict: deploy.Done, Since: call.Entered, Wanted: int(aws.ToInt32(blue.DesiredCapacity)),
		Message: fmt.Sprintf("green %s is to have %s", d.Green, deploy.Counted(int(aws.ToInt32(blue.DesiredCapacity)), "instance"))}
	return document, nil
}

// create makes green, or adopts what a try of this deployment made. A group of that name that is not this
// deployment's is somebody else's.
func (h handler) create(ctx context.Context, call deploy.Call, d deploy.Deployment, blue types.AutoScalingGroup, specs hookSpecs) error {
	input := fleet.Copy(blue, d)
	input.LifecycleHookSpecificationList = specs.atCreation
	least, desired := input.MinSize, input.DesiredCapacity
	if len(specs.afterwards) > 0 { // no instance may launch before every hook is there
		input.MinSize, input.DesiredCapacity = aws.Int32(0), aws.Int32(0)
	}
	if _, err := h.holder(call, d).Check(ctx, ledger.Creating); err != nil {
		return err
	}
	_, err := h.groups.CreateAutoScalingGroup(ctx, input)
	var exists *types.AlreadyExistsFault
	switch {
	case errors.As(err, &exists):
		if err := h.adopt(ctx, d); err != nil {
			return err
		}
	case err != nil:
		return fmt.Errorf("creating green %s: %w", d.Green, err)
	}
	if err := h.equip(ctx, call, d, blue); err != nil || len(specs.afterwards) == 0 {
		return err
	}
	return h.hookAfterwards(ctx, call, d, least, desired, specs.afterwards)
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

func (h handler) holder(call deploy.Call, d deploy.Deployment) ledger.Holder {
	return ledger.Holder{Ledger: h.ledger, Lineage: d.Lineage, Execution: call.Execution.ID, Deployment: d.Execution}
}
