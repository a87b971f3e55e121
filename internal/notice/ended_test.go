package notice

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"bluegreen/internal/deploy"
)

func TestAftermath(t *testing.T) {
	report := func(end, execution string) string {
		text, err := json.Marshal(deploy.Report{End: end, Execution: execution})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, test := range []struct {
		status, err, cause string
		want               Aftermath
	}{
		{"FAILED", "BlueGreen.GreenUnhealthy", report(deploy.EndRolledBack, executionARN), AfterReported},
		{"FAILED", "BlueGreen.BadRequest", report(deploy.EndRejected, executionARN), AfterReported},
		{"FAILED", "BlueGreen.Bug", report(deploy.EndRolledBack, ""), AfterUnreported}, // as the machine writes it when Report fails
		{"FAILED", "BlueGreen.AccessDenied", `{"errorMessage": "no", "errorType": "BlueGreen.AccessDenied"}`, AfterStranded},
		{"FAILED", "Lambda.Unknown", "", AfterStranded},
		{"FAILED", "States.Timeout", "", AfterStranded},
		{"FAILED", "States.Runtime", "the path does not exist", AfterInterrupted},
		{"FAILED", "States.DataLimitExceeded", "", AfterInterrupted},
		{"ABORTED", "Operator", report(deploy.EndRejected, executionARN), AfterInterrupted},
		{"TIMED_OUT", "", "", AfterInterrupted},
	} {
		if got := (Ended{Status: test.status, Error: test.err, Cause: test.cause}).Aftermath(); got != test.want {
			t.Errorf("%s %s %s: %s, want %s", test.status, test.err, test.cause, got, test.want)
		}
	}
}

// A plan touches nothing, so nothing is to be done however it ends.
func TestAPlanHasNoAftermath(t *testing.T) {
	ended := Ended{Status: "ABORTED", Input: json.RawMessage(`{"project": "ec", "action": "plan", "blue": {"asg_name": "fleet"}}`)}
	if got := ended.Aftermath(); got != AfterReported {
		t.Errorf("%s, want %s", got, AfterReported)
	}
}

// A recovery is named after what it recovers: an event that comes twice starts one, an execution that was redriven and
// died again gets another. No recovery is started for a recovery.
func TestRecovery(t *testing.T) {
	ended := Ended{Execution: executionARN, Input: json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet"}, "Wait": 5}`)}
	name, input, ok := ended.Recovery()
	again, _, _ := ended.Recovery()
	if !ok || name != again || !strings.HasPrefix(name, "recover-d1-") {
		t.Errorf("%v %s, then %s", ok, name, again)
	}
	request, err := deploy.ParseRequest(json.RawMessage(input))
	if err != nil || request.Project != "ec" || request.BlueName != "fleet" || request.Action != deploy.ActionRecover {
		t.Errorf("%s: %+v %v", input, request, err)
	}
	ended.Redrives = 1
	if redriven, _, _ := ended.Recovery(); redriven == name {
		t.Error("an execution that died again would not be recovered again")
	}
	ended.Execution = executionARN + strings.Repeat("x", 78)
	if long, _, _ := ended.Recovery(); len(long) != 80 {
		t.Errorf("%s has %d characters, and 80 are allowed", long, len(long))
	}
	ended.Execution = executionARN + strings.Repeat("本", 78) // 3 bytes each
	if long, _, _ := ended.Recovery(); len(long) > 80 || !utf8.ValidString(long) {
		t.Errorf("%q has %d bytes", long, len(long))
	}
	for _, input := range []string{`{"project": "ec", "action": "recover", "blue": {"asg_name": "fleet"}}`, `{"project": "ec"}`, `[]`, ``} {
		ended.Input = json.RawMessage(input)
		if name, _, ok := ended.Recovery(); ok {
			t.Errorf("%s: starts %s", input, name)
		}
	}
}

// What a person pastes to mend an end is one command, whatever others have called what it is about.
func TestCommandsOfAnEnd(t *testing.T) {
	ended := Ended{
		Execution: executionARN + "'(x)", Machine: "arn:machine", Status: "FAILED", Error: "Lambda.Unknown",
		Input: json.RawMessage(`{"project": "it's <ec>", "blue": {"asg_name": "a;b"}, "detail": {"AutoScalingGroupName": "$(id)", "LifecycleHookName": "a b", "EC2InstanceId": "--i"}}`),
	}
	for name, test := range map[string]struct {
		notice Notice
		want   []string
	}{
		"stranded": {ended.Stranded(Held{}), []string{
			`aws stepfunctions redrive-execution --execution-arn '` + executionARN + `'\''(x)'`,
			`aws stepfunctions start-execution --state-machine-arn arn:machine --input '{"action":"recover","blue":{"asg_name":"a;b"},"project":"it'\''s \u003cec\u003e"}'`,
		}},
		"a drain": {ended.DrainInterrupted(), []string{
			`aws stepfunctions redrive-execution --execution-arn '` + executionARN + `'\''(x)'`,
			`aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --auto-scaling-group-name '$(id)' --lifecycle-hook-name 'a b' --instance-id=--i`,
		}},
	} {
		for _, want := range test.want {
			if !strings.Contains(test.notice.Text, "\n  "+want+"\n") {
				t.Errorf("%s: %s\nwants %s", name, test.notice.Text, want)
			}
		}
	}
}

// What people hear of an execution that was interrupted: what comes next depends on whether a recovery was started, and on
// whether there is anything to recover.
func TestInterrupted(t *testing.T) {
	readable, unreadable := json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet"}}`), json.RawMessage(`[]`)
	d := &deploy.Deployment{Project: "ec", Lineage: "fleet", Execution: executionARN}
	start := `aws stepfunctions start-execution --state-machine-arn machine --input '{"action":"recover","blue":{"asg_name":"fleet"},"project":"ec"}'`
	for _, c := range []struct {
		name     string
		input    json.RawMessage
		d        *deploy.Deployment
		left     []string
		recovery string
		subject  string // begins it, behind the project
		next     []string
	}{
		{"a recovery was started", readable, d, []string{"the lock"}, executionARN, "interrupted, is being recovered",
			[]string{"nothing: a recovery was started, and tells how it ends", ConsoleLink(executionARN)}},
		{"none was, and something is left", readable, d, []string{"the lock"}, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left of a deployment", readable, d, nil, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left, and a fleet is named", readable, nil, nil, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left, and no fleet is named", unreadable, nil, nil, "", "interrupted", []string{"why"}},
		{"nothing is left, and a project alone is named", json.RawMessage(`{"project": "ec"}`), nil, nil, "", "interrupted", []string{"why"}},
		{"nothing is left, and a fleet alone is named", json.RawMessage(`{"blue": {"asg_name": "fleet"}}`), nil, nil, "", "interrupted", []string{"why"}},
	} {
		n := Ended{Execution: executionARN, Machine: "machine", Status: "ABORTED", Input: c.input}.Interrupted(Held{Deployment: c.d, Left: c.left}, c.recovery, "why")
		subject := strings.TrimPrefix(n.Subject, "[ec] ")
		if !slices.Equal(n.Next, c.next) || subject != c.subject && !strings.HasPrefix(subject, c.subject+":") || !slices.Equal(n.Left, c.left) {
			t.Errorf("%s: subject %q, left %q, next %q", c.name, n.Subject, n.Left, n.Next)
		}
		if n.Stage != StageInterrupted || n.Message != "the execution is ABORTED" {
			t.Errorf("%s: %s, %q", c.name, n.Stage, n.Message)
		}
	}
}

// Of a drain that was interrupted, people hear which instance is held by what, and how it is let go.
func TestDrainInterrupted(t *testing.T) {
	n := Ended{Execution: executionARN, Status: "FAILED", Error: "Bug", Cause: "it broke", Input: json.RawMessage(
		`{"detail": {"AutoScalingGroupName": "fleet-v002", "LifecycleHookName": "drain", "EC2InstanceId": "i-1"}}`)}.DrainInterrupted()
	if n.Kind != KindDrain || n.Group != "fleet-v002" || n.Hook != "drain" || n.Instance != "i-1" || n.Lineage != "fleet" || n.Action != "" || n.ID != "i-1/d1/0/interrupted" {
		t.Errorf("%+v", n)
	}
	if n.Message != "the execution is FAILED: Bug: it broke" || n.Subject != "drain INTERRUPTED i-1: fleet-v002" {
		t.Errorf("subject %q, message %q", n.Subject, n.Message)
	}
	if want := []string{"i-1 may be held by its hook drain until the time of that is up"}; !slices.Equal(n.Left, want) {
		t.Errorf("left %q", n.Left)
	}
	last := "aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --auto-scaling-group-name fleet-v002 --lifecycle-hook-name drain --instance-id i-1"
	if len(n.Next) != 4 || n.Next[1] != "aws stepfunctions redrive-execution --execution-arn "+executionARN || n.Next[3] != last {
		t.Errorf("next %q", n.Next)
	}
}

// An end whose report could not be written is known from what the machine wrote in its place.
func TestUnreported(t *testing.T) {
	cause := `{"end": "RolledBack", "what": "green was never healthy"}`
	n := Ended{Execution: executionARN, Status: "FAILED", Error: "BlueGreen.GreenUnhealthy", Cause: cause}.Unreported(&deploy.Deployment{Lineage: "fleet", Execution: executionARN})
	if n.Outcome != deploy.EndRolledBack || n.Message != "green was never healthy" || n.Error != "BlueGreen.GreenUnhealthy" || !strings.HasPrefix(n.Subject, "ROLLED BACK: fleet") ||
		!slices.Equal(n.Next, []string{"aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn " + executionARN}) {
		t.Errorf("%+v", n)
	}
}
