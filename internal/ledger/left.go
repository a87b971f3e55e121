package ledger

import (
	"fmt"
	"strings"
)

// Left says what an execution that holds the lock leaves as it is when it goes no further, from what the record says was
// done or was about to be; nothing if it holds no lock.
func (r Record) Left(execution string) []string {
	lock := r.Lock
	if lock == nil || lock.Execution != execution {
		return nil
	}
	d, o := lock.Deployment, lock.Originals
	left := []string{fmt.Sprintf("the lock of %s, at stage %s: no other deployment of it can start", r.Lineage, lock.Stage)}
	switch lock.Stage {
	case Creating:
		left = append(left, fmt.Sprintf("blue %s serves, untouched", d.Blue), fmt.Sprintf("green %s, which takes no traffic", d.Green))
	case Switching, Restoring:
		where := "with green beside it in its target groups"
		if o != nil && o.BlueLeft {
			where = "which was told to leave its target groups: green serves"
		}
		left = append(left, fmt.Sprintf("blue %s, %s", d.Blue, where), fmt.Sprintf("green %s, which takes traffic", d.Green))
	case Removing:
		left = append(left, fmt.Sprintf("blue %s serves", d.Blue), fmt.Sprintf("green %s, which is to go", d.Green))
	case Committed:
		left = append(left, fmt.Sprintf("green %s serves", d.Green), fmt.Sprintf("blue %s, which is to be scaled in to 0 and shut down", d.Blue))
	}
	if o != nil && o.PinnedMin > 0 && lock.Stage != Committed {
		left = append(left, fmt.Sprintf("the minimum of both, pinned at %d: that of blue was %d", o.PinnedMin, o.Blue.Min))
	}
	if lock.Stage == Committed && o != nil && len(o.Suspended) > 0 {
		left = append(left, "processes of blue that were suspended before: "+strings.Join(o.Suspended, ", "))
	}
	return left
}
