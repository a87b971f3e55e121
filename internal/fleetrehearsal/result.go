package fleetrehearsal

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/rehearsal/sweep"
	"bluegreen/internal/text"
)

// Result is what the rehearsals of a fleet showed.
type Result struct {
	Fleet       fleetreader.Survey `json:"fleet"`
	Preflight   Preflight          `json:"preflight"`
	Undisturbed Undisturbed        `json:"undisturbed"`
	Faults      *Disturbed         `json:"faults,omitempty"`
}

// Undisturbed are the rehearsals without a fault.
type Undisturbed struct {
	Rehearsals    int            `json:"rehearsals"`
	Ends          map[string]int `json:"ends"`
	MedianSeconds int            `json:"median_seconds"`
	P95Seconds    int            `json:"p95_seconds"`
	Lowest        int            `json:"lowest_serving"` // the fewest instances that served at once
	What          string         `json:"what,omitempty"` // why one did not succeed
	Broken        []string       `json:"promises_broken,omitempty"`
}

// Disturbed are the rehearsals with a fault.
type Disturbed struct {
	Places     int            `json:"places"` // where a fault can strike
	Rehearsals int            `json:"rehearsals"`
	Ends       map[string]int `json:"ends"`
	Worst      *Worst         `json:"worst,omitempty"`
	Broken     []string       `json:"promises_broken,omitempty"`
}

// Worst is the rehearsal that ended worst.
type Worst struct {
	Fault     string `json:"fault"`
	End       string `json:"end"`
	Left      string `json:"left"`                // what a person would find
	Recovered string `json:"recovered,omitempty"` // how action recover ended then
}

func (r *Result) sumUp(all []undisturbed) {
	t := Undisturbed{Rehearsals: len(all), Ends: make(map[string]int), Lowest: all[0].lowest}
	var took []time.Duration
	for _, one := range all {
		t.Ends[one.end]++
		t.Lowest = min(t.Lowest, one.lowest)
		took = append(took, one.took)
		if one.end != deploy.EndSucceeded && t.What == "" {
			t.What = one.what
		}
		for _, broken := range one.broken {
			if !slices.Contains(t.Broken, broken) {
				t.Broken = append(t.Broken, broken)
			}
		}
	}
	slices.Sort(took)
	t.MedianSeconds = int(took[len(took)/2].Seconds())
	t.P95Seconds = int(took[min(len(took)*95/100, len(took)-1)].Seconds())
	r.Undisturbed = t
}

// aborted is the end of an execution that a person stopped: no fault's doing.
const aborted = string(types.ExecutionStatusAborted)

// severity orders how executions end, the worst last.
var severity = []string{deploy.EndSucceeded, aborted, deploy.EndRejected, deploy.EndRolledBack, deploy.EndStranded}

func (r *Result) sumUpFaults(points, sample []sweep.Point, outcomes []sweep.Outcome) {
	d := &Disturbed{Places: len(points), Rehearsals: len(sample), Ends: make(map[string]int)}
	worstRank := -1
	for i, outcome := range outcomes {
		end := outcome.FirstEnd
		if end == aborted {
			end = "stopped by a person"
		}
		if outcome.Recovered != "" {
			end += ", then recovered"
		}
		d.Ends[end]++
		for _, problem := range outcome.Problems {
			d.Broken = append(d.Broken, fmt.Sprintf("%s: %s", sample[i], problem))
		}
		rank := slices.Index(severity, outcome.FirstEnd)
		if rank < 0 {
			rank = len(severity) // an end that is none of ours
		}
		if rank > worstRank && rank > 0 {
			worstRank = rank
			d.Worst = &Worst{Fault: sample[i].String(), End: outcome.FirstEnd, Left: left(outcome), Recovered: outcome.Recovered}
		}
	}
	r.Faults = d
}

// left is what a person finds after an end.
func left(outcome sweep.Outcome) string {
	switch outcome.FirstEnd {
	case deploy.EndRolledBack:
		return "nothing: blue serves as before (" + outcome.FirstWhat + ")"
	case deploy.EndRejected:
		return "nothing: nothing was written (" + outcome.FirstWhat + ")"
	case deploy.EndStranded:
		return outcome.FirstWhat
	}
	return "whatever the deployment had done until it was stopped"
}

// Good reports whether the deployment may be started: it passes the preflight, succeeds undisturbed, and no promise broke.
func (r *Result) Good() bool {
	u := r.Undisturbed
	return r.Preflight.Passes && u.Ends[deploy.EndSucceeded] == u.Rehearsals && len(r.broken()) == 0
}

func (r *Result) broken() []string {
	broken := slices.Clone(r.Undisturbed.Broken)
	if r.Faults != nil {
		broken = append(broken, r.Faults.Broken...)
	}
	return broken
}

// Verdict is what the rehearsals come to, in a sentence.
func (r *Result) Verdict() string {
	u := r.Undisturbed
	all := u.Rehearsals
	if r.Faults != nil {
		all += r.Faults.Rehearsals
	}
	switch broken := len(r.broken()); {
	case !r.Preflight.Passes:
		return fmt.Sprintf("NOT GOOD: it would be Rejected as things stand (%s)", r.Preflight.Error)
	case broken > 0:
		return fmt.Sprintf("NOT GOOD: a promise broke: %s in %s", deploy.Counted(broken, "time"), deploy.Counted(all, "rehearsal"))
	case u.Ends[deploy.EndSucceeded] < u.Rehearsals:
		return fmt.Sprintf("NOT GOOD: %d of %s without a fault did not succeed: %s", u.Rehearsals-u.Ends[deploy.EndSucceeded], deploy.Counted(u.Rehearsals, "rehearsal"), counts(u.Ends))
	}
	return fmt.Sprintf("GOOD: %s would be deployed in about %s, and every promise was kept in %s", r.Fleet.Group, length(u.MedianSeconds), deploy.Counted(all, "rehearsal"))
}

// Print writes the result for people: the verdict first, then what it rests on.
func (r *Result) Print(out io.Writer) {
	u := r.Undisturbed
	for _, line := range text.Wrap("", "  ", r.Verdict()) {
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	wrap(out, "fleet", fmt.Sprintf("%s, %s", r.Fleet.Group, deploy.Counted(r.Fleet.Desired, "instance")))
	r.Preflight.print(out)
	wrap(out, "duration", fmt.Sprintf("%s median, %s for 95 %%", length(u.MedianSeconds), length(u.P95Seconds)))
	wrap(out, "capacity", fmt.Sprintf("never fewer than %s served", deploy.Counted(u.Lowest, "instance")))
	if u.What != "" {
		wrap(out, "undisturbed", u.What)
	}
	if d := r.Faults; d != nil && d.Worst != nil {
		wrap(out, "worst case", fmt.Sprintf("%s, when %s", d.Worst.End, d.Worst.Fault))
		wrap(out, "", "left: "+d.Worst.Left)
		if d.Worst.Recovered != "" {
			wrap(out, "", "then \"action\": \"recover\" ends "+d.Worst.Recovered)
		}
	}
	for _, broken := range r.broken() {
		wrap(out, "BROKEN", broken)
	}
	r.printEnds(out)
	if len(r.Fleet.LeavesOut) > 0 {
		fmt.Fprintf(out, "\nThe model leaves out:\n")
		for _, what := range r.Fleet.LeavesOut {
			for _, line := range text.Wrap("- ", "  ", what) {
				fmt.Fprintln(out, line)
			}
		}
	}
}

// printEnds writes how often each end was come to.
func (r *Result) printEnds(out io.Writer) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nRehearsals\tHow many\tEnds")
	fmt.Fprintf(t, "undisturbed\t%d\t%s\n", r.Undisturbed.Rehearsals, counts(r.Undisturbed.Ends))
	if d := r.Faults; d != nil {
		first := fmt.Sprintf("with one fault\t%d\t", d.Rehearsals)
		for _, end := range slices.Sorted(maps.Keys(d.Ends)) {
			fmt.Fprintf(t, "%s%d %s\n", first, d.Ends[end], end)
			first = "\t\t"
		}
	}
	t.Flush()
	if d := r.Faults; d != nil {
		fmt.Fprintf(out, "A fault can strike at %s; those rehearsed are spread evenly over them.\n", deploy.Counted(d.Places, "place"))
	}
}

// wrap writes a text in lines of a terminal's width, the first behind a label; a text of no label below one before stands in its column.
func wrap(out io.Writer, label, s string) {
	const column = 13
	for _, line := range text.Wrap(fmt.Sprintf("%-*s", column, label), strings.Repeat(" ", column), s) {
		fmt.Fprintln(out, line)
	}
}

func counts(ends map[string]int) string {
	var parts []string
	for _, end := range slices.Sorted(maps.Keys(ends)) {
		parts = append(parts, fmt.Sprintf("%d %s", ends[end], end))
	}
	return strings.Join(parts, ", ")
}

func length(seconds int) string { return (time.Duration(seconds) * time.Second).String() }
