package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/faults"
)

// fences are records, and whether the holder "mine", which works on the deployment that "first" began, may write at the stages of
// creating and switching.
var fences = []struct {
	name   string
	record ledger.Record
	want   string // of the Conflict; empty: it may
}{
	{"at the first stage", held("mine", "first", ledger.Creating), ""},
	{"at the second stage", held("mine", "first", ledger.Switching), ""},
	{"no lock", ledger.Record{Lineage: lineage}, "mine does not hold the lock any more; nobody does"},
	{"another's lock", held("other", "first", ledger.Creating), "is held by other since"},
	{"another deployment", held("mine", "second", ledger.Creating), "mine has gone on from the deployment that first began to the one that second began"},
	{"a later stage", held("mine", "first", ledger.Committed), "has moved on to stage committed; a function of stage creating may not write"},
	{"the way back", held("mine", "first", ledger.Restoring), "has moved on to stage restoring"},
}

func mine(w *world) ledger.Holder {
	return w.ledger.For(deploy.Call{Execution: deploy.Execution{ID: "mine"},
		Document: deploy.Document{Deployment: &deploy.Deployment{Lineage: lineage, Execution: "first"}}})
}

// stopped reports whether an error is the Conflict that is wanted; nothing wanted is no error.
func stopped(err error, want string) bool {
	if want == "" {
		return err == nil
	}
	return nameOf(err) == fault.Conflict && strings.Contains(err.Error(), want)
}

func TestFence(t *testing.T) {
	for _, c := range fences {
		meet(t, func(w *world) {
			written := w.put(c.record)
			record, err := mine(w).Check(context.Background(), ledger.Creating, ledger.Switching)
			if !stopped(err, c.want) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
			if diff := cmp.Diff(written, record); err == nil && diff != "" {
				t.Errorf("%s: -written +read\n%s", c.name, diff)
			}
			changed := 0
			change := func(r *ledger.Record) { r.Live, changed = "green", changed+1 }
			for _, err := range []error{
				second(mine(w).Change(context.Background(), change, ledger.Creating, ledger.Switching)),
				second(mine(w).ChangeFrom(context.Background(), written, change, ledger.Creating, ledger.Switching)),
			} {
				if !stopped(err, c.want) {
					t.Errorf("%s: %v, want %q", c.name, err, c.want)
				}
			}
			if now := w.get(); c.want != "" && (changed > 0 || now.Version != written.Version) {
				t.Errorf("%s: changed %d times, the record has version %d, not %d", c.name, changed, now.Version, written.Version)
			}
		})
	}
}

// nameOf is the name of the fault that an error is; empty for any other.
func nameOf(err error) fault.Name {
	var named *fault.Error
	if errors.As(err, &named) {
		return named.Name
	}
	return ""
}

func second(_ ledger.Record, err error) error { return err }

// A holder that has nothing to change writes nothing; one that has writes on what others wrote meanwhile, as long as it holds
// the lock, and gives up when they never leave it alone.
func TestChangeBesideOthers(t *testing.T) {
	for _, c := range []struct {
		name   string
		others int                  // writes of others before ours
		their  func(*ledger.Record) // what they change
		want   fault.Name           // empty: written
		tries  int
	}{
		{"alone", 0, nil, "", 1},
		{"others write four times", 4, func(r *ledger.Record) { r.Generation++ }, "", 5},
		{"others write every time", 9, func(r *ledger.Record) { r.Generation++ }, fault.Unavailable, 5},
		{"others take the lock", 1, func(r *ledger.Record) { r.Lock.Execution = "other" }, fault.Conflict, 1},
	} {
		meet(t, func(w *world) {
			begun := w.put(held("mine", "first", ledger.Creating))
			tries := 0
			record, err := mine(w).Change(context.Background(), func(r *ledger.Record) {
				if tries++; tries <= c.others {
					theirs := w.get()
					c.their(&theirs)
					w.put(theirs)
				}
				r.Lock.Stage = ledger.Switching
			}, ledger.Creating)
			now := w.get()
			if got := fault.Name(""); err != nil {
				got = nameOf(err)
				if got != c.want || now.Lock.Stage != ledger.Creating {
					t.Errorf("%s: %v, the lock is at stage %s", c.name, err, now.Lock.Stage)
				}
			} else if c.want != "" || !cmp.Equal(now, record) || now.Lock.Stage != ledger.Switching || now.Generation != begun.Generation+c.others {
				t.Errorf("%s: returned %+v, stands %+v", c.name, record, now)
			}
			if tries != c.tries {
				t.Errorf("%s: %d tries, want %d", c.name, tries, c.tries)
			}
		})
	}
	meet(t, func(w *world) {
		begun := w.put(held("mine", "first", ledger.Creating))
		record, err := mine(w).Change(context.Background(), func(r *ledger.Record) { r.Lock.Stage = ledger.Creating }, ledger.Creating)
		if err != nil || !cmp.Equal(begun, record) || w.get().Version != begun.Version {
			t.Errorf("nothing to change: %+v, %v; the record has version %d, not %d", record, err, w.get().Version, begun.Version)
		}
	})
}

// What a change does to the record that it gets, it does to that one alone: what was read stays, to be compared with.
func TestChangeLeavesWhatWasRead(t *testing.T) {
	full := held("mine", "first", ledger.Creating)
	full.Lock.Note(ledger.KindMin, "web", "1", "4")
	full.Previous = &ledger.Previous{Name: "before"}
	full.Outcomes = []ledger.Outcome{{Execution: "zeroth"}}
	for name, change := range map[string]func(*ledger.Record){
		"lock":     func(r *ledger.Record) { r.Lock.Stage = ledger.Switching },
		"change":   func(r *ledger.Record) { r.Lock.Changes[0].Was = "2" },
		"set":      func(r *ledger.Record) { r.Lock.Changes[0].Set[0] = "5" },
		"more":     func(r *ledger.Record) { r.Lock.Note(ledger.KindMin, "web", "1", "5") },
		"previous": func(r *ledger.Record) { r.Previous.Name = "other" },
		"outcomes": func(r *ledger.Record) { r.Outcomes[0].End = deploy.EndSucceeded },
	} {
		meet(t, func(w *world) {
			begun := w.put(full)
			record, err := mine(w).ChangeFrom(context.Background(), begun, change, ledger.Creating)
			if err != nil || record.Version != begun.Version+1 || cmp.Equal(begun.Lock, record.Lock) && cmp.Equal(begun.Previous, record.Previous) && cmp.Equal(begun.Outcomes, record.Outcomes) {
				t.Errorf("%s: not written: %+v, %v", name, record, err)
			}
			if now := w.get(); !cmp.Equal(now, record) {
				t.Errorf("%s: the record is %s", name, cmp.Diff(now, record))
			}
		})
	}
}

// Without the record there is no fence, and nothing is written.
func TestFenceThatCannotBeRead(t *testing.T) {
	meet(t, func(w *world) {
		w.put(held("mine", "first", ledger.Creating))
		w.faults.Add(faults.Rule{Operation: "GetItem", Kind: faults.Deny, Times: -1})
		for _, err := range []error{
			second(mine(w).Check(context.Background(), ledger.Creating)),
			second(mine(w).Change(context.Background(), func(*ledger.Record) { t.Error("it is changed") }, ledger.Creating)),
		} {
			if err == nil || !strings.Contains(err.Error(), "reading the record of web") {
				t.Errorf("got %v", err)
			}
		}
	})
}
