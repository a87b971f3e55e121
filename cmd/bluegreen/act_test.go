package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/deployments"
	"bluegreen/internal/local"
)

// deployer puts a machine that deploys into an AWS, which ends as its only states say; it returns the machine's ARN.
func deployer(t *testing.T, e *local.Environment, states string) string {
	t.Helper()
	machines := sfn.NewFromConfig(e.Config)
	arn := "arn:aws:states:ap-northeast-1:000000000000:stateMachine:ec-mqagt-dev-BlueGreen"
	definition := aws.String(`{"StartAt": "DescribeBlue", "States": {` + states + `}}`)
	if _, err := machines.UpdateStateMachine(t.Context(), &sfn.UpdateStateMachineInput{StateMachineArn: &arn, Definition: definition}); err == nil {
		return arn
	}
	made, err := machines.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("ec-mqagt-dev-BlueGreen"), Definition: definition, RoleArn: aws.String("arn:aws:iam::000000000000:role/machine"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *made.StateMachineArn
}

// ends is a machine that fails with an error and a cause.
func ends(name, cause string) string {
	return fmt.Sprintf(`"DescribeBlue": {"Type": "Fail", "Error": %q, "Cause": %q}`, name, cause)
}

// Each end has its exit code, and says where to read on; what is printed for programs is the deployment.
func TestExitCodes(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	for _, test := range []struct {
		states string
		code   int
		want   string
	}{
		{`"DescribeBlue": {"Type": "Succeed"}`, 0, "Succeeded after "},
		{ends("States.Runtime", "a mistake"), 1, "Failed after "},
		{ends("BlueGreen.GreenUnhealthy", `{"end": "RolledBack", "execution": "e", "what": "green was sick"}`), 3, "RolledBack after "},
		{ends("BlueGreen.NotReady", `{"end": "Rejected", "execution": "e", "what": "blue was not ready"}`), 4, "Rejected after "},
		{ends("BlueGreen.AccessDenied", `{"errorMessage": "not allowed"}`), 5, "Stranded after "},
	} {
		deployer(t, e, test.states)
		out, errText, code := say("deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--every", "1s")
		if code != test.code || !strings.HasPrefix(out, test.want) {
			t.Errorf("%s: code %d, %q, %q; want %d and %q", test.states, code, out, errText, test.code, test.want)
		}
		if !strings.HasPrefix(errText, "account 000000000000, ap-northeast-1, "+e.URL+"\n") || !strings.Contains(errText, "Plan: 1 to create, 1 to change, 0 to remove") {
			t.Errorf("it does not begin with where, and the plan's sum: %q", errText)
		}
		if (code != 0) != strings.Contains(errText, "what it did, and what to do next:\n  bluegreen show deploy-") {
			t.Errorf("code %d, %q", code, errText)
		}
	}
	out, _, code := say("deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--every", "1s", "--json")
	var d deployments.Deployment
	if err := json.Unmarshal([]byte(out), &d); err != nil || code != 5 || d.State != deployments.Stranded || d.Group != "web" || d.What != "not allowed" {
		t.Errorf("code %d, %v, %+v", code, err, d)
	}
}

// Who leaves, or whose time is up, ends the watching alone; and is told how to look again.
func TestWatchingEndsAlone(t *testing.T) {
	e := openFleet(t)
	deployer(t, e, `"DescribeBlue": {"Type": "Wait", "Seconds": 100000, "End": true}`)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	command := []string{"deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--every", "1s"}
	_, errText, code := say(append(command, "--timeout", "2s")...)
	if want := "the time of --timeout is up; the deployment goes on. To watch it, or to stop it:\n  bluegreen status web --watch\n  bluegreen stop deploy-"; code != 7 || !strings.Contains(errText, want) {
		t.Errorf("code %d, %q; want 7, %q", code, errText, want)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var stdout bytes.Buffer
	stderr := &interruptor{at: "started\n", interrupt: interrupt}
	if code := run(ctx, terminal{out: &stdout, err: stderr}, command); code != 7 || !strings.Contains(stderr.text.String(), "you have left; the deployment goes on") {
		t.Errorf("interrupted: code %d, %q", code, stderr.text.String())
	}
	out, _, code := say(append(command, "--detach")...)
	if code != 0 || !strings.HasPrefix(out, "arn:aws:states:ap-northeast-1:000000000000:execution:ec-mqagt-dev-BlueGreen:deploy-") {
		t.Errorf("detached: code %d, %q", code, out)
	}
	name := deployments.NameOf(strings.TrimSpace(out))
	if out, _, code = say("show", name, "--endpoint-url", e.URL); code != 0 || !strings.Contains(out, "state      Running for ") {
		t.Errorf("it does not run on: code %d, %q", code, out)
	}
	if out, errText, code = say("stop", "latest", "--endpoint-url", e.URL, "--yes"); code != 0 || !strings.HasPrefix(out, name+" was stopped.\n") {
		t.Errorf("stopped: code %d, %q, %q", code, out, errText)
	}
	if _, errText, code = say("stop", name, "--endpoint-url", e.URL, "--yes"); code != 1 || !strings.Contains(errText, "runs no more: it ended Stopped") {
		t.Errorf("stopped again: code %d, %q", code, errText)
	}
	if _, errText, code = say("redrive", name, "--endpoint-url", e.URL, "--yes", "--every", "1s", "--timeout", "2s"); code != 7 {
		t.Errorf("redriven: code %d, %q", code, errText)
	}
}

// Who watches sees that it was stopped by somebody else.
func TestStoppedWhileItIsWatched(t *testing.T) {
	e := openFleet(t)
	deployer(t, e, `"DescribeBlue": {"Type": "Wait", "Seconds": 100000, "End": true}`)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	var stdout bytes.Buffer
	stop := sync.OnceFunc(func() {
		if _, errText, code := say("stop", "latest", "--endpoint-url", e.URL, "--yes", "--reason", "called off"); code != 0 {
			t.Errorf("stop: code %d, %q", code, errText)
		}
	})
	stderr := &interruptor{at: "started\n", interrupt: stop}
	code := run(t.Context(), terminal{out: &stdout, err: stderr}, []string{"deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--every", "1s"})
	if code != 6 || !strings.HasPrefix(stdout.String(), "Stopped after ") || !strings.Contains(stderr.text.String(), "ended ABORTED") || !strings.Contains(stderr.text.String(), "called off") {
		t.Errorf("code %d, %q, %q; want 6", code, stdout.String(), stderr.text.String())
	}
}

// interruptor interrupts once a text was written.
type interruptor struct {
	text      bytes.Buffer
	at        string
	interrupt func()
}

func (i *interruptor) Write(p []byte) (int, error) {
	i.text.Write(p)
	if strings.Contains(i.text.String(), i.at) {
		i.interrupt()
	}
	return len(p), nil
}

// Nothing is started that was not answered with yes.
func TestNothingStartsWithoutAYes(t *testing.T) {
	e := openFleet(t)
	deployer(t, e, `"DescribeBlue": {"Type": "Succeed"}`)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	asked := func(answer string, args ...string) (string, int) {
		var out, errText bytes.Buffer
		term := terminal{out: &out, err: &errText, in: strings.NewReader(answer)}
		code := run(t.Context(), term, append(args, "--endpoint-url", e.URL))
		return errText.String(), code
	}
	for answer, want := range map[string]int{"": 1, "y\n": 1, "no\n": 1, "yes\n": 0} {
		errText, code := asked(answer, "deploy", "-f", path, "--every", "1s")
		if code != want || !strings.Contains(errText, "Start this deploy of web with ec-mqagt-dev-BlueGreen? Type yes: ") {
			t.Errorf("%q: code %d, %q", answer, code, errText)
		}
	}
	out, _, _ := say("list", "--endpoint-url", e.URL)
	if n := strings.Count(out, "Succeeded"); n != 1 {
		t.Errorf("%d executions:\n%s", n, out)
	}
	if _, errText, code := say("deploy", "-f", path, "--endpoint-url", e.URL); code != 2 || !strings.Contains(errText, "nobody can be asked") {
		t.Errorf("no terminal: code %d, %q", code, errText)
	}
	sick := requestFile(t, `{"project": "shop", "blue": {"asg_name": "wbe"}}`)
	if _, errText, code := say("deploy", "-f", sick, "--endpoint-url", e.URL, "--yes"); code != 4 || !strings.Contains(errText, `did you mean "web"`) {
		t.Errorf("a group that is not there: code %d, %q", code, errText)
	}
	if _, errText, code := say("rollback", "web", "--endpoint-url", e.URL, "--yes"); code != 4 || !strings.Contains(errText, "there is nothing to roll back to") {
		t.Errorf("nothing to roll back to: code %d, %q", code, errText)
	}
}

// What is read can be read by programs, and calls nothing that changes anything.
func TestReadingCommands(t *testing.T) {
	e := openFleet(t)
	deployer(t, e, `"DescribeBlue": {"Type": "Succeed"}`)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	if _, errText, code := say("deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--every", "1s"); code != 0 {
		t.Fatal(errText)
	}
	e.AWS.Faults.Keep(-1)
	file := filepath.Join(t.TempDir(), "report.json")
	for _, args := range [][]string{{"list"}, {"list", "web"}, {"status"}, {"status", "web"}, {"show", "latest"}, {"report", "latest"}, {"report", "latest", "-o", file}, {"report", "latest", "-o", filepath.Join(t.TempDir(), "report.html")}} {
		args = append(args, "--endpoint-url", e.URL)
		out, errText, code := say(args...)
		if code != 0 || out == "" && args[0] != "report" || !strings.HasPrefix(errText, "account 000000000000, ap-northeast-1, ") {
			t.Errorf("%v: code %d, %q, %q", args, code, out, errText)
		}
		if args[0] == "report" {
			continue
		}
		out, errText, code = say(append(args, "--json")...)
		var any any
		if err := json.Unmarshal([]byte(out), &any); err != nil || code != 0 {
			t.Errorf("%v --json: code %d, %v, %q, %q", args, code, err, out, errText)
		}
	}
	text, err := os.ReadFile(file)
	var d deployments.Deployment
	if err != nil || json.Unmarshal(text, &d) != nil || d.State != deployments.Succeeded || len(d.Events) == 0 {
		t.Errorf("the report: %v, %s", err, text)
	}
	for _, call := range e.AWS.Faults.Calls() {
		if call.Caller == "user" && !reading.MatchString(call.Operation) {
			t.Errorf("it called %s:%s: it must only read", call.Service, call.Operation)
		}
	}
}

// Without a terminal what changes is a line, until who watches leaves.
func TestWatchWithoutATerminal(t *testing.T) {
	e := openFleet(t)
	deployer(t, e, `"DescribeBlue": {"Type": "Wait", "Seconds": 100, "Next": "Succeeded"}, "Succeeded": {"Type": "Succeed"}`)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	started, errText, code := say("deploy", "-f", path, "--endpoint-url", e.URL, "--yes", "--detach")
	if code != 0 {
		t.Fatal(errText)
	}
	ctx, interrupt := context.WithTimeout(t.Context(), time.Minute)
	defer interrupt()
	out := &interruptor{at: "ended Succeeded\n", interrupt: interrupt}
	code = run(ctx, terminal{out: out, err: &bytes.Buffer{}}, []string{"status", "web", "--watch", "--every", "1s", "--endpoint-url", e.URL})
	for _, want := range []string{"web: web serves\n", deployments.NameOf(strings.TrimSpace(started)) + ": deploy of web", " started\n", "web: 3 wanted: 3 InService (6 healthy)\n", "ended Succeeded\n"} {
		if n := strings.Count(out.text.String(), want); n != 1 || code != 0 {
			t.Errorf("code %d; it says %d times %q:\n%s", code, n, want, out.text.String())
		}
	}
}

func TestWhatIsNotUnderstood(t *testing.T) {
	for args, want := range map[string]string{
		"deploy":                    "deploy: -f is missing",
		"rollback":                  "rollback: GROUP is missing",
		"recover a b":               `recover: unexpected argument "b"`,
		"show":                      "show: EXECUTION is missing",
		"status --watch":            "status: --watch wants a GROUP to watch",
		"status web --watch --json": "--watch is for people",
		"status web --every 10ms":   "--every 10ms: want 1s or more",
		"list --limit 0":            "--limit 0: want 1 to 1000",
		"report latest -o r.pdf":    `-o "r.pdf": want a file that ends in .html, .svg or .json, not in ".pdf"`,
		"report latest -o r":        `not in ""`,
		"graph -o png":              `-o "png": want svg or mermaid`,
		"graph --of blue":           `--of "blue": want deploy or in-place or drain`,
		"validate":                  "validate: -f is missing",
		"deploy -f ../../pipeline/examples/plan.json --yes": `$.action is "plan": "bluegreen plan -f`,
	} {
		if _, errText, code := say(strings.Fields(args)...); code != 2 || !strings.Contains(errText, want) {
			t.Errorf("%s: code %d, %q; want 2, %q", args, code, errText, want)
		}
	}
	bad := requestFile(t, `{"project": "shop", "blue": {"asg_nme": "web"}}`)
	for _, command := range []string{"validate", "deploy"} {
		if _, errText, code := say(command, "-f", bad); code != 4 || !strings.Contains(errText, `did you mean "asg_name"?`) {
			t.Errorf("%s: code %d, %q", command, code, errText)
		}
	}
	if out, errText, code := say("validate", "-f", "../../pipeline/state_machine_input.json"); code != 0 || !strings.Contains(out, "is right: deploy of ec-mqagt-dev-asg") {
		t.Errorf("code %d, %q, %q", code, out, errText)
	}
	for args, want := range map[string]string{"graph": "<svg ", "graph -o mermaid": "stateDiagram-v2\n"} {
		if out, _, code := say(strings.Fields(args)...); code != 0 || !strings.HasPrefix(out, want) {
			t.Errorf("%s: code %d, %q", args, code, out)
		}
	}
}
