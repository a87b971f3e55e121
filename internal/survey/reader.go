// Package survey looks at a request and at the fleet that it is about before anything is touched: which fleet serves, how it is to be
// replaced, and what rules that out. DescribeBlue begins a deployment with it, and a plan shows what it finds. It writes nothing.
package survey

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"bluegreen/internal/alarm"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/inplace"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
	"bluegreen/internal/traffic"
	"bluegreen/internal/traffic/strategies"
)

// groups is what is asked about the group itself.
type groups interface {
	fleet.Groups
	fleet.WarmPools
	DescribeInstanceRefreshes(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	DescribeLaunchConfigurations(context.Context, *autoscaling.DescribeLaunchConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLaunchConfigurationsOutput, error)
	DescribeAccountLimits(context.Context, *autoscaling.DescribeAccountLimitsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAccountLimitsOutput, error)
}

// templates is what is asked about what instances are launched from.
type templates interface {
	inplace.Compute
	DescribeImages(context.Context, *ec2.DescribeImagesInput, ...func(*ec2.Options)) (*ec2.DescribeImagesOutput, error)
	DescribeInstanceTypes(context.Context, *ec2.DescribeInstanceTypesInput, ...func(*ec2.Options)) (*ec2.DescribeInstanceTypesOutput, error)
	DescribeKeyPairs(context.Context, *ec2.DescribeKeyPairsInput, ...func(*ec2.Options)) (*ec2.DescribeKeyPairsOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// parameters resolves parameters that hold images' ids.
type parameters interface {
	GetParameters(context.Context, *ssm.GetParametersInput, ...func(*ssm.Options)) (*ssm.GetParametersOutput, error)
}

// executions tells whether the lock's holder still runs.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var (
	_ groups     = (*autoscaling.Client)(nil)
	_ templates  = (*ec2.Client)(nil)
	_ parameters = (*ssm.Client)(nil)
	_ executions = (*sfn.Client)(nil)
)

// Surveyor looks at requests and fleets.
type Surveyor struct {
	groups     groups
	templates  templates
	executions executions
	agents     fleet.Agents
	copier     clone.Copier
	parameters parameters
	ledger     ledger.Ledger
	strategies strategies.Strategies
	alarms     alarm.Reads
	Options
}

// New makes a surveyor of an account.
func New(cfg aws.Config, o Options) Surveyor {
	group, systems := autoscaling.NewFromConfig(cfg), ssm.NewFromConfig(cfg)
	return Surveyor{
		groups:     group,
		templates:  ec2.NewFromConfig(cfg),
		executions: sfn.NewFromConfig(cfg),
		agents:     systems,
		copier:     clone.New(cfg),
		parameters: systems,
		ledger:     ledger.Open(cfg, o.LedgerTable),
		strategies: strategies.New(cfg),
		alarms:     cloudwatch.NewFromConfig(cfg),
		Options:    o,
	}
}

// Found is what a survey has found.
type Found struct {
	Request    deploy.Request // as the guardrails fit it
	Record     ledger.Record
	Deployment deploy.Deployment // as it would begin, with its warnings
	Blue       clone.Whole       // once it was looked at
	Forbidden  error             // by the guardrails; nil: they allow it
	Traffic    traffic.Found     // of blue's
	Findings   []string          // what stands in the way, each with what to do
	Guardrails string            // what they did, in words

	everything bool
	launches   string // image that blue launches, as its template names it
}

// Err is why the deployment cannot begin: Forbidden by the guardrails, or NotReady, with all findings; nil: it can.
func (f Found) Err() error {
	if len(f.Findings) == 0 {
		return f.Forbidden
	}
	found := fmt.Sprintf("%s cannot be replaced as it stands: %s", f.Deployment.Blue, text.Numbered(f.Findings))
	if f.Forbidden != nil {
		return fault.New(fault.Forbidden, "%w; besides, %s", f.Forbidden, found)
	}
	return fault.New(fault.NotReady, "%s", found)
}

// Look surveys what an execution asks for. An error is what kept it from looking: a request that cannot be read, a group that is not
// there, another deployment that holds the lineage, an answer that AWS did not give. What it found is in Found.
func (h Surveyor) Look(ctx context.Context, call deploy.Call) (Found, error) {
	f, policy, err := h.asked(ctx, call)
	if err != nil {
		return f, err
	}
	f.everything = h.Everything
	request := f.Request
	read := request
	if request, err = policy.Fit(request, call.Execution.Input); err != nil {
		return f, err
	}
	f.Request = request.Recalling(f.Record.Drain)
	if f.Request.Action == deploy.ActionPlan {
		f.Request.Action, f.everything = deploy.ActionDeploy, true
	}
	override, err := policy.Begin(f.Request, f.Record.Lineage, call.Entered)
	if err = f.forbid(err); err != nil {
		return f, err
	}
	f.begin(call, override)
	f.Deployment.Warnings = guardrails.Moved(read, f.Request)
	f.Guardrails = h.guarded(f.Deployment)
	if err = belongs(call, f.Request); err != nil {
		return f, err
	}
	if f.Deployment.Route, err = h.route(ctx, f.Request.Action, f.Record); err == nil {
		err = leftTo(call, f.Record, f.Deployment.Route)
	}
	if err != nil || f.Deployment.Route != deploy.RouteDeploy {
		return f, err
	}
	if err := h.survey(ctx, policy, &f); err != nil {
		return f, err
	}
	if f.Deployment.Strategy.Stays() {
		return f, h.already(ctx, &f)
	}
	if f.Request.Action != deploy.ActionRollback {
		return f, nil
	}
	found, err := h.resolvePrevious(ctx, f.Record, &f.Deployment)
	f.Findings = append(f.Findings, found...)
	return f, err
}

// begin makes the deployment that is surveyed.
func (f *Found) begin(call deploy.Call, override *deploy.Override) {
	f.Deployment = deploy.Deployment{
		Project:     f.Request.Project,
		Action:      f.Request.Action,
		Reason:      f.Request.Reason,
		Execution:   call.Execution.ID,
		Lineage:     f.Record.Lineage,
		Blue:        f.Record.Live,
		WaitSeconds: f.Request.WaitSeconds,
		Health:      f.Request.Health,
		Drain:       f.Request.Drain,
		BlueAfter:   f.Request.BlueAfter,
		Override:    override,
		StartedAt:   call.Entered,
	}
}

// Again surveys once more what an execution asks for that holds the lineage's lock, since hours may have passed: freezes, blue and what
// stands in the way.
func (h Surveyor) Again(ctx context.Context, call deploy.Call) (Found, error) {
	f, policy, err := h.asked(ctx, call)
	if err != nil {
		return f, err
	}
	override, err := policy.Begin(f.Request, f.Record.Lineage, call.Entered)
	if err != nil {
		return f, err
	}
	f.begin(call, override)
	f.Deployment.Route = deploy.RouteDeploy
	return f, h.survey(ctx, policy, &f)
}

// asked reads the request, the operators' policy for it and the lineage's record.
func (h Surveyor) asked(ctx context.Context, call deploy.Call) (f Found, policy guardrails.Policy, err error) {
	if f.Request, err = deploy.ParseRequest(call.Execution.Input); err != nil {
		return f, policy, err
	}
	if policy, err = h.policy(f.Request.Action); err != nil {
		return f, policy, err
	}
	f.Record, err = h.lineage(ctx, f.Request.BlueName)
	return f, policy, err
}

// forbid returns what the guardrails forbid, or notes the first of it where everything is asked for.
func (f *Found) forbid(err error) error {
	if !f.everything {
		return err
	}
	if f.Forbidden == nil {
		f.Forbidden = err
	}
	return nil
}

// String says in one sentence what comes next.
func (f Found) String() string {
	d := f.Deployment
	switch d.Route {
	case deploy.RouteTakeOver:
		return fmt.Sprintf("%s ended at stage %s and left its work: that is finished or undone first", f.Record.Lock.Execution, f.Record.Lock.Stage)
	case deploy.RouteNothing:
		if d.Strategy.Stays() {
			return fmt.Sprintf("nothing to replace: all instances of %s run %s", d.Blue, d.Own.ImageID)
		}
		return fmt.Sprintf("nothing to recover: no deployment of %s is under way", d.Lineage)
	}
	if d.Revives {
		return fmt.Sprintf("%s serves and is replaced by %s, which it replaced; traffic strategy %s; %s", d.Blue, d.Green, d.Strategy, f.Guardrails)
	}
	if d.Strategy.Stays() {
		return fmt.Sprintf("%s serves and stays; its instances are replaced by others%s; %s", d.Blue, d.Own, f.Guardrails)
	}
	return fmt.Sprintf("%s serves and is replaced by a copy%s; traffic strategy %s; %s", d.Blue, d.Own, d.Strategy, f.Guardrails)
}
