package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"bluegreen/statemachine"
)

// The list is what the Lambdas' code calls: no action more, none less.
func TestListIsUpToDate(t *testing.T) {
	seeNewFiles(t, "lambdas", "internal")
	want, err := generate(".", statemachine.Deployed())
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "list.go"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("internal/actions/list.go is out of date: go generate ./internal/actions")
	}
}

// seeNewFiles opens the folders of our code. go test caches a result until something changes that the test's own process
// opened: of a file that is new, only the go command knows, which looks for packages.
func seeNewFiles(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join("..", "..", "..", folder), func(_ string, _ fs.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What is found of each command in testdata, which say what they show.
func TestWhatALambdaMayCall(t *testing.T) {
	wants := map[string]string{
		"samename": "autoscaling:DescribePolicies dynamodb:PutItem",
		"table": "autoscaling:DescribeAutoScalingGroups autoscaling:DescribeInstanceRefreshes autoscaling:DescribeLifecycleHooks " +
			"autoscaling:DescribePolicies autoscaling:DescribeScalingActivities autoscaling:EnableMetricsCollection",
		"values": "autoscaling:DescribeAutoScalingGroups autoscaling:ResumeProcesses autoscaling:SuspendProcesses " +
			"dynamodb:GetItem dynamodb:PutItem dynamodb:Scan",
		"generic":       "autoscaling:DescribeAutoScalingGroups dynamodb:GetItem dynamodb:PutItem",
		"embedded":      "autoscaling:DescribeAutoScalingGroups autoscaling:PutLifecycleHook autoscaling:SuspendProcesses",
		"paginated":     "autoscaling:DescribeScalingActivities elasticloadbalancing:DescribeTargetHealth",
		"called":        "sns:Publish sqs:GetQueueUrl",
		"unreached":     "",
		"shared/first":  "dynamodb:GetItem",
		"shared/second": "dynamodb:GetItem dynamodb:PutItem",
	}
	p := testdata(t, wants)
	for command, want := range wants {
		found, err := p.operations(fixture(command))
		if err != nil {
			t.Errorf("%s: %v", command, err)
			continue
		}
		var got []string
		for _, o := range sorted(found) {
			got = append(got, o.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", command, got, want)
		}
	}
}

func TestUnknownClientIsNamed(t *testing.T) {
	_, err := testdata(t, map[string]string{"unknown": ""}).operations(fixture("unknown"))
	if err == nil || !strings.Contains(err.Error(), "codecommit signs for") {
		t.Errorf("error %v does not name the client", err)
	}
}

// fixture is the import path of a command in testdata.
func fixture(command string) string {
	return path.Join(moduleName, "internal/actions/generate/testdata", command)
}

func testdata(t *testing.T, commands map[string]string) *program {
	t.Helper()
	var paths []string
	for command := range commands {
		paths = append(paths, fixture(command))
	}
	p, err := load(".", paths...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
