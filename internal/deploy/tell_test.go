package deploy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

const told = "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:d1"

// at is a call of a state a while after the execution began, with a deployment under way.
func at(state string, way Way, before *Progress) Call {
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	return Call{
		Execution: Execution{ID: told, Input: json.RawMessage(`{"project": "ec", "blue": {"asg_name": "fleet-v001"}}`), Name: "d1", StartTime: began},
		State:     state, Way: way, Entered: began.Add(100 * time.Second),
		Document: Document{
			Deployment: &Deployment{Project: "ec", Lineage: "fleet", Blue: "fleet-v001", Green: "fleet-v002", Execution: told},
			Progress:   before,
		},
	}
}

// A poll loop tells when it is over, and the way back when it begins; what is told of an execution bears its own id.
func TestWhenIsTold(t *testing.T) {
	looking := func(state string) *Progress { return &Progress{State: state, Verdict: Pending} }
	for _, test := range []struct {
		what          string
		state         string
		before, after *Progress
		want          Stage // empty: nothing
		people        bool
	}{
		{"created", "CreateGreen", nil, &Progress{State: "CreateGreen", Verdict: Done}, StageStarted, true},
		{"not yet healthy", "WaitHealthy", nil, looking("WaitHealthy"), "", false},
		{"healthy", "WaitHealthy", looking("WaitHealthy"), &Progress{State: "WaitHealthy", Verdict: Done}, StageHealthy, false},
		{"traffic moves", "SwitchTraffic", nil, looking("SwitchTraffic"), "", false},
		{"traffic has moved", "SwitchTraffic", looking("SwitchTraffic"), &Progress{State: "SwitchTraffic", Verdict: Done}, StageCutover, true},
		{"committed", "ScaleInBlue", nil, &Progress{State: "ScaleInBlue", Verdict: Done}, StageCommitted, false},
		{"the way back begins", "RestoreTraffic", looking("SwitchTraffic"), looking("RestoreTraffic"), StageRestoring, false},
		{"the way back goes on", "RestoreTraffic", looking("RestoreTraffic"), looking("RestoreTraffic"), "", false},
		{"there was nothing to restore", "RestoreTraffic", nil, &Progress{State: "RestoreTraffic", Verdict: NotOurs}, "", false},
		{"blue is empty", "CompleteLifecycle", looking("CompleteLifecycle"), &Progress{State: "CompleteLifecycle", Verdict: Done}, "", false},
		{"blue was looked at", "DescribeBlue", nil, &Progress{State: "DescribeBlue", Verdict: Done}, "", false},
	} {
		call := at(test.state, Forward, test.before)
		after := call.Document
		after.Progress = test.after
		n, worth := Tell(call, after)
		if worth != (test.want != "") || n.Stage != test.want || (n.Subject != "") != test.people {
			t.Errorf("%s: told %v %q %q", test.what, worth, n.Stage, n.Subject)
		}
		if worth && (n.ID != "d1/d1/0/"+string(test.want) || n.Seconds != 100) {
			t.Errorf("%s: id %s after %d s", test.what, n.ID, n.Seconds)
		}
	}
}

// The end of a deployment whose execution had ended before is told by the one that put it right; a recovery's own report
// tells what it has made of it.
func TestEndOfAnothersDeployment(t *testing.T) {
	call := at("DrainGreen", Back, nil)
	d := call.Document.Deployment
	d.Execution, d.Then, d.Closed = strings.Replace(told, ":d1", ":dead", 1), ThenDescribe, EndRolledBack
	after := call.Document
	after.Progress = &Progress{State: "DrainGreen", Verdict: Done}
	n, worth := Tell(call, after)
	if !worth || n.ID != "dead/d1/0/ended" || n.Outcome != EndRolledBack || n.Live != "fleet-v001" {
		t.Errorf("%v %+v", worth, n)
	}
	call = at("ReportSuccess", Forward, nil)
	call.Document.Deployment.Then, call.Document.Deployment.Closed = ThenEnd, EndRolledBack
	report := NewReport(call)
	after = call.Document
	after.Report = &report
	if n, _ = Tell(call, after); n.Outcome != EndRolledBack || report.End != EndSucceeded {
		t.Errorf("a recovery that undid tells %s", n.Outcome)
	}
	if got := Measure(call, after); !slices.Contains(got, Metric{"DeploymentsRolledBack", UnitCount, 1}) {
		t.Errorf("it counts %v", got)
	}
	// Rejected afterwards, it tells of its own end, not of the other's.
	call.Way, call.Document.Deployment.Then = "", ThenDescribe
	report = NewReport(call)
	after.Report = &report
	if n, _ = Tell(call, after); n.Outcome != EndRejected {
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
		told: "https://ap-northeast-1.console.aws.amazon.com/states/home?region=ap-northeast-1#/v2/executions/details/" + told,
		"arn:aws-cn:states:cn-north-1:1:execution:m:e": "https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/arn:aws-cn:states:cn-north-1:1:execution:m:e",
		"arn:aws-iso:states:x:1:execution:m:e":         "",
		"nonsense":                                     "",
	} {
		if got := ConsoleLink(arn); got != want {
			t.Errorf("%s: %s", arn, got)
		}
	}
}

// What no request may say is told of to nobody; what it may say is, be the rest as wrong as it likes.
func TestAskedIsWhatARequestMaySay(t *testing.T) {
	for input, want := range map[string][3]string{
		`{"project": "ec", "blue": {"asg_name": "a"}}`:                                                                      {"ec", "a", "deploy"},
		`{"project": "ec", "blue": {"asg_name": "a"}, "action": "recover", "more": [[[[1]]]]}`:                              {"ec", "a", "recover"},
		`{"project": "ec", "blue": {"asg_name": "a"}, "action": "rolback"}`:                                                 {"ec", "a", ""},
		`{"project": 7, "blue": "a", "action": {}}`:                                                                         {"", "", ""},
		`{"project": "` + strings.Repeat("p", 130_000) + `", "blue": {"asg_name": "` + strings.Repeat("a", 130_000) + `"}}`: {"", "", "deploy"},
		`["not even an object"]`:                                 {"", "", ""},
		`{"project": "a\nb\u001b", "blue": {"asg_name": "a b"}}`: {`a b\u001b`, "", "deploy"},
	} {
		project, group, action := Asked(json.RawMessage(input))
		if got := [3]string{project, group, string(action)}; got != want {
			t.Errorf("%.80s: %.80q, want %q", input, got, want)
		}
	}
}

// A report is the cause of a failed execution, which may have 32,768 characters, and stays so whatever others have written into it.
func TestAReportFits(t *testing.T) {
	call := at("ReportRollback", Back, nil)
	call.Document.Fault = &Fault{Error: "BlueGreen.Refused", Cause: `{"errorMessage": "` + strings.Repeat(`\"\n`, 20_000) + `"}`}
	d := call.Document.Deployment
	d.Lineage, d.Blue, d.Green = strings.Repeat(`"`, 255), strings.Repeat(`"`, 255), strings.Repeat(`'`, 255)
	d.Override = &Override{By: strings.Repeat(`"`, 128), Reason: strings.Repeat(`"`, 500), Freezes: []string{"a\nb"}}
	for range 100 {
		d.Warnings = append(d.Warnings, strings.Repeat(`"`, 5000)+"\x1b")
	}
	r := NewReport(call)
	text, err := json.Marshal(r)
	if err != nil || len([]rune(string(text))) > 32_768 {
		t.Errorf("%d characters, %v", len([]rune(string(text))), err)
	}
	if n := len(r.Warnings); n != mostWarnings+1 || r.Warnings[n-1] != "and 90 more" || strings.ContainsAny(string(text), "\n\x1b") {
		t.Errorf("%d warnings: %.200s", n, text)
	}
}

// The headline of a subject is seen, whatever the project is called; the text has its name.
func TestSubjects(t *testing.T) {
	for project, want := range map[string]string{
		"ec":                     "[ec] traffic has moved: fleet",
		"日本語の店":                  "traffic has moved: fleet",
		strings.Repeat("p", 128): "[" + strings.Repeat("p", 37) + "...] traffic has moved: fleet",
	} {
		call := at("SwitchTraffic", Forward, nil)
		call.Document.Deployment.Project = project
		done := call.Document
		done.Progress = &Progress{State: "SwitchTraffic", Verdict: Done}
		n, _ := Tell(call, done)
		if n.Subject != want || !strings.Contains(n.Text, "project     "+project+"\n") {
			t.Errorf("%s: %q\n%s", project, n.Subject, n.Text)
		}
	}
}
