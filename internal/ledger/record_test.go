package ledger_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

func TestCloseRemembersTheLatestTwenty(t *testing.T) {
	record := held("mine", "first", ledger.Committed)
	for n := range 21 {
		record.Lock = &ledger.Lock{Execution: "mine"}
		record.Close(ledger.Outcome{Execution: fmt.Sprint(n), End: deploy.EndSucceeded})
		if record.Lock != nil || len(record.Outcomes) != min(n+1, 20) || record.Outcomes[0].Execution != fmt.Sprint(n) {
			t.Errorf("after %d: lock %v, %d outcomes, the newest of %s", n+1, record.Lock, len(record.Outcomes), record.Outcomes[0].Execution)
		}
	}
	for execution, want := range map[string]bool{"0": false, "1": true, "20": true, "21": false} {
		if outcome, ended := record.Ended(execution); ended != want || ended && outcome.Execution != execution || !ended && outcome.End != "" {
			t.Errorf("%s: ended %t as %+v", execution, ended, outcome)
		}
	}
}

// A fleet that was brought back may still be described at size 0: its maximum is what the record remembers.
func TestRevived(t *testing.T) {
	previous := &ledger.Previous{Name: "green", Sizes: deploy.Sizes{Max: 7}}
	for _, c := range []struct {
		name     string
		previous *ledger.Previous
		green    deploy.Fleet
		want     int
	}{
		{"shown standing by", previous, deploy.Fleet{Name: "green"}, 7},
		{"shown as it is", previous, deploy.Fleet{Name: "green", Sizes: deploy.Sizes{Max: 1}}, 1},
		{"another fleet", previous, deploy.Fleet{Name: "other"}, 0},
		{"nothing remembered", nil, deploy.Fleet{Name: "green"}, 0},
	} {
		if got := (ledger.Record{Previous: c.previous}).Revived(c.green).Sizes.Max; got != c.want {
			t.Errorf("%s: maximum %d, want %d", c.name, got, c.want)
		}
	}
}

// What an execution leaves, by the stage that it has come to.
func TestLeft(t *testing.T) {
	pinned := &ledger.Originals{Blue: deploy.Sizes{Min: 2}, PinnedMin: 4}
	gone := &ledger.Originals{Blue: deploy.Sizes{Min: 2}, PinnedMin: 1, BlueLeft: true, Suspended: []string{"AZRebalance", "Launch"}}
	unpinned := &ledger.Originals{Blue: deploy.Sizes{Min: 2}, Suspended: []string{"Launch"}}
	for _, c := range []struct {
		stage     ledger.Stage
		originals *ledger.Originals
		want      []string // begin the lines after the first
	}{
		{ledger.Creating, nil, []string{"blue b serves, untouched", "green g, which takes no traffic"}},
		{ledger.Switching, nil, []string{"blue b, with green beside it", "green g, which takes traffic"}},
		{ledger.Switching, pinned, []string{"blue b, with green beside it", "green g, which takes traffic", "the minimum of both, pinned at 4: that of blue was 2"}},
		{ledger.Switching, unpinned, []string{"blue b, with green beside it", "green g, which takes traffic"}},
		{ledger.Restoring, gone, []string{"blue b, which was told to leave its target groups: green serves", "green g, which takes traffic", "the minimum of both, pinned at 1"}},
		{ledger.Removing, pinned, []string{"blue b serves", "green g, which is to go", "the minimum of both, pinned at 4"}},
		{ledger.Committed, nil, []string{"green g serves", "blue b, which is to be scaled in to 0"}},
		{ledger.Committed, pinned, []string{"green g serves", "blue b, which is to be scaled in to 0"}},
		{ledger.Committed, unpinned, []string{"green g serves", "blue b, which is to be scaled in to 0", "processes of blue that were suspended before: Launch"}},
		{ledger.Committed, gone, []string{"green g serves", "blue b, which is to be scaled in to 0", "processes of blue that were suspended before: AZRebalance, Launch"}},
	} {
		record := held("mine", "first", c.stage)
		record.Lock.Deployment.Blue, record.Lock.Deployment.Green, record.Lock.Originals = "b", "g", c.originals
		left := record.Left("mine")
		want := append([]string{fmt.Sprintf("the lock of web, at stage %s: no other deployment of it can start", c.stage)}, c.want...)
		if !slices.EqualFunc(left, want, strings.HasPrefix) {
			t.Errorf("%s, %+v: left\n%s\nwant\n%s", c.stage, c.originals, strings.Join(left, "\n"), strings.Join(want, "\n"))
		}
		if left := record.Left("other"); left != nil {
			t.Errorf("%s: another execution leaves %v", c.stage, left)
		}
	}
	if left := (ledger.Record{}).Left(""); left != nil {
		t.Errorf("without a lock %v is left", left)
	}
}
