package capacity_test

import (
	"fmt"
	"testing"
	"time"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// sized is a fleet with these sizes.
func sized(name string, least, desired, most int) deploy.Fleet {
	return deploy.Fleet{Name: name, Sizes: deploy.Sizes{Min: least, Desired: desired, Max: most}}
}

// said is an update as a table has it: min/desired/max, - for what stays.
func said(u capacity.Update) string {
	size := func(n *int) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	return size(u.Min) + "/" + size(u.Desired) + "/" + size(u.Max)
}

// pinned is a lock whose blue had a minimum before it was pinned.
func pinned(was, pin string) *ledger.Lock {
	lock := &ledger.Lock{Deployment: deploy.Deployment{Blue: "blue", Green: "green"}}
	if pin != "" {
		lock.Note(ledger.KindMin, "blue", was, pin)
	}
	return lock
}

func TestFollow(t *testing.T) {
	for _, c := range []struct {
		blue, green, room int
		want              string
	}{{4, 4, 8, "-/-/-"}, {3, 4, 8, "-/-/-"}, {5, 4, 8, "-/5/8"}} {
		if got := said(capacity.Follow(sized("blue", 1, c.blue, 8), sized("green", 1, c.green, 8), c.room)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestRoom(t *testing.T) {
	record := ledger.Record{Previous: &ledger.Previous{Name: "green", Sizes: deploy.Sizes{Max: 7}}}
	for _, c := range []struct {
		name                 string
		revives              bool
		record               ledger.Record
		green, blue, want, n int
	}{
		{"blue's", false, ledger.Record{}, 4, 8, 5, 8},
		{"its own, which is larger", false, ledger.Record{}, 9, 8, 5, 9},
		{"brought back: its own", true, record, 6, 8, 5, 6},
		{"brought back: raised", true, record, 4, 8, 5, 5},
		{"brought back, shown standing by", true, record, 0, 8, 5, 7},
		{"brought back, not remembered", true, ledger.Record{}, 0, 8, 5, 5},
	} {
		got := capacity.Room(deploy.Deployment{Revives: c.revives}, c.record, sized("green", 0, 0, c.green), sized("blue", 1, 4, c.blue), c.want)
		if got != c.n {
			t.Errorf("%s: %d, want %d", c.name, got, c.n)
		}
	}
}

func TestRevive(t *testing.T) {
	for _, c := range []struct {
		previous deploy.Sizes
		blue     int
		want     string
	}{
		{deploy.Sizes{Min: 2, Desired: 3, Max: 8}, 4, "2/4/8"},
		{deploy.Sizes{Min: 5, Desired: 5, Max: 8}, 4, "5/5/8"},
		{deploy.Sizes{Min: 1, Desired: 1, Max: 3}, 4, "1/4/4"},
	} {
		if got := said(capacity.Revive(ledger.Previous{Sizes: c.previous}, sized("blue", 1, c.blue, 9))); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

func TestPin(t *testing.T) {
	for _, c := range []struct {
		name              string
		fleet             deploy.Fleet
		least, want, most int
		result            string
	}{
		{"pinned already", sized("f", 4, 4, 8), 4, 4, 8, "-/-/-"},
		{"its minimum is raised", sized("f", 2, 4, 8), 4, 0, 8, "4/-/-"},
		{"what is higher stays", sized("f", 5, 6, 8), 4, 4, 8, "-/-/-"},
		{"it grows", sized("f", 4, 4, 8), 4, 6, 8, "-/6/-"},
		{"it gets room", sized("f", 4, 4, 4), 4, 6, 8, "-/6/8"},
		{"a maximum below the pin is somebody's", sized("f", 1, 2, 2), 4, 0, 2, "-/-/-"},
		{"and is not passed", sized("f", 1, 1, 2), 4, 4, 2, "-/2/-"},
	} {
		if got := said(capacity.Pin(c.fleet, c.least, c.want, c.most)); got != c.result {
			t.Errorf("%s: %s, want %s", c.name, got, c.result)
		}
	}
}

// What somebody sets while it is pinned is what people want; what we have written, or what it was, nobody has set.
func TestMinimumIsKeptAndPutBack(t *testing.T) {
	for _, c := range []struct {
		name, pin string
		shown     int
		kept      bool   // Keep changes the record
		unpin     string // of what the record says before Keep
		theirs    bool
		again     bool
	}{
		{"as pinned", "4", 4, false, "2/-/-", false, true},
		{"as it was: a description lags, or a call comes late", "4", 2, false, "2/-/-", false, false},
		{"lowered by somebody", "4", 1, true, "-/-/-", true, false},
		{"raised by somebody", "4", 5, true, "-/-/-", true, false},
		{"never pinned", "", 3, false, "-/-/-", false, false},
		{"pinned at what it was", "2", 2, false, "2/-/-", false, false},
	} {
		lock, blue := pinned("2", c.pin), sized("blue", c.shown, 6, 8)
		u, theirs := capacity.Unpin(lock, blue)
		if said(u) != c.unpin || theirs != c.theirs {
			t.Errorf("%s: unpinned %s, theirs %t", c.name, said(u), theirs)
		}
		if again := capacity.Again(lock, blue, time.Time{}); (again != "") != c.again {
			t.Errorf("%s: pinned again %q", c.name, again)
		}
		if kept := capacity.Keep(lock, blue); kept != c.kept {
			t.Errorf("%s: kept %t", c.name, kept)
		}
		if u, _ := capacity.Unpin(lock, blue); c.kept && said(u) != fmt.Sprintf("%d/-/-", c.shown) {
			t.Errorf("%s: after it was kept, unpinned %s", c.name, said(u))
		}
	}
}

func TestNoteRemembersTheFirst(t *testing.T) {
	lock := pinned("", "")
	capacity.Note(lock, sized("blue", 2, 4, 8))
	capacity.Note(lock, sized("blue", 4, 6, 8))
	if c := lock.Change(ledger.KindMin, "blue"); c == nil || c.Was != "2" || fmt.Sprint(c.Set) != "[4]" || len(lock.Changes) != 1 || capacity.Pinned(lock) != 4 {
		t.Errorf("remembered %+v", lock.Changes)
	}
	if got := capacity.Pinned(nil) + capacity.Pinned(pinned("", "")); got != 0 {
		t.Errorf("nothing is pinned at %d", got)
	}
}

// At the commit green gets what people want of blue, and blue's own minimum back with it.
func TestCommit(t *testing.T) {
	gone := deploy.Fleet{}
	leaving := sized("blue", 4, 4, 8)
	leaving.Deleting = true
	for _, c := range []struct {
		name        string
		pin         string
		blue, green deploy.Fleet
		wanted      string // min/desired/max
		resize      string // at once
		unpin       string // later
	}{
		{"as pinned", "4", sized("blue", 4, 4, 8), sized("green", 4, 4, 8), "2/4/8", "-/-/-", "2/-/-"},
		{"somebody has set another minimum", "4", sized("blue", 3, 4, 8), sized("green", 4, 4, 8), "3/4/8", "-/-/-", "3/-/-"},
		{"somebody has set another maximum", "4", sized("blue", 4, 4, 9), sized("green", 4, 4, 8), "2/4/9", "-/-/9", "2/-/-"},
		{"blue has grown", "4", sized("blue", 4, 6, 8), sized("green", 4, 4, 8), "2/6/8", "-/6/-", "2/-/-"},
		{"green has grown", "4", sized("blue", 4, 4, 8), sized("green", 4, 6, 8), "2/4/8", "-/-/-", "2/-/-"},
		{"not pinned", "", sized("blue", 2, 4, 8), sized("green", 2, 4, 8), "2/4/8", "-/-/-", "-/-/-"},
		{"not pinned, somebody has set another minimum", "", sized("blue", 3, 4, 8), sized("green", 2, 4, 8), "3/4/8", "3/-/-", "-/-/-"},
		{"somebody has set a maximum below the pin", "4", sized("blue", 2, 3, 3), sized("green", 4, 4, 8), "2/3/3", "-/-/4", "2/-/3"},
		{"emptied by hand", "4", sized("blue", 0, 0, 0), sized("green", 4, 4, 8), "2/4/8", "-/-/-", "2/-/-"},
		{"deleted by hand", "4", gone, sized("green", 4, 4, 8), "2/4/8", "-/-/-", "2/-/-"},
		{"being deleted by hand", "4", leaving, sized("green", 4, 4, 8), "2/4/8", "-/-/-", "2/-/-"},
		{"emptied by hand, never pinned", "", sized("blue", 0, 0, 0), sized("green", 2, 4, 8), "2/4/8", "-/-/-", "-/-/-"},
	} {
		record := ledger.Record{Lock: pinned("2", c.pin)}
		want := capacity.Wanted(record.Lock, c.blue, c.green)
		if got := fmt.Sprintf("%d/%d/%d", want.Min, want.Desired, want.Max); got != c.wanted {
			t.Errorf("%s: wanted %s", c.name, got)
		}
		live := capacity.Live(record, c.blue, c.green, want)
		if got := said(capacity.Hand(record.Lock, c.green, live)); got != c.resize {
			t.Errorf("%s: resized %s, want %s", c.name, got, c.resize)
		}
		u, _ := capacity.Unpin(record.Lock, c.green)
		if got := said(u); got != c.unpin {
			t.Errorf("%s: unpinned %s, want %s", c.name, got, c.unpin)
		}
	}
}

// A fleet that a rollback brings back keeps its own sizes, and gets its own minimum back where it is pinned.
func TestCommitOfARollback(t *testing.T) {
	record := ledger.Record{Lock: pinned("2", "4"), Previous: &ledger.Previous{Name: "green", Sizes: deploy.Sizes{Min: 1, Max: 5}}}
	record.Lock.Deployment.Revives, record.Lock.Deployment.Green = true, "green"
	capacity.Own(&record)
	for shown, want := range map[int]int{4: 1, 3: 3} {
		live := capacity.Live(record, sized("blue", 4, 4, 8), sized("green", shown, 4, 5), deploy.Sizes{Min: 2, Desired: 4, Max: 8})
		if live != (deploy.Sizes{Min: want, Desired: 4, Max: 5}) {
			t.Errorf("shown with the minimum %d: %+v", shown, live)
		}
	}
}

// What is set on blue between the commit and its scale-in is meant for what is live.
func TestLate(t *testing.T) {
	for _, c := range []struct {
		name        string
		revives     bool
		blue, green deploy.Fleet
		want, more  string
	}{
		{"nothing", false, sized("blue", 4, 4, 8), sized("green", 2, 4, 8), "2/4/8", "-/-/-"},
		{"a minimum", false, sized("blue", 3, 4, 8), sized("green", 2, 4, 8), "3/4/8", "3/-/-"},
		{"a minimum, and another on green", false, sized("blue", 3, 4, 8), sized("green", 1, 4, 8), "3/4/8", "-/-/-"},
		{"a maximum", false, sized("blue", 4, 4, 9), sized("green", 2, 4, 8), "2/4/9", "-/-/9"},
		{"a maximum, of a rollback", true, sized("blue", 4, 4, 9), sized("green", 2, 4, 5), "2/4/9", "-/-/-"},
		{"scaled in already", false, sized("blue", 0, 0, 0), sized("green", 2, 4, 8), "2/4/8", "-/-/-"},
		{"green is gone", false, sized("blue", 3, 4, 8), deploy.Fleet{}, "3/4/8", "-/-/-"},
	} {
		record := ledger.Record{Lock: pinned("2", "4"), Previous: &ledger.Previous{Name: "blue", Sizes: deploy.Sizes{Min: 2, Desired: 4, Max: 8}}}
		record.Lock.Deployment.Revives = c.revives
		want, u := capacity.Late(record, c.blue, c.green)
		if got := fmt.Sprintf("%d/%d/%d", want.Min, want.Desired, want.Max); got != c.want || said(u) != c.more {
			t.Errorf("%s: wanted %s, green gets %s", c.name, got, said(u))
		}
	}
}

func TestUpdateAsACall(t *testing.T) {
	input := capacity.Empty().Of("web")
	if *input.AutoScalingGroupName != "web" || *input.MinSize != 0 || *input.MaxSize != 0 || *input.DesiredCapacity != 0 {
		t.Errorf("got %+v", input)
	}
	if input := (capacity.Update{}).Of("web"); input.MinSize != nil || input.MaxSize != nil || input.DesiredCapacity != nil || !(capacity.Update{}).Nothing() {
		t.Errorf("got %+v", input)
	}
}
