package load

import (
	"testing"
	"time"
)

func TestHowLongWhatServesWasTooSmall(t *testing.T) {
	e := enough{capacity: 100}
	var now time.Time
	now = now.Add(time.Hour)
	for _, serving := range []int{4, 3, 3, 3, 4, 3, 3, 4} { // a minute apart
		e.look(now, serving, 400)
		now = now.Add(time.Minute)
	}
	if e.longest != 2*time.Minute {
		t.Errorf("too small for %s, want 2m", e.longest)
	}
}
