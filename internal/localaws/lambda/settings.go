package lambda

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model and the quotas of Lambda.
type Settings struct {
	// Warm is how long Lambda itself takes for an invoke that meets a waiting execution environment, in the clock's
	// time. No figure in aws-facts; a few milliseconds is the common experience (unverified).
	Warm account.Duration
	// Cold is what a new execution environment adds in process, in the clock's time: the init duration of Go on
	// provided.al2023, p50 42 ms to p99 54 ms (aws-facts D). A process takes the time it really takes.
	Cold account.Duration
	// KeepWarm is how long an idle execution environment is kept. AWS states no figure (unverified: minutes).
	KeepWarm time.Duration
	// Activation is how long a function that was created or updated stays Pending or InProgress, in the clock's time.
	// AWS states no figure for functions outside a VPC (unverified: about a second).
	Activation account.Duration
	// Concurrency is how many invocations the account runs at once (the default quota: 1,000).
	Concurrency int
	// AsyncRetryDelays are the waits before the retries of an Event invoke that failed: one minute, then two (Lambda
	// developer guide, asynchronous invocation).
	AsyncRetryDelays []time.Duration
	// InitTimeout bounds a process's init phase, in wall time: 10 s (Lambda developer guide, runtime environment).
	InitTimeout time.Duration
	// DeadlineFloor is the least wall time that an invocation of a process gets, however fast the clock runs: a
	// function's timeout is the clock's, but its process computes in real time (design section 6).
	DeadlineFloor time.Duration
	// StopGrace is how long processes have between SIGTERM and SIGKILL at Close, in wall time.
	StopGrace time.Duration
}

// DefaultSettings returns the figures that the fields' comments give.
func DefaultSettings() Settings {
	return Settings{
		Warm:             account.Duration{Min: 4 * time.Millisecond, Max: 12 * time.Millisecond},
		Cold:             account.Duration{Min: 42 * time.Millisecond, Max: 54 * time.Millisecond},
		KeepWarm:         10 * time.Minute,
		Activation:       account.Duration{Min: 500 * time.Millisecond, Max: 1500 * time.Millisecond},
		Concurrency:      1000,
		AsyncRetryDelays: []time.Duration{time.Minute, 2 * time.Minute},
		InitTimeout:      10 * time.Second,
		DeadlineFloor:    2 * time.Second,
		StopGrace:        500 * time.Millisecond,
	}
}
