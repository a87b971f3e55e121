package search_test

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"bluegreen/internal/rehearsal/search"
)

// TestMain lets the garbage collector run less often, as it does for all rehearsals.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// TestSearch plays a few hundred drawn deployments; the nightly search plays ten thousand others.
func TestSearch(t *testing.T) {
	seeds := 200
	if testing.Short() {
		seeds = 20
	}
	summary := search.Search{From: 1, Seeds: seeds}.Run()
	for _, found := range summary.Failures {
		t.Errorf("bluegreen search --from %d --seeds 1\n%s\n%s", found.Seed, found.Played.Failure, found.Played.Text)
	}
	for _, ends := range summary.Outcomes() {
		t.Logf("%5d %s", summary.Ends[ends], ends)
	}
}

// TestSearchIsAFunctionOfItsSeed plays the same seeds twice and compares every event and every call.
func TestSearchIsAFunctionOfItsSeed(t *testing.T) {
	for seed := range uint64(20) {
		first, err := search.Draw(seed + 1).Digest()
		if err != nil {
			t.Error(err)
			continue
		}
		second, err := search.Draw(seed + 1).Digest()
		if err != nil || first != second {
			t.Errorf("seed %d: two histories (%v)", seed+1, err)
		}
	}
}

// TestShrinkKeepsOnlyWhatFails makes a case small whose failure needs one of its parts only.
func TestShrinkKeepsOnlyWhatFails(t *testing.T) {
	c := search.Draw(2)
	c.Events = append(c.Events, search.Event{At: time.Hour, Command: search.Command{
		Name: "call", Arguments: []search.Argument{{Key: "autoscaling", Value: ""}, {Key: "NoSuchOperation", Value: ""}},
	}})
	played := c.Play()
	if !strings.Contains(played.Failure, "NoSuchOperation") {
		t.Fatalf("it should fail at the call: %q", played.Failure)
	}
	small, again := search.Shrink(c, played, 100)
	if len(small.World)+len(small.Setup)+len(small.Faults) > 0 || len(small.Events) != 1 || small.Events[0].At != 0 || small.Request != (search.RequestOptions{}) {
		t.Errorf("more is left than the call that fails: %+v\n%s", small, again.Text)
	}
	if !strings.Contains(again.Failure, "NoSuchOperation") {
		t.Errorf("it fails in another way now: %s", again.Failure)
	}
}
