package states

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/xray"
)

// maxDocument is the size of an input or output in bytes: 256 KiB (aws-facts C1).
const maxDocument = 262_144

// execution is one execution. The account's lock guards it; run and view have locks of their own.
type execution struct {
	name, arn string
	machine   *machine
	// What the execution started with: it keeps it when the state machine is updated.
	revision
	versionARN, aliasARN string // "" where the execution was started without one
	input                string
	run                  *asl.Execution
	view                 view
	feed                 *feed
	redrives             []redrive
	traced               traced
}

func (m *Machines) startExecution(call *wire.Call, in *sfn.StartExecutionInput) (*sfn.StartExecutionOutput, error) {
	input := "{}"
	if in.Input != nil {
		input = *in.Input
	}
	// Of the two places for a tracing header the one outside the request is preferred (SDK, StartExecution).
	header := xray.ParseHeader(call.Trace)
	if header.Root == "" {
		header = xray.ParseHeader(aws.ToString(in.TraceHeader))
	}
	started, err := m.start(*in.StateMachineArn, in.Name, input, header)
	if err != nil {
		return nil, err
	}
	return &sfn.StartExecutionOutput{ExecutionArn: &started.arn, StartDate: aws.Time(started.run.Result().StartTime)}, nil
}

// start starts an execution, or finds the running one of the same name and input. The lock is held.
func (m *Machines) start(machineARN string, name *string, input string, header xray.Header) (*execution, error) {
	target, err := m.resolve(machineARN)
	if err != nil {
		return nil, err
	}
	owner := target.machine
	if owner.deleting {
		return nil, wire.Errorf("StateMachineDeleting", "State Machine Is Being Deleted: '%s'", owner.arn)
	}
	if name == nil {
		name = aws.String(m.acct.UUID())
	}
	if err := checkName(*name); err != nil {
		return nil, err
	}
	if err := checkInput(input); err != nil {
		return nil, err
	}
	arn := m.acct.ARN("states", "execution:"+owner.name+":"+*name)
	if earlier, ok := m.executions[arn]; ok {
		if earlier.input == input && earlier.run.Result().Status == asl.StatusRunning {
			return earlier, nil
		}
		return nil, wire.Errorf("ExecutionAlreadyExists", "Execution Already Exists: '%s'", arn)
	}
	e := &execution{name: *name, arn: arn, machine: owner, input: input, feed: &m.feed, revision: target.revision}
	if target.alias != nil {
		e.aliasARN = target.alias.arn
		target.version = m.choose(target.alias)
		e.revision = target.version.revision
	}
	if target.version != nil {
		e.versionARN = target.version.arn
	}
	e.traced = m.trace(e, header)
	e.run, err = e.parsed.Start(asl.Options{
		ID: arn, Name: *name, Input: []byte(input), RoleArn: e.roleARN,
		StateMachineID: owner.arn, StateMachineName: owner.name, Region: m.acct.Region, Clock: m.acct.Clock,
		Seed: uint64(m.acct.Float() * (1 << 53)), Tasks: &tasks{machines: m, execution: e}, Record: e.record,
	})
	if err != nil {
		return nil, wire.Errorf("InvalidExecutionInput", "Invalid State Machine Execution Input: '%s'", err)
	}
	m.executions[arn] = e
	owner.executions = append(owner.executions, e)
	m.acct.Clock.Go(func() { e.run.Run() })
	return e, nil
}

func checkInput(input string) error {
	if len(input) > maxDocument {
		return tooLong("input", maxDocument)
	}
	if input == "" {
		return wire.Errorf("InvalidExecutionInput", "Invalid State Machine Execution Input: 'Invalid execution input.'")
	}
	if err := checkJSON(input); err != nil {
		return wire.Errorf("InvalidExecutionInput", "Invalid State Machine Execution Input: '%s'", err)
	}
	return nil
}

func tooLong(member string, most int) error {
	return wire.Errorf("ValidationException", "1 validation error detected: Value at '%s' failed to satisfy constraint: "+
		"Member must have length less than or equal to %d", member, most)
}

// The most characters of an error and a cause (API reference, SendTaskFailure, StopExecution).
const (
	maxError = 256
	maxCause = 32_768
)

// checkFailure checks an error and a cause that a caller gives.
func checkFailure(failure asl.Failure) error {
	switch {
	case utf8.RuneCountInString(failure.Error) > maxError:
		return tooLong("error", maxError)
	case utf8.RuneCountInString(failure.Cause) > maxCause:
		return tooLong("cause", maxCause)
	}
	return nil
}

// checkJSON says where a text stops being JSON.
func checkJSON(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("it is not UTF-8") // Go's decoder would put other characters in; AWS's words are not known
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	var document any
	if err := decoder.Decode(&document); err != nil {
		return fmt.Errorf("%w at offset %d", err, decoder.InputOffset())
	}
	if decoder.More() {
		return fmt.Errorf("a second document begins at offset %d", decoder.InputOffset())
	}
	return nil
}

// startSyncExecution is for Express state machines; the model has Standard ones alone.
func (m *Machines) startSyncExecution(_ *wire.Call, in *sfn.StartSyncExecutionInput) (*sfn.StartSyncExecutionOutput, error) {
	if _, err := m.find(*in.StateMachineArn); err != nil {
		return nil, err
	}
	return nil, wire.Errorf("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
}

func (m *Machines) describeExecution(_ *wire.Call, in *sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error) {
	e, err := m.findExecution(*in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	result := e.run.Result()
	out := &sfn.DescribeExecutionOutput{
		ExecutionArn: &e.arn, Name: &e.name, StateMachineArn: &e.machine.arn,
		StateMachineVersionArn: filled(e.versionARN), StateMachineAliasArn: filled(e.aliasARN),
		Status: types.ExecutionStatus(result.Status), StartDate: &result.StartTime,
		Input: &e.input, InputDetails: &types.CloudWatchEventsExecutionDataDetails{Included: true},
		RedriveCount: aws.Int32(int32(result.RedriveCount)), RedriveStatus: types.ExecutionRedriveStatusRedrivable,
	}
	if reason := m.notRedrivable(e); reason != "" {
		out.RedriveStatus, out.RedriveStatusReason = types.ExecutionRedriveStatusNotRedrivable, &reason
	}
	if e.traced.header.Root != "" {
		out.TraceHeader = aws.String(e.traced.header.String())
	}
	if !result.RedriveTime.IsZero() {
		out.RedriveDate = &result.RedriveTime
	}
	if result.Status == asl.StatusRunning {
		return out, nil
	}
	out.StopDate = &result.StopTime
	switch result.Status {
	case asl.StatusSucceeded:
		out.Output, out.OutputDetails = &result.Output, &types.CloudWatchEventsExecutionDataDetails{Included: true}
	case asl.StatusFailed, asl.StatusAborted:
		out.Error, out.Cause = filled(result.Error), filled(result.Cause)
	case asl.StatusTimedOut: // AWS leaves both out; States.Timeout stands in the history only
	}
	return out, nil
}

// filled is nil for an empty text.
func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (m *Machines) stopExecution(_ *wire.Call, in *sfn.StopExecutionInput) (*sfn.StopExecutionOutput, error) {
	e, err := m.findExecution(*in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	failure := asl.Failure{Error: aws.ToString(in.Error), Cause: aws.ToString(in.Cause)}
	if err := checkFailure(failure); err != nil {
		return nil, err
	}
	// An execution that has ended stays as it is; AWS answers with its end.
	_ = e.run.Stop(failure.Error, failure.Cause)
	return &sfn.StopExecutionOutput{StopDate: aws.Time(e.run.Result().StopTime)}, nil
}

func (m *Machines) describeStateMachineForExecution(_ *wire.Call, in *sfn.DescribeStateMachineForExecutionInput) (*sfn.DescribeStateMachineForExecutionOutput, error) {
	e, err := m.findExecution(*in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	return &sfn.DescribeStateMachineForExecutionOutput{
		StateMachineArn: &e.machine.arn, Name: &e.machine.name, Definition: &e.definition, RoleArn: &e.roleARN,
		UpdateDate: &e.updated, RevisionId: filled(e.revisionID),
		LoggingConfiguration: noLogging(), TracingConfiguration: &types.TracingConfiguration{Enabled: e.tracing},
	}, nil
}

func (m *Machines) listExecutions(_ *wire.Call, in *sfn.ListExecutionsInput) (*sfn.ListExecutionsOutput, error) {
	if in.StateMachineArn == nil {
		return nil, wire.Errorf("ValidationException", "Must have exactly one of the following parameters: stateMachineArn, mapRunArn")
	}
	if err := checkStatus(in.StatusFilter); err != nil {
		return nil, err
	}
	listed, err := m.resolve(*in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	owner := listed.machine
	var items []types.ExecutionListItem
	for i := len(owner.executions) - 1; i >= 0; i-- { // the latest start first
		e := owner.executions[i]
		result := e.run.Result()
		if listed.version != nil && e.versionARN != listed.version.arn || listed.alias != nil && e.aliasARN != listed.alias.arn {
			continue
		}
		if in.StatusFilter != "" && in.StatusFilter != types.ExecutionStatus(result.Status) ||
			in.RedriveFilter == types.ExecutionRedriveFilterRedriven && result.RedriveCount == 0 ||
			in.RedriveFilter == types.ExecutionRedriveFilterNotRedriven && result.RedriveCount > 0 {
			continue
		}
		item := types.ExecutionListItem{
			ExecutionArn: &e.arn, Name: &e.name, StateMachineArn: &owner.arn, Status: types.ExecutionStatus(result.Status),
			StartDate: &result.StartTime, RedriveCount: aws.Int32(int32(result.RedriveCount)),
			StateMachineVersionArn: filled(e.versionARN), StateMachineAliasArn: filled(e.aliasARN),
		}
		if !result.StopTime.IsZero() {
			item.StopDate = &result.StopTime
		}
		if !result.RedriveTime.IsZero() {
			item.RedriveDate = &result.RedriveTime
		}
		items = append(items, item)
	}
	page, next, err := paginate(items, in.MaxResults, in.NextToken)
	if err != nil {
		return nil, err
	}
	return &sfn.ListExecutionsOutput{Executions: page, NextToken: next}, nil
}

func checkStatus(status types.ExecutionStatus) error {
	switch status {
	case "", types.ExecutionStatusRunning, types.ExecutionStatusSucceeded, types.ExecutionStatusFailed, types.ExecutionStatusTimedOut,
		types.ExecutionStatusAborted, types.ExecutionStatusPendingRedrive:
		return nil
	}
	return wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'statusFilter' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]", status)
}
