package codepipeline

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// invoke starts the execution of a Step Functions action (user guide, "AWS Step Functions invoke action reference"): by
// the ARN of a state machine, a version or an alias, under the name of the action's own id and with the input that is
// written into the action or lies in its artifact.
func (ps *Pipelines) invoke(a *actionRun) {
	input, problem := a.input()
	if problem != "" {
		ps.fail(a, types.FailureTypeConfigurationError, problem)
		return
	}
	name := a.id
	if prefix := a.resolved["ExecutionNamePrefix"]; prefix != "" {
		name = prefix + "-" + a.id
	}
	execution, err := ps.machines.Start(a.resolved["StateMachineArn"], name, input)
	if err != nil {
		ps.fail(a, types.FailureTypeJobFailed, fmt.Sprintf("The execution could not be started: %s", err))
		return
	}
	a.externalID = execution
	a.externalURL = ps.console("states/home?region=" + ps.account.Region + "#/v2/executions/details/" + execution)
	a.variables = map[string]string{"StateMachineArn": a.resolved["StateMachineArn"], "ExecutionArn": execution}
	a.updated = ps.account.Now()
	ps.afterwards(a, ps.account.Draw(ps.settings.Look), func() { ps.look(a) })
}

// input is the execution's input, or why there is none.
func (a *actionRun) input() (input, problem string) {
	if a.resolved["InputType"] != "FilePath" {
		if literal := a.resolved["Input"]; literal != "" {
			return literal, ""
		}
		return "{}", ""
	}
	bundle, path := *a.declared.InputArtifacts[0].Name, a.resolved["Input"]
	made := a.run.execution.artifacts[bundle]
	if made.files == nil {
		return "", fmt.Sprintf("localaws does not model how AWS names the file in the artifact %s, which a Step Functions action made", bundle)
	}
	content, found := made.files[path]
	if !found {
		return "", fmt.Sprintf("The file %s was not found in the input artifact %s", path, bundle)
	}
	return string(content), ""
}

// look ends a Step Functions action once its execution has ended. AWS's words for a failure are not published: the model
// names the execution, its status, its error and its cause.
func (ps *Pipelines) look(a *actionRun) {
	described, err := ps.machines.Describe(a.externalID)
	if err != nil {
		ps.fail(a, types.FailureTypeJobFailed, fmt.Sprintf("The execution %s cannot be described: %s", a.externalID, err))
		return
	}
	switch described.Status {
	case sfntypes.ExecutionStatusRunning:
		if ps.account.Now().Sub(a.started) >= ps.settings.InvokeTimeout {
			ps.fail(a, types.FailureTypeJobFailed, fmt.Sprintf("The action has timed out: the execution %s still runs", a.externalID))
			return
		}
		ps.afterwards(a, ps.account.Draw(ps.settings.Look), func() { ps.look(a) })
	case sfntypes.ExecutionStatusSucceeded:
		a.summary = "Execution succeeded"
		ps.succeed(a, nil)
	default:
		ps.fail(a, types.FailureTypeJobFailed, failure(described))
	}
}

func failure(described *sfn.DescribeExecutionOutput) string {
	text := fmt.Sprintf("Execution %s", described.Status)
	if described.Error != nil {
		text += ": " + *described.Error
	}
	if described.Cause != nil {
		text += ": " + aws.ToString(described.Cause)
	}
	return text
}
