// Package switchtraffic moves traffic, one step a call, forward to green and back to blue. What has been done is read
// from AWS at every call, never remembered, so a call that is run twice or after a death goes on where the world is.
package switchtraffic

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is what this state may do to the groups.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	AttachLoadBalancerTargetGroups(context.Context, *autoscaling.AttachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error)
	DetachLoadBalancerTargetGroups(context.Context, *autoscaling.DetachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error)
}

// targets is what this state reads of the load balancers.
type targets interface {
	fleet.TargetHealth
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
}

var (
	_ groups  = (*autoscaling.Client)(nil)
	_ targets = (*elb.Client)(nil)
)

type handler struct {
	groups  groups
	targets targets
	ledger  ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return announce.ToPeople(cfg, env, handler{
		groups:  autoscaling.NewFromConfig(cfg),
		targets: elb.NewFromConfig(cfg),
		ledger:  ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle)
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	step := &step{handler: h, call: call, deployment: *document.Deployment, holder: h.ledger.For(call)}
	move := step.forward
	if call.Way == deploy.Back {
		move = step.back
	}
	progress, err := move(ctx, call.Begin())
	if err != nil {
		return deploy.Document{}, err
	}
	document.Deployment, document.Progress = &step.deployment, &progress
	return document, nil
}

// step is one call's work.
type step struct {
	handler
	call       deploy.Call
	deployment deploy.Deployment
	holder     ledger.Holder
}

// fence stands right before each write to AWS: the execution still holds the lock at the stage.
func (s *step) fence(ctx context.Context, stage ledger.Stage) error {
	_, err := s.holder.Check(ctx, stage)
	return err
}

// traffic reads what the target groups show.
func (s *step) traffic(ctx context.Context) (deploy.Traffic, error) {
	return fleet.ReadTraffic(ctx, s.targets, s.deployment.TargetGroups)
}

// fleets reads both fleets. Green may be gone on the way back; blue may not be.
func (s *step) fleets(ctx context.Context) (blue, green deploy.Fleet, err error) {
	fleets, err := fleet.Read(ctx, s.groups, s.deployment.Blue, s.deployment.Green)
	if err != nil {
		return blue, green, err
	}
	blue, found := fleets[s.deployment.Blue]
	if !found || blue.Deleting { // with blue on its way out green is all that serves
		return blue, green, s.ledger.WithoutBlue(&s.deployment)
	}
	return blue, fleets[s.deployment.Green], nil
}
