package notice

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deploy"
)

const executionARN = "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:d1"

// at is a call of a state a while after the execution began, with a deployment under way.
func at(state string, way deploy.Way, before *deploy.Loop) deploy.Call {
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	return deploy.Call{
		Execution: deploy.Execution{ID: executionARN, Input: json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet-v001"}}`), Name: "d1", StartTime: began},
		State:     state, Way: way, Entered: began.Add(100 * time.Second),
		Document: deploy.Document{
			Deployment: &deploy.Deployment{Project: "ec", Lineage: "fleet", Blue: "fleet-v001", Green: "fleet-v002", Execution: executionARN},
			Progress:   before,
		},
	}
}

// A poll loop tells when it is over, and the way back when it begins; what is sent of an execution bears its own id.
func TestWhichStageALookReaches(t *testing.T) {
	looking := func(state string) *deploy.Loop { return &deploy.Loop{State: state, Verdict: deploy.Pending} }
	baking := &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Pending, Phase: deploy.Baking}
	for _, test := range []struct {
		what          string
		state         string
		before, after *deploy.Loop
		want          Stage // empty: nothing
		people        bool
	}{
		{"created", "CreateGreen", nil, &deploy.Loop{State: "CreateGreen", Verdict: deploy.Done}, StageStarted, true},
		{"the builder is launched", "BuildImage", nil, looking("BuildImage"), StageBuilding, true},
		{"commands run", "BuildImage", looking("BuildImage"), looking("BuildImage"), "", false},
		{"the image is made", "BuildImage", looking("BuildImage"), &deploy.Loop{State: "BuildImage", Verdict: deploy.Done}, StageBuilt, false},
		{"not yet healthy", "WaitHealthy", nil, looking("WaitHealthy"), "", false},
		{"healthy", "WaitHealthy", looking("WaitHealthy"), &deploy.Loop{State: "WaitHealthy", Verdict: deploy.Done}, StageHealthy, false},
		{"traffic moves", "SwitchTraffic", nil, looking("SwitchTraffic"), "", false},
		{"traffic has moved", "SwitchTraffic", looking("SwitchTraffic"), &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Done}, StageCutover, true},
		{"blue begins to stand by", "SwitchTraffic", looking("SwitchTraffic"), baking, StageCutover, true},
		{"blue stands by", "SwitchTraffic", baking, baking, "", false},
		{"blue has stood by", "SwitchTraffic", baking, &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Done, Phase: deploy.Baking}, "", false},
		{"committed", "ScaleInBlue", nil, &deploy.Loop{State: "ScaleInBlue", Verdict: deploy.Done}, StageCommitted, false},
		{"the way back begins", "RestoreTraffic", looking("SwitchTraffic"), looking("RestoreTraffic"), StageRestoring, false},
		{"the way back goes on", "RestoreTraffic", looking("RestoreTraffic"), looking("RestoreTraffic"), "", false},
		{"there was nothing to restore", "RestoreTraffic", nil, &deploy.Loop{State: "RestoreTraffic", Verdict: deploy.NotOurs}, "", false},
		{"blue is empty", "CompleteLifecycle", looking("CompleteLifecycle"), &deploy.Loop{State: "CompleteLifecycle", Verdict: deploy.Done}, "", false},
		{"blue was looked at", "DescribeBlue", nil, &deploy.Loop{State: "DescribeBlue", Verdict: deploy.Done}, "", false},
	} {
		call := at(test.state, deploy.Forward, test.before)
		if test.state == "BuildImage" {
			call.Document.Deployment.Build = &deploy.Making{Name: "fleet-v002-7", Source: "ami-1"}
		}
		after := call.Document
		after.Progress = test.after
		n, worth := Of(call, after)
		if worth != (test.want != "") || n.Stage != test.want || (n.Subject != "") != test.people {
			t.Errorf("%s: told %v %q %q", test.what, worth, n.Stage, n.Subject)
		}
		if worth && (n.ID != "d1/d1/0/"+string(test.want) || n.Seconds != 100) {
			t.Errorf("%s: id %s after %d s", test.what, n.ID, n.Seconds)
		}
	}
}

// The end of a deployment whose execution had ended before is told by the one that finished or undid it; a recovery's own report
// tells what it has made of it.
func TestEndOfAnothersDeployment(t *testing.T) {
	call := at("DrainGreen", deploy.Back, nil)
	d := call.Document.Deployment
	d.Execution, d.Then, d.Closed = strings.Replace(executionARN, ":d1", ":dead", 1), deploy.ThenDescribe, deploy.EndRolledBack
	after := call.Document
	after.Progress = &deploy.Loop{State: "DrainGreen", Verdict: deploy.Done}
	n, worth := Of(call, after)
	if !worth || n.ID != "dead/d1/0/ended" || n.Outcome != deploy.EndRolledBack || n.Live != "fleet-v001" {
		t.Errorf("%v %+v", worth, n)
	}
	call = at("ReportSuccess", deploy.Forward, nil)
	call.Document.Deployment.Then, call.Document.Deployment.Closed = deploy.ThenEnd, deploy.EndRolledBack
	report := deploy.NewReport(call)
	after = call.Document
	after.Report = &report
	if n, _ = Of(call, after); n.Outcome != deploy.EndRolledBack || report.End != deploy.EndSucceeded {
		t.Errorf("a recovery that undid tells %s", n.Outcome)
	}
	if got := Measure(call, after); !slices.Contains(got, Metric{"DeploymentsRolledBack", UnitCount, 1}) {
		t.Errorf("it counts %v", got)
	}
	// Rejected afterwards, it tells of its own end, not of the other's.
	call.Way, call.Document.Deployment.Then = "", deploy.ThenDescribe
	report = deploy.NewReport(call)
	after.Report = &report
	if n, _ = Of(call, after); n.Outcome != deploy.EndRejected {
		t.Errorf("a rejection tells %s", n.Outcome)
	}
}

// A subject is what SNS takes: less than 100 characters of ASCII.
func TestSubject(t *testing.T) {
	for _, lineage := range []string{"fleet", strings.Repeat("long", 50), "flotté-日本"} {
		s := subject("ec", "deployment started", lineage)
		if len(s) >= 100 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) || !strings.HasPrefix(s, "[ec] deployment started: fl") && !strings.Contains(s, "long") {
			t.Errorf("%q", s)
		}
	}
}

func TestConsoleLink(t *testing.T) {
	for arn, want := range map[string]string{
		executionARN: "https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#/v2/executions/details/" + executionARN,
		"arn:aws-cn:states:cn-north-1:1:execution:m:e": "https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/arn:aws-cn:states:cn-north-1:1:execution:m:e",
		"arn:aws-iso:states:x:1:execution:m:e":         "",
		"nonsense":                                     "",
	} {
		if got := ConsoleLink(arn); got != want {
			t.Errorf("%s: %s", arn, got)
		}
	}
}

// The headline of a subject is seen, whatever the project is called; the text has its name.
func TestSubjects(t *testing.T) {
	for project, want := range map[string]string{
		"ec":                     "[ec] traffic has moved: fleet",
		"日本語の店":                  "traffic has moved: fleet",
		strings.Repeat("p", 128): "[" + strings.Repeat("p", 37) + "...] traffic has moved: fleet",
	} {
		call := at("SwitchTraffic", deploy.Forward, nil)
		call.Document.Deployment.Project = project
		done := call.Document
		done.Progress = &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Done}
		n, _ := Of(call, done)
		if n.Subject != want || !strings.Contains(n.Text, "project     "+project+"\n") {
			t.Errorf("%s: %q\n%s", project, n.Subject, n.Text)
		}
	}
}

// Where nothing was counted nobody reads a number.
func TestCutoverTellsWhatServes(t *testing.T) {
	for serving, want := range map[int]string{0: "traffic has moved to fleet-v002", 1: "traffic has moved to fleet-v002, which serves with 1 instance"} {
		call := at("SwitchTraffic", deploy.Forward, nil)
		after := call.Document
		after.Progress = &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Done, Serving: serving}
		if n, worth := Of(call, after); !worth || n.Message != want {
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
		after.Progress = &deploy.Loop{State: "CreateGreen", Verdict: deploy.Done, Wanted: 4}
		if n, worth := Of(call, after); !worth || n.Message != want || !slices.Equal(n.Warnings, []string{"mind"}) {
			t.Errorf("revives %t: %q, warnings %q", revives, n.Message, n.Warnings)
		}
	}
}

// The end tells what the report says, its warnings too. A recovery that found nothing to do is no deployment that succeeded.
func TestEndTellsTheReport(t *testing.T) {
	for _, c := range []struct {
		route   deploy.Route
		then    deploy.Then
		closed  string
		subject string
	}{
		{deploy.RouteDeploy, "", deploy.EndSucceeded, "[ec] deployment succeeded: fleet"},
		{deploy.RouteNothing, "", "", "[ec] nothing was left to recover: fleet"},
		{deploy.RouteTakeOver, deploy.ThenEnd, "", "[ec] nothing was left to recover: fleet"},
		{deploy.RouteTakeOver, deploy.ThenEnd, deploy.EndRolledBack, "[ec] ROLLED BACK: fleet"},
	} {
		call := at("ReportSuccess", deploy.Forward, nil)
		d := call.Document.Deployment
		d.Route, d.Then, d.Closed, d.Warnings = c.route, c.then, c.closed, []string{"mind"}
		report := deploy.NewReport(call)
		after := call.Document
		after.Report = &report
		if n, worth := Of(call, after); !worth || n.Subject != c.subject || !slices.Equal(n.Warnings, []string{"mind"}) {
			t.Errorf("%+v: subject %q, warnings %q", c, n.Subject, n.Warnings)
		}
	}
}

// Without an action, or before its first look, the machine that drains has nothing to tell.
func TestDrainThatIsNoneTellsNothing(t *testing.T) {
	call := at("DrainInstance", deploy.Alone, nil)
	for name, after := range map[string]deploy.Document{
		"no action":           {Progress: &deploy.Loop{Phase: deploy.DrainsItself, Verdict: deploy.Done}},
		"no progress":         {Action: &deploy.Lifecycle{Instance: "i-1"}},
		"beside a deployment": {Action: &deploy.Lifecycle{Instance: "i-1"}, Progress: &deploy.Loop{Phase: deploy.DrainsBeside, Verdict: deploy.Done}},
	} {
		if n, worth := Of(call, after); worth {
			t.Errorf("%s: told %q", name, n.Subject)
		}
	}
}
