package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/asl"
	"bluegreen/internal/clock"
)

// tasks is a host that does its work in one function.
type tasks func(ctx context.Context, task asl.Task) ([]byte, error)

func (do tasks) Do(ctx context.Context, task asl.Task) ([]byte, error) { return do(ctx, task) }

func parse(t testing.TB, definition string) *asl.Machine {
	t.Helper()
	machine, err := asl.Parse([]byte(definition))
	if err != nil {
		t.Fatal(err)
	}
	return machine
}

// TestScaledClock runs branches that are really concurrent, against one that fails early.
func TestScaledClock(t *testing.T) {
	machine := parse(t, `{"StartAt": "Set", "States": {
		"Set": {"Type": "Pass", "Assign": {"shared": [1, 2]}, "Next": "Both"},
		"Both": {"Type": "Parallel", "End": true, "Branches": [
			{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 4, "End": true, "ItemProcessor": {"StartAt": "Work", "States": {
				"Work": {"Type": "Task", "Resource": "arn:aws:lambda:ap-northeast-1:000000000000:function:work", "Assign": {"own.$": "$"}, "Next": "Out"},
				"Out": {"Type": "Pass", "Parameters": {"own.$": "$own", "shared.$": "$shared[0]"}, "End": true}}}}}},
			{"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 2, "Next": "Late"}, "Late": {"Type": "Pass", "Result": "late", "End": true}}}]}}}`)
	c := clock.NewScaled(1000)
	run, err := machine.Start(asl.Options{Name: "run", Input: []byte(`{"items": [1, 2, 3, 4, 5, 6, 7, 8]}`), Clock: c,
		Tasks: tasks(func(ctx context.Context, task asl.Task) ([]byte, error) {
			return task.Input, c.Sleep(ctx, time.Second)
		})})
	if err != nil {
		t.Fatal(err)
	}
	result := run.Run()
	if result.Status != asl.StatusSucceeded || !strings.HasPrefix(result.Output, `[[{"own":1,"shared":1},`) || !strings.HasSuffix(result.Output, `,"late"]`) {
		t.Errorf("%+v", result)
	}
	for i, e := range run.History() {
		if e.ID != int64(i)+1 || e.PreviousEventID >= e.ID {
			t.Errorf("event %d follows %d", e.ID, e.PreviousEventID)
		}
	}
}

// TestFunctionOutlivesItsTask holds a host to what AWS does: the machine goes on at once when a task times out, and
// what the function says later is nobody's business.
func TestFunctionOutlivesItsTask(t *testing.T) {
	machine := parse(t, `{"StartAt": "Work", "States": {"Work": {"Type": "Task", "TimeoutSeconds": 1, "Resource": "arn:aws:lambda:ap-northeast-1:000000000000:function:work", "End": true}}}`)
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		finished := v.NewEvent()
		var told error
		run, err := machine.Start(asl.Options{Clock: v, Tasks: tasks(func(ctx context.Context, _ asl.Task) ([]byte, error) {
			defer finished.Set()
			_ = v.Sleep(context.Background(), 5*time.Second)
			told = ctx.Err()
			return []byte(`"late"`), nil
		})})
		if err != nil {
			t.Error(err)
			return
		}
		if result := run.Run(); result.Error != "States.Timeout" || v.Now().Sub(start) != time.Second {
			t.Errorf("%+v at %s", result, v.Now().Sub(start))
		}
		events := len(run.History())
		_ = finished.Wait(context.Background())
		if !errors.Is(told, context.Canceled) || len(run.History()) != events {
			t.Errorf("the function was told %v; %d events became %d", told, events, len(run.History()))
		}
	})
}

// TestRecordSeesEveryEvent compares what Record was told with the history, also after a stop and a redrive at once.
func TestRecordSeesEveryEvent(t *testing.T) {
	machine := parse(t, `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}`)
	v := clock.NewVirtual(start)
	defer v.Close()
	v.Run(func() {
		var told []string
		run, err := machine.Start(asl.Options{Clock: v, Record: func(e asl.Event) { told = append(told, e.Type) }})
		if err != nil {
			t.Error(err)
			return
		}
		ended := v.NewEvent()
		v.Go(func() {
			run.Run()
			ended.Set()
		})
		_ = v.Sleep(context.Background(), time.Second)
		if err := run.Redrive(); !errors.Is(err, asl.ErrNotRedrivable) {
			t.Errorf("a running execution was redriven: %v", err)
		}
		if err := errors.Join(run.Stop("", ""), ended.Wait(context.Background()), run.Redrive()); err != nil {
			t.Error(err)
		}
		if err := run.Stop("again", ""); err != nil {
			t.Error(err)
		}
		if result := run.Run(); result.Status != asl.StatusAborted || result.RedriveCount != 1 {
			t.Errorf("%+v", result)
		}
		if err := run.Stop("", ""); !errors.Is(err, asl.ErrNotRunning) {
			t.Errorf("an ended execution was stopped: %v", err)
		}
		want := []string{"ExecutionStarted", "WaitStateEntered", "ExecutionAborted", "ExecutionRedriven", "ExecutionAborted"}
		if !slices.Equal(told, want) || len(run.History()) != len(want) {
			t.Errorf("Record was called with %q", told)
		}
	})
}

// TestStagesOfFailure wants the event that says how far a task got.
func TestStagesOfFailure(t *testing.T) {
	for _, c := range []struct {
		resource string
		stage    asl.Stage
		event    string
	}{
		{"arn:aws:lambda:ap-northeast-1:000000000000:function:work", asl.Failed, "LambdaFunctionFailed"},
		{"arn:aws:lambda:ap-northeast-1:000000000000:function:work", asl.ScheduleFailed, "LambdaFunctionScheduleFailed"},
		{"arn:aws:lambda:ap-northeast-1:000000000000:function:work", asl.StartFailed, "LambdaFunctionStartFailed"},
		{"arn:aws:states:::sns:publish", asl.Failed, "TaskFailed"},
		{"arn:aws:states:::sns:publish", asl.StartFailed, "TaskStartFailed"},
		{"arn:aws:states:::sns:publish", asl.SubmitFailed, "TaskSubmitFailed"},
	} {
		machine := parse(t, fmt.Sprintf(`{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": %q, "Parameters": {"Message": "m"}, "End": true}}}`, c.resource))
		v := clock.NewVirtual(start)
		v.Run(func() {
			run, err := machine.Start(asl.Options{Clock: v, Tasks: tasks(func(context.Context, asl.Task) ([]byte, error) {
				return nil, fmt.Errorf("wrapped: %w", &asl.TaskError{Failure: asl.Failure{Error: "E", Cause: "c"}, Stage: c.stage})
			})})
			if err != nil {
				t.Error(err)
				return
			}
			run.Run()
			if got := run.History()[4].Type; got != c.event {
				t.Errorf("stage %d of %s: %s", c.stage, c.resource, got)
			}
		})
		v.Close()
	}
}

// TestNumbersAreAWSs wants numbers and texts printed as AWS prints them, and members in the order in which they came.
func TestNumbersAreAWSs(t *testing.T) {
	machine := parse(t, `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"z.$": "$.n", "a.$": "$.s"}, "End": true}}}`)
	v := clock.NewVirtual(start)
	defer v.Close()
	run, err := machine.Start(asl.Options{Clock: v, Input: []byte(`{"n": [1, 1.0, -0, 1e2, 1E+10, 0.00012, 12345678901234567890, 1.5e-7, 123456789.5], "s": "é\u0001\"\\/<\ud83d\ude00\n"}`)})
	if err != nil {
		t.Fatal(err)
	}
	v.Run(func() { run.Run() })
	want := `{"z":[1,1.0,0,100.0,1.0E10,1.2E-4,12345678901234567890,1.5E-7,1.234567895E8],"a":"é\u0001\"\\/<😀\n"}`
	if got := run.Result().Output; got != want || !json.Valid([]byte(got)) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// BenchmarkExecution is a small execution with a task, a choice and a parallel.
func BenchmarkExecution(b *testing.B) {
	machine := parse(b, `{"StartAt": "Work", "States": {
		"Work": {"Type": "Task", "Resource": "arn:aws:lambda:ap-northeast-1:000000000000:function:work", "ResultPath": "$.result", "Next": "Pick"},
		"Pick": {"Type": "Choice", "Choices": [{"Variable": "$.result.ok", "BooleanEquals": true, "Next": "Both"}]},
		"Both": {"Type": "Parallel", "Branches": [
			{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"n.$": "States.MathAdd($.n, 1)"}, "End": true}}},
			{"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 5, "End": true}}}], "End": true}}}`)
	v := clock.NewVirtual(start)
	defer v.Close()
	host := tasks(func(context.Context, asl.Task) ([]byte, error) { return []byte(`{"ok": true}`), nil })
	b.ReportAllocs()
	v.Run(func() {
		for b.Loop() {
			run, err := machine.Start(asl.Options{Clock: v, Input: []byte(`{"n": 1, "items": ["a", "b", "c"]}`), Tasks: host})
			if err != nil {
				b.Error(err)
				return
			}
			if result := run.Run(); result.Status != asl.StatusSucceeded {
				b.Errorf("%+v", result)
				return
			}
		}
	})
}
