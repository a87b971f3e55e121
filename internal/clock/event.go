package clock

import "context"

// virtualEvent is an Event of a Virtual clock.
type virtualEvent struct {
	clock    *Virtual
	happened bool
	waiters  []*waiter
}

// NewEvent implements Clock.
func (v *Virtual) NewEvent() Event { return &virtualEvent{clock: v} }

func (e *virtualEvent) Set() {
	e.clock.mu.Lock()
	defer e.clock.mu.Unlock()
	if e.happened {
		return
	}
	e.happened = true
	for _, w := range e.waiters {
		e.clock.makeReady(w)
	}
	e.waiters = nil
}

func (e *virtualEvent) IsSet() bool {
	e.clock.mu.Lock()
	defer e.clock.mu.Unlock()
	return e.happened
}

func (e *virtualEvent) Wait(ctx context.Context) error {
	if e.IsSet() {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &waiter{wake: make(chan struct{}, 1)}
	release := e.clock.wakeOnEnd(ctx, w)
	defer release()
	e.clock.mu.Lock()
	e.waiters = append(e.waiters, w)
	e.clock.park(w)
	if e.IsSet() {
		return nil
	}
	return ctx.Err()
}
