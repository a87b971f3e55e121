// Package load gives a fleet something to do while it is replaced, requests or jobs, and measures what became of it.
package load

import (
	"context"

	"bluegreen/internal/jobs"
)

// Load is what a fleet has to do.
type Load interface {
	// Look says how it goes: in a status, and in a line of its own when something has changed; else that is empty. fleets
	// is how the fleets stand, as they were shown last.
	Look(ctx context.Context, fleets string) (status, line string, err error)
	// End stops it, waits for what is under way, and returns what was measured.
	End(context.Context) (Measured, error)
}

// Measured is what became of a load.
type Measured struct {
	Requests       *Counts      `json:"requests,omitempty"`        // of a web fleet
	FailedRequests []string     `json:"failed_requests,omitempty"` // some of them, in words
	Jobs           *jobs.Counts `json:"jobs,omitempty"`            // of a fleet of workers
	LowestServing  int          `json:"lowest_serving"`            // at the worst moment: healthy instances that traffic could reach, workers that took jobs
	// The longest time, in the clock's, for which what served was too small for a growing load.
	TooSmallSeconds float64 `json:"too_small_seconds,omitempty"`
}
