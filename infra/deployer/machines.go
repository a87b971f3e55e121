package deployer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsstepfunctions"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/machine"
	"bluegreen/statemachine"
)

// stateMachine is one of the two, with what starts it.
type stateMachine struct {
	name  string
	arn   *string
	alias awsstepfunctions.CfnStateMachineAlias
}

// machine makes a state machine from its definition. The definition names published versions of the functions, the
// machine is published with every change, and both are retained: an execution under way keeps its machine and its code.
func (b build) machine(id, name string, define func(string, func(statemachine.Function) string) (string, error), functions map[string]awslambda.Function) stateMachine {
	called := map[string]*string{"Partition": awscdk.Aws_PARTITION()}
	var versions []awslambda.Function
	definition, err := define("${Partition}", func(f statemachine.Function) string {
		key := f.State + "FunctionArn"
		if called[key] == nil {
			called[key] = functions[f.State].CurrentVersion().FunctionArn()
			versions = append(versions, functions[f.State])
		}
		return "${" + key + "}"
	})
	if err != nil {
		panic(err) // the definitions are compiled in, and tested to name no function that is not
	}
	logs := b.logs(id+"Logs", "/aws/vendedlogs/states/"+name) // the prefix keeps clear of the limit of resource policies
	m := awsstepfunctions.NewCfnStateMachine(b.stack, jsii.String(id), &awsstepfunctions.CfnStateMachineProps{
		StateMachineName:        jsii.String(name),
		StateMachineType:        jsii.String("STANDARD"),
		DefinitionString:        jsii.String(definition),
		DefinitionSubstitutions: called,
		RoleArn:                 b.machineRole(id, name, versions).RoleArn(),
		LoggingConfiguration: &awsstepfunctions.CfnStateMachine_LoggingConfigurationProperty{
			Level: jsii.String("ALL"), IncludeExecutionData: jsii.Bool(b.settings.LogExecutionData),
			Destinations: []any{&awsstepfunctions.CfnStateMachine_LogDestinationProperty{
				CloudWatchLogsLogGroup: &awsstepfunctions.CfnStateMachine_CloudWatchLogsLogGroupProperty{LogGroupArn: logs.LogGroupArn()},
			}},
		},
		TracingConfiguration: &awsstepfunctions.CfnStateMachine_TracingConfigurationProperty{Enabled: jsii.Bool(true)},
	})
	// A change of the machine is a new revision, which makes CloudFormation put a new version in this one's place.
	version := awsstepfunctions.NewCfnStateMachineVersion(b.stack, jsii.String(id+"Version"), &awsstepfunctions.CfnStateMachineVersionProps{
		StateMachineArn:        m.AttrArn(),
		StateMachineRevisionId: m.AttrStateMachineRevisionId(),
	})
	version.ApplyRemovalPolicy(kept, nil)
	alias := awsstepfunctions.NewCfnStateMachineAlias(b.stack, jsii.String(id+"Live"), &awsstepfunctions.CfnStateMachineAliasProps{
		Name:        jsii.String(machine.Alias),
		Description: jsii.String("What the pipeline and the rules start"),
		RoutingConfiguration: []any{&awsstepfunctions.CfnStateMachineAlias_RoutingConfigurationVersionProperty{
			StateMachineVersionArn: version.AttrArn(), Weight: jsii.Number(100),
		}},
	})
	return stateMachine{name: name, arn: m.AttrArn(), alias: alias}
}
