package deploy

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAftermath(t *testing.T) {
	report := func(end, execution string) string {
		text, err := json.Marshal(Report{End: end, Execution: execution})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, test := range []struct {
		status, err, cause string
		want               Aftermath
	}{
		{"FAILED", "BlueGreen.GreenUnhealthy", report(EndRolledBack, told), AfterTold},
		{"FAILED", "BlueGreen.BadRequest", report(EndRejected, told), AfterTold},
		{"FAILED", "BlueGreen.Bug", report(EndRolledBack, ""), AfterUntold}, // as the machine writes it when Report fails
		{"FAILED", "BlueGreen.AccessDenied", `{"errorMessage": "no", "errorType": "BlueGreen.AccessDenied"}`, AfterStranded},
		{"FAILED", "Lambda.Unknown", "", AfterStranded},
		{"FAILED", "States.Timeout", "", AfterStranded},
		{"FAILED", "States.Runtime", "the path does not exist", AfterInterrupted},
		{"FAILED", "States.DataLimitExceeded", "", AfterInterrupted},
		{"ABORTED", "Operator", report(EndRejected, told), AfterInterrupted},
		{"TIMED_OUT", "", "", AfterInterrupted},
	} {
		if got := (Ended{Status: test.status, Error: test.err, Cause: test.cause}).Aftermath(); got != test.want {
			t.Errorf("%s %s %s: %s, want %s", test.status, test.err, test.cause, got, test.want)
		}
	}
}

// A recovery is named after what it recovers: an event that comes twice starts one, an execution that was redriven and
// died again gets another. No recovery is started for a recovery.
func TestRecovery(t *testing.T) {
	ended := Ended{Execution: told, Input: json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet"}, "Wait": 5}`)}
	name, input, ok := ended.Recovery()
	again, _, _ := ended.Recovery()
	if !ok || name != again || !strings.HasPrefix(name, "recover-d1-") {
		t.Errorf("%v %s, then %s", ok, name, again)
	}
	request, err := ParseRequest(json.RawMessage(input))
	if err != nil || request.Project != "ec" || request.BlueName != "fleet" || request.Action != ActionRecover {
		t.Errorf("%s: %+v %v", input, request, err)
	}
	ended.Redrives = 1
	if redriven, _, _ := ended.Recovery(); redriven == name {
		t.Error("an execution that died again would not be recovered again")
	}
	ended.Execution = told + strings.Repeat("x", 78)
	if long, _, _ := ended.Recovery(); len(long) != 80 {
		t.Errorf("%s has %d characters, and 80 are allowed", long, len(long))
	}
	ended.Execution = told + strings.Repeat("本", 78) // 3 bytes each
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
		Execution: told + "'(x)", Machine: "arn:machine", Status: "FAILED", Error: "Lambda.Unknown",
		Input: json.RawMessage(`{"project": "it's <ec>", "blue": {"asg_name": "a;b"}, "detail": {"AutoScalingGroupName": "$(id)", "LifecycleHookName": "a b", "EC2InstanceId": "--i"}}`),
	}
	for name, test := range map[string]struct {
		notice Notice
		want   []string
	}{
		"stranded": {ended.Stranded(nil, nil), []string{
			`aws stepfunctions redrive-execution --execution-arn '` + told + `'\''(x)'`,
			`aws stepfunctions start-execution --state-machine-arn arn:machine --input '{"action":"recover","blue":{"asg_name":"a;b"},"project":"it'\''s \u003cec\u003e"}'`,
		}},
		"a drain": {ended.DrainInterrupted(), []string{
			`aws stepfunctions redrive-execution --execution-arn '` + told + `'\''(x)'`,
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
