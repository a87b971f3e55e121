package ledger

import (
	"strconv"

	"bluegreen/internal/deploy"
)

// originals is what a lock had before it had changes: a release that was replaced in the middle of a deployment has left it.
type originals struct {
	Blue      deploy.Sizes `json:"blue"`
	PinnedMin int          `json:"pinned_min,omitempty"`
	BlueLeft  bool         `json:"blue_left,omitempty"`
}

// take gives the lock what its record of the form before says. nil: it says nothing, as before anything was changed, and in a
// record of the form of now.
func (o *originals) take(l *Lock) {
	turned := l.Stage == Restoring && l.From == ""
	if o == nil {
		if turned {
			l.From = Creating
		}
		return
	}
	blue := l.Deployment.Blue
	if o.PinnedMin > 0 && l.Change(KindMin, blue) == nil {
		l.Note(KindMin, blue, strconv.Itoa(o.Blue.Min), strconv.Itoa(o.PinnedMin))
	}
	switch {
	case l.Stage == Switching && o.BlueLeft:
		l.Stage = Leaving
	case turned && o.BlueLeft:
		l.From = Leaving
	case turned:
		l.From = Switching
	}
}
