// Package removegreen sends green's instances home on the way back: it scales green in and touches no group that this
// deployment neither created nor brought back. CompleteLifecycle drains it afterwards, and deletes what was created.
package removegreen

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	DetachLoadBalancerTargetGroups(context.Context, *autoscaling.DetachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

// absentFor is how many looks in a row must not show green before it counts as never created: what is described may
// lag a creation whose answer was lost.
const absentFor = 4

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	d := document.Deployment
	fleets, err := fleet.Read(ctx, h.groups, d.Green)
	if err != nil {
		return deploy.Document{}, err
	}
	progress := call.Begin()
	green, found := fleets[d.Green]
	switch {
	case !found:
		progress = progress.Count(deploy.Sample{Good: true})
		if progress.Good < absentFor {
			progress = call.Again(progress, fmt.Sprintf("green %s is not shown", d.Green))
		} else {
			progress = progress.Finished(deploy.Done, fmt.Sprintf("green %s does not exist", d.Green))
		}
	case !d.Revives && green.Tags[deploy.TagExecution] != d.Execution:
		progress = progress.Finished(deploy.Done, fmt.Sprintf("group %s is not of this deployment and stays", d.Green))
	default:
		if d.Revives {
			err = h.standDown(ctx, call, green)
		}
		if err != nil {
			return deploy.Document{}, err
		}
		if err := h.scaleIn(ctx, call, green); err != nil {
			return deploy.Document{}, err
		}
		progress = progress.Finished(deploy.Done, fmt.Sprintf("green %s is scaled in from %s", d.Green, deploy.Counted(len(green.Instances), "instance")))
	}
	document.Progress = &progress
	return document, nil
}

// standDown quiets a fleet that CreateGreen brought back: it stands by, outside of the target groups, when it is empty.
func (h handler) standDown(ctx context.Context, call deploy.Call, green deploy.Fleet) error {
	if _, err := h.ledger.For(call).Check(ctx, ledger.Removing); err != nil {
		return err
	}
	_, err := h.groups.SuspendProcesses(ctx, &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: &green.Name, ScalingProcesses: deploy.Reviving,
	})
	if err != nil {
		return fmt.Errorf("suspending %v of %s: %w", deploy.Reviving, green.Name, err)
	}
	attached := green.AttachedTo(call.Document.Deployment.TargetGroups)
	const atOnce = 10 // aws-facts A5
	for batch := range slices.Chunk(attached, atOnce) {
		if _, err := h.ledger.For(call).Check(ctx, ledger.Removing); err != nil {
			return err
		}
		_, err := h.groups.DetachLoadBalancerTargetGroups(ctx, &autoscaling.DetachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &green.Name, TargetGroupARNs: batch,
		})
		if err != nil {
			return fmt.Errorf("detaching %s from its target groups: %w", green.Name, err)
		}
	}
	return nil
}

// scaleIn writes even if green looks scaled in: what is described may lag. What this deployment created is to be deleted, and
// may have blue's protection from that.
func (h handler) scaleIn(ctx context.Context, call deploy.Call, green deploy.Fleet) error {
	if green.Deleting {
		return nil
	}
	if _, err := h.ledger.For(call).Check(ctx, ledger.Removing); err != nil {
		return err
	}
	input := &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &green.Name, MinSize: aws.Int32(0), MaxSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
	}
	if !call.Document.Deployment.Revives {
		input.DeletionProtection = types.DeletionProtectionPreventForceDeletion
	}
	if _, err := h.groups.UpdateAutoScalingGroup(ctx, input); err != nil {
		return fmt.Errorf("scaling in %s: %w", green.Name, err)
	}
	return nil
}
