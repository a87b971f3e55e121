package fleetrehearsal

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/rehearsal/sweep"
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

// Print writes the result for people.
func (r *Result) Print(out io.Writer) {
	u := r.Undisturbed
	fmt.Fprintf(out, "fleet        %s, %s\n", r.Fleet.Group, deploy.Counted(r.Fleet.Desired, "instance"))
	r.Preflight.print(out)
	fmt.Fprintf(out, "undisturbed  %s: %s\n", deploy.Counted(u.Rehearsals, "rehearsal"), counts(u.Ends))
	if u.What != "" {
		fmt.Fprintf(out, "             %s\n", u.What)
	}
	fmt.Fprintf(out, "duration     %s median, %s for 95 %%\n", length(u.MedianSeconds), length(u.P95Seconds))
	fmt.Fprintf(out, "capacity     never fewer than %s served\n", deploy.Counted(u.Lowest, "instance"))
	if d := r.Faults; d != nil {
		fmt.Fprintf(out, "faults       %s, one fault each, of %d places: %s\n", deploy.Counted(d.Rehearsals, "rehearsal"), d.Places, counts(d.Ends))
		if d.Worst != nil {
			fmt.Fprintf(out, "worst case   %s, when %s\n             left: %s\n", d.Worst.End, d.Worst.Fault, d.Worst.Left)
			if d.Worst.Recovered != "" {
				fmt.Fprintf(out, "             then \"action\": \"recover\" ends %s\n", d.Worst.Recovered)
			}
		}
	}
	for _, text := range r.broken() {
		fmt.Fprintf(out, "BROKEN       %s\n", text)
	}
	if len(r.Fleet.LeavesOut) > 0 {
		fmt.Fprintf(out, "\nThe model leaves out:\n")
		for _, text := range r.Fleet.LeavesOut {
			fmt.Fprintf(out, "- %s\n", text)
		}
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
