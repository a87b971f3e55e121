package autoscaling_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// A refresh replaces one instance at a time, waits for each successor to warm up, and blocks others meanwhile.
func TestInstanceRefresh(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		web := w.targetGroup("web")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 1))
		w.until(30 * time.Second)
		w.begin()
		start := &sdk.StartInstanceRefreshInput{AutoScalingGroupName: name, Preferences: &types.RefreshPreferences{InstanceWarmup: aws.Int32(20)}}
		do(w, w.client.StartInstanceRefresh, start)
		refused(w, w.client.StartInstanceRefresh, start, "InstanceRefreshInProgress",
			"An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.")
		refused(w, w.client.AttachLoadBalancerTargetGroups, &sdk.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}},
			"InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks the execution of this action.")
		state := func(at time.Duration) (types.InstanceRefreshStatus, int32) {
			w.until(at)
			r := do(w, w.client.DescribeInstanceRefreshes, &sdk.DescribeInstanceRefreshesInput{AutoScalingGroupName: name}).InstanceRefreshes[0]
			return r.Status, *r.PercentageComplete
		}
		if status, percent := state(40 * time.Second); status != types.InstanceRefreshStatusInProgress || percent != 50 {
			t.Errorf("half way: %s, %d %%", status, percent)
		}
		if status, percent := state(120 * time.Second); status != types.InstanceRefreshStatusSuccessful || percent != 100 {
			t.Errorf("at the end: %s, %d %%", status, percent)
		}
		w.told(`
			3s i1 Terminating
			3s i3 Pending
			14s i3 InService
			34s i1 gone
			36s i2 Terminating
			36s i4 Pending
			47s i4 InService
			67s i2 gone`)
	})
}

// A refresh with a bake time is under way until that has passed, although everything is replaced; it can still be cancelled.
func TestInstanceRefreshBakes(t *testing.T) {
	for _, c := range []struct {
		cancel bool
		end    types.InstanceRefreshStatus
	}{{false, types.InstanceRefreshStatusSuccessful}, {true, types.InstanceRefreshStatusCancelled}} {
		run(t, nil, func(w *world) {
			name := aws.String("blue")
			web := w.targetGroup("web")
			do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
			w.until(30 * time.Second)
			w.begin()
			do(w, w.client.StartInstanceRefresh, &sdk.StartInstanceRefreshInput{AutoScalingGroupName: name,
				Preferences: &types.RefreshPreferences{BakeTime: aws.Int32(600)}})
			look := func(at time.Duration, want types.InstanceRefreshStatus) {
				t.Helper()
				w.until(at)
				r := do(w, w.client.DescribeInstanceRefreshes, &sdk.DescribeInstanceRefreshesInput{AutoScalingGroupName: name}).InstanceRefreshes[0]
				if r.Status != want || (*r.PercentageComplete == 100) != (want != types.InstanceRefreshStatusInProgress) {
					t.Errorf("after %s: %s, %d %%, want %s", at, r.Status, *r.PercentageComplete, want)
				}
			}
			look(10*time.Second, types.InstanceRefreshStatusInProgress)
			look(20*time.Second, types.InstanceRefreshStatusBaking)
			look(600*time.Second, types.InstanceRefreshStatusBaking)
			attach := &sdk.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: name, TargetGroupARNs: []string{web}}
			refused(w, w.client.AttachLoadBalancerTargetGroups, attach, "InstanceRefreshInProgress",
				"An Instance Refresh is already in progress and blocks the execution of this action.")
			if c.cancel {
				do(w, w.client.CancelInstanceRefresh, &sdk.CancelInstanceRefreshInput{AutoScalingGroupName: name})
				look(610*time.Second, c.end)
			}
			look(630*time.Second, c.end)
			do(w, w.client.AttachLoadBalancerTargetGroups, attach)
		})
	}
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		for _, bake := range []int32{-1, 172801} {
			refused(w, w.client.StartInstanceRefresh, &sdk.StartInstanceRefreshInput{AutoScalingGroupName: aws.String("blue"),
				Preferences: &types.RefreshPreferences{BakeTime: &bake}}, "ValidationError", "BakeTime must be between 0 and 172800")
		}
	})
}

func TestCancelInstanceRefresh(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		refuse := func() {
			t.Helper()
			refused(w, w.client.CancelInstanceRefresh, &sdk.CancelInstanceRefreshInput{AutoScalingGroupName: name}, "ActiveInstanceRefreshNotFound",
				"No in progress or pending Instance Refresh found for Auto Scaling group blue")
		}
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 1))
		refuse()
		w.until(30 * time.Second)
		w.begin()
		do(w, w.client.StartInstanceRefresh, &sdk.StartInstanceRefreshInput{AutoScalingGroupName: name})
		w.until(5 * time.Second)
		do(w, w.client.CancelInstanceRefresh, &sdk.CancelInstanceRefreshInput{AutoScalingGroupName: name})
		w.until(60 * time.Second)
		refuse()
		w.told(`
			3s i1 Terminating
			3s i3 Pending
			14s i3 InService
			34s i1 gone`)
		if r := do(w, w.client.DescribeInstanceRefreshes, &sdk.DescribeInstanceRefreshesInput{AutoScalingGroupName: name}).InstanceRefreshes[0]; r.Status != types.InstanceRefreshStatusCancelled {
			t.Errorf("status %s", r.Status)
		}
	})
}
