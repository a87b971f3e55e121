package deploy_test

import (
	"encoding/json"
	"os"
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

// script runs a drain's script whose guard is in state, and returns its exit code and what it wrote to stderr.
func script(t *testing.T, policy deploy.DrainPolicy, state, key string) (int, string) {
	t.Helper()
	var stderr strings.Builder
	command := exec.Command("/bin/sh", "-c", policy.Script(key))
	command.Dir, command.Env, command.Stderr = filepath.Dir(state), []string{"PATH=/usr/bin:/bin", "BLUEGREEN_STATE=" + state}, &stderr
	_ = command.Run()
	return command.ProcessState.ExitCode(), stderr.String()
}

// Of two deliveries of one script the second runs nothing and ends as the first did; another drain of the instance runs.
func TestTheScriptGuardsItself(t *testing.T) {
	dir := t.TempDir()
	policy := deploy.DrainPolicy{Hook: "drain", Command: []string{"umask >> mask", "echo once >> ran", "exit 7"}}
	for delivery, key := range []string{"", "", "back-to-the-pool", "back-to-the-pool"} {
		if code, stderr := script(t, policy, filepath.Join(dir, "state"), key); code != 7 {
			t.Errorf("delivery %d ended with %d: %s", delivery+1, code, stderr)
		}
	}
	ran, err := os.ReadFile(filepath.Join(dir, "ran"))
	if err != nil || strings.Count(string(ran), "once") != 2 {
		t.Errorf("the lines ran %q times, %v", ran, err)
	}
	if mask, _ := os.ReadFile(filepath.Join(dir, "mask")); strings.Contains(string(mask), "077") && !strings.Contains(umask(t), "077") {
		t.Errorf("the lines ran with the guard's umask %q", mask)
	}
	if info, err := os.Stat(filepath.Join(dir, "state")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the guard's place has mode %v, %v", info.Mode(), err)
	}
}

func umask(t *testing.T) string {
	t.Helper()
	mask, err := exec.Command("/bin/sh", "-c", "umask").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(mask)
}

// Nobody else on the instance can make the guard's place beforehand, so that the lines never run and the drain "succeeds".
func TestTheScriptsGuardCannotBeForged(t *testing.T) {
	policy := deploy.DrainPolicy{Hook: "drain", Command: []string{"echo once >> ran"}}
	if !strings.Contains(policy.Script(""), ":-/run/bluegreen}") {
		t.Errorf("the guard is not where only root may write:\n%s", policy.Script(""))
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	states := []string{link, "/"} // as an ordinary user, the root directory is somebody else's
	if os.Getuid() == 0 {
		states[1] = filepath.Join(t.TempDir(), "forged")
		if err := os.Mkdir(states[1], 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(states[1], 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	for _, state := range states {
		if code, stderr := script(t, policy, state, ""); code != 1 || !strings.Contains(stderr, "nothing was run") {
			t.Errorf("%s: exit %d, %q: want a failure that says so", state, code, stderr)
		}
	}
}

// An image of an instance that has drained holds the guard of its last boot, which stops no drain of another one.
func TestTheScriptsGuardStaysWithItsBoot(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	forged := filepath.Join(state, "drain-b0000000-0000-4000-8000-000000000000")
	if err := os.MkdirAll(forged, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(forged, "code"), []byte("0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	policy := deploy.DrainPolicy{Hook: "drain", Command: []string{"exit 7"}}
	if code, stderr := script(t, policy, state, ""); code != 7 {
		t.Errorf("the lines were not run: exit %d, %s", code, stderr)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return // no Linux: instances are
	}
	if _, err := os.Stat(filepath.Join(state, "drain-"+strings.TrimSpace(string(boot)), "code")); err != nil {
		t.Errorf("the guard does not name its boot: %v", err)
	}
}

// Only the hook that the lineage's drain names is completed, and only where there is a drain.
func TestCompletes(t *testing.T) {
	policy := &deploy.DrainPolicy{Hook: "drain", Command: []string{"stop"}}
	for _, test := range []struct {
		policy *deploy.DrainPolicy
		hook   string
		want   bool
	}{
		{policy, "drain", true},
		{policy, "backup", false},
		{&deploy.DrainPolicy{Hook: "drain"}, "drain", false},
		{nil, "drain", false},
	} {
		if got := test.policy.Completes(test.hook); got != test.want {
			t.Errorf("%+v, %s: got %t", test.policy, test.hook, got)
		}
	}
}

// Each way back to the warm pool is a drain of its own; the end is one, whatever an event says of it.
func TestDrainKey(t *testing.T) {
	decoder := json.NewDecoder(strings.NewReader(`{"LifecycleHookName": "drain", "NewOfAWS": [1], "Origin": "WarmPool", "LifecycleActionToken": "t-1$(x)"}`))
	decoder.DisallowUnknownFields() // as the functions read their input
	var action deploy.Lifecycle
	if err := decoder.Decode(&action); err != nil {
		t.Fatal(err)
	}
	if got := action.DrainKey(true); got != "t-1x" {
		t.Errorf("to the pool: got %q", got)
	}
	if got := action.DrainKey(false); got != "" {
		t.Errorf("to its end: got %q", got)
	}
}
