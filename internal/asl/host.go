package asl

import "context"

// Tasks is the host's side of Task states.
type Tasks interface {
	// Do does the work of one attempt at a Task state and returns its result, a JSON document. It runs as a clock task
	// of its own, may block on the clock, and must hold no lock that the caller of an Execution's method holds.
	//
	// The context ends when the state machine no longer waits for the result: the task timed out, a sibling branch
	// failed, the execution ended. AWS does not stop a function then, so a host that models Lambda lets it run on;
	// what Do returns after that is ignored.
	//
	// An error that is a *TaskError becomes the state's error; any other becomes States.TaskFailed with its text.
	Do(ctx context.Context, task Task) ([]byte, error)
}

// Task is one attempt at a Task state.
type Task struct {
	Execution *Execution
	State     string // the state's name
	Resource  string // as the definition has it: a function's ARN, or "arn:aws:states:::lambda:invoke.waitForTaskToken"
	Service   string // of an integration: "lambda" or "sns"; empty for a function's ARN
	Action    string // of an integration: "invoke" or "publish"
	Token     string // of .waitForTaskToken: register it before anybody can use it; empty otherwise
	Input     []byte // JSON: what the function gets, or the integration's parameters (FunctionName and Payload, …)
	Attempt   int    // 0, then counts the retries
	Scheduled int64  // id of the event that scheduled this attempt
}

// TaskError says how a task failed.
type TaskError struct {
	Failure
	Stage Stage // how far it got; the zero value is right for an error of the work itself
}

func (e *TaskError) Error() string {
	if e.Cause == "" {
		return e.Failure.Error
	}
	return e.Failure.Error + ": " + e.Cause
}

// Stage is how far a task got before it failed; it decides the type of the event.
type Stage int

// The stages. LambdaFunctionScheduleFailed exists only for a function's ARN, TaskSubmitFailed only for integrations.
const (
	Failed         Stage = iota // LambdaFunctionFailed, TaskFailed
	ScheduleFailed              // LambdaFunctionScheduleFailed; of an integration: TaskFailed
	StartFailed                 // LambdaFunctionStartFailed, TaskStartFailed: the role could not be assumed
	SubmitFailed                // TaskSubmitFailed; of a function's ARN: LambdaFunctionFailed
)
