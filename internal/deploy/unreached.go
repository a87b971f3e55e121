package deploy

import (
	"slices"
	"time"
)

// Unreached remembers since when instances are held whose agents do not answer: no service of AWS tells it. A time is nil
// for an instance that was seen held for the first time.
type Unreached map[string]*time.Time

// mostUnreached bounds what the document carries. One more instance is remembered when one of these has gone on: it is held
// for longer than its drain may take, never for less.
const mostUnreached = 1000

// See returns what is remembered after a look, which began at now and saw these instances held and without an agent. Time
// counts from the start of the second look that saw an instance: a look that Step Functions repeated for long began
// before the instance was held.
func (u Unreached) See(ids []string, now time.Time) Unreached {
	seen := make(Unreached)
	for _, id := range ids {
		since, known := u[id]
		switch {
		case known && since == nil:
			seen[id] = &now
		case known:
			seen[id] = since
		}
	}
	for _, id := range slices.Sorted(slices.Values(ids)) {
		if _, known := seen[id]; !known && len(seen) < mostUnreached {
			seen[id] = nil
		}
	}
	return seen
}

// Since is when an instance's time began; now, if it has not.
func (u Unreached) Since(id string, now time.Time) time.Time {
	if since := u[id]; since != nil {
		return *since
	}
	return now
}
