package deployments

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/notice"
	"bluegreen/internal/observe"
)

// State is how a deployment stands.
type State string

// The states.
const (
	Running    State = "Running"
	Succeeded  State = deploy.EndSucceeded
	RolledBack State = deploy.EndRolledBack
	Rejected   State = deploy.EndRejected
	Stranded   State = deploy.EndStranded
	Stopped    State = "Stopped" // by a person
	Failed     State = "Failed"  // the execution itself, with an end that is none of ours
)

// stateOf is how an execution stands, by its description.
func stateOf(d *sfn.DescribeExecutionOutput) State {
	switch d.Status {
	case types.ExecutionStatusRunning, types.ExecutionStatusPendingRedrive:
		return Running
	case types.ExecutionStatusSucceeded:
		return Succeeded
	case types.ExecutionStatusAborted:
		return Stopped
	case types.ExecutionStatusFailed:
		ended := notice.Ended{Status: string(d.Status), Error: aws.ToString(d.Error), Cause: aws.ToString(d.Cause), Input: json.RawMessage(aws.ToString(d.Input))}
		if ended.Aftermath() == notice.AfterStranded {
			return Stranded
		}
		if end := observe.Report(ended.Cause).End; end != "" {
			return State(end)
		}
	}
	return Failed
}

// reportOf is the report that an execution has put out, or was ended with.
func reportOf(d *sfn.DescribeExecutionOutput) deploy.Report {
	if d.Status != types.ExecutionStatusSucceeded {
		return observe.Report(aws.ToString(d.Cause))
	}
	var document deploy.Document
	if json.Unmarshal([]byte(aws.ToString(d.Output)), &document) != nil || document.Report == nil {
		return deploy.Report{}
	}
	return *document.Report
}
