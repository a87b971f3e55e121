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

// What an execution leaves, by the stage that it has come to.
func TestLeft(t *testing.T) {
	pinned := func(at string) []ledger.Change {
		return []ledger.Change{{Kind: ledger.KindMin, Of: "b", Was: "2", Set: []string{at}}}
	}
	for _, c := range []struct {
		stage, from ledger.Stage
		changes     []ledger.Change
		suspended   []string
		want        []string // begin the lines after the first
	}{
		{ledger.Creating, "", nil, nil, []string{"blue b serves, untouched", "green g, which takes no traffic"}},
		{ledger.Creating, "", []ledger.Change{{Kind: ledger.KindVersion, Of: ledger.Place("b", 1), Was: "$Latest", Set: []string{"7"}}}, nil,
			[]string{"blue b serves", "green g, which takes no traffic", "the launch template of override 1 of b, pinned to version 7: it named $Latest"}},
		{ledger.Switching, "", nil, nil, []string{"blue b, with green beside it", "green g, which takes traffic"}},
		{ledger.Switching, "", pinned("4"), nil, []string{"blue b, with green beside it", "green g, which takes traffic", "the minimum of both, pinned at 4: that of blue was 2"}},
		{ledger.Leaving, "", pinned("4"), nil, []string{"blue b, which was told to leave its target groups: green serves", "green g, which takes traffic", "the minimum of both, pinned at 4"}},
		{ledger.Restoring, ledger.Switching, nil, nil, []string{"blue b, with green beside it", "green g, which takes traffic"}},
		{ledger.Restoring, ledger.Leaving, pinned("1"), nil, []string{"blue b, which was told to leave its target groups: green serves", "green g, which takes traffic", "the minimum of both, pinned at 1"}},
		{ledger.Removing, ledger.Leaving, pinned("4"), nil, []string{"blue b serves", "green g, which is to go", "the minimum of both, pinned at 4"}},
		{ledger.Committed, "", nil, nil, []string{"green g serves", "blue b, which is to be scaled in to 0"}},
		{ledger.Committed, "", pinned("4"), nil, []string{"green g serves", "blue b, which is to be scaled in to 0"}},
		{ledger.Committed, "", append(pinned("4"), ledger.Change{Kind: ledger.KindMin, Of: "g", Was: "3", Set: []string{"4"}},
			ledger.Change{Kind: ledger.KindProcess, Of: ledger.Process(ledger.ScheduledActions, "g"), Was: ledger.Active, Set: []string{ledger.Suspended}}), nil,
			[]string{"green g serves", "blue b, which is to be scaled in to 0", "the minimum of green g, pinned: it is to become 3", "the process ScheduledActions of green, suspended: it is to be resumed"}},
		{ledger.Switching, "", append(pinned("4"), ledger.Change{Kind: ledger.KindProcess, Of: ledger.Process(ledger.ScheduledActions, "b"), Was: ledger.Active, Set: []string{ledger.Suspended}}), nil,
			[]string{"blue b, with green beside it", "green g, which takes traffic", "the minimum of both, pinned at 4", "the process ScheduledActions of b, suspended: it was active"}},
		{ledger.Committed, "", pinned("4"), []string{"AZRebalance", "Launch"}, []string{"green g serves", "blue b, which is to be scaled in to 0", "processes of blue that were suspended before: AZRebalance, Launch"}},
	} {
		record := held("mine", "first", c.stage)
		record.Lock.Deployment.Blue, record.Lock.Deployment.Green, record.Lock.From, record.Lock.Changes = "b", "g", c.from, c.changes
		record.Previous = &ledger.Previous{Name: "b", Suspended: c.suspended}
		left := record.Left("mine")
		want := append([]string{fmt.Sprintf("the lock of web, at stage %s: no other deployment of it can start", c.stage)}, c.want...)
		if !slices.EqualFunc(left, want, strings.HasPrefix) {
			t.Errorf("%s, %+v: left\n%s\nwant\n%s", c.stage, c.changes, strings.Join(left, "\n"), strings.Join(want, "\n"))
		}
		if left := record.Left("other"); left != nil {
			t.Errorf("%s: another execution leaves %v", c.stage, left)
		}
	}
	if left := (ledger.Record{}).Left(""); left != nil {
		t.Errorf("without a lock %v is left", left)
	}
}

// While green's image is made there is a builder, perhaps an image, and no green.
func TestLeftOfABuild(t *testing.T) {
	made := []ledger.Made{{What: ledger.MadeSource, Name: "g-builder"}}
	for name, c := range map[string]struct {
		stage ledger.Stage
		build *ledger.Building
		made  []ledger.Made
		own   string
		want  []string
	}{
		"claimed":       {ledger.Creating, nil, nil, "", nil},
		"asked for":     {ledger.Creating, &ledger.Building{Attempt: 1}, made, "", []string{"the builder of green's image, which is to end, if it was launched", "image g-7, which is to go, if it was made"}},
		"under way":     {ledger.Creating, &ledger.Building{Attempt: 1, Instance: "i-1", Image: "ami-1"}, made, "", []string{"the builder of green's image, which is to end, i-1", "image g-7, which is to go, ami-1"}},
		"ended":         {ledger.Creating, &ledger.Building{Attempt: 1, Instance: "i-1", Image: "ami-1"}, nil, "", []string{"image g-7, which is to go, ami-1"}},
		"green created": {ledger.Creating, &ledger.Building{Attempt: 1, Instance: "i-1", Image: "ami-1"}, nil, "ami-1", []string{"image g-7, which is to go, ami-1", "green g, which takes no traffic"}},
		"on its way":    {ledger.Removing, &ledger.Building{Attempt: 1, Instance: "i-1"}, made, "", []string{"the builder of green's image, which is to end, i-1", "image g-7, which is to go, if it was made"}},
	} {
		record := held("mine", "first", c.stage)
		d := &record.Lock.Deployment
		d.Blue, d.Green, d.Own, d.Build = "b", "g", &deploy.Own{ImageID: c.own}, &deploy.Making{Name: "g-7", Builder: "g-builder"}
		record.Lock.Build, record.Lock.Made = c.build, c.made
		if left := record.Left("mine")[2:]; !slices.Equal(left, c.want) {
			t.Errorf("%s: left\n%s\nwant\n%s", name, strings.Join(left, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// While an execution that has ended holds the lock, people are told who serves, and what waiting costs.
func TestServing(t *testing.T) {
	paid, late := "both fleets are paid for meanwhile", ", and scheduled actions that fall due are carried out late or not at all"
	for name, c := range map[string]struct {
		lock            *ledger.Lock
		serves, waiting string
	}{
		"no lock":                       {nil, "", ""},
		"another's lock":                {&ledger.Lock{Execution: "other", Stage: ledger.Leaving}, "", ""},
		"green is made":                 {&ledger.Lock{Execution: "e", Stage: ledger.Creating}, "blue", paid},
		"green joins":                   {&ledger.Lock{Execution: "e", Stage: ledger.Switching, Schedules: []ledger.Schedule{{}}}, "blue", paid + late},
		"blue leaves":                   {&ledger.Lock{Execution: "e", Stage: ledger.Leaving}, "green", paid},
		"back from where blue had left": {&ledger.Lock{Execution: "e", Stage: ledger.Restoring, From: ledger.Leaving}, "green", paid},
		"back from before":              {&ledger.Lock{Execution: "e", Stage: ledger.Restoring, From: ledger.Switching}, "blue", paid},
		"blue serves again, green goes": {&ledger.Lock{Execution: "e", Stage: ledger.Removing, From: ledger.Leaving}, "blue", paid},
		"past the point of no return":   {&ledger.Lock{Execution: "e", Stage: ledger.Committed}, "green", "what is left of blue is paid for meanwhile"},
	} {
		if c.lock != nil {
			c.lock.Deployment.Blue, c.lock.Deployment.Green = "blue", "green"
		}
		if serves, waiting := (ledger.Record{Lock: c.lock}).Serving("e"); serves != c.serves || waiting != c.waiting {
			t.Errorf("%s: %q, %q", name, serves, waiting)
		}
	}
}

// What keeps the fleet that stands by from acting is remembered once, as it was first, or as somebody has set it since.
func TestQuiet(t *testing.T) {
	pool := func(was string) ledger.Change {
		return ledger.Change{Kind: ledger.KindPool, Of: "b", Was: was, Set: []string{"0/0"}}
	}
	for _, c := range []struct {
		name          string
		before, found []ledger.Change
		want          string
	}{
		{"given since", nil, []ledger.Change{pool("2/-1")}, "2/-1"},
		{"known", []ledger.Change{pool("2/-1")}, []ledger.Change{pool("2/-1")}, "2/-1"},
		{"changed since", []ledger.Change{pool("2/-1")}, []ledger.Change{pool("3/7")}, "3/7"},
		{"nothing acts any more", []ledger.Change{pool("2/-1")}, nil, "2/-1"},
		{"of another fleet", nil, nil, ""},
	} {
		record := ledger.Record{Previous: &ledger.Previous{Name: "b", Quieted: c.before}}
		was := fmt.Sprint(c.before)
		record.Quiet("b", c.found)
		record.Quiet("c", []ledger.Change{pool("9/9")})
		got := ""
		for _, change := range record.Previous.Quieted {
			got += change.Was
		}
		if got != c.want || fmt.Sprint(c.before) != was {
			t.Errorf("%s: %q is remembered, want %q; %v is now %v", c.name, got, c.want, was, c.before)
		}
	}
	none := ledger.Record{}
	none.Quiet("b", []ledger.Change{pool("2/-1")})
}
