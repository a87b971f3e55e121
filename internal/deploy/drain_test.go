package deploy_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/deploy"
)

func TestDecideOnADrain(t *testing.T) {
	sent := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	tests := []struct {
		status    deploy.DrainStatus
		after     time.Duration
		onTimeout deploy.OnTimeout
		want      deploy.DrainAction
	}{
		{deploy.DrainUnsent, 0, deploy.TimeoutContinue, deploy.DrainSend},
		{deploy.DrainRunning, 299 * time.Second, deploy.TimeoutContinue, deploy.DrainWait},
		{deploy.DrainRunning, 360 * time.Second, deploy.TimeoutContinue, deploy.DrainContinue},
		{deploy.DrainRunning, 360 * time.Second, deploy.TimeoutAbandon, deploy.DrainAbandon},
		{deploy.DrainSucceeded, time.Second, deploy.TimeoutAbandon, deploy.DrainContinue},
		{deploy.DrainFailed, time.Second, deploy.TimeoutContinue, deploy.DrainContinue},
		{deploy.DrainFailed, time.Second, deploy.TimeoutRetain, deploy.DrainAbandon},
		{deploy.DrainNoAgent, 299 * time.Second, deploy.TimeoutContinue, deploy.DrainWait},
		{deploy.DrainNoAgent, 300 * time.Second, deploy.TimeoutContinue, deploy.DrainContinue},
	}
	for _, test := range tests {
		policy := deploy.DrainPolicy{TimeoutSeconds: 300, OnTimeout: test.onTimeout}
		if got := policy.Decide(deploy.Draining{Status: test.status, Since: sent}, sent.Add(test.after)); got != test.want {
			t.Errorf("%s after %s, %s: got %s, want %s", test.status, test.after, test.onTimeout, got, test.want)
		}
	}
}

// Of two deliveries of one script the second runs nothing and ends as the first did; another drain of the instance runs.
func TestTheScriptGuardsItself(t *testing.T) {
	dir := t.TempDir()
	script := deploy.DrainPolicy{Hook: "drain", Command: []string{"echo once >> ran", "exit 7"}}
	for delivery, key := range []string{"", "", "back-to-the-pool", "back-to-the-pool"} {
		command := exec.Command("/bin/sh", "-c", script.Script(key))
		command.Dir, command.Env = dir, []string{"TMPDIR=" + dir, "PATH=/usr/bin:/bin"}
		_ = command.Run()
		if code := command.ProcessState.ExitCode(); code != 7 {
			t.Errorf("delivery %d ended with %d", delivery+1, code)
		}
	}
	ran, err := exec.Command("cat", filepath.Join(dir, "ran")).Output()
	if err != nil || strings.Count(string(ran), "once") != 2 {
		t.Errorf("the lines ran %q times, %v", ran, err)
	}
}

// An instance that ends in the warm pool has no work; one that leaves service has, wherever it goes. Of another owner's
// hook nothing is touched.
func TestErrand(t *testing.T) {
	policy := &deploy.DrainPolicy{Hook: "drain", Command: []string{"stop"}}
	for _, test := range []struct {
		policy *deploy.DrainPolicy
		detail string
		want   deploy.Errand
		key    string
	}{
		{policy, `{"LifecycleHookName": "drain", "Origin": "WarmPool", "Destination": "EC2", "LifecycleActionToken": "t-1"}`, deploy.ErrandRelease, ""},
		{policy, `{"LifecycleHookName": "drain", "Origin": "AutoScalingGroup", "Destination": "WarmPool", "LifecycleActionToken": "t-1$(x)"}`, deploy.ErrandDrain, "t-1x"},
		{policy, `{"LifecycleHookName": "drain", "Origin": "AutoScalingGroup", "Destination": "EC2", "LifecycleActionToken": "t-1"}`, deploy.ErrandDrain, ""},
		{policy, `{"LifecycleHookName": "drain", "NewOfAWS": [1], "LifecycleActionToken": "t-1"}`, deploy.ErrandDrain, ""},
		{policy, `{"LifecycleHookName": "backup", "Origin": "WarmPool", "Destination": "EC2"}`, deploy.ErrandLeave, ""},
		{&deploy.DrainPolicy{Hook: "drain"}, `{"LifecycleHookName": "drain", "Origin": "WarmPool"}`, deploy.ErrandLeave, ""},
		{nil, `{"LifecycleHookName": "drain", "Origin": "WarmPool"}`, deploy.ErrandLeave, ""},
	} {
		decoder := json.NewDecoder(strings.NewReader(test.detail))
		decoder.DisallowUnknownFields() // as the functions read their input
		var action deploy.Lifecycle
		if err := decoder.Decode(&action); err != nil {
			t.Errorf("%s: %v", test.detail, err)
		}
		if got := test.policy.Errand(action); got != test.want || action.Key() != test.key {
			t.Errorf("%s: got %s with key %q, want %s with %q", test.detail, got, action.Key(), test.want, test.key)
		}
	}
}
