package scenario_test

import (
	"flag"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"bluegreen/internal/rehearsal"
	"bluegreen/internal/rehearsal/scenario"
)

// mails is where make tour has the mails that people were sent in each scenario; empty: nowhere.
var mails = flag.String("mails", "", "directory to write the mails of each scenario into")

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
		writeMails(t, script.Rehearsal(), strings.TrimSuffix(filepath.Base(path), ".txt"))
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

// writeMails writes the mails that people were sent in a scenario's last world.
func writeMails(t *testing.T, r *rehearsal.Rehearsal, name string) {
	if *mails == "" || r == nil {
		return
	}
	var all strings.Builder
	for _, mail := range r.Mailbox(r.World.Operator) {
		all.WriteString("Subject: " + mail.Subject + "\n\n" + mail.Body + "\n\n")
	}
	if err := os.WriteFile(filepath.Join(*mails, name+".txt"), []byte(all.String()), 0o644); err != nil {
		t.Error(err)
	}
}
