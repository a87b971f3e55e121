// Package deployer is the Deployer stack: what deploys fleets, those too that other stacks or other tools made. It needs
// none of the other stacks.
package deployer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/given"
	"bluegreen/infra/loggroup"
	"bluegreen/infra/operators"
	"bluegreen/infra/settings"
	"bluegreen/infra/undelivered"
	"bluegreen/statemachine"
)

// logRetention is how long logs are kept: as long as Step Functions keeps an execution's history.
const logRetention = awslogs.RetentionDays_THREE_MONTHS

// kept is the policy of what outlives the stack, or its next update. What an update that fails has made goes again: a
// version or a table that was left would be in the way of the next try.
const kept = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE

// fewFleets are so many that a person can read the template.
const fewFleets = 10

// build is what the parts of the stack are made with.
type build struct {
	stack    awscdk.Stack
	settings settings.Settings
	topic    awssns.Topic            // of the operators
	policy   awslambda.ILayerVersion // of the operators: their guardrails
	// attaches lets the functions have network interfaces, where they are in a VPC.
	attaches awsiam.IManagedPolicy
}

// New makes the stack. Its topic is its own, though the sample fleet has one too: messages about
// deployments come from here, wherever the fleet is from.
func New(scope constructs.Construct, s settings.Settings) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Deployer"), &awscdk.StackProps{
		StackName: jsii.String(s.Name("deployer")),
		// CloudFormation takes a megabyte, and the names of many fleets are in the policies of each function many times.
		SuppressTemplateIndentation: jsii.Bool(len(s.Fleets) > fewFleets),
		Description:                 jsii.String("bluegreen: replaces the fleets of " + s.Prefix() + " by new copies of them"),
	})
	b := build{stack: stack, settings: s, topic: operators.NewTopic(stack, "Operators", s.Topic(), s.OperatorEmail)}
	given.Remember(stack, s)
	b.attaches = b.interfaces()
	functions := b.functions()
	deploys := b.machine("BlueGreen", statemachine.Name(s.Project, s.Role, s.Environment), statemachine.Definition, functions)
	replaces := b.machine("InPlace", statemachine.InPlaceName(s.Project, s.Role, s.Environment), statemachine.InPlace, functions)
	drains := b.machine("GracefulShutdown", statemachine.GracefulShutdownName(s.Project, s.Role, s.Environment), statemachine.GracefulShutdown, functions)
	undelivered := undelivered.New(stack, "Undelivered", s.Name("undelivered"))
	b.drainAtScaleIn(drains, undelivered)
	looksAfter := functions[statemachine.StatusChange.State]
	b.lookAfter([]stateMachine{deploys, replaces, drains}, looksAfter, undelivered)
	b.lookForLocks(looksAfter, undelivered)
	b.dashboard(deploys, drains, b.alarms(deploys, drains, undelivered, looksAfter))
	b.ledger()
	return stack
}

// logs makes the log group of a name.
func (b build) logs(id, name string) awslogs.LogGroup {
	return loggroup.New(b.stack, id, b.settings, &awslogs.LogGroupProps{LogGroupName: jsii.String(name), Retention: logRetention})
}
