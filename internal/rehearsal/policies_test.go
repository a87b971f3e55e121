package rehearsal_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"bluegreen/internal/actions"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30}`

// What the scenarios ask of Unused can fail: a deployment that drains nothing leaves the drain's permissions unused, and a
// statement that another makes superfluous is never used.
func TestUnusedIsSeen(t *testing.T) {
	r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan(), Mutant: rehearsal.Mutant{
		Actions: map[string][]actions.Operation{"ScaleInBlue": {{Service: "autoscaling", Name: "UpdateAutoScalingGroup"}}}, // on every group: once more
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
