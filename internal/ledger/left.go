package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"bluegreen/internal/deploy"
)

// between says how both fleets stand while traffic moves.
func between(lock *Lock) []string {
	d := lock.Deployment
	beside, left := "with green beside it in its %ss", "which was told to leave its %ss: green serves"
	green := "green %s, which takes traffic"
	if d.Strategy.MovesRecords() {
		beside, left = "behind its %ss, with green behind others of its own", "behind its %ss, whose records go to green's: both serve"
		if !lock.BlueLeft() {
			green = "green %s, which takes no traffic"
		}
	}
	if lock.BlueLeft() {
		beside = left
	}
	return []string{fmt.Sprintf("blue %s, "+beside, d.Blue, deploy.Noun(d.Attached())), fmt.Sprintf(green, d.Green)}
}

// started is what was begun of green, whose group a text names: what its image is made with too, and no group where that is not made yet.
func (l *Lock) started(group string) []string {
	var lines []string
	d := l.Deployment
	if b := l.Build; b != nil && d.Build != nil {
		if slices.Contains(l.Made, Made{What: MadeSource, Name: d.Build.Builder}) {
			lines = append(lines, "the builder of green's image, which is to end, "+cmp.Or(b.Instance, "if it was launched"))
		}
		lines = append(lines, fmt.Sprintf("image %s, which is to go, %s", d.Build.Name, cmp.Or(b.Image, "if it was made")))
	}
	if d.Unbuilt() {
		return lines
	}
	return append(lines, fmt.Sprintf(group, d.Green))
}

// Left says what an execution that holds the lock leaves as it is when it goes no further, from what the record says was
// done or was about to be; nothing if it holds no lock.
func (r Record) Left(execution string) []string {
	lock := r.Lock
	if lock == nil || lock.Execution != execution {
		return nil
	}
	d := lock.Deployment
	lines := []string{fmt.Sprintf("the lock of %s, at stage %s: no other deployment of it can start", r.Lineage, lock.Stage)}
	if d.Strategy.Stays() {
		return append(lines, lock.within()...)
	}
	switch lock.Stage {
	case Creating:
		serves := "serves, untouched"
		if len(lock.Changes) > 0 {
			serves = "serves"
		}
		lines = append(append(lines, fmt.Sprintf("blue %s %s", d.Blue, serves)), lock.started("green %s, which takes no traffic")...)
	case Switching, Leaving, Restoring:
		lines = append(lines, between(lock)...)
	case Removing:
		lines = append(append(lines, fmt.Sprintf("blue %s serves", d.Blue)), lock.started("green %s, which is to go")...)
	case Committed:
		lines = append(lines, fmt.Sprintf("green %s serves", d.Green), fmt.Sprintf("blue %s, which is to be scaled in to 0 and shut down", d.Blue))
	}
	if lock.Stage != Committed {
		for _, c := range lock.Changes {
			if c.Of == d.Green { // which is to go
				continue
			}
			lines = append(lines, fmt.Sprintf(left[c.Kind], c.Of, c.Set[len(c.Set)-1], cmp.Or(c.Was, "none")))
		}
		return lines
	}
	if c := lock.Change(KindMin, d.Green); c != nil {
		lines = append(lines, fmt.Sprintf("the minimum of green %s, pinned: it is to become %s", d.Green, c.Was))
	}
	if c := lock.Change(KindProcess, Process(ScheduledActions, d.Green)); c != nil && c.Was == Active {
		lines = append(lines, fmt.Sprintf("the process %s of green, suspended: it is to be resumed", ScheduledActions))
	}
	if r.Previous != nil && r.Previous.Name == d.Blue && len(r.Previous.Suspended) > 0 {
		lines = append(lines, "processes of blue that were suspended before: "+strings.Join(r.Previous.Suspended, ", "))
	}
	return lines
}

// Serving says who serves while an execution that has ended still holds the lock, and what waiting costs; empty: it holds none.
func (r Record) Serving(execution string) (group, waiting string) {
	lock := r.Lock
	if lock == nil || lock.Execution != execution {
		return "", ""
	}
	d := lock.Deployment
	group, waiting = d.Blue, "both fleets are paid for meanwhile"
	switch {
	case d.Strategy.Stays():
		return group, "previous and new instances are paid for meanwhile"
	case d.Unbuilt():
		return group, "what builds green's image is paid for meanwhile"
	case lock.Stage == Creating:
		return group, waiting
	case lock.Stage == Committed:
		return d.Green, "what is left of " + d.Blue + " is paid for meanwhile"
	case lock.Stage != Removing && lock.BlueLeft():
		group = d.Green
	}
	if len(lock.Schedules) > 0 {
		waiting += ", and scheduled actions that fall due are carried out late or not at all"
	}
	return group, waiting
}
