package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/fleetrehearsal"
	"bluegreen/internal/local"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
)

// must fails the test when a call did.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// openFleet puts up an AWS with a fleet as nobody planned it: two target groups that differ, and a hook.
func openFleet(t *testing.T) *local.Environment {
	t.Helper()
	plan := world.DefaultPlan()
	plan.Hooks = []world.Hook{{Name: "drain-jobs", Heartbeat: time.Hour}}
	plan.Each = []world.TargetGroup{
		{DeregistrationDelay: 30 * time.Second, Check: world.DefaultCheck()},
		{DeregistrationDelay: 90 * time.Second, Check: world.Check{Interval: 20 * time.Second, Timeout: 5 * time.Second, Healthy: 3, Unhealthy: 2}},
	}
	return openFleetOf(t, plan)
}

// openFleetOf puts up an AWS with a fleet of three instances.
func openFleetOf(t *testing.T, plan world.Plan) *local.Environment {
	t.Helper()
	e, err := local.Open(local.Options{Address: "127.0.0.1:0", Speed: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	plan.Group, plan.Desired, plan.Min, plan.Max = "web", 3, 1, 5
	plan.Grace = 3 * time.Minute
	if _, err := (world.Seeder{Config: e.Config, Clock: e.Clock}).Seed(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "user")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_REGION", "ap-northeast-1")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CA_BUNDLE", "")
	return e
}

func requestFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "request.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRehearseARealFleet(t *testing.T) {
	e := openFleet(t)
	e.AWS.Faults.Keep(-1)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "Wait": 30}`)
	out, errText, code := say("rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "4", "--faults", "40", "--json")
	if code != 0 {
		t.Fatalf("code %d: %s", code, errText)
	}
	var found fleetrehearsal.Result
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	u, f := found.Undisturbed, found.Faults
	if u.Rehearsals != 4 || u.Ends["Succeeded"] != 4 || u.Lowest != 3 || len(u.Broken) > 0 {
		t.Errorf("undisturbed: %+v", u)
	}
	// The longest draining, and the hook's minute on top.
	if u.MedianSeconds < 90+60 || u.P95Seconds < u.MedianSeconds || u.P95Seconds > 600 {
		t.Errorf("it takes %d s, %d s for 95 %%", u.MedianSeconds, u.P95Seconds)
	}
	if f == nil || f.Rehearsals != 40 || f.Places < 100 || len(f.Broken) > 0 || f.Worst == nil {
		t.Errorf("with faults: %+v", f)
	}
	if !found.Preflight.Passes || !strings.Contains(found.Preflight.What, "web serves and is replaced by a copy") {
		t.Errorf("preflight: %+v", found.Preflight)
	}
	for _, want := range []string{"lifecycle hook drain-jobs", "guardrails", "launch template"} {
		if !strings.Contains(strings.Join(found.Fleet.LeavesOut, "\n"), want) {
			t.Errorf("it does not say that the model leaves out the %s: %v", want, found.Fleet.LeavesOut)
		}
	}
	for _, call := range e.AWS.Faults.Calls() {
		if call.Caller == "user" && !strings.HasPrefix(call.Operation, "Describe") && !strings.HasPrefix(call.Operation, "Get") {
			t.Errorf("it called %s:%s: it must only read", call.Service, call.Operation)
		}
	}
}

// A deployment that has green's image built builds one in the model too.
func TestRehearseABuild(t *testing.T) {
	e := openFleetOf(t, world.DefaultPlan())
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "green": {"image": {"build": {"commands": ["make install"]}}}}`)
	out, errText, code := say("rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "2", "--faults", "20", "--json")
	if code != 0 {
		t.Fatalf("code %d: %s\n%s", code, errText, out)
	}
	var found fleetrehearsal.Result
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if !found.Preflight.Passes || found.Undisturbed.Ends["Succeeded"] != 2 || found.Undisturbed.MedianSeconds < 7*60 || len(found.Faults.Broken) > 0 {
		t.Errorf("%+v, %+v, %+v", found.Preflight, found.Undisturbed, found.Faults)
	}
	if want := "the commands of green.image.build"; !strings.Contains(strings.Join(found.Fleet.LeavesOut, "\n"), want) {
		t.Errorf("it does not say that the model leaves out %s: %v", want, found.Fleet.LeavesOut)
	}
}

// A fleet behind a Classic Load Balancer is rehearsed behind one: nothing of that is left out, and what never answers there is called off.
func TestRehearseAFleetBehindAClassicLoadBalancer(t *testing.T) {
	plan := world.DefaultPlan()
	plan.Classics = 1
	e := openFleetOf(t, plan)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "health": {"timeout_seconds": 60}}`)
	for boot, ends := range map[string]string{"5s": "Succeeded", "2m": "RolledBack"} {
		out, errText, _ := say("rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "2", "--faults", "0", "--boot", boot, "--json")
		var found fleetrehearsal.Result
		if err := json.Unmarshal([]byte(out), &found); err != nil {
			t.Fatalf("%v in %s %s", err, out, errText)
		}
		if u := found.Undisturbed; u.Ends[ends] != 2 || u.Lowest != 3 || len(u.Broken) > 0 || !found.Preflight.Passes {
			t.Errorf("booting in %s: %+v, %+v", boot, u, found.Preflight)
		}
		if left := strings.Join(found.Fleet.LeavesOut, "\n"); strings.Contains(strings.ToLower(left), "load balancer") {
			t.Errorf("left out: %s", left)
		}
	}
}

func TestRehearseTellsPeople(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "health": {"timeout_seconds": 60}}`)
	out, errText, code := say("rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "2", "--faults", "0", "--boot", "2m")
	if code != 1 || !strings.Contains(errText, "this would not go well") {
		t.Fatalf("code %d: %s", code, errText)
	}
	for _, want := range []string{"fleet        web, 3 instances", "NOT GOOD: 2 of 2 rehearsals without a fault did not succeed: 2 RolledBack\n", "undisturbed  2         2 RolledBack", "after 60 s in the target groups",
		"never fewer than 3 instances served", "The model leaves out:"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

// What the model leaves out may be what a deployment is refused for: the preflight is made on the real fleet.
func TestRehearsePreflight(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	policy := filepath.Join(t.TempDir(), "guardrails.json")
	if err := os.WriteFile(policy, []byte(`{"actions": ["rollback"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	rehearse := func(flags ...string) (string, string, int) {
		return say(append([]string{"rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "1", "--faults", "0"}, flags...)...)
	}
	if out, errText, code := rehearse(); code != 0 || !strings.Contains(out, "preflight    passes: web serves") {
		t.Errorf("code %d, %s:\n%s", code, errText, out)
	}
	if out, _, code := rehearse("--guardrails", policy); code != 1 || !strings.Contains(out, "preflight    Rejected (BlueGreen.Forbidden): ") {
		t.Errorf("guardrails that forbid all: code %d:\n%s", code, out)
	}
	if _, errText, code := rehearse("--guardrails", "no-such-file.json"); code != 1 || !strings.Contains(errText, "read the guardrails: open no-such-file.json") {
		t.Errorf("guardrails that are not there: code %d: %s", code, errText)
	}
	must[*autoscaling.PutScalingPolicyOutput](t)(autoscaling.NewFromConfig(e.Config).PutScalingPolicy(t.Context(), &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: aws.String("web"), PolicyName: aws.String("grow"), PolicyType: aws.String("SimpleScaling"),
		AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(1),
	}))
	must[*autoscaling.SuspendProcessesOutput](t)(autoscaling.NewFromConfig(e.Config).SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: aws.String("web"), ScalingProcesses: []string{"AddToLoadBalancer"},
	}))
	out, errText, code := rehearse()
	if code != 1 || !strings.Contains(errText, "this would not go well") {
		t.Errorf("a suspended process: code %d, %s", code, errText)
	}
	for _, want := range []string{"preflight    Rejected (BlueGreen.NotReady): web cannot be replaced as it stands:\n             its process AddToLoadBalancer is suspended",
		"The rehearsals take that for mended.", "NOT GOOD: it would be Rejected as things stand (BlueGreen.NotReady)\n", "undisturbed  1         1 Succeeded", "its scaling policies (1)"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	e.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "user", Operation: "DescribeAccountLimits", Times: -1})
	if _, errText, code := rehearse(); code != 1 || !strings.Contains(errText, "preflight: describing the account's limits") {
		t.Errorf("denied: code %d, %s", code, errText)
	}
}

func TestRehearseARollback(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "action": "rollback", "blue": {"asg_name": "web"}}`)
	out, errText, code := say("rehearse", "-f", path, "--endpoint-url", e.URL, "--seeds", "2", "--faults", "8")
	if code != 1 || !strings.Contains(errText, "this would not go well") {
		t.Errorf("code %d, %s", code, errText)
	}
	for _, want := range []string{"nothing to roll back to", "undisturbed     2         2 Succeeded", "never fewer than 3 instances served", "with one fault  8         "} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func TestRehearseRefusesWhatItCannotDo(t *testing.T) {
	e := openFleet(t)
	good := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	_, errText, code := say("rehearse", "-f", good, "--endpoint-url", e.URL, "--boot", "5m")
	if want := "replace an instance that does not answer after 3m40s (its grace period is 3m0s)"; code != 1 || !strings.Contains(errText, want) {
		t.Errorf("code %d, %q; want 1 and %q", code, errText, want)
	}
	e.AWS.Faults.Add(faults.Rule{Kind: faults.Deny, Caller: "user", Operation: "DescribeLifecycleHooks", Times: -1})
	missing := requestFile(t, `{"project": "shop", "blue": {"asg_name": "wbe"}}`)
	bad := requestFile(t, `{"project": "shop", "blue": {"asg_nme": "web"}}`)
	recovery := requestFile(t, `{"project": "shop", "action": "recover", "blue": {"asg_name": "web"}}`)
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "-f is missing"},
		{[]string{"-f", "no-such-file.json"}, 1, "read the request: open no-such-file.json"},
		{[]string{"-f", good, "--seeds", "0"}, 2, "--seeds 0: want 1 to 10000"},
		{[]string{"-f", good, "--hook", "3h"}, 2, "--hook 3h0m0s: want 30s to 2h0m0s"},
		{[]string{"-f", bad, "--endpoint-url", e.URL}, 1, `$.blue.asg_nme is not a known field: did you mean "asg_name"?`},
		{[]string{"-f", recovery, "--endpoint-url", e.URL}, 1, `$.action is "recover": only "deploy" and "rollback" can be rehearsed`},
		{[]string{"-f", missing, "--endpoint-url", e.URL}, 1, `there is no Auto Scaling group wbe in ap-northeast-1 (did you mean "web"?)`},
		{[]string{"-f", good, "--endpoint-url", e.URL, "--ledger-table", "ledgr"}, 1, "read the ledger"},
		{[]string{"-f", good, "--endpoint-url", e.URL, "--boot", "1m"}, 1, "read what hangs on web: describing the lifecycle hooks of web"},
	} {
		_, errText, code := say(append([]string{"rehearse"}, test.args...)...)
		if code != test.code || !strings.Contains(errText, test.want) {
			t.Errorf("%v: code %d, %q; want %d and %q", test.args, code, errText, test.code, test.want)
		}
	}
}
