package load

import (
	"context"
	"time"

	"bluegreen/internal/local"
)

// part is what a load begins with of what it has come to when it has doubled twice.
const part = 4

// PerMinute is the requests a minute of the clock that a growing load begins with, of so many a second of real time at its most.
func PerMinute(e *local.Environment, most int) float64 {
	return float64(max(most/part, 1)) * 60 / e.Clock.Speed()
}

// StartGrowing sends requests as StartRequests does, that can double twice before they are the most a second of real time. Whether
// those that serve are enough for them is measured: an instance does so many requests a minute of the clock.
func StartGrowing(ctx context.Context, e *local.Environment, most int, capacity float64) (*Requests, error) {
	return startRequests(ctx, e, most, max(most/part, 1), &enough{capacity: capacity})
}

// Double doubles the requests, and returns how many are sent a second of real time then.
func (r *Requests) Double() int {
	return int(r.traffic.rate.Add(r.traffic.rate.Load()))
}

// Answered is how many requests a group has answered so far.
func (r *Requests) Answered(group string) int {
	counts, _ := r.traffic.soFar()
	return counts.ByGroup[group]
}

// enough measures for how long what serves was too small for the requests.
type enough struct {
	capacity float64 // requests a minute that an instance does
	since    time.Time
	longest  time.Duration
}

// look takes in that so many instances serve so many requests a minute now.
func (e *enough) look(now time.Time, serving int, perMinute float64) {
	if float64(serving)*e.capacity >= perMinute {
		e.since = time.Time{}
		return
	}
	if e.since.IsZero() {
		e.since = now
	}
	e.longest = max(e.longest, now.Sub(e.since))
}
