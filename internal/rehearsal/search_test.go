package rehearsal_test

import (
	"testing"

	"bluegreen/internal/rehearsal"
)

// TestSearch plays a few hundred drawn deployments; the nightly search plays ten thousand others.
func TestSearch(t *testing.T) {
	seeds := 200
	if testing.Short() {
		seeds = 20
	}
	summary := rehearsal.Search{From: 1, Seeds: seeds}.Run()
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
		first, err := rehearsal.Draw(seed + 1).Digest()
		if err != nil {
			t.Error(err)
			continue
		}
		second, err := rehearsal.Draw(seed + 1).Digest()
		if err != nil || first != second {
			t.Errorf("seed %d: two histories (%v)", seed+1, err)
		}
	}
}
