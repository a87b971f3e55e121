package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"bluegreen/internal/demo"
	"bluegreen/internal/jobs"
	"bluegreen/internal/local"
)

// The instances of a workers' fleet, and the functions of a local AWS, run this very program: here that is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && slices.Contains([]string{jobs.Program, local.Program}, os.Args[1]) {
		os.Exit(run(context.Background(), terminal{out: os.Stdout, err: os.Stderr}, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// TestWorkersAreReplaced plays the whole demonstration: functions and workers are processes, drains are shells.
func TestWorkersAreReplaced(t *testing.T) {
	t.Chdir(t.TempDir()) // it needs nothing of the folder that it runs in
	out, errText, code := say("demo", "--fleet", "workers", "--speed", "40", "--json")
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
