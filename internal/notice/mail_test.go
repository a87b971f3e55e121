package notice

import (
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// Who is woken reads first who serves, then whether there is something to do, then what has happened; and when, where, from what to what.
func TestMailsAnswerInOrder(t *testing.T) {
	call := at("SwitchTraffic", deploy.Forward, nil)
	d := call.Document.Deployment
	d.Reason, d.Usual = "new TLS library", 250
	d.Ran, d.Template = &deploy.Template{ID: "lt-1", Version: "3"}, &deploy.Template{ID: "lt-1", Version: "4"}
	after := call.Document
	after.Progress = &deploy.Loop{State: "SwitchTraffic", Verdict: deploy.Done, Serving: 4}
	n, _ := Of(call, after)
	want := `serves      fleet-v002, with 4 instances
to do       nothing: fleet-v001 is scaled in now, each instance shut down gracefully
happened    2026-11-21 03:01:40 UTC: traffic has moved to fleet-v002, which serves with 4 instances

What to do next:
  to bring fleet-v001 back once this has ended
  aws stepfunctions start-execution --state-machine-arn arn:aws:states:ap-northeast-1:000000000000:stateMachine:ec-mqagt-dev-BlueGreen --input '{"action":"rollback","blue":{"asg_name":"fleet-v002"},"project":"ec"}'

project     ec
reason      new TLS library
lineage     fleet
blue        fleet-v001, from lt-1 version 3
green       fleet-v002, from lt-1 version 4
account     000000000000, ap-northeast-1
execution   d1
began       2026-11-21 03:00:00 UTC, 1m40s before; the last one that succeeded took 4m10s
            ` + ConsoleLink(executionARN) + "\n"
	if n.Text != want {
		t.Errorf("%s\nwant\n%s", n.Text, want)
	}
}

// A person who is needed reads first whether somebody is served, and whether waiting hurts.
func TestStrandedBeginsWithWhoServes(t *testing.T) {
	ended := Ended{Execution: executionARN, Machine: "machine", Status: "FAILED", Error: "Lambda.Unknown", At: time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)}
	n := ended.Stranded(Held{Serves: "fleet-v002", Waiting: "both fleets are paid for meanwhile", Left: []string{"the lock"}})
	if want := "serves      fleet-v002; it serves on while you look: both fleets are paid for meanwhile\nto do       mend what the message names, then let the deployment go on\n"; !strings.HasPrefix(n.Text, want) {
		t.Errorf("%s", n.Text)
	}
	if n = ended.Stranded(Held{}); !strings.HasPrefix(n.Text, "to do ") {
		t.Errorf("nothing is known of who serves, and the mail says\n%s", n.Text)
	}
}

// Each problem of a request is to be mended by itself: it has its own line, and what is said around them is said once.
func TestEachProblemHasItsLine(t *testing.T) {
	call := at("ReportRejection", "", nil)
	call.Document.Deployment = nil
	call.Document.Fault = &deploy.Fault{Error: string(fault.BadRequest), Cause: `{"errorMessage": "the request has 2 problems: $.Wait is 0; $.blue is missing; the smallest request is {}"}`}
	report := deploy.NewReport(call)
	after := call.Document
	after.Report = &report
	n, _ := Of(call, after)
	for _, want := range []string{
		": BlueGreen.BadRequest: the request has 2 problems\n", "\nProblems:\n  $.Wait is 0\n  $.blue is missing\n  the smallest request is {}\n",
		"\nto do       mend what follows, then start again\n",
	} {
		if !strings.Contains("\n"+n.Text, want) {
			t.Errorf("%q is not in\n%s", want, n.Text)
		}
	}
	if n.Message != "BlueGreen.BadRequest: the request has 2 problems: $.Wait is 0; $.blue is missing; the smallest request is {}" {
		t.Errorf("programs read %q", n.Message)
	}
}
