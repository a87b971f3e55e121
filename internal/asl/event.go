package asl

import (
	"encoding/json"
	"time"
)

// Event is one event of an execution's history.
type Event struct {
	ID              int64 // from 1, without gaps
	PreviousEventID int64 // the event that led to this one; 0 for the first ones
	Timestamp       time.Time
	Type            string  // AWS's HistoryEventType, e.g. "TaskStateEntered"
	Details         Details // nil for types that carry none
}

// Details is what an event of one kind tells: a pointer to one of this package's …Details types, whose fields are
// those of the Step Functions API. Documents are strings of JSON.
type Details interface {
	// member is the name of the API's HistoryEvent member that holds these details.
	member() string
}

// MarshalJSON writes the event as the GetExecutionHistory API names it. The Timestamp is in RFC 3339, so that the
// result also decodes into the SDK's own HistoryEvent.
func (e Event) MarshalJSON() ([]byte, error) {
	fields := map[string]any{
		"id":              e.ID,
		"previousEventId": e.PreviousEventID,
		"timestamp":       e.Timestamp,
		"type":            e.Type,
	}
	if e.Details != nil {
		fields[e.Details.member()] = e.Details
	}
	return json.Marshal(fields)
}

// DataDetails says whether the document beside it was cut; it never is here.
type DataDetails struct {
	Truncated bool `json:"truncated"`
}

// ExecutionStartedDetails belongs to ExecutionStarted.
type ExecutionStartedDetails struct {
	Input        string      `json:"input"`
	InputDetails DataDetails `json:"inputDetails"`
	RoleArn      string      `json:"roleArn"`
}

// ExecutionSucceededDetails belongs to ExecutionSucceeded.
type ExecutionSucceededDetails struct {
	Output        string      `json:"output"`
	OutputDetails DataDetails `json:"outputDetails"`
}

// ExecutionFailedDetails belongs to ExecutionFailed.
type ExecutionFailedDetails struct{ Failure }

// ExecutionAbortedDetails belongs to ExecutionAborted.
type ExecutionAbortedDetails struct{ Failure }

// ExecutionTimedOutDetails belongs to ExecutionTimedOut.
type ExecutionTimedOutDetails struct{ Failure }

// ExecutionRedrivenDetails belongs to ExecutionRedriven.
type ExecutionRedrivenDetails struct {
	RedriveCount int `json:"redriveCount"`
}

// StateEnteredDetails belongs to every …StateEntered.
type StateEnteredDetails struct {
	Name         string      `json:"name"`
	Input        string      `json:"input"`
	InputDetails DataDetails `json:"inputDetails"`
}

// StateExitedDetails belongs to every …StateExited. AssignedVariables holds JSON, by variable.
type StateExitedDetails struct {
	Name                     string            `json:"name"`
	Output                   string            `json:"output"`
	OutputDetails            DataDetails       `json:"outputDetails"`
	AssignedVariables        map[string]string `json:"assignedVariables,omitempty"`
	AssignedVariablesDetails *DataDetails      `json:"assignedVariablesDetails,omitempty"`
}

// MapStateStartedDetails belongs to MapStateStarted.
type MapStateStartedDetails struct {
	Length int `json:"length"`
}

// MapIterationStartedDetails belongs to MapIterationStarted.
type MapIterationStartedDetails struct{ MapIteration }

// MapIterationSucceededDetails belongs to MapIterationSucceeded.
type MapIterationSucceededDetails struct{ MapIteration }

// MapIterationFailedDetails belongs to MapIterationFailed.
type MapIterationFailedDetails struct{ MapIteration }

// MapIterationAbortedDetails belongs to MapIterationAborted.
type MapIterationAbortedDetails struct{ MapIteration }

// MapIteration names one item of a Map state: the state and the item's index.
type MapIteration struct {
	Name  string `json:"name"`
	Index int    `json:"index"`
}

// LambdaFunctionScheduledDetails belongs to LambdaFunctionScheduled.
type LambdaFunctionScheduledDetails struct {
	Resource         string      `json:"resource"`
	Input            string      `json:"input"`
	InputDetails     DataDetails `json:"inputDetails"`
	TimeoutInSeconds int64       `json:"timeoutInSeconds,omitempty"`
}

// LambdaFunctionSucceededDetails belongs to LambdaFunctionSucceeded.
type LambdaFunctionSucceededDetails struct {
	Output        string      `json:"output"`
	OutputDetails DataDetails `json:"outputDetails"`
}

// LambdaFunctionFailedDetails belongs to LambdaFunctionFailed.
type LambdaFunctionFailedDetails struct{ Failure }

// LambdaFunctionScheduleFailedDetails belongs to LambdaFunctionScheduleFailed.
type LambdaFunctionScheduleFailedDetails struct{ Failure }

// LambdaFunctionStartFailedDetails belongs to LambdaFunctionStartFailed.
type LambdaFunctionStartFailedDetails struct{ Failure }

// LambdaFunctionTimedOutDetails belongs to LambdaFunctionTimedOut.
type LambdaFunctionTimedOutDetails struct{ Failure }

// TaskScheduledDetails belongs to TaskScheduled.
type TaskScheduledDetails struct {
	Integration
	Region             string `json:"region"`
	Parameters         string `json:"parameters"`
	TimeoutInSeconds   int64  `json:"timeoutInSeconds,omitempty"`
	HeartbeatInSeconds int64  `json:"heartbeatInSeconds,omitempty"`
}

// TaskStartedDetails belongs to TaskStarted.
type TaskStartedDetails struct{ Integration }

// TaskSubmittedDetails belongs to TaskSubmitted.
type TaskSubmittedDetails struct {
	Integration
	Output        string      `json:"output"`
	OutputDetails DataDetails `json:"outputDetails"`
}

// TaskSucceededDetails belongs to TaskSucceeded.
type TaskSucceededDetails struct {
	Integration
	Output        string      `json:"output"`
	OutputDetails DataDetails `json:"outputDetails"`
}

// TaskFailedDetails belongs to TaskFailed.
type TaskFailedDetails struct {
	Integration
	Failure
}

// TaskStartFailedDetails belongs to TaskStartFailed.
type TaskStartFailedDetails struct {
	Integration
	Failure
}

// TaskSubmitFailedDetails belongs to TaskSubmitFailed.
type TaskSubmitFailedDetails struct {
	Integration
	Failure
}

// TaskTimedOutDetails belongs to TaskTimedOut.
type TaskTimedOutDetails struct {
	Integration
	Failure
}

// Integration names the service integration of a task: "lambda" and "invoke", "sns" and "publish.waitForTaskToken".
type Integration struct {
	ResourceType string `json:"resourceType"`
	Resource     string `json:"resource"`
}

// Failure is an error's name and its cause; either may be empty.
type Failure struct {
	Error string `json:"error,omitempty"`
	Cause string `json:"cause,omitempty"`
}

func (*ExecutionStartedDetails) member() string        { return "executionStartedEventDetails" }
func (*ExecutionSucceededDetails) member() string      { return "executionSucceededEventDetails" }
func (*ExecutionFailedDetails) member() string         { return "executionFailedEventDetails" }
func (*ExecutionAbortedDetails) member() string        { return "executionAbortedEventDetails" }
func (*ExecutionTimedOutDetails) member() string       { return "executionTimedOutEventDetails" }
func (*ExecutionRedrivenDetails) member() string       { return "executionRedrivenEventDetails" }
func (*StateEnteredDetails) member() string            { return "stateEnteredEventDetails" }
func (*StateExitedDetails) member() string             { return "stateExitedEventDetails" }
func (*MapStateStartedDetails) member() string         { return "mapStateStartedEventDetails" }
func (*MapIterationStartedDetails) member() string     { return "mapIterationStartedEventDetails" }
func (*MapIterationSucceededDetails) member() string   { return "mapIterationSucceededEventDetails" }
func (*MapIterationFailedDetails) member() string      { return "mapIterationFailedEventDetails" }
func (*MapIterationAbortedDetails) member() string     { return "mapIterationAbortedEventDetails" }
func (*LambdaFunctionScheduledDetails) member() string { return "lambdaFunctionScheduledEventDetails" }
func (*LambdaFunctionSucceededDetails) member() string { return "lambdaFunctionSucceededEventDetails" }
func (*LambdaFunctionFailedDetails) member() string    { return "lambdaFunctionFailedEventDetails" }
func (*LambdaFunctionScheduleFailedDetails) member() string {
	return "lambdaFunctionScheduleFailedEventDetails"
}
func (*LambdaFunctionStartFailedDetails) member() string {
	return "lambdaFunctionStartFailedEventDetails"
}
func (*LambdaFunctionTimedOutDetails) member() string { return "lambdaFunctionTimedOutEventDetails" }
func (*TaskScheduledDetails) member() string          { return "taskScheduledEventDetails" }
func (*TaskStartedDetails) member() string            { return "taskStartedEventDetails" }
func (*TaskSubmittedDetails) member() string          { return "taskSubmittedEventDetails" }
func (*TaskSucceededDetails) member() string          { return "taskSucceededEventDetails" }
func (*TaskFailedDetails) member() string             { return "taskFailedEventDetails" }
func (*TaskStartFailedDetails) member() string        { return "taskStartFailedEventDetails" }
func (*TaskSubmitFailedDetails) member() string       { return "taskSubmitFailedEventDetails" }
func (*TaskTimedOutDetails) member() string           { return "taskTimedOutEventDetails" }
