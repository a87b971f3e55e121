package deploy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/fault"
)

// What people are told of an execution that was interrupted: what comes next depends on whether a recovery was started, and on
// whether there is anything to recover.
func TestInterrupted(t *testing.T) {
	readable, unreadable := json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet"}}`), json.RawMessage(`[]`)
	d := &Deployment{Project: "ec", Lineage: "fleet", Execution: told}
	start := `aws stepfunctions start-execution --state-machine-arn machine --input '{"action":"recover","blue":{"asg_name":"fleet"},"project":"ec"}'`
	for _, c := range []struct {
		name     string
		input    json.RawMessage
		d        *Deployment
		left     []string
		recovery string
		subject  string // begins it, behind the project
		next     []string
	}{
		{"a recovery was started", readable, d, []string{"the lock"}, told, "interrupted, is being put right",
			[]string{"nothing: a recovery was started, and tells how it ends", ConsoleLink(told)}},
		{"none was, and something is left", readable, d, []string{"the lock"}, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left of a deployment", readable, d, nil, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left, and a fleet is named", readable, nil, nil, "", "INTERRUPTED, a person is needed", []string{"why", start}},
		{"nothing is left, and no fleet is named", unreadable, nil, nil, "", "interrupted", []string{"why"}},
		{"nothing is left, and a project alone is named", json.RawMessage(`{"project": "ec"}`), nil, nil, "", "interrupted", []string{"why"}},
		{"nothing is left, and a fleet alone is named", json.RawMessage(`{"blue": {"asg_name": "fleet"}}`), nil, nil, "", "interrupted", []string{"why"}},
	} {
		n := Ended{Execution: told, Machine: "machine", Status: "ABORTED", Input: c.input}.Interrupted(c.d, c.left, c.recovery, "why")
		subject := strings.TrimPrefix(n.Subject, "[ec] ")
		if !slices.Equal(n.Next, c.next) || subject != c.subject && !strings.HasPrefix(subject, c.subject+":") || !slices.Equal(n.Left, c.left) {
			t.Errorf("%s: subject %q, left %q, next %q", c.name, n.Subject, n.Left, n.Next)
		}
		if n.Stage != StageInterrupted || n.Message != "the execution is ABORTED" {
			t.Errorf("%s: %s, %q", c.name, n.Stage, n.Message)
		}
	}
}

// Of a drain that was interrupted, people are told which instance is held by what, and how it is let go.
func TestDrainInterrupted(t *testing.T) {
	n := Ended{Execution: told, Status: "FAILED", Error: "Bug", Cause: "it broke", Input: json.RawMessage(
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
	if len(n.Next) != 4 || n.Next[1] != "aws stepfunctions redrive-execution --execution-arn "+told || n.Next[3] != last {
		t.Errorf("next %q", n.Next)
	}
}

// An end whose report could not be written is told from what the machine wrote in its place.
func TestUntold(t *testing.T) {
	cause := `{"end": "RolledBack", "what": "green was never healthy"}`
	n := Ended{Execution: told, Status: "FAILED", Error: "BlueGreen.GreenUnhealthy", Cause: cause}.Untold(&Deployment{Lineage: "fleet", Execution: told})
	if n.Outcome != EndRolledBack || n.Message != "green was never healthy" || n.Error != "BlueGreen.GreenUnhealthy" || !strings.HasPrefix(n.Subject, "ROLLED BACK: fleet") ||
		!slices.Equal(n.Next, []string{"aws stepfunctions get-execution-history --reverse-order --max-items 20 --execution-arn " + told}) {
		t.Errorf("%+v", n)
	}
}

// An execution that is asked to recover what another has put right meanwhile ends Rejected, and says so.
func TestRejectionWithoutAFault(t *testing.T) {
	call := at("ReportRejection", "", nil)
	if r := NewReport(call); r.End != EndRejected || r.Error != string(fault.Conflict) || r.What != "another execution has put the lineage right meanwhile" || r.TookSeconds != 100 {
		t.Errorf("%+v", r)
	}
	call.Document.Fault = &Fault{Error: string(fault.BadRequest), Cause: `{"errorMessage": "no project"}`}
	if r := NewReport(call); r.End != EndRejected || r.Error != string(fault.BadRequest) || r.What != "no project" {
		t.Errorf("%+v", r)
	}
}

// Where nothing was counted nobody is told a number.
func TestCutoverTellsWhatServes(t *testing.T) {
	for serving, want := range map[int]string{0: "traffic has moved to fleet-v002", 1: "traffic has moved to fleet-v002, which serves with 1 instance"} {
		call := at("SwitchTraffic", Forward, nil)
		after := call.Document
		after.Progress = &Progress{State: "SwitchTraffic", Verdict: Done, Serving: serving}
		if n, worth := Tell(call, after); !worth || n.Message != want {
			t.Errorf("%d serve: %q", serving, n.Message)
		}
	}
}

func TestStartTellsWhatReplacesWhat(t *testing.T) {
	for revives, want := range map[bool]string{
		false: "fleet-v001 is being replaced by fleet-v002, a copy of it with 4 instances",
		true:  "fleet-v001 is being replaced by fleet-v002, which it had replaced, with 4 instances",
	} {
		call := at("CreateGreen", "", nil)
		call.Document.Deployment.Revives, call.Document.Deployment.Warnings = revives, []string{"mind"}
		after := call.Document
		after.Progress = &Progress{State: "CreateGreen", Verdict: Done, Wanted: 4}
		if n, worth := Tell(call, after); !worth || n.Message != want || !slices.Equal(n.Warnings, []string{"mind"}) {
			t.Errorf("revives %t: %q, warnings %q", revives, n.Message, n.Warnings)
		}
	}
}

// The end tells what the report says, its warnings too. A recovery that found nothing to put right is no deployment that succeeded.
func TestEndTellsTheReport(t *testing.T) {
	for _, c := range []struct {
		route   Route
		then    Then
		closed  string
		subject string
	}{
		{RouteDeploy, "", EndSucceeded, "[ec] deployment succeeded: fleet"},
		{RouteNothing, "", "", "[ec] nothing was left to put right: fleet"},
		{RouteTakeOver, ThenEnd, "", "[ec] nothing was left to put right: fleet"},
		{RouteTakeOver, ThenEnd, EndRolledBack, "[ec] ROLLED BACK: fleet"},
	} {
		call := at("ReportSuccess", Forward, nil)
		d := call.Document.Deployment
		d.Route, d.Then, d.Closed, d.Warnings = c.route, c.then, c.closed, []string{"mind"}
		report := NewReport(call)
		after := call.Document
		after.Report = &report
		if n, worth := Tell(call, after); !worth || n.Subject != c.subject || !slices.Equal(n.Warnings, []string{"mind"}) {
			t.Errorf("%+v: subject %q, warnings %q", c, n.Subject, n.Warnings)
		}
	}
}

// Without an action, or before its first look, the machine that drains has nothing to tell.
func TestDrainThatIsNoneTellsNothing(t *testing.T) {
	call := at("DrainInstance", Alone, nil)
	for name, after := range map[string]Document{
		"no action":           {Progress: &Progress{Phase: DrainsItself, Verdict: Done}},
		"no progress":         {Action: &Lifecycle{Instance: "i-1"}},
		"beside a deployment": {Action: &Lifecycle{Instance: "i-1"}, Progress: &Progress{Phase: DrainsBeside, Verdict: Done}},
	} {
		if n, worth := Tell(call, after); worth {
			t.Errorf("%s: told %q", name, n.Subject)
		}
	}
}
