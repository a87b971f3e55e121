package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func begun(job, instance string) journalEntry { return journalEntry{Job: job, Instance: instance} }

func done(job, instance string) journalEntry {
	return journalEntry{Job: job, Instance: instance, Done: true}
}

func TestJobsAreCounted(t *testing.T) {
	for _, test := range []struct {
		name    string
		sent    string
		entries []journalEntry
		want    jobCounts
	}{
		{"nothing yet", "", nil, jobCounts{}},
		{"one done", "a", []journalEntry{begun("a", "i-1"), done("a", "i-1")}, jobCounts{Sent: 1, Once: 1}},
		{"one waits", "a", nil, jobCounts{Sent: 1, Lost: 1}},
		{"one is under way", "a", []journalEntry{begun("a", "i-1")}, jobCounts{Sent: 1, Lost: 1, UnderWay: 1}},
		{"its worker has ended", "a", []journalEntry{begun("a", "i-9")}, jobCounts{Sent: 1, Lost: 1, CutShort: 1}},
		{"another has done it then", "a", []journalEntry{begun("a", "i-9"), begun("a", "i-1"), done("a", "i-1")}, jobCounts{Sent: 1, Once: 1, CutShort: 1}},
		{"two have done it", "a", []journalEntry{begun("a", "i-1"), begun("a", "i-2"), done("a", "i-2"), done("a", "i-1")}, jobCounts{Sent: 1, Again: 1}},
		{"one has done it twice", "a b", []journalEntry{begun("a", "i-1"), done("a", "i-1"), begun("a", "i-1"), done("a", "i-1")}, jobCounts{Sent: 2, Again: 1, Lost: 1}},
		{"sent by somebody else", "a", []journalEntry{begun("b", "i-1"), done("b", "i-1"), begun("a", "i-1"), done("a", "i-1")}, jobCounts{Sent: 2, Once: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := countJobs(strings.Fields(test.sent), test.entries, []string{"i-1", "i-2"}); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestJournalKeepsItsEntries(t *testing.T) {
	j := journal{filepath.Join(t.TempDir(), "jobs")}
	if entries, err := j.entries(); err != nil || len(entries) != 0 {
		t.Errorf("a new journal: %v, %v", entries, err)
	}
	want := []journalEntry{begun("a", "i-1"), begun("b", "i-2"), done("a", "i-1")}
	for _, e := range want {
		if err := j.add(e); err != nil {
			t.Fatal(err)
		}
	}
	if entries, err := j.entries(); err != nil || !slices.Equal(entries, want) {
		t.Errorf("%v, %v; want %v", entries, err, want)
	}
	if err := os.WriteFile(j.file, []byte("finished a i-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j.entries(); err == nil || !strings.Contains(err.Error(), `"finished a i-1\n": want begun or done`) {
		t.Errorf("a line that is none: %v", err)
	}
}
