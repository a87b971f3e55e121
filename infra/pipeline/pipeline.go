// Package pipeline is the Pipeline stack: a commit of state_machine_input.json starts a deployment.
package pipeline

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/bucket"
	"bluegreen/infra/given"
	"bluegreen/infra/machine"
	"bluegreen/infra/settings"
	"bluegreen/infra/trust"
	"bluegreen/internal/deploy"
)

const (
	// namePrefix begins the names of the executions that commits start: with a hyphen and the action's id (36
	// characters) far below the 80 that Step Functions takes.
	namePrefix = deploy.CommitPrefix
	// artifactDays is how long what went through the pipeline can be read.
	artifactDays = 30
	// approvalMinutes is how long a person is waited for: a day.
	approvalMinutes = 24 * 60
)

// names of the artifacts and of the variables' namespace.
const (
	request  = "Request"
	result   = "Result"
	variable = "Deployment"
)

// New makes the stack. CodePipeline waits its turn (QUEUED): a commit during a deployment is deployed after it, none is
// dropped. The L1 resources say exactly what they are; the L2 ones grant more than the actions need.
func New(scope constructs.Construct, s settings.Settings) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Pipeline"), &awscdk.StackProps{
		StackName:   jsii.String(s.Name("pipeline")),
		Description: jsii.String("bluegreen: a commit deploys " + s.Prefix()),
	})
	artifacts := bucket.New(stack, "Artifacts", artifactDays, "It holds requests and results, which the pipeline's own history tells of; nobody else writes it.")
	given.Remember(stack, s)
	started := s.Machine()
	from := source(stack, s)
	stages := []any{stage("Source", from.action)}
	if s.Approval {
		stages = append(stages, stage("Approve", approve(topic(stack, s), from.change)))
	}
	stages = append(stages, stage("Deploy", start(string(s.Deploys), machine.StartARN(stack, started, s.Starts), s.Input)))
	role, policy := role(stack, s, artifacts, append(from.allow, invoke(stack, s, started)...))
	pipeline := awscodepipeline.NewCfnPipeline(stack, jsii.String("Pipeline"), &awscodepipeline.CfnPipelineProps{
		Name:          jsii.String(s.Pipeline()),
		PipelineType:  jsii.String("V2"),
		ExecutionMode: jsii.String("QUEUED"),
		RoleArn:       role.RoleArn(),
		ArtifactStore: &awscodepipeline.CfnPipeline_ArtifactStoreProperty{Type: jsii.String("S3"), Location: artifacts.BucketName()},
		Stages:        &stages,
		Triggers:      from.triggers,
	})
	// The first execution begins as soon as the pipeline stands: by then its role may do its work.
	pipeline.Node().AddDependency(policy)
	if from.changed != nil {
		onChange(stack, s, pipeline, from.changed)
	}
	return stack
}

func stage(name string, action awscodepipeline.CfnPipeline_ActionDeclarationProperty) any {
	return &awscodepipeline.CfnPipeline_StageDeclarationProperty{Name: &name, Actions: &[]any{action}}
}

func kind(category, owner, provider string) *awscodepipeline.CfnPipeline_ActionTypeIdProperty {
	return &awscodepipeline.CfnPipeline_ActionTypeIdProperty{
		Category: &category, Owner: &owner, Provider: &provider, Version: jsii.String("1"),
	}
}

func artifact(name string) *[]any {
	return &[]any{&awscodepipeline.CfnPipeline_InputArtifactProperty{Name: &name}}
}

// start starts the machine, by its alias, with the file and waits for the execution's end: the action fails as that does.
// Its output is an artifact; its variables name the execution.
func start(name string, started *string, input string) awscodepipeline.CfnPipeline_ActionDeclarationProperty {
	return awscodepipeline.CfnPipeline_ActionDeclarationProperty{
		Name:           &name,
		ActionTypeId:   kind("Invoke", "AWS", "StepFunctions"),
		InputArtifacts: artifact(request),
		OutputArtifacts: &[]any{&awscodepipeline.CfnPipeline_OutputArtifactProperty{
			Name: jsii.String(result),
		}},
		Namespace: jsii.String(variable),
		Configuration: &map[string]*string{
			"StateMachineArn":     started,
			"InputType":           jsii.String("FilePath"),
			"Input":               &input,
			"ExecutionNamePrefix": jsii.String(namePrefix),
		},
	}
}

func approve(topic *string, change string) awscodepipeline.CfnPipeline_ActionDeclarationProperty {
	return awscodepipeline.CfnPipeline_ActionDeclarationProperty{
		Name:             jsii.String("Person"),
		ActionTypeId:     kind("Approval", "AWS", "Manual"),
		TimeoutInMinutes: jsii.Number(approvalMinutes),
		Configuration: &map[string]*string{
			"NotificationArn": topic,
			"CustomData":      jsii.String("Approve to deploy: " + change + ". Later commits wait behind this one."),
		},
	}
}

func topic(stack awscdk.Stack, s settings.Settings) *string {
	return stack.FormatArn(&awscdk.ArnComponents{Service: jsii.String("sns"), Resource: jsii.String(s.Topic())})
}

// invoke is what the Step Functions action calls, and the approval: start the machine of that name, and look at the
// executions that the pipeline named.
func invoke(stack awscdk.Stack, s settings.Settings, name string) []awsiam.PolicyStatement {
	executions := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("states"), Resource: jsii.String("execution"), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		ResourceName: jsii.String(name + ":" + namePrefix + "-*"),
	})
	statements := []awsiam.PolicyStatement{
		machine.StartAs(stack, name, s.Starts),
		allow([]string{"states:DescribeStateMachine"}, machine.ARN(stack, name)),
		allow([]string{"states:DescribeExecution"}, executions),
	}
	if s.Approval {
		statements = append(statements, allow([]string{"sns:Publish"}, topic(stack, s)))
	}
	return statements
}

func allow(actions []string, resources ...*string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Actions: jsii.Strings(actions...), Resources: &resources})
}

// role is the pipeline's, with all that its actions do.
func role(stack awscdk.Stack, s settings.Settings, artifacts awss3.Bucket, actions []awsiam.PolicyStatement) (awsiam.Role, awsiam.Policy) {
	made := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("What the pipeline of " + s.Prefix() + " does: read the request, start a deployment, wait for its end"),
		AssumedBy:   trust.Service("codepipeline.amazonaws.com"),
	})
	statements := append([]awsiam.PolicyStatement{
		allow([]string{"s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"}, artifacts.BucketArn()),
		allow([]string{"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"}, artifacts.ArnForObjects(jsii.String("*"))),
	}, actions...)
	policy := awsiam.NewPolicy(stack, jsii.String("Policy"), &awsiam.PolicyProps{Statements: &statements, Roles: &[]awsiam.IRole{made}})
	suppressWildcards(policy)
	return made, policy
}
