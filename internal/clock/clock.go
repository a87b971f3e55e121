// Package clock is the one source of time: real, scaled (wall time made faster) and virtual (time that moves only when
// nothing runs). Everything that waits, waits here, so that a rehearsal is a function of its seed.
package clock

import (
	"context"
	"time"
)

// Clock tells the time, waits, and starts tasks. Durations are in the clock's own time, never in wall time.
//
// On a Virtual clock exactly one task runs at a time: code that a Virtual clock drives must start goroutines with Go,
// and may block only in Sleep and Event.Wait.
type Clock interface {
	// Now is the current time, in UTC.
	Now() time.Time
	// Sleep returns nil after d, or the context's error when the context ends first.
	Sleep(ctx context.Context, d time.Duration) error
	// AfterFunc runs f as a task of its own once d has passed.
	AfterFunc(d time.Duration, f func()) Timer
	// Go runs f as a task of its own.
	Go(f func())
	// NewEvent returns an event that has not happened.
	NewEvent() Event
	// WithCancel is context.WithCancel whose end wakes the tasks that wait on this clock.
	WithCancel(parent context.Context) (context.Context, context.CancelFunc)
	// WithTimeout is context.WithTimeout in this clock's time.
	WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc)
}

// Timer is a pending AfterFunc.
type Timer interface {
	// Stop keeps the function from running; it reports whether it was in time.
	Stop() bool
}

// Event happens at most once; any number of tasks may wait for it.
type Event interface {
	// Set makes the event happen. More calls do nothing.
	Set()
	// IsSet reports whether the event has happened.
	IsSet() bool
	// Wait returns nil once the event has happened, or the context's error when the context ends first.
	Wait(ctx context.Context) error
}
