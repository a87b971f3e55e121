package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/asl"
	"bluegreen/internal/clock"
)

// recorded is one execution that ran on AWS.
type recorded struct {
	ID         string            `json:"id"`
	Definition json.RawMessage   `json:"definition"`
	Input      json.RawMessage   `json:"input"`
	Lambdas    map[string]string `json:"lambdas"`
	Events     []map[string]any  `json:"events"`
}

// TestRecordedHistories replays executions that were recorded on AWS, and wants the same history, event by event.
func TestRecordedHistories(t *testing.T) {
	file := os.Getenv("ASL_HISTORIES")
	if file == "" {
		t.Skip("ASL_HISTORIES names no file of recorded executions")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []recorded
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			got := replay(t, c)
			if diff := compareHistories(c.Events, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// replay runs a case on virtual time; functions answer what the record says they answered.
func replay(t *testing.T, c recorded) []map[string]any {
	t.Helper()
	machine, err := asl.Parse(c.Definition)
	if err != nil {
		t.Fatal(err)
	}
	v := clock.NewVirtual(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC))
	defer v.Close()
	var run *asl.Execution
	answers := &recordedAnswers{clock: v, lambdas: c.Lambdas, events: c.Events}
	v.Run(func() {
		run, err = machine.Start(asl.Options{
			ID:               "arn:aws:states:us-east-1:111111111111:execution:machine:run",
			Name:             "run",
			Input:            c.Input,
			RoleArn:          "snf_role_arn",
			StateMachineID:   "arn:aws:states:us-east-1:111111111111:stateMachine:machine",
			StateMachineName: "machine",
			Region:           "us-east-1",
			Clock:            v,
			Tasks:            answers,
		})
		if err != nil {
			return
		}
		if last := c.Events[len(c.Events)-1]; last["type"] == "ExecutionAborted" {
			v.Go(func() {
				_ = v.Sleep(context.Background(), time.Second)
				_ = run.Stop("", "")
			})
		}
		if stopsEarly(c.Events) {
			v.Go(func() { run.Run() })
			_ = v.Sleep(context.Background(), time.Second)
			return
		}
		run.Run()
	})
	if err != nil {
		t.Fatal(err)
	}
	return wireEvents(t, run.History())
}

func lastType(events []map[string]any) string { return events[len(events)-1]["type"].(string) }

func wireEvents(t *testing.T, events []asl.Event) []map[string]any {
	t.Helper()
	text, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	var wire []map[string]any
	if err := json.Unmarshal(text, &wire); err != nil {
		t.Fatal(err)
	}
	for _, e := range wire {
		delete(e, "timestamp")
	}
	return wire
}

// recordedAnswers gives the answers of the record, in their order.
type recordedAnswers struct {
	clock   clock.Clock
	lambdas map[string]string
	events  []map[string]any
	next    int
}

func (r *recordedAnswers) Do(ctx context.Context, task asl.Task) ([]byte, error) {
	for name, kind := range r.lambdas {
		if !strings.Contains(task.Resource+string(task.Input), name) {
			continue
		}
		switch kind {
		case "large_output_string":
			return []byte(`"` + strings.Repeat("x", 256<<10) + `"`), nil
		case "wait_60_seconds":
			return []byte("null"), r.clock.Sleep(ctx, time.Minute)
		}
	}
	for ; r.next < len(r.events); r.next++ {
		for name, details := range r.events[r.next] {
			details, _ := details.(map[string]any)
			switch name {
			case "lambdaFunctionSucceededEventDetails", "taskSucceededEventDetails":
				r.next++
				return jsonText(details["output"]), nil
			case "lambdaFunctionFailedEventDetails", "taskFailedEventDetails":
				r.next++
				cause, isText := details["cause"].(string)
				if !isText {
					cause = string(jsonText(details["cause"]))
				}
				return nil, &asl.TaskError{Failure: asl.Failure{Error: details["error"].(string), Cause: cause}}
			}
		}
	}
	return nil, errors.New("the record has no answer for this call")
}

// jsonText is the text of a document that the record holds decoded, or as a string that is itself JSON.
func jsonText(v any) []byte {
	if text, isString := v.(string); isString && json.Valid([]byte(text)) {
		return []byte(text)
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// compareHistories says how got differs from want, or nothing. Records of Parallel states have no order and no ids.
func compareHistories(want, got []map[string]any) string {
	ordered := !slices.ContainsFunc(want, func(e map[string]any) bool {
		_, blanked := e["id"].([]any)
		return blanked
	})
	if !ordered {
		return compareUnordered(want, got)
	}
	for i := range want {
		if i >= len(got) {
			return fmt.Sprintf("event %d is missing: %s", i+1, jsonText(want[i]))
		}
		if !same(want[i], got[i]) {
			return fmt.Sprintf("event %d:\nwant %s\ngot  %s", i+1, jsonText(want[i]), jsonText(got[i]))
		}
	}
	if len(got) > len(want) && !stopsEarly(want) {
		return fmt.Sprintf("event %d is too much: %s", len(want)+1, jsonText(got[len(want)]))
	}
	return ""
}

// stopsEarly reports whether the record was taken while the execution was still running.
func stopsEarly(events []map[string]any) bool {
	switch lastType(events) {
	case "ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut":
		return false
	}
	return true
}

// compareUnordered compares as multisets without ids. Records may lack events of a Parallel whose order was not fixed.
func compareUnordered(want, got []map[string]any) string {
	left := slices.Clone(got)
	for i, w := range want {
		w = withoutIDs(w)
		at := slices.IndexFunc(left, func(g map[string]any) bool { return same(w, withoutIDs(g)) })
		if at < 0 {
			return fmt.Sprintf("event %d is missing: %s\nof what is left: %s", i+1, jsonText(w), jsonText(left))
		}
		left = slices.Delete(left, at, at+1)
	}
	for _, g := range left {
		if g["type"] != "ParallelStateSucceeded" && g["type"] != "ParallelStateExited" {
			return fmt.Sprintf("too much: %s", jsonText(g))
		}
	}
	return ""
}

func withoutIDs(e map[string]any) map[string]any {
	blank := make(map[string]any, len(e))
	for name, value := range e {
		if name != "id" && name != "previousEventId" {
			blank[name] = value
		}
	}
	return blank
}

// wildcards are values that the record blanked out.
var wildcards = []string{"date", "timestamp", "snf_role_arn", "lambda_function_name", "lambda_function_1_name", "RequestId", "x-amzn-RequestId", "X-Amzn-Trace-Id"}

var blanked = regexp.MustCompile(`<[^<>]*>`)

// same compares a recorded value with ours.
func same(want, got any) bool {
	switch want := want.(type) {
	case string:
		return sameText(want, got)
	case map[string]any:
		got, ok := parsed(got).(map[string]any)
		if !ok {
			return false
		}
		for name, value := range want {
			other, present := got[name]
			if !present || !same(value, other) {
				return false
			}
		}
		for name := range got {
			if _, present := want[name]; !present && name != "RedriveCount" {
				return false
			}
		}
		return true
	case []any:
		got, ok := parsed(got).([]any)
		return ok && slices.EqualFunc(want, got, same)
	default:
		return want == got || want == parsed(got)
	}
}

func sameText(want string, got any) bool {
	if slices.Contains(wildcards, want) {
		return true
	}
	text, isString := got.(string)
	if !isString {
		inner := parsed(want)
		_, stillText := inner.(string)
		return !stillText && same(inner, got)
	}
	if text == want {
		return true
	}
	if inner := parsed(want); inner != any(want) {
		return same(inner, parsed(text))
	}
	literal := blanked.Split(want, -1)
	for i := range literal {
		literal[i] = loose(literal[i])
	}
	matches, err := regexp.MatchString("(?s)^"+strings.Join(literal, ".*")+"$", text)
	return err == nil && matches
}

// loose quotes a text for a pattern in which the names that the record blanks out match anything.
func loose(text string) string {
	quoted := regexp.QuoteMeta(text)
	for _, name := range []string{"lambda_function_1_name", "lambda_function_name"} {
		quoted = strings.ReplaceAll(quoted, name, ".*")
	}
	return quoted
}

// parsed decodes a string that holds JSON.
func parsed(v any) any {
	text, isString := v.(string)
	if !isString {
		return v
	}
	var inner any
	if json.Unmarshal([]byte(text), &inner) != nil {
		return v
	}
	return inner
}
