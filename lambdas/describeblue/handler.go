// Package describeblue reads the request and the world before anything is touched: it finds the fleet that serves,
// decides how it is to be replaced, and refuses what cannot go well. It writes nothing.
package describeblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is what preflight asks about the group itself.
type groups interface {
	fleet.Groups
	DescribeInstanceRefreshes(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	DescribeAccountLimits(context.Context, *autoscaling.DescribeAccountLimitsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAccountLimitsOutput, error)
}

// scaling is what may hang on a group and is not copied.
type scaling interface {
	DescribePolicies(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	DescribeScheduledActions(context.Context, *autoscaling.DescribeScheduledActionsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScheduledActionsOutput, error)
}

// templates resolves launch template versions.
type templates interface {
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// targets is what this state reads of the load balancers.
type targets interface {
	fleet.TargetHealth
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
}

// executions tells whether the lock's holder still runs.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var (
	_ groups     = (*autoscaling.Client)(nil)
	_ scaling    = (*autoscaling.Client)(nil)
	_ templates  = (*ec2.Client)(nil)
	_ targets    = (*elb.Client)(nil)
	_ executions = (*sfn.Client)(nil)
)

type handler struct {
	groups     groups
	scaling    scaling
	hooks      fleet.Hooks
	templates  templates
	targets    targets
	executions executions
	agents     fleet.Agents
	ledger     ledger.Ledger
	guardrails string   // file with the operators' policy; empty: there is none
	fleets     []string // names of the deployer's groups, or prefixes with *
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return handler{
		groups:     group,
		scaling:    group,
		hooks:      group,
		templates:  ec2.NewFromConfig(cfg),
		targets:    elb.NewFromConfig(cfg),
		executions: sfn.NewFromConfig(cfg),
		agents:     ssm.NewFromConfig(cfg),
		ledger:     ledger.Open(cfg, env.LedgerTable),
		guardrails: env.Guardrails,
		fleets:     env.Fleets,
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	request, err := deploy.ParseRequest(call.Execution.Input)
	if err != nil {
		return deploy.Document{}, err
	}
	policy, err := h.policy(request.Action)
	if err != nil {
		return deploy.Document{}, err
	}
	record, err := h.lineage(ctx, request.BlueName)
	if err != nil {
		return deploy.Document{}, err
	}
	read := request
	if request, err = policy.Fit(request, call.Execution.Input); err != nil {
		return deploy.Document{}, err
	}
	request = request.Recalling(record.Drain)
	override, err := policy.Begin(request, record.Lineage, call.Entered)
	if err != nil {
		return deploy.Document{}, err
	}
	d := deploy.Deployment{
		Project:     request.Project,
		Action:      request.Action,
		Execution:   call.Execution.ID,
		Lineage:     record.Lineage,
		Blue:        record.Live,
		WaitSeconds: request.WaitSeconds,
		Health:      request.Health,
		Drain:       request.Drain,
		BlueAfter:   request.BlueAfter,
		Override:    override,
		StartedAt:   call.Entered,
		Warnings:    guardrails.Moved(read, request),
	}
	d.Route, err = h.route(ctx, request.Action, record)
	if err == nil && d.Route == deploy.RouteDeploy {
		err = h.survey(ctx, request, record, policy, &d)
	}
	if err != nil {
		return deploy.Document{}, err
	}
	return deploy.Document{
		Deployment: &d,
		Progress:   &deploy.Loop{State: call.State, Verdict: deploy.Done, Since: call.Entered, Message: h.describe(d, record)},
	}, nil
}

func (h handler) describe(d deploy.Deployment, record ledger.Record) string {
	switch d.Route {
	case deploy.RouteTakeOver:
		return fmt.Sprintf("%s ended at stage %s and left its work: it is put right first", record.Lock.Execution, record.Lock.Stage)
	case deploy.RouteNothing:
		return fmt.Sprintf("nothing to recover: no deployment of %s is under way", d.Lineage)
	}
	if d.Revives {
		return fmt.Sprintf("%s serves and is replaced by %s, which it replaced; traffic strategy %s; %s", d.Blue, d.Green, d.Strategy, h.guarded(d))
	}
	return fmt.Sprintf("%s serves and is replaced by a copy; traffic strategy %s; %s", d.Blue, d.Strategy, h.guarded(d))
}
