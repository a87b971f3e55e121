package states

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/wire"
)

// Service is the API of Step Functions, version 2016-11-23.
func (m *Machines) Service() wire.Service {
	return wire.Service{
		SigningName:  "states",
		Protocol:     wire.AWSJSON10,
		Version:      "2016-11-23",
		TargetPrefix: "AWSStepFunctions",
		LowerCamel:   true,
		Operations: []wire.Operation{
			wire.Op("CreateStateMachine", m.createStateMachine, "Name", "Definition", "RoleArn", "Type", "Tags", "Publish",
				"VersionDescription", "TracingConfiguration.Enabled").
				Requires("Name", "Definition", "RoleArn"),
			wire.Op("UpdateStateMachine", m.updateStateMachine, "StateMachineArn", "Definition", "RoleArn", "Publish", "VersionDescription",
				"TracingConfiguration.Enabled").
				Requires("StateMachineArn"),
			wire.Op("DescribeStateMachine", m.describeStateMachine, "StateMachineArn", "IncludedData").Requires("StateMachineArn"),
			wire.Op("ListStateMachines", m.listStateMachines, "MaxResults", "NextToken"),
			wire.Op("DeleteStateMachine", m.deleteStateMachine, "StateMachineArn").Requires("StateMachineArn"),
			wire.Op("ValidateStateMachineDefinition", m.validateStateMachineDefinition, "Definition", "Type", "Severity").Requires("Definition"),

			wire.Op("PublishStateMachineVersion", m.publishVersion, "StateMachineArn", "Description", "RevisionId").Requires("StateMachineArn"),
			wire.Op("ListStateMachineVersions", m.listVersions, "StateMachineArn", "MaxResults", "NextToken").Requires("StateMachineArn"),
			wire.Op("DeleteStateMachineVersion", m.deleteVersion, "StateMachineVersionArn").Requires("StateMachineVersionArn"),
			wire.Op("CreateStateMachineAlias", m.createAlias, "Name", "Description", "RoutingConfiguration").
				Requires("Name", "RoutingConfiguration"),
			wire.Op("UpdateStateMachineAlias", m.updateAlias, "StateMachineAliasArn", "Description", "RoutingConfiguration").
				Requires("StateMachineAliasArn"),
			wire.Op("DescribeStateMachineAlias", m.describeAlias, "StateMachineAliasArn").Requires("StateMachineAliasArn"),
			wire.Op("ListStateMachineAliases", m.listAliases, "StateMachineArn", "MaxResults", "NextToken").Requires("StateMachineArn"),
			wire.Op("DeleteStateMachineAlias", m.deleteAlias, "StateMachineAliasArn").Requires("StateMachineAliasArn"),

			wire.Op("StartExecution", m.startExecution, "StateMachineArn", "Name", "Input", "TraceHeader").Requires("StateMachineArn"),
			wire.Op("StartSyncExecution", m.startSyncExecution, "StateMachineArn", "Name", "Input").Requires("StateMachineArn"),
			wire.Op("DescribeExecution", m.describeExecution, "ExecutionArn", "IncludedData").Requires("ExecutionArn"),
			wire.Op("DescribeStateMachineForExecution", m.describeStateMachineForExecution, "ExecutionArn", "IncludedData").
				Requires("ExecutionArn"),
			wire.Op("ListExecutions", m.listExecutions, "StateMachineArn", "StatusFilter", "RedriveFilter", "MaxResults", "NextToken"),
			wire.Op("GetExecutionHistory", m.getExecutionHistory, "ExecutionArn", "MaxResults", "NextToken", "ReverseOrder",
				"IncludeExecutionData").Requires("ExecutionArn"),
			wire.Op("ListMapRuns", m.listMapRuns, "ExecutionArn", "MaxResults", "NextToken").Requires("ExecutionArn"),
			wire.Op("ListActivities", m.listActivities, "MaxResults", "NextToken"),
			wire.Op("StopExecution", m.stopExecution, "ExecutionArn", "Error", "Cause").Requires("ExecutionArn"),
			wire.Op("RedriveExecution", m.redriveExecution, "ExecutionArn", "ClientToken").Requires("ExecutionArn"),

			wire.Op("SendTaskSuccess", m.sendTaskSuccess, "TaskToken", "Output").Requires("TaskToken", "Output"),
			wire.Op("SendTaskFailure", m.sendTaskFailure, "TaskToken", "Error", "Cause").Requires("TaskToken"),
			wire.Op("SendTaskHeartbeat", m.sendTaskHeartbeat, "TaskToken").Requires("TaskToken"),

			wire.Op("TagResource", m.tagResource, "ResourceArn", "Tags").Requires("ResourceArn", "Tags"),
			wire.Op("UntagResource", m.untagResource, "ResourceArn", "TagKeys").Requires("ResourceArn", "TagKeys"),
			wire.Op("ListTagsForResource", m.listTagsForResource, "ResourceArn").Requires("ResourceArn"),
		},
	}
}

func (m *Machines) sendTaskSuccess(_ *wire.Call, in *sfn.SendTaskSuccessInput) (*sfn.SendTaskSuccessOutput, error) {
	if len(*in.Output) > maxDocument {
		return nil, tooLong("output", maxDocument)
	}
	if err := checkJSON(*in.Output); err != nil {
		return nil, wire.Errorf("InvalidOutput", "Invalid Output: '%s'", err)
	}
	err := m.withToken(*in.TaskToken, func(run *asl.Execution) error {
		return run.SendTaskSuccess(*in.TaskToken, []byte(*in.Output))
	})
	if err != nil {
		return nil, err
	}
	return &sfn.SendTaskSuccessOutput{}, nil
}

func (m *Machines) sendTaskFailure(_ *wire.Call, in *sfn.SendTaskFailureInput) (*sfn.SendTaskFailureOutput, error) {
	failure := asl.Failure{Error: aws.ToString(in.Error), Cause: aws.ToString(in.Cause)}
	if err := checkFailure(failure); err != nil {
		return nil, err
	}
	err := m.withToken(*in.TaskToken, func(run *asl.Execution) error {
		return run.SendTaskFailure(*in.TaskToken, failure.Error, failure.Cause)
	})
	if err != nil {
		return nil, err
	}
	return &sfn.SendTaskFailureOutput{}, nil
}

func (m *Machines) sendTaskHeartbeat(_ *wire.Call, in *sfn.SendTaskHeartbeatInput) (*sfn.SendTaskHeartbeatOutput, error) {
	err := m.withToken(*in.TaskToken, func(run *asl.Execution) error { return run.SendTaskHeartbeat(*in.TaskToken) })
	if err != nil {
		return nil, err
	}
	return &sfn.SendTaskHeartbeatOutput{}, nil
}

// withToken calls the execution that gave out a token, and words its refusal as the API does.
func (m *Machines) withToken(token string, send func(*asl.Execution) error) error {
	e, ok := m.tokens.find(token)
	var err error = asl.ErrNoSuchToken
	if ok {
		err = send(e.run)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, asl.ErrTaskTimedOut):
		return wire.Errorf("TaskTimedOut", "%s", err)
	}
	return wire.Errorf("InvalidToken", "%s", err)
}
