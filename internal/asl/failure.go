package asl

import (
	"fmt"
	"unicode/utf8"
)

// The error names that Step Functions itself raises.
const (
	errorAll                = "States.ALL"
	errorTaskFailed         = "States.TaskFailed"
	errorTimeout            = "States.Timeout"
	errorHeartbeatTimeout   = "States.HeartbeatTimeout"
	errorRuntime            = "States.Runtime"
	errorDataLimitExceeded  = "States.DataLimitExceeded"
	errorResultPathMismatch = "States.ResultPathMatchFailure"
	errorIntrinsicFailure   = "States.IntrinsicFailure"
)

// stateError is why a state failed.
type stateError struct {
	Failure
	heartbeat bool // a States.Timeout that is also matched by States.HeartbeatTimeout
	inState   bool // the cause still lacks the words that say which state was executing
}

// namedError is an error of the state's execution itself; its cause will name the state and the event that entered it.
func namedError(name, format string, args ...any) *stateError {
	return &stateError{Failure: Failure{name, fmt.Sprintf(format, args...)}, inState: true}
}

func runtimeError(format string, args ...any) *stateError {
	return namedError(errorRuntime, format, args...)
}

// in completes the cause with the state in which the error happened.
func (e *stateError) in(state string, enteredEvent int64) *stateError {
	if e == nil || e == over {
		return e
	}
	if e.inState {
		e.Cause = fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). %s", state, enteredEvent, e.Cause)
		e.inState = false
	}
	e.Failure = e.Failure.cut()
	return e
}

// The most characters that an event's error and cause have (API reference, TaskFailedEventDetails, ExecutionFailedEventDetails).
const (
	maxErrorLength = 256
	maxCauseLength = 32_768
)

// cut is the failure as an event holds it. That AWS cuts what is longer is not published; that no event holds it is.
func (f Failure) cut() Failure {
	return Failure{cutText(f.Error, maxErrorLength), cutText(f.Cause, maxCauseLength)}
}

func cutText(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return string([]rune(text)[:min(most, utf8.RuneCountInString(text))])
}

// matches reports whether a Retry or Catch that lists names takes this error.
func (e *stateError) matches(names []string) bool {
	for _, name := range names {
		switch name {
		case e.Error:
			return true
		case errorHeartbeatTimeout:
			if e.heartbeat {
				return true
			}
		case errorAll:
			if e.Error != errorDataLimitExceeded && e.Error != errorRuntime {
				return true
			}
		case errorTaskFailed:
			if e.Error != errorTimeout && e.Error != errorDataLimitExceeded && e.Error != errorRuntime {
				return true
			}
		}
	}
	return false
}

// output is what a Catch puts into the state's input.
func (e *stateError) output() *object {
	return newObject(member{"Error", e.Error}, member{"Cause", e.Cause})
}
