// Package builder makes an image on an instance of its own, a builder: it launches it from what blue launches from, runs commands on
// it through Systems Manager, has EC2 make an image of it, and ends it. What it asks for is found again by names and tokens that the
// record has before, so that nothing is left that nobody knows.
package builder

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// compute is what is read of instances, and of what they are launched from.
type compute interface {
	DescribeInstances(context.Context, *ec2.DescribeInstancesInput, ...func(*ec2.Options)) (*ec2.DescribeInstancesOutput, error)
	DescribeLaunchTemplates(context.Context, *ec2.DescribeLaunchTemplatesInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplatesOutput, error)
	DescribeLaunchTemplateVersions(context.Context, *ec2.DescribeLaunchTemplateVersionsInput, ...func(*ec2.Options)) (*ec2.DescribeLaunchTemplateVersionsOutput, error)
}

// launches makes builders, and images of them.
type launches interface {
	CreateLaunchTemplate(context.Context, *ec2.CreateLaunchTemplateInput, ...func(*ec2.Options)) (*ec2.CreateLaunchTemplateOutput, error)
	DeleteLaunchTemplate(context.Context, *ec2.DeleteLaunchTemplateInput, ...func(*ec2.Options)) (*ec2.DeleteLaunchTemplateOutput, error)
	RunInstances(context.Context, *ec2.RunInstancesInput, ...func(*ec2.Options)) (*ec2.RunInstancesOutput, error)
	CreateImage(context.Context, *ec2.CreateImageInput, ...func(*ec2.Options)) (*ec2.CreateImageOutput, error)
}

// ends ends builders.
type ends interface {
	TerminateInstances(context.Context, *ec2.TerminateInstancesInput, ...func(*ec2.Options)) (*ec2.TerminateInstancesOutput, error)
}

// scripts is what is read of what runs on builders.
type scripts interface {
	fleet.Agents
	ListCommandInvocations(context.Context, *ssm.ListCommandInvocationsInput, ...func(*ssm.Options)) (*ssm.ListCommandInvocationsOutput, error)
}

// outputs is what builders' commands wrote.
type outputs interface {
	GetCommandInvocation(context.Context, *ssm.GetCommandInvocationInput, ...func(*ssm.Options)) (*ssm.GetCommandInvocationOutput, error)
}

// sends has builders run commands.
type sends interface {
	SendCommand(context.Context, *ssm.SendCommandInput, ...func(*ssm.Options)) (*ssm.SendCommandOutput, error)
}

var (
	_ Groups   = (*autoscaling.Client)(nil)
	_ compute  = (*ec2.Client)(nil)
	_ launches = (*ec2.Client)(nil)
	_ ends     = (*ec2.Client)(nil)
	_ scripts  = (*ssm.Client)(nil)
	_ outputs  = (*ssm.Client)(nil)
	_ sends    = (*ssm.Client)(nil)
)

// Ender ends builders, and finds what else was made with them. It is all that the way back needs.
type Ender struct {
	Remover
	compute compute
	ends    step.Writes[ends]
	scripts scripts
	sends   step.Writes[sends]
}

// NewEnder makes one of an account's builders.
func NewEnder(cfg aws.Config) Ender {
	instances, systems := ec2.NewFromConfig(cfg), ssm.NewFromConfig(cfg)
	return Ender{Remover: NewRemover(cfg), compute: instances, ends: step.Guard[ends](instances), scripts: systems, sends: step.Guard[sends](systems)}
}

// Maker makes images.
type Maker struct {
	Ender
	groups   Groups
	launches step.Writes[launches]
	outputs  outputs
	logs     string // name of the log group of what commands write; empty: none
}

// NewMaker makes one that has commands write to a log group; empty: to none.
func NewMaker(cfg aws.Config, logs string) Maker {
	return Maker{
		Ender: NewEnder(cfg), groups: autoscaling.NewFromConfig(cfg), launches: step.Guard[launches](ec2.NewFromConfig(cfg)),
		outputs: ssm.NewFromConfig(cfg), logs: logs,
	}
}

// tags are those of all that is made for a build: the deployment's.
func tags(d deploy.Deployment) []types.Tag {
	return []types.Tag{
		{Key: aws.String(deploy.TagProject), Value: &d.Project}, {Key: aws.String(deploy.TagLineage), Value: &d.Lineage},
		{Key: aws.String(deploy.TagExecution), Value: &d.Execution},
	}
}

func is(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}

// launched are the instances of a build: one, but for late calls of earlier attempts, which EC2 may have carried out after it.
func launched(ctx context.Context, from compute, execution string, building ledger.Building) ([]types.Instance, error) {
	var tokens []string
	for attempt := range building.Attempt {
		tokens = append(tokens, deploy.BuilderToken(execution, attempt+1))
	}
	all, err := find(ctx, from, &ec2.DescribeInstancesInput{Filters: []types.Filter{{Name: aws.String("client-token"), Values: tokens}}})
	if err != nil || building.Instance == "" || shows(all, building.Instance) {
		return all, err
	}
	builder, err := find(ctx, from, &ec2.DescribeInstancesInput{InstanceIds: []string{building.Instance}})
	return append(all, builder...), err
}

// shows reports whether one of instances is that of an id.
func shows(all []types.Instance, id string) bool {
	return slices.ContainsFunc(all, func(i types.Instance) bool { return aws.ToString(i.InstanceId) == id })
}

// find are the described instances that meet a filter or have an id.
func find(ctx context.Context, from compute, input *ec2.DescribeInstancesInput) (found []types.Instance, err error) {
	pages := ec2.NewDescribeInstancesPaginator(from, input)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if is(err, "InvalidInstanceID.NotFound") { // what is described lags a launch
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("describing the builder: %w", err)
		}
		for _, reservation := range page.Reservations {
			found = append(found, reservation.Instances...)
		}
	}
	return found, nil
}

// state is that of a described instance.
func state(i types.Instance) types.InstanceStateName {
	if i.State == nil {
		return ""
	}
	return i.State.Name
}

// over reports whether an instance has ended, or is about to.
func over(i types.Instance) bool {
	return state(i) == types.InstanceStateNameTerminated || state(i) == types.InstanceStateNameShuttingDown
}
