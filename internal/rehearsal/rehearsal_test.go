package rehearsal_test

import (
	"testing"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/rehearsal"
)

// TestScenarios plays every scenario in testdata; go test -args -rewrite writes what it sees as what it expects.
func TestScenarios(t *testing.T) {
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
	})
}
