package jobs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func begins(job, instance string) Entry { return Entry{Job: job, Instance: instance} }

func finishes(job, instance string) Entry {
	return Entry{Job: job, Instance: instance, Done: true}
}

func TestJobsAreCounted(t *testing.T) {
	for _, test := range []struct {
		name    string
		sent    string
		entries []Entry
		want    Counts
	}{
		{"nothing yet", "", nil, Counts{}},
		{"one done", "a", []Entry{begins("a", "i-1"), finishes("a", "i-1")}, Counts{Sent: 1, Once: 1}},
		{"one waits", "a", nil, Counts{Sent: 1, Lost: 1}},
		{"one is under way", "a", []Entry{begins("a", "i-1")}, Counts{Sent: 1, Lost: 1, UnderWay: 1}},
		{"its worker has ended", "a", []Entry{begins("a", "i-9")}, Counts{Sent: 1, Lost: 1, CutShort: 1}},
		{"another has done it then", "a", []Entry{begins("a", "i-9"), begins("a", "i-1"), finishes("a", "i-1")}, Counts{Sent: 1, Once: 1, CutShort: 1}},
		{"two have done it", "a", []Entry{begins("a", "i-1"), begins("a", "i-2"), finishes("a", "i-2"), finishes("a", "i-1")}, Counts{Sent: 1, Again: 1}},
		{"one has done it twice", "a b", []Entry{begins("a", "i-1"), finishes("a", "i-1"), begins("a", "i-1"), finishes("a", "i-1")}, Counts{Sent: 2, Again: 1, Lost: 1}},
		{"sent by somebody else", "a", []Entry{begins("b", "i-1"), finishes("b", "i-1"), begins("a", "i-1"), finishes("a", "i-1")}, Counts{Sent: 2, Once: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Count(strings.Fields(test.sent), test.entries, []string{"i-1", "i-2"}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestLedgerKeepsItsEntries(t *testing.T) {
	l := Ledger{filepath.Join(t.TempDir(), "jobs")}
	if entries, err := l.Entries(); err != nil || len(entries) != 0 {
		t.Errorf("a new ledger: %v, %v", entries, err)
	}
	want := []Entry{begins("a", "i-1"), begins("b", "i-2"), finishes("a", "i-1")}
	for _, e := range want {
		if err := l.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := l.Entries(); err != nil || !slices.Equal(entries, want) {
		t.Errorf("%v, %v; want %v", entries, err, want)
	}
	if err := os.WriteFile(l.File, []byte("finished a i-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Entries(); err == nil || !strings.Contains(err.Error(), `"finished a i-1\n": want begun or done`) {
		t.Errorf("a line that is none: %v", err)
	}
}
