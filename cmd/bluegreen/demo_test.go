package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"bluegreen/internal/demo"
	"bluegreen/internal/jobs"
	"bluegreen/statemachine"
)

// The instances of a workers' fleet run this very program: here that is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == jobs.Program {
		os.Exit(run(context.Background(), terminal{out: os.Stdout, err: os.Stderr}, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// buildFunctions leaves every function in a directory, as make build does.
func buildFunctions(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range statemachine.Deployed() {
		build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-s -w", "-o", filepath.Join(dir, f.Package(), "bootstrap"), "./lambdas/"+f.Package()+"/bootstrap")
		build.Dir = filepath.Join("..", "..")
		if output, err := build.CombinedOutput(); err != nil {
			t.Fatalf("build the function of %s: %v\n%s", f.State, err, output)
		}
	}
	return dir
}

// TestWorkersAreReplaced plays the whole demonstration: functions and workers are processes, drains are shells.
func TestWorkersAreReplaced(t *testing.T) {
	out, errText, code := say("demo", "--fleet", "workers", "--speed", "40", "--json", "--functions", buildFunctions(t),
		"--input", filepath.Join("..", "..", "pipeline", "examples", "workers.json"))
	if code != 0 {
		t.Fatalf("code %d\n%s\n%s", code, errText, out)
	}
	var seen demo.Summary
	if err := json.Unmarshal([]byte(out), &seen); err != nil {
		t.Fatal(err)
	}
	if j := seen.Jobs; seen.EndState != "Succeeded" || j.Sent < 10 || j.Once != j.Sent || j.CutShort != 0 || seen.LowestServing != 4 {
		t.Errorf("%s, %+v, %d workers at least", seen.EndState, j, seen.LowestServing)
	}
}
