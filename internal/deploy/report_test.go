package deploy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/fault"
)

// reporting is a call that reports, a while after the execution began, with a deployment under way.
func reporting(way Way) Call {
	began := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	return Call{
		Execution: Execution{ID: "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:d1", Name: "d1", StartTime: began},
		Way:       way, Entered: began.Add(100 * time.Second),
		Document: Document{Deployment: &Deployment{Project: "ec", Lineage: "fleet", Blue: "fleet-v001", Green: "fleet-v002"}},
	}
}

// A report is the cause of a failed execution, which may have 32,768 characters, and stays so whatever others have written into it.
func TestAReportFits(t *testing.T) {
	call := reporting(Back)
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

// An execution that is asked to recover what another has finished or undone meanwhile ends Rejected, and says so.
func TestRejectionWithoutAFault(t *testing.T) {
	call := reporting("")
	if r := NewReport(call); r.End != EndRejected || r.Error != string(fault.Conflict) || r.What != "another execution has put the lineage right meanwhile" || r.TookSeconds != 100 {
		t.Errorf("%+v", r)
	}
	call.Document.Fault = &Fault{Error: string(fault.BadRequest), Cause: `{"errorMessage": "no project"}`}
	if r := NewReport(call); r.End != EndRejected || r.Error != string(fault.BadRequest) || r.What != "no project" {
		t.Errorf("%+v", r)
	}
}

// Whatever a deployment ends with, the report says what to do first.
func TestEveryFaultHasAdvice(t *testing.T) {
	for _, name := range fault.Names {
		if len(hints[name]) == 0 {
			t.Errorf("nobody is told what to do after %s", name)
		}
	}
	for name := range hints {
		if !slices.Contains(fault.Names, name) {
			t.Errorf("%s is no fault", name)
		}
	}
}

func TestMachineOf(t *testing.T) {
	for execution, want := range map[string]string{
		"arn:aws:states:r:1:execution:ec-BlueGreen:d1": "arn:aws:states:r:1:stateMachine:ec-BlueGreen",
		"arn:aws:states:r:1:stateMachine:ec-BlueGreen": "",
		"nonsense": "",
	} {
		if got := MachineOf(execution); got != want {
			t.Errorf("%s: %q, want %q", execution, got, want)
		}
	}
}
