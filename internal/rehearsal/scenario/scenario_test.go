package scenario_test

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/scenario"
)

// TestMain lets the garbage collector run less often: a rehearsal leaves little behind and allocates much, and collecting
// was a fifth of its time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// TestScenarios plays every scenario in testdata; go test -args -rewrite writes what it sees as what it expects.
// Together they need every action of every statement: what no scenario needs, no role should allow.
func TestScenarios(t *testing.T) {
	played := 0
	used := make(map[rehearsal.Use]bool)
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var script scenario.Script
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
	if all, err := filepath.Glob("testdata/*.txt"); err != nil || played < len(all) {
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
