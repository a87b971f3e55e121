// Package plan says what a deployment would do if it began now: what it creates, changes and removes, what stands in its way, how long
// it takes and what that costs. DescribeBlue answers with it where a plan is asked for, and the command line shows it. It writes
// nothing.
package plan

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/survey"
)

// groups is what is read of groups.
type groups interface {
	fleet.Groups
	DescribeLaunchConfigurations(context.Context, *autoscaling.DescribeLaunchConfigurationsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLaunchConfigurationsOutput, error)
	DescribeScalingActivities(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
}

// templates is what is read of launch templates.
type templates interface {
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

var (
	_ groups    = (*autoscaling.Client)(nil)
	_ templates = (*ec2.Client)(nil)
)

// Planner plans deployments in an account.
type Planner struct {
	groups    groups
	templates templates
	copier    clone.Copier
}

// New makes a planner.
func New(cfg aws.Config) Planner {
	return Planner{groups: autoscaling.NewFromConfig(cfg), templates: ec2.NewFromConfig(cfg), copier: clone.New(cfg)}
}

// Refused is the plan of a request that cannot even be looked at, such as one that names no group; err is an error of a survey. ok
// is false where it says nothing of the request: AWS did not answer, say.
func Refused(err error) (p deploy.Plan, ok bool) {
	var refused *fault.Error
	if !errors.As(err, &refused) || refused.Name == fault.Unavailable || refused.Name == fault.Throttled {
		return p, false
	}
	return deploy.Plan{Error: string(refused.Name), What: refused.Message, Findings: []string{refused.Message}}, true
}

// Of plans what a survey has found.
func (p Planner) Of(ctx context.Context, f survey.Found) (deploy.Plan, error) {
	d := f.Deployment
	plan := deploy.Plan{
		Begins: true, Project: d.Project, Action: f.Request.Action, Lineage: d.Lineage, Blue: d.Blue, Green: d.Green, Strategy: d.Strategy,
		Findings: f.Findings, Warnings: d.Warnings, Guardrails: f.Guardrails,
	}
	if f.Forbidden != nil {
		plan.Guardrails = f.Forbidden.Error()
	}
	var refused *fault.Error
	if err := f.Err(); errors.As(err, &refused) {
		plan.Begins, plan.Error = false, string(refused.Name)
	}
	if d.Route != deploy.RouteDeploy {
		plan.What = f.String()
		return plan, nil
	}
	if !d.Revives {
		d.Green = deploy.GreenName(d.Lineage, f.Record.Generation+1)
		plan.Green = d.Green
	}
	w := work{Planner: p, Found: f, d: d, blue: fleet.Of(f.Blue.Group)}
	if err := w.things(ctx, &plan); err != nil {
		return plan, err
	}
	if err := w.time(ctx, &plan); err != nil {
		return plan, err
	}
	plan.What = sum(plan)
	return plan, nil
}

// work is one plan being made.
type work struct {
	Planner
	survey.Found
	d            deploy.Deployment // with green's name
	blue         deploy.Fleet
	instanceType string // that green launches, where its template says it
}

// sum is a plan in one line.
func sum(p deploy.Plan) string {
	created, changed, removed, kept := p.Counts()
	return fmt.Sprintf("%d to create, %d to change, %d to remove; %d kept as on blue", created, changed, removed, kept)
}
