// Package machine says how other stacks, rules and roles name the Deployer stack's state machines and start them: by the
// alias, so that an execution keeps the version of the machine that it began with.
package machine

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
	"bluegreen/statemachine"
)

// Alias points to the version that new executions run.
const Alias = statemachine.Alias

// ARN is that of the state machine of a name in the stack's account and Region.
func ARN(scope constructs.Construct, name string) *string {
	return awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("states"), Resource: jsii.String("stateMachine"),
		ResourceName: jsii.String(name), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}

// LiveARN is that of the machine's alias: what is started.
func LiveARN(scope constructs.Construct, name string) *string {
	return jsii.String(*ARN(scope, name) + ":" + Alias)
}

// StartARN is that of what the pipeline starts.
func StartARN(scope constructs.Construct, name string, starts settings.Starts) *string {
	if starts == settings.StartsMachine {
		return ARN(scope, name)
	}
	return LiveARN(scope, name)
}

// Assumed are the ARNs that Step Functions may give for the machine of a name when it assumes its role: the machine's own,
// or one of a version or an alias of it.
func Assumed(scope constructs.Construct, name string) []*string {
	arn := ARN(scope, name)
	return []*string{arn, jsii.String(*arn + ":*")}
}

// StartAs allows to start executions by what the pipeline starts. By the machine's own ARN no condition holds: there is no
// qualifier then, and one that must be absent would rest on what is documented nowhere.
func StartAs(scope constructs.Construct, name string, starts settings.Starts) awsiam.PolicyStatement {
	if starts == settings.StartsMachine {
		return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("states:StartExecution"), Resources: &[]*string{ARN(scope, name)},
		})
	}
	return Start(scope, name)
}

// Start allows to start executions by the alias and no other way. Step Functions authorises an alias by the machine's
// own ARN, never by the alias's, and by this condition key (developer guide, "Authorization for versions and aliases").
func Start(scope constructs.Construct, name string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:    jsii.Strings("states:StartExecution"),
		Resources:  &[]*string{ARN(scope, name)},
		Conditions: &map[string]any{"StringEquals": map[string]any{"states:StateMachineQualifier": Alias}},
	})
}
