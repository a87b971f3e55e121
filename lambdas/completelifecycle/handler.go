// Package completelifecycle sees a fleet that was scaled in to its end: it drains each instance that a terminating hook
// holds, completes the hook, waits until the fleet is empty, and closes the deployment in the record. Blue is kept at
// size 0 or deleted after a success, green is deleted on the way back. It never forces.
package completelifecycle

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is what this state may do to a group.
type groups interface {
	fleet.Groups
	DescribeAutoScalingInstances(context.Context, *autoscaling.DescribeAutoScalingInstancesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingInstancesOutput, error)
	DeleteAutoScalingGroup(context.Context, *autoscaling.DeleteAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteAutoScalingGroupOutput, error)
	SetInstanceProtection(context.Context, *autoscaling.SetInstanceProtectionInput, ...func(*autoscaling.Options)) (*autoscaling.SetInstanceProtectionOutput, error)
}

// actions is what this state may do to lifecycle actions.
type actions interface {
	fleet.Hooks
	CompleteLifecycleAction(context.Context, *autoscaling.CompleteLifecycleActionInput, ...func(*autoscaling.Options)) (*autoscaling.CompleteLifecycleActionOutput, error)
	RecordLifecycleActionHeartbeat(context.Context, *autoscaling.RecordLifecycleActionHeartbeatInput, ...func(*autoscaling.Options)) (*autoscaling.RecordLifecycleActionHeartbeatOutput, error)
}

// commands runs drains on instances.
type commands interface {
	SendCommand(context.Context, *ssm.SendCommandInput, ...func(*ssm.Options)) (*ssm.SendCommandOutput, error)
	ListCommandInvocations(context.Context, *ssm.ListCommandInvocationsInput, ...func(*ssm.Options)) (*ssm.ListCommandInvocationsOutput, error)
	fleet.Agents
}

var (
	_ groups   = (*autoscaling.Client)(nil)
	_ actions  = (*autoscaling.Client)(nil)
	_ commands = (*ssm.Client)(nil)
)

type handler struct {
	groups   groups
	actions  actions
	commands commands
	ledger   ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return announce.ToPeople(cfg, env, handler{
		groups:   group,
		actions:  group,
		commands: ssm.NewFromConfig(cfg),
		ledger:   ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle)
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	var progress deploy.Progress
	var err error
	if call.Way == deploy.Alone {
		progress, err = h.alone(ctx, call)
	} else {
		progress, err = h.whole(ctx, call)
	}
	if err != nil {
		return deploy.Document{}, err
	}
	document.Progress = &progress
	return document, nil
}
