package events

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
)

// maxDocuments is how much of an execution's input and output, escaped as JSON, fits into an event: 248 KB (Step
// Functions developer guide, EventBridge payloads).
const maxDocuments = 248 << 10

// execution is the detail of "Step Functions Execution Status Change": what DescribeExecution says, with times in
// milliseconds (developer guide, cw-events).
type execution struct {
	ExecutionArn           string    `json:"executionArn"`
	StateMachineArn        string    `json:"stateMachineArn"`
	Name                   string    `json:"name"`
	Status                 string    `json:"status"`
	StartDate              int64     `json:"startDate"`
	StopDate               *int64    `json:"stopDate"`
	Input                  *string   `json:"input"`
	Output                 *string   `json:"output"`
	StateMachineVersionArn *string   `json:"stateMachineVersionArn"`
	StateMachineAliasArn   *string   `json:"stateMachineAliasArn"`
	RedriveCount           int32     `json:"redriveCount"`
	RedriveDate            *int64    `json:"redriveDate"`
	RedriveStatus          string    `json:"redriveStatus"`
	RedriveStatusReason    *string   `json:"redriveStatusReason"`
	InputDetails           *included `json:"inputDetails"`
	OutputDetails          *included `json:"outputDetails"`
	Error                  *string   `json:"error"`
	Cause                  *string   `json:"cause"`
}

type included struct {
	Included bool `json:"included"`
}

// watchExecutions emits an event when an execution starts, ends or is redriven.
func (b *Buses) watchExecutions() {
	emit := b.Source("aws.states")
	b.machines.OnEvent(func(arn string, event asl.Event) {
		switch event.Type {
		case "ExecutionStarted", "ExecutionRedriven", "ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted":
		default:
			return
		}
		b.account.Lock()
		defer b.account.Unlock()
		if len(b.rules) == 0 {
			return
		}
		if described, err := b.machines.Describe(arn); err == nil {
			emit("Step Functions Execution Status Change", []string{arn}, statusChange(described))
		}
	})
}

func statusChange(described *sfn.DescribeExecutionOutput) execution {
	detail := execution{
		ExecutionArn: *described.ExecutionArn, StateMachineArn: *described.StateMachineArn, Name: *described.Name,
		Status: string(described.Status), StartDate: described.StartDate.UnixMilli(),
		Input: described.Input, Output: described.Output,
		StateMachineVersionArn: described.StateMachineVersionArn, StateMachineAliasArn: described.StateMachineAliasArn,
		RedriveCount: aws.ToInt32(described.RedriveCount), RedriveStatus: string(described.RedriveStatus), RedriveStatusReason: described.RedriveStatusReason,
		InputDetails: &included{true}, Error: described.Error, Cause: described.Cause,
	}
	if described.StopDate != nil {
		detail.StopDate = aws.Int64(described.StopDate.UnixMilli())
	}
	if described.RedriveDate != nil {
		detail.RedriveDate = aws.Int64(described.RedriveDate.UnixMilli())
	}
	if described.Status == types.ExecutionStatusSucceeded {
		detail.OutputDetails = &included{true}
	}
	if escaped(detail.Output) > maxDocuments {
		detail.Output, detail.OutputDetails = nil, &included{false}
	}
	if escaped(detail.Input)+escaped(detail.Output) > maxDocuments {
		detail.Input, detail.InputDetails = nil, &included{false}
	}
	return detail
}

func escaped(document *string) int {
	if document == nil {
		return 0
	}
	return len(encode(*document))
}
