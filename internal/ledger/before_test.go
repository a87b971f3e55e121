package ledger_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/ledger"
)

// A record of the form before is read as one of now: what was pinned is a change, and that blue had left is the stage, or the one
// that the way back came from.
func TestRecordsOfTheFormBefore(t *testing.T) {
	pinned := map[string]any{"blue": map[string]any{"min": 2, "max": 8, "desired": 4}, "pinned_min": 4}
	gone := map[string]any{"blue": map[string]any{"min": 2, "max": 8, "desired": 4}, "pinned_min": 4, "blue_left": true}
	unpinned := map[string]any{"blue": map[string]any{"min": 2, "max": 8, "desired": 4}, "suspended": []string{"Launch"}}
	change := []ledger.Change{{Kind: ledger.KindMin, Of: "web", Was: "2", Set: []string{"4"}}}
	for _, c := range []struct {
		stage     ledger.Stage
		originals map[string]any
		want      ledger.Lock
	}{
		{ledger.Creating, nil, ledger.Lock{Stage: ledger.Creating}},
		{ledger.Switching, pinned, ledger.Lock{Stage: ledger.Switching, Changes: change}},
		{ledger.Switching, gone, ledger.Lock{Stage: ledger.Leaving, Changes: change}},
		{ledger.Restoring, nil, ledger.Lock{Stage: ledger.Restoring, From: ledger.Creating}},
		{ledger.Restoring, pinned, ledger.Lock{Stage: ledger.Restoring, From: ledger.Switching, Changes: change}},
		{ledger.Restoring, gone, ledger.Lock{Stage: ledger.Restoring, From: ledger.Leaving, Changes: change}},
		{ledger.Removing, gone, ledger.Lock{Stage: ledger.Removing, Changes: change}},
		{ledger.Committed, gone, ledger.Lock{Stage: ledger.Committed, Changes: change}},
		{ledger.Committed, unpinned, ledger.Lock{Stage: ledger.Committed}},
	} {
		lock := map[string]any{"stage": string(c.stage), "deployment": map[string]any{"blue": "web"}}
		if c.originals != nil {
			lock["originals"] = c.originals
		}
		item, err := attributevalue.MarshalMap(map[string]any{"lineage": "web", "lock": lock})
		if err != nil {
			t.Fatal(err)
		}
		record, err := ledger.Decode(item)
		if err != nil {
			t.Fatal(err)
		}
		c.want.Deployment.Blue = "web"
		if diff := cmp.Diff(&c.want, record.Lock); diff != "" {
			t.Errorf("%s, %v: -want +got\n%s", c.stage, c.originals, diff)
		}
	}
}

// The way back puts back what was there, and leaves what others have set.
func TestChange(t *testing.T) {
	for _, c := range []struct {
		described            string
		restores, ours, kept bool
	}{{"2", true, false, false}, {"4", true, true, false}, {"5", true, true, false}, {"3", false, false, true}} {
		lock := &ledger.Lock{}
		lock.Note(ledger.KindMin, "web", "2", "4")
		lock.Note(ledger.KindMin, "other", "1", "9")
		lock.Note(ledger.KindMin, "web", "4", "5") // what is described by then may be ours
		change := lock.Change(ledger.KindMin, "web")
		if change.Was != "2" || len(lock.Changes) != 2 {
			t.Fatalf("remembered %+v", lock.Changes)
		}
		if got := change.Restores(c.described); got != c.restores {
			t.Errorf("described as %s: restores %t", c.described, got)
		}
		if got := change.Ours(c.described); got != c.ours {
			t.Errorf("described as %s: ours %t", c.described, got)
		}
		if got := change.Theirs(c.described); got != c.kept || c.kept != (change.Was == c.described && c.described != "2") {
			t.Errorf("described as %s: theirs %t, was %s", c.described, got, change.Was)
		}
	}
	if (*ledger.Lock)(nil).Change(ledger.KindMin, "web") != nil {
		t.Error("without a lock something is remembered")
	}
}
