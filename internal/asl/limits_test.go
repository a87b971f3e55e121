package asl_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"bluegreen/internal/asl"
	"bluegreen/internal/clock"
)

// maxPayload is how many bytes of UTF-8 an input or output may have (API reference, TaskScheduledEventDetails and the other
// details of events).
const maxPayload = 262_144

// TestEffectiveInputIsBounded wants what a state works with, after Parameters or ItemSelector, to be at most as large as an
// input may be. The execution's input is within the limit, and what is made of it is at it, or one byte beyond.
func TestEffectiveInputIsBounded(t *testing.T) {
	const inner = `{"StartAt": "In", "States": {"In": {"Type": "Succeed", "OutputPath": "$.none"}}}`
	const wrapped = `{"text":"","none":{}}`
	for name, c := range map[string]struct {
		state  string
		around string // what the state makes of the input, without its text
	}{
		"a function":     {`"Type": "Task", "Resource": "arn:aws:lambda:ap-northeast-1:000000000000:function:f", "Parameters": {"text.$": "$.text", "none": {}}`, wrapped},
		"an integration": {`"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message.$": "$$.Execution.Input"}`, `{"Message":{"items":[1],"text":""}}`},
		"a parallel":     {`"Type": "Parallel", "Branches": [` + inner + `], "Parameters": {"text.$": "$.text", "none": {}}`, wrapped},
		"a map": {`"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": ` + inner + `, "ItemSelector": {"text.$": "$.text", "none": {}, "more": true}`,
			`{"text":"","none":{},"more":true}`},
	} {
		machine := parse(t, `{"StartAt": "Work", "States": {
			"Work": {`+c.state+`, "End": true, "Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "Caught"}]},
			"Caught": {"Type": "Succeed", "OutputPath": "$.Error"}}}`)
		for over, caught := range []bool{false, true} {
			text := strings.Repeat("é", (maxPayload-len(c.around))/2) // of two bytes each
			text += strings.Repeat("x", maxPayload-len(c.around)-len(text)+over)
			result, events := runToEnd(t, machine, `{"items":[1],"text":"`+text+`"}`)
			if result.Status != asl.StatusSucceeded || (result.Output == `"States.DataLimitExceeded"`) != caught {
				t.Errorf("%s, %d bytes over: %s %.200s %.80s", name, over, result.Status, result.Cause, result.Output)
			}
			if caught && strings.Contains(events, "Scheduled") {
				t.Errorf("%s: it was scheduled: %s", name, events)
			}
		}
	}
}

// runToEnd runs an execution whose tasks answer {"none":{}}, and gives its result and the types of its events.
func runToEnd(t *testing.T, machine *asl.Machine, input string) (result asl.Result, events string) {
	t.Helper()
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		run, err := machine.Start(asl.Options{Clock: v, Input: []byte(input), Tasks: tasks(func(context.Context, asl.Task) ([]byte, error) {
			return []byte(`{"none":{}}`), nil
		})})
		if err != nil {
			t.Error(err)
			return
		}
		result = run.Run()
		for _, event := range run.History() {
			events += event.Type + " "
		}
	})
	return result, events
}

// TestNobodyElseCatchesTooMuch: States.ALL and States.TaskFailed take no States.DataLimitExceeded.
func TestNobodyElseCatchesTooMuch(t *testing.T) {
	for _, taken := range []string{"States.ALL", "States.TaskFailed"} {
		machine := parse(t, fmt.Sprintf(`{"StartAt": "Work", "States": {
			"Work": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message.$": "$"}, "End": true,
				"Retry": [{"ErrorEquals": [%[1]q]}], "Catch": [{"ErrorEquals": [%[1]q], "Next": "Caught"}]},
			"Caught": {"Type": "Succeed"}}}`, taken))
		result, events := runToEnd(t, machine, `"`+strings.Repeat("x", maxPayload-2)+`"`)
		if result.Status != asl.StatusFailed || result.Error != "States.DataLimitExceeded" || events != "ExecutionStarted TaskStateEntered ExecutionFailed " {
			t.Errorf("%s: %s %s: %s", taken, result.Status, result.Error, events)
		}
	}
}

// TestCausesAreBounded wants no event with more of an error or a cause than AWS's own hold.
func TestCausesAreBounded(t *testing.T) {
	long := strings.Repeat("é", 40_000)
	for _, definition := range []string{
		`{"StartAt": "No", "States": {"No": {"Type": "Fail", "ErrorPath": "$", "CausePath": "$"}}}`,
		`{"StartAt": "No", "States": {"No": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"Message": "m"}, "End": true}}}`,
	} {
		v := clock.NewVirtual(start)
		v.Run(func() {
			run, err := parse(t, definition).Start(asl.Options{Clock: v, Input: []byte(`"` + long + `"`), Tasks: tasks(func(context.Context, asl.Task) ([]byte, error) {
				return nil, &asl.TaskError{Failure: asl.Failure{Error: long, Cause: long}}
			})})
			if err != nil {
				t.Error(err)
				return
			}
			result := run.Run()
			if got, want := len([]rune(result.Error)), 256; got != want {
				t.Errorf("an error of %d characters, want %d", got, want)
			}
			if got, want := len([]rune(result.Cause)), 32_768; got != want {
				t.Errorf("a cause of %d characters, want %d", got, want)
			}
		})
		v.Close()
	}
}
