package rehearsal_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// TestScenarios plays every scenario in testdata; go test -args -rewrite writes what it sees as what it expects.
// Together they need every action of every statement: what no scenario needs, no role should allow.
func TestScenarios(t *testing.T) {
	played := 0
	used := make(map[rehearsal.Use]bool)
	datadriven.Walk(t, "scenario/testdata", func(t *testing.T, path string) {
		var script rehearsal.Script
		defer script.Close()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			answer, err := script.Play(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			return answer
		})
		for _, use := range script.Used() {
			used[use] = true
		}
		played++
	})
	if all, err := filepath.Glob("scenario/testdata/*.txt"); err != nil || played < len(all) {
		return // -run has chosen some
	}
	left, err := rehearsal.Unused(used)
	if err != nil {
		t.Fatal(err)
	}
	for _, unused := range left {
		t.Errorf("no scenario needs %s of %s's statement %s: write one, or take it out", unused.Action, unused.State, unused.Sid)
	}
}

// What TestScenarios asks of Unused can fail: a deployment that drains nothing leaves the drain's permissions unused, and a
// statement that another makes superfluous is never used.
func TestUnusedIsSeen(t *testing.T) {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan(), Mutant: rehearsal.Mutant{
		Actions: may("ScaleInBlue", "autoscaling:UpdateAutoScalingGroup"), // on every group: once more
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.Run(func(ctx context.Context) {
		var arn string
		if arn, err = r.Start(ctx, "deployment", minimal); err == nil {
			_, err = r.AwaitEnd(ctx, arn, time.Hour)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	used := make(map[rehearsal.Use]bool)
	for _, use := range r.Used() {
		used[use] = true
	}
	unused, err := rehearsal.Unused(used)
	if err != nil {
		t.Fatal(err)
	}
	for use, want := range map[rehearsal.Use]bool{
		{State: "CompleteLifecycle", Sid: "SendToFleets", Action: "ssm:SendCommand"}:                true,
		{State: "ScaleInBlue", Sid: "ChangeFleets", Action: "autoscaling:UpdateAutoScalingGroup"}:   true,
		{State: "ScaleInBlue", Sid: "ChangeFleets", Action: "autoscaling:SuspendProcesses"}:         false,
		{State: "CreateGreen", Sid: "TagAtLaunch", Action: "ec2:CreateTags"}:                        false,
		{State: "RestoreBlue", Sid: "ReadGroups", Action: "autoscaling:DescribeAutoScalingGroups"}:  true,
		{State: "DescribeBlue", Sid: "ReadGroups", Action: "autoscaling:DescribeAutoScalingGroups"}: false,
	} {
		if got := slices.Contains(unused, use); got != want {
			t.Errorf("%v counts as unused: %t, want %t", use, got, want)
		}
	}
}
