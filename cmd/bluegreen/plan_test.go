package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/local"
)

// reading begins the names of AWS's operations that change nothing.
var reading = regexp.MustCompile(`^(Describe|Get|List)`)

func TestPlan(t *testing.T) {
	e := openFleet(t)
	e.AWS.Faults.Keep(-1)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "Wait": 30}`)
	out, errText, code := say("plan", "-f", path, "--endpoint-url", e.URL)
	if code != 0 {
		t.Fatalf("code %d: %s", code, errText)
	}
	if want := "account 000000000000, ap-northeast-1, " + e.URL + "\n"; errText != want {
		t.Errorf("it says %q of where it is, want %q", errText, want)
	}
	for _, want := range []string{
		"  + group web-v001: a copy of web\n", "      ~ ImageId: ami-", "lifecycle hook drain-jobs", "  ~ group web: blue, once its traffic has moved\n",
		"      ~ min, desired, max: 1, 3, 5 → 0, 0, 0\n", "  blue's requests end    1m30s", "Cost: 3 instances", "Guardrails: there are no guardrails\n",
		"Plan: 1 to create, 1 to change, 0 to remove; ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if len([]rune(line)) > 81 && strings.Count(strings.TrimSpace(line), " ") > 2 {
			t.Errorf("a line of more than 80 columns: %s", line)
		}
	}
	asked := 0
	for _, call := range e.AWS.Faults.Calls() {
		if call.Caller != "user" {
			continue
		}
		if asked++; !reading.MatchString(call.Operation) {
			t.Errorf("it called %s:%s: it must only read", call.Service, call.Operation)
		}
	}
	if asked < 10 {
		t.Errorf("%d calls were seen", asked)
	}
}

// Whether the deployer may have images built nobody says but its parameter.
func TestPlanOfABuild(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "green": {"image": {"build": {"commands": ["make install"]}}}}`)
	out, errText, code := say("plan", "-f", path, "--endpoint-url", e.URL)
	if want := "+ image web-v001-…: made of ami-"; code != 0 || !strings.Contains(out, want) {
		t.Errorf("code %d: %s; it does not say %q:\n%s", code, errText, want, out)
	}
	out, errText, code = say("plan", "-f", path, "--endpoint-url", e.URL, "--build-images=false")
	if want := "this deployer builds none"; code != exitRejected || !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
		t.Errorf("code %d: %s; it does not say %q:\n%s", code, errText, want, out)
	}
}

// What a request asks of green is shown field by field against blue; user data, which may hold secrets, by its length.
func TestPlanOfWhatGreenHasOtherwise(t *testing.T) {
	e := openFleet(t)
	images := must[*ec2.DescribeImagesOutput](t)(ec2.NewFromConfig(e.Config).DescribeImages(t.Context(), &ec2.DescribeImagesInput{})).Images
	next := ""
	for _, image := range images {
		next = max(next, *image.ImageId)
	}
	must[*ssm.PutParameterOutput](t)(ssm.NewFromConfig(e.Config).PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: aws.String("/shop/image"), Value: &next, Type: ssmtypes.ParameterTypeString, DataType: aws.String("aws:ec2:image"),
	}))
	for _, test := range []struct {
		name, green string
		want        []string
		not         []string
	}{
		{"all that differs", `{"image": {"parameter": "/shop/image"}, "instance_type": "t3.small", "user_data": "#!/bin/sh\nexport TOKEN=secret\n"}`,
			[]string{"~ ImageId: ami-", " → " + next + " (parameter /shop/image version 1) ", "~ InstanceType: t3.micro → t3.small ", "~ UserData: 30 bytes → 30 bytes, changed ", "+ launch template web-v001-…: of its own, for green: a copy of version "},
			[]string{"secret"}},
		{"a version", `{"launch_template_version": "1"}`, []string{"~ launch template: lt-", " version $Latest → lt-", " version 1 ="}, []string{"ImageId", "of its own"}},
	} {
		out, errText, code := say("plan", "-f", requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "green": `+test.green+`}`), "--endpoint-url", e.URL)
		said := strings.Join(strings.Fields(out), " ")
		if code != 0 {
			t.Errorf("%s: code %d, %s", test.name, code, errText)
		}
		for _, want := range test.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s: it does not say %q:\n%s", test.name, want, out)
			}
		}
		for _, not := range test.not {
			if strings.Contains(said, not) {
				t.Errorf("%s: it says %q:\n%s", test.name, not, out)
			}
		}
	}
}

// suspend suspends a process of the fleet's group, and waits until descriptions show it.
func suspend(t *testing.T, e *local.Environment, process string) {
	t.Helper()
	groups := autoscaling.NewFromConfig(e.Config)
	must[*autoscaling.SuspendProcessesOutput](t)(groups.SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: aws.String("web"), ScalingProcesses: []string{process},
	}))
	for shown := false; !shown; {
		described := must[*autoscaling.DescribeAutoScalingGroupsOutput](t)(groups.DescribeAutoScalingGroups(t.Context(), nil))
		shown = len(described.AutoScalingGroups[0].SuspendedProcesses) > 0
	}
}

// What programs read of a plan is all that there is of it.
func TestPlanAsJSON(t *testing.T) {
	e := openFleet(t)
	path := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}, "blue_after": {"then": "delete"}}`)
	out, errText, code := say("plan", "-f", path, "--endpoint-url", e.URL, "--json")
	if code != 0 {
		t.Fatalf("code %d: %s", code, errText)
	}
	var p deploy.Plan
	decoder := json.NewDecoder(strings.NewReader(out))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	var again bytes.Buffer
	encoder := json.NewEncoder(&again)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(p); err != nil {
		t.Fatal(err)
	}
	if again.String() != out {
		t.Errorf("read and written again it is\n%s\nnot\n%s", again.String(), out)
	}
	if !p.Begins || p.Blue != "web" || p.Green != "web-v001" || p.Strategy != deploy.StrategyAttach || len(p.Stages) != 4 || p.Cost.Instances != 3 {
		t.Errorf("%+v", p)
	}
	if created, changed, removed, kept := p.Counts(); created != 1 || changed != 0 || removed != 1 || kept < 10 {
		t.Errorf("%d created, %d changed, %d removed, %d kept", created, changed, removed, kept)
	}
}

// What cannot begin has a plan too, with all that stands in the way, and an exit code of its own.
func TestPlanOfWhatWouldBeRejected(t *testing.T) {
	e := openFleet(t)
	good := requestFile(t, `{"project": "shop", "blue": {"asg_name": "web"}}`)
	frozen := filepath.Join(t.TempDir(), "guardrails.json")
	if err := os.WriteFile(frozen, []byte(`{"fleet": {"most_instances": 2}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	suspend(t, e, "Launch")
	for _, test := range []struct {
		name, file string
		flags      []string
		code       int
		out, err   string // contained
	}{
		{"a finding", good, nil, 4, "In the way (1) * its process Launch is suspended: resume it first", "plan: it would be Rejected (BlueGreen.NotReady)"},
		{"all is shown all the same", good, nil, 4, "+ group web-v001", ""},
		{"guardrails", good, []string{"--guardrails", frozen}, 4, "it has 3 instances, and a fleet may have 2 at", "plan: it would be Rejected (BlueGreen.Forbidden)"},
		{"beside guardrails", good, []string{"--guardrails", frozen}, 4, "its process Launch is suspended", ""},
		{"no such group", requestFile(t, `{"project": "shop", "blue": {"asg_name": "wbe"}}`), nil, 4, `(did you mean "web"?)`, "BlueGreen.BadRequest"},
		{"no request", requestFile(t, `{"project": "shop"}`), nil, 4, "$.blue is missing", "BlueGreen.BadRequest"},
		{"no file", "no-such-file.json", nil, 1, "", "read the request: open no-such-file.json"},
	} {
		out, errText, code := say(append([]string{"plan", "-f", test.file, "--endpoint-url", e.URL}, test.flags...)...)
		if said := strings.Join(strings.Fields(out), " "); code != test.code || !strings.Contains(said, test.out) || !strings.Contains(errText, test.err) {
			t.Errorf("%s: code %d, %q, stdout\n%s\nwant %d, %q, %q", test.name, code, errText, out, test.code, test.err, test.out)
		}
	}
	if _, errText, code := say("plan"); code != 2 || !strings.Contains(errText, "plan: -f is missing") {
		t.Errorf("without a file: code %d, %s", code, errText)
	}
}
