package clock

import (
	"context"
	"sync"
	"time"
)

// Scaled is wall time, run Speed times as fast. Speed 1 is real time.
type Scaled struct {
	start time.Time // both clocks agreed here; its monotonic reading keeps differences true
	speed float64
}

// NewScaled returns a clock that shows the wall time now and from then on runs speed times as fast; speed must be
// positive.
func NewScaled(speed float64) *Scaled {
	if speed <= 0 {
		panic("clock: speed must be positive")
	}
	return &Scaled{start: time.Now(), speed: speed}
}

// Speed is how many times faster than the wall this clock runs.
func (c *Scaled) Speed() float64 { return c.speed }

// Wall is how long d of this clock's time lasts on the wall.
func (c *Scaled) Wall(d time.Duration) time.Duration { return time.Duration(float64(d) / c.speed) }

// Now implements Clock.
func (c *Scaled) Now() time.Time {
	elapsed := time.Duration(float64(time.Since(c.start)) * c.speed)
	return c.start.Round(0).Add(elapsed).UTC()
}

// At is what this clock shows when the wall shows a time; both are in UTC.
func (c *Scaled) At(wall time.Time) time.Time {
	return c.start.Round(0).Add(time.Duration(float64(wall.Sub(c.start)) * c.speed)).UTC()
}

// Sleep implements Clock.
func (c *Scaled) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(c.Wall(d))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// AfterFunc implements Clock.
func (c *Scaled) AfterFunc(d time.Duration, f func()) Timer {
	return time.AfterFunc(c.Wall(max(d, 0)), f)
}

// Go implements Clock.
func (c *Scaled) Go(f func()) { go f() }

// NewEvent implements Clock.
func (c *Scaled) NewEvent() Event { return &wallEvent{happened: make(chan struct{})} }

// WithCancel implements Clock.
func (c *Scaled) WithCancel(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}

// WithTimeout implements Clock.
func (c *Scaled) WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, c.Wall(d))
}

type wallEvent struct {
	once     sync.Once
	happened chan struct{}
}

func (e *wallEvent) Set() { e.once.Do(func() { close(e.happened) }) }

func (e *wallEvent) IsSet() bool {
	select {
	case <-e.happened:
		return true
	default:
		return false
	}
}

func (e *wallEvent) Wait(ctx context.Context) error {
	select {
	case <-e.happened:
		return nil
	default:
	}
	select {
	case <-e.happened:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
