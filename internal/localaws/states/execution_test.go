package states_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/asl"
	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
)

// waiting is a machine that waits ten seconds and then answers its input.
const waiting = `{"StartAt":"Rest","States":{"Rest":{"Type":"Wait","Seconds":10,"Next":"Done"},"Done":{"Type":"Pass","End":true}}}`

func TestExecutionRunsToItsEnd(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", waiting)
		var seen []string
		w.machines.OnEvent(func(arn string, event asl.Event) { seen = append(seen, event.Type) })
		execution := w.run(machine, `{"a":1}`)
		if !strings.HasPrefix(execution, "arn:aws:states:ap-northeast-1:000000000000:execution:m:") {
			t.Error(execution)
		}
		w.sleep(time.Second)
		now := w.describe(execution)
		if now.Status != types.ExecutionStatusRunning || now.StopDate != nil || now.Output != nil ||
			now.RedriveStatus != types.ExecutionRedriveStatusNotRedrivable || *now.RedriveStatusReason != "Execution is RUNNING and cannot be redriven" {
			t.Errorf("running: %+v", now)
		}
		if view, ok := w.machines.Execution(execution); !ok || fmt.Sprint(view.States) != "[Rest]" || view.Status != asl.StatusRunning {
			t.Errorf("view: %+v", view)
		}
		w.sleep(10 * time.Second)
		end := w.describe(execution)
		if end.Status != types.ExecutionStatusSucceeded || *end.Output != `{"a":1}` || end.StopDate.Sub(*end.StartDate) != 10*time.Second ||
			*end.RedriveStatusReason != "Execution is SUCCEEDED and cannot be redriven" || end.Error != nil {
			t.Errorf("end: %+v", end)
		}
		want := "ExecutionStarted WaitStateEntered WaitStateExited PassStateEntered PassStateExited ExecutionSucceeded"
		events := w.history(execution)
		if got := typesOf(events); got != want {
			t.Errorf("history: %s", got)
		}
		if strings.Join(seen, " ") != want {
			t.Errorf("told: %s", seen)
		}
		first := events[0]
		if first.ExecutionStartedEventDetails == nil || *first.ExecutionStartedEventDetails.Input != `{"a":1}` ||
			*first.ExecutionStartedEventDetails.RoleArn != role || !first.Timestamp.Equal(*end.StartDate) {
			t.Errorf("first event: %+v", first.ExecutionStartedEventDetails)
		}
	})
}

func TestHistoryBackwardsAndWithoutData(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		execution := w.run(w.create("m", waiting), `{"secret":1}`)
		w.sleep(time.Minute)
		out, err := w.client.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{
			ExecutionArn: &execution, ReverseOrder: true, IncludeExecutionData: aws.Bool(false),
		})
		if err != nil || len(out.Events) != 6 || out.Events[0].Type != "ExecutionSucceeded" || out.Events[5].Id != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		if out.Events[5].ExecutionStartedEventDetails.Input != nil || out.Events[0].ExecutionSucceededEventDetails.Output != nil {
			t.Error("the data was not left out")
		}
	})
}

func TestStartIsIdempotentWhileItRuns(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", waiting)
		start := func(input string) (*sfn.StartExecutionOutput, error) {
			return w.client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: aws.String("one"), Input: &input})
		}
		first, err := start(`{}`)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := start(`{}`); err != nil || *again.ExecutionArn != *first.ExecutionArn || !again.StartDate.Equal(*first.StartDate) {
			t.Errorf("%+v, %v", again, err)
		}
		exists := "ExecutionAlreadyExists: Execution Already Exists: 'arn:aws:states:ap-northeast-1:000000000000:execution:m:one'"
		_, err = start(`{"b":2}`)
		refused(t, err, exists)
		w.sleep(time.Minute)
		_, err = start(`{}`)
		refused(t, err, exists)
	})
}

func TestRefusals(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", waiting)
		start := func(machine, name, input string) error {
			in := &sfn.StartExecutionInput{StateMachineArn: &machine, Input: &input}
			if name != "" {
				in.Name = &name
			}
			_, err := w.client.StartExecution(ctx, in)
			return err
		}
		nobody := "arn:aws:states:ap-northeast-1:000000000000:stateMachine:nobody"
		refused(t, start(nobody, "", "{}"), "StateMachineDoesNotExist: State Machine Does Not Exist: '"+nobody+"'")
		refused(t, start("nobody", "", "{}"), "InvalidArn: Invalid Arn: 'Invalid ARN prefix: nobody'")
		refused(t, start(machine, "a b", "{}"), "InvalidName: Invalid Name: 'a b'")
		long := strings.Repeat("n", 81)
		refused(t, start(machine, long, "{}"), "ValidationException: 1 validation error detected: Value '"+long+"' at 'name' failed to satisfy constraint: Member must have length less than or equal to 80")
		_, err := w.client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{Name: aws.String("other"), Definition: aws.String(waiting), RoleArn: aws.String("arn:aws:iam::000000000000:user/somebody")})
		refused(t, err, "InvalidArn: Invalid Role Arn: 'arn:aws:iam::000000000000:user/somebody'")
		_, err = w.client.StartSyncExecution(ctx, &sfn.StartSyncExecutionInput{StateMachineArn: &machine})
		refused(t, err, "StateMachineTypeNotSupported: This operation is not supported by this type of state machine")
		refused(t, start(machine, "", "not json"), "InvalidExecutionInput: Invalid State Machine Execution Input: '")
		refused(t, start(machine, "", ""), "InvalidExecutionInput: Invalid State Machine Execution Input: 'Invalid execution input.'")
		refused(t, start(machine, "", `"`+strings.Repeat("x", 262_143)+`"`), "ValidationException: 1 validation error detected: Value at 'input'")
		_, err = w.client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String("arn:aws:states:ap-northeast-1:000000000000:execution:m:x")})
		refused(t, err, "ExecutionDoesNotExist: Execution Does Not Exist: 'arn:aws:states:ap-northeast-1:000000000000:execution:m:x'")
		_, err = w.client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine, StatusFilter: "succeeded"})
		refused(t, err, "ValidationException: 1 validation error detected: Value 'succeeded' at 'statusFilter'")
	})
}

func TestListExecutionsLatestFirst(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", waiting)
		first := w.run(machine, "{}")
		w.sleep(time.Minute)
		second := w.run(machine, "{}")
		page, err := w.client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine, MaxResults: 1})
		if err != nil || len(page.Executions) != 1 || *page.Executions[0].ExecutionArn != second || page.NextToken == nil {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = w.client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine, MaxResults: 1, NextToken: page.NextToken})
		if err != nil || len(page.Executions) != 1 || *page.Executions[0].ExecutionArn != first || page.NextToken != nil {
			t.Errorf("%+v, %v", page, err)
		}
		page, err = w.client.ListExecutions(ctx, &sfn.ListExecutionsInput{StateMachineArn: &machine, StatusFilter: types.ExecutionStatusSucceeded})
		if err != nil || len(page.Executions) != 1 || *page.Executions[0].ExecutionArn != first {
			t.Errorf("%+v, %v", page, err)
		}
	})
}

func TestStopExecution(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		execution := w.run(w.create("m", waiting), "{}")
		w.sleep(time.Second)
		stopped, err := w.client.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: &execution, Error: aws.String("Why"), Cause: aws.String("because")})
		if err != nil {
			t.Fatal(err)
		}
		end := w.describe(execution)
		if end.Status != types.ExecutionStatusAborted || *end.Error != "Why" || *end.Cause != "because" || !end.StopDate.Equal(*stopped.StopDate) ||
			end.RedriveStatus != types.ExecutionRedriveStatusRedrivable {
			t.Errorf("%+v", end)
		}
		w.sleep(time.Minute)
		if got := typesOf(w.history(execution)); got != "ExecutionStarted WaitStateEntered ExecutionAborted" {
			t.Error(got)
		}
	})
}

func TestARunningExecutionKeepsItsDefinition(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		machine := w.create("m", waiting)
		execution := w.run(machine, "{}")
		w.sleep(time.Second)
		after := `{"StartAt":"No","States":{"No":{"Type":"Fail","Error":"E"}}}`
		updated, err := w.client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{StateMachineArn: &machine, Definition: &after})
		if err != nil || updated.RevisionId == nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		if end := w.describe(execution); end.Status != types.ExecutionStatusSucceeded {
			t.Errorf("%+v", end)
		}
		own, err := w.client.DescribeStateMachineForExecution(ctx, &sfn.DescribeStateMachineForExecutionInput{ExecutionArn: &execution})
		if err != nil || *own.Definition != waiting {
			t.Errorf("%+v, %v", own, err)
		}
		next := w.run(machine, "{}")
		w.sleep(time.Second)
		if end := w.describe(next); end.Status != types.ExecutionStatusFailed || *end.Error != "E" {
			t.Errorf("%+v", end)
		}
	})
}

// task is a machine of one Task that invokes the function f.
const task = `{"StartAt":"Work","States":{"Work":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke",` +
	`"Parameters":{"FunctionName":"%s","Payload.$":"$"},"OutputPath":"$.Payload","End":true}}}`

func TestTaskResults(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		w.define("f", func(_ context.Context, _ locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
			return append([]byte(`{"saw":`), append(payload, '}')...), nil
		})
		plain := `{"StartAt":"Work","States":{"Work":{"Type":"Task","Resource":"arn:aws:lambda:ap-northeast-1:000000000000:function:f","End":true}}}`
		for name, definition := range map[string]string{"plain": plain, "invoke": fmt.Sprintf(task, "f")} {
			execution := w.run(w.create(name, definition), `{"x":1}`)
			w.sleep(time.Second)
			if end := w.describe(execution); end.Status != types.ExecutionStatusSucceeded || *end.Output != `{"saw":{"x":1}}` {
				t.Errorf("%s: %+v", name, end)
			}
		}
	})
}

func TestTaskErrors(t *testing.T) {
	onVirtualTime(t, func(w *world) {
		w.define("fails", func(context.Context, locallambda.Invocation, []byte) ([]byte, *locallambda.Failure) {
			return nil, &locallambda.Failure{ErrorType: "BlueGreen.Conflict", ErrorMessage: "held by another"}
		})
		w.define("slow", func(ctx context.Context, _ locallambda.Invocation, _ []byte) ([]byte, *locallambda.Failure) {
			_ = w.account.Clock.Sleep(ctx, time.Hour)
			return nil, nil
		})
		w.define("nameless", func(context.Context, locallambda.Invocation, []byte) ([]byte, *locallambda.Failure) {
			return nil, &locallambda.Failure{ErrorMessage: "x"}
		})
		for _, name := range []string{"throttled", "broken", "lost"} {
			w.define(name, answers("1"))
		}
		w.functions.SetFaults(func(inv locallambda.Invocation) locallambda.Fault {
			return map[string]locallambda.Fault{
				"throttled": {Refuse: &wire.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429}},
				"broken":    {Refuse: &wire.Error{Code: "ServiceException", Message: "Internal error", Status: 500}},
				"lost":      {Lose: &wire.Error{Code: "SdkClientException", Message: "Unable to execute HTTP request: Read timed out"}},
			}[inv.FunctionName]
		})
		for function, want := range map[string][2]string{
			"fails":    {"BlueGreen.Conflict", `{"errorMessage":"held by another","errorType":"BlueGreen.Conflict"}`},
			"slow":     {"Sandbox.Timedout", `Error: Task timed out after 10.00 seconds","errorType":"Sandbox.Timedout"}`},
			"nameless": {"Lambda.Unknown", "The cause could not be determined because Lambda did not return an error type. Returned payload: {"},
			"missing": {"Lambda.ResourceNotFoundException", "Function not found: arn:aws:lambda:ap-northeast-1:000000000000:function:missing:$LATEST " +
				"(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: "},
			"throttled": {"Lambda.TooManyRequestsException", "Rate Exceeded. (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; Request ID: "},
			"broken":    {"Lambda.ServiceException", "Internal error (Service: AWSLambda; Status Code: 500; Error Code: ServiceException; Request ID: "},
			"lost":      {"Lambda.SdkClientException", "Unable to execute HTTP request: Read timed out"},
		} {
			execution := w.run(w.create(function, fmt.Sprintf(task, function)), "{}")
			w.sleep(time.Minute)
			end := w.describe(execution)
			if end.Status != types.ExecutionStatusFailed || aws.ToString(end.Error) != want[0] || !strings.Contains(aws.ToString(end.Cause), want[1]) {
				t.Errorf("%s: %s %s: %s", function, end.Status, aws.ToString(end.Error), aws.ToString(end.Cause))
			}
		}
	})
}

// A run is a function of its seed: two worlds with one seed have the same history, to the nanosecond.
func TestOneSeedOneHistory(t *testing.T) {
	definition := `{"StartAt":"Both","States":{"Both":{"Type":"Parallel","End":true,"Branches":[` +
		fmt.Sprintf(task, "f") + `,` + strings.ReplaceAll(fmt.Sprintf(task, "f"), `"Work"`, `"Other"`) + `]}}}`
	var runs [2]string
	for i := range runs {
		onVirtualTime(t, func(w *world) {
			w.define("f", func(ctx context.Context, inv locallambda.Invocation, payload []byte) ([]byte, *locallambda.Failure) {
				_, err := sfn.NewFromConfig(inv.AWS).ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
				if err != nil {
					t.Error(err)
				}
				return payload, nil
			})
			execution := w.run(w.create("m", definition), `{"a":1}`)
			w.sleep(time.Minute)
			events, _ := w.machines.History(execution)
			text, err := json.Marshal(events)
			if err != nil || len(events) < 10 {
				t.Fatal(len(events), err)
			}
			runs[i] = execution + string(text)
		})
	}
	if runs[0] != runs[1] {
		t.Errorf("two histories:\n%s\n%s", runs[0], runs[1])
	}
}
