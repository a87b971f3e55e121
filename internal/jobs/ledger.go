package jobs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Ledger is a file in which workers write down the jobs that they begin and that they have done.
type Ledger struct{ File string }

// Entry is one line of it.
type Entry struct {
	Job, Instance string
	Done          bool // else begun
}

const (
	begun = "begun"
	done  = "done"
)

// Add writes an entry; several processes may at once.
func (l Ledger) Add(e Entry) error {
	what := begun
	if e.Done {
		what = done
	}
	file, err := os.OpenFile(l.File, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the job ledger: %w", err)
	}
	_, err = fmt.Fprintf(file, "%s %s %s\n", what, e.Job, e.Instance)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write the job ledger: %w", err)
	}
	return nil
}

// Entries are all of them, in the order in which they were written. A file that is not there has none.
func (l Ledger) Entries() ([]Entry, error) {
	text, err := os.ReadFile(l.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the job ledger: %w", err)
	}
	var entries []Entry
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) != 3 || (fields[0] != begun && fields[0] != done) {
			return nil, fmt.Errorf("read the job ledger: %q: want begun or done, a job and an instance", line)
		}
		entries = append(entries, Entry{Job: fields[1], Instance: fields[2], Done: fields[0] == done})
	}
	return entries, nil
}

// Counts is what became of jobs.
type Counts struct {
	Sent     int `json:"sent"`
	Once     int `json:"done_once"`
	Again    int `json:"done_more_than_once"`
	CutShort int `json:"cut_short"` // times that a worker ended before the job that it had
	Lost     int `json:"lost"`      // not done, or not yet
	UnderWay int `json:"under_way"`
}

// Done is how many jobs were done.
func (c Counts) Done() int { return c.Once + c.Again }

// Count sums up a ledger: of the jobs sent, and of those that others sent. A job is under way as long as the
// worker that has begun it still works.
func Count(sent []string, entries []Entry, working []string) Counts {
	open, times := make(map[Entry]int), make(map[string]int) // begun and not done, by job and instance; done, by job
	for _, id := range sent {
		times[id] = 0
	}
	for _, e := range entries {
		key := Entry{Job: e.Job, Instance: e.Instance}
		if e.Done {
			open[key]--
			times[e.Job]++
			continue
		}
		open[key]++
		times[e.Job] += 0 // known, also when others sent it
	}
	counts := Counts{Sent: len(times)}
	for _, n := range times {
		switch n {
		case 0:
			counts.Lost++
		case 1:
			counts.Once++
		default:
			counts.Again++
		}
	}
	for key, n := range open {
		if n > 0 && slices.Contains(working, key.Instance) {
			counts.UnderWay++
			n--
		}
		counts.CutShort += max(n, 0)
	}
	return counts
}
