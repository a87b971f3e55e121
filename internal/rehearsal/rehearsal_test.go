package rehearsal_test

import (
	"path/filepath"
	"testing"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/actions"
	"bluegreen/internal/rehearsal"
)

// TestScenarios plays every scenario in testdata; go test -args -rewrite writes what it sees as what it expects.
// Together they use every action that a function's list has: what no scenario needs, no role should allow.
func TestScenarios(t *testing.T) {
	played := 0
	used := make(map[string]bool)
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		var script rehearsal.Script
		defer script.Close()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			answer, err := script.Play(d)
			if err != nil {
				d.Fatalf(t, "%v", err)
			}
			return answer
		})
		for _, action := range script.Used() {
			used[action] = true
		}
		played++
	})
	if all, err := filepath.Glob("testdata/*.txt"); err != nil || played < len(all) {
		return // -run has chosen some
	}
	for _, state := range actions.States() {
		for _, operation := range actions.Of(state) {
			if action := state + " " + operation.String(); !used[action] {
				t.Errorf("no scenario uses %s: write one, or take it out of the function's interface", action)
			}
		}
	}
}
