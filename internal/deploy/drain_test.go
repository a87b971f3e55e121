package deploy_test

import (
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

// Of two deliveries of one script the second runs nothing and ends as the first did.
func TestTheScriptGuardsItself(t *testing.T) {
	dir := t.TempDir()
	script := deploy.DrainPolicy{Hook: "drain", Command: []string{"echo once >> ran", "exit 7"}}.Script()
	for delivery := range 2 {
		command := exec.Command("/bin/sh", "-c", script)
		command.Dir, command.Env = dir, []string{"TMPDIR=" + dir, "PATH=/usr/bin:/bin"}
		_ = command.Run()
		if code := command.ProcessState.ExitCode(); code != 7 {
			t.Errorf("delivery %d ended with %d", delivery+1, code)
		}
	}
	ran, err := exec.Command("cat", filepath.Join(dir, "ran")).Output()
	if err != nil || strings.Count(string(ran), "once") != 1 {
		t.Errorf("the lines ran %q times, %v", ran, err)
	}
}
