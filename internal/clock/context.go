package clock

import (
	"context"
	"sync"
	"time"
)

// virtualContext ends when it is cancelled, in the task that cancels it: the standard context would tell those who
// wait from a goroutine that the clock does not know.
type virtualContext struct {
	parent   context.Context
	clock    *Virtual
	deadline time.Time

	mu    sync.Mutex
	done  chan struct{}
	err   error
	next  int
	onEnd map[int]func()

	leaveOuter func() // forgets this context in the one around it
}

type virtualContextKey struct{}

// WithCancel implements Clock.
func (v *Virtual) WithCancel(parent context.Context) (context.Context, context.CancelFunc) {
	ctx := v.newContext(parent)
	return ctx, func() { ctx.end(context.Canceled) }
}

// WithTimeout implements Clock.
func (v *Virtual) WithTimeout(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx := v.newContext(parent)
	ctx.deadline = v.Now().Add(d)
	timer := v.AfterFunc(d, func() { ctx.end(context.DeadlineExceeded) })
	return ctx, func() {
		timer.Stop()
		ctx.end(context.Canceled)
	}
}

func (v *Virtual) newContext(parent context.Context) *virtualContext {
	ctx := &virtualContext{parent: parent, clock: v, done: make(chan struct{}), onEnd: make(map[int]func()), leaveOuter: func() {}}
	if outer, ok := endsWith(parent); ok {
		ctx.leaveOuter = outer.whenEnded(func() { ctx.end(outer.Err()) })
	}
	return ctx
}

// endsWith is the context of this clock that ends ctx when it ends; none for one that context.WithoutCancel made.
func endsWith(ctx context.Context) (*virtualContext, bool) {
	if ctx.Done() == nil {
		return nil, false
	}
	ours, ok := ctx.Value(virtualContextKey{}).(*virtualContext)
	return ours, ok
}

// wakeOnEnd makes w ready when ctx ends; release undoes it.
func (v *Virtual) wakeOnEnd(ctx context.Context, w *waiter) (release func()) {
	ours, ok := endsWith(ctx)
	if !ok {
		return func() {}
	}
	return ours.whenEnded(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.makeReady(w)
	})
}

// whenEnded calls f when the context ends, or now if it has ended.
func (c *virtualContext) whenEnded(f func()) (release func()) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		f()
		return func() {}
	}
	defer c.mu.Unlock()
	key := c.next
	c.next++
	c.onEnd[key] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.onEnd, key)
	}
}

func (c *virtualContext) end(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	close(c.done)
	callbacks := make([]func(), 0, len(c.onEnd))
	for key := range c.next {
		if f, ok := c.onEnd[key]; ok {
			callbacks = append(callbacks, f)
		}
	}
	c.onEnd = nil
	c.mu.Unlock()
	c.leaveOuter()
	for _, f := range callbacks {
		f()
	}
}

func (c *virtualContext) Deadline() (time.Time, bool) {
	if !c.deadline.IsZero() {
		return c.deadline, true
	}
	return c.parent.Deadline()
}

func (c *virtualContext) Done() <-chan struct{} { return c.done }

func (c *virtualContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

func (c *virtualContext) Value(key any) any {
	if _, ok := key.(virtualContextKey); ok {
		return c
	}
	return c.parent.Value(key)
}

// AfterFunc lets the standard library's derived contexts end together with this one without a goroutine.
func (c *virtualContext) AfterFunc(f func()) func() bool {
	release := c.whenEnded(f)
	return func() bool {
		if c.Err() != nil {
			return false
		}
		release()
		return true
	}
}
