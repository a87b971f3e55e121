package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// journal is a file in which workers write down the jobs that they begin and that they have done.
type journal struct{ file string }

// journalEntry is one line of it.
type journalEntry struct {
	Job, Instance string
	Done          bool // else begun
}

const (
	jobBegun = "begun"
	jobDone  = "done"
)

// add writes an entry; several processes may at once.
func (j journal) add(e journalEntry) error {
	what := jobBegun
	if e.Done {
		what = jobDone
	}
	file, err := os.OpenFile(j.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	_, err = fmt.Fprintf(file, "%s %s %s\n", what, e.Job, e.Instance)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write the journal: %w", err)
	}
	return nil
}

// entries are all of them, in the order in which they were written.
func (j journal) entries() ([]journalEntry, error) {
	text, err := os.ReadFile(j.file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	var entries []journalEntry
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || (fields[0] != jobBegun && fields[0] != jobDone) {
			return nil, fmt.Errorf("read the journal: %q: want begun or done, a job and an instance", line)
		}
		entries = append(entries, journalEntry{Job: fields[1], Instance: fields[2], Done: fields[0] == jobDone})
	}
	return entries, nil
}

// jobCounts is what became of jobs.
type jobCounts struct {
	Sent     int `json:"sent"`
	Once     int `json:"done_once"`
	Again    int `json:"done_more_than_once"`
	CutShort int `json:"cut_short"` // times that a worker ended before the job that it had
	Lost     int `json:"lost"`      // not done, or not yet
	UnderWay int `json:"under_way"`
}

// done is how many jobs were done.
func (c jobCounts) done() int { return c.Once + c.Again }

// countJobs sums up a journal: of the jobs sent, and of those that others sent. A job is under way as long as the
// worker that has begun it still works.
func countJobs(sent []string, entries []journalEntry, working []string) jobCounts {
	began, done := make(map[journalEntry]int), make(map[string]int) // by job and instance; by job
	for _, id := range sent {
		done[id] = 0
	}
	for _, e := range entries {
		key := journalEntry{Job: e.Job, Instance: e.Instance}
		if e.Done {
			began[key]--
			done[e.Job]++
			continue
		}
		began[key]++
		done[e.Job] += 0 // known, whoever sent it
	}
	counts := jobCounts{Sent: len(done)}
	for _, times := range done {
		switch {
		case times == 0:
			counts.Lost++
		case times == 1:
			counts.Once++
		default:
			counts.Again++
		}
	}
	for key, open := range began {
		if open > 0 && slices.Contains(working, key.Instance) {
			counts.UnderWay++
			open--
		}
		counts.CutShort += max(open, 0)
	}
	return counts
}
