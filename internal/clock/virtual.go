package clock

import (
	"container/heap"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// Virtual is time that moves only when nothing runs, to the earliest thing that waits for it; ties are broken by the
// order in which they were asked for. One task runs at a time, so what happens is a function of what is started.
//
// The goroutine that made the clock drives it with Run and Advance; all else happens in tasks.
type Virtual struct {
	mu       sync.Mutex
	now      time.Time
	limit    time.Time // the driver wants control back when time would pass this; zero in Run
	finished bool      // the function of Run has returned
	stuck    bool      // Run found that nothing can ever run again
	failed   *Panic    // a task's panic, for the driver
	closed   bool
	seq      uint64
	timers   timerHeap
	ready    []*waiter
	parked   map[*waiter]struct{} // goroutines that wait
	idle     chan struct{}        // gives the run back to the driver
	exited   chan struct{}        // Close waits here for each task that it ends
}

// NewVirtual returns a clock that stands at start.
func NewVirtual(start time.Time) *Virtual {
	return &Virtual{
		now:    start.UTC(),
		parked: make(map[*waiter]struct{}),
		idle:   make(chan struct{}, 1),
		exited: make(chan struct{}),
	}
}

// waiter is something that will run: a task that has not begun (f), or a parked goroutine (wake).
type waiter struct {
	f     func()
	wake  chan struct{}
	timer *virtualTimer // brings it back at a time, if set
	woken bool          // is in ready, has run, or was stopped
}

type virtualTimer struct {
	clock  *Virtual
	at     time.Time
	seq    uint64
	index  int // in the heap, -1 when not in it
	waiter *waiter
}

// Now implements Clock.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Sleep implements Clock. Even a sleep of zero lets every task that is ready run first.
func (v *Virtual) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &waiter{wake: make(chan struct{}, 1)}
	release := v.wakeOnEnd(ctx, w)
	defer release()
	v.mu.Lock()
	if !w.woken { // the context may have ended meanwhile
		v.schedule(w, d)
	}
	v.park(w)
	return ctx.Err()
}

// AfterFunc implements Clock.
func (v *Virtual) AfterFunc(d time.Duration, f func()) Timer {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.schedule(&waiter{f: f}, d)
}

// Go implements Clock.
func (v *Virtual) Go(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.makeReady(&waiter{f: f})
}

// Panic is what the driver panics with when a task panicked: one run in a process of many can fail by itself.
type Panic struct {
	Value any
	Stack []byte // of the task
}

func (p *Panic) Error() string { return fmt.Sprintf("a task panicked: %v\n%s", p.Value, p.Stack) }

// Run runs f as a task and drives the clock until f has ended. Tasks that are left stay where they are. A task's panic
// ends Run with a *Panic; the clock cannot be used afterwards.
func (v *Virtual) Run(f func()) {
	v.mu.Lock()
	v.limit, v.finished, v.stuck = time.Time{}, false, false
	v.makeReady(&waiter{f: func() {
		defer v.finish()
		f()
	}})
	v.dispatch()
	v.mu.Unlock()
	<-v.idle
	v.mourn()
	if v.stuck {
		panic("clock: every task waits and no timer is set")
	}
}

// Advance drives the clock for d: everything that is due by then happens, in order.
func (v *Virtual) Advance(d time.Duration) {
	v.mu.Lock()
	v.limit, v.finished = v.now.Add(d), false
	v.dispatch()
	v.mu.Unlock()
	<-v.idle
	v.mourn()
}

// mourn hands a task's panic to the driver.
func (v *Virtual) mourn() {
	if v.failed != nil {
		panic(v.failed)
	}
}

// Close ends every task that still waits (its deferred calls run), one after the other. Only the driver may call it;
// the clock cannot be used afterwards.
func (v *Virtual) Close() {
	v.mu.Lock()
	v.closed = true
	for w := range v.parked {
		delete(v.parked, w)
		v.mu.Unlock()
		w.wake <- struct{}{}
		<-v.exited
		v.mu.Lock()
	}
	v.mu.Unlock()
	v.mourn()
}

func (v *Virtual) finish() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.finished = true
}

// schedule makes w ready once d has passed. The lock is held.
func (v *Virtual) schedule(w *waiter, d time.Duration) *virtualTimer {
	v.seq++
	w.timer = &virtualTimer{clock: v, at: v.now.Add(max(d, 0)), seq: v.seq, waiter: w}
	heap.Push(&v.timers, w.timer)
	return w.timer
}

// makeReady queues w to run, once. The lock is held.
func (v *Virtual) makeReady(w *waiter) {
	if w.woken {
		return
	}
	w.woken = true
	if w.timer != nil && w.timer.index >= 0 {
		heap.Remove(&v.timers, w.timer.index)
	}
	v.ready = append(v.ready, w)
}

// park hands the run over and returns when w was woken. It is called with the lock held and returns without it.
func (v *Virtual) park(w *waiter) {
	if v.closed {
		v.mu.Unlock()
		runtime.Goexit()
	}
	v.parked[w] = struct{}{}
	v.dispatch()
	v.mu.Unlock()
	<-w.wake
	v.mu.Lock()
	closed := v.closed
	v.mu.Unlock()
	if closed {
		runtime.Goexit()
	}
}

// dispatch gives the run to the next waiter, or back to the driver. The lock is held.
func (v *Virtual) dispatch() {
	if v.finished || (len(v.ready) == 0 && !v.moveTime()) {
		v.stuck = !v.finished && v.limit.IsZero()
		v.idle <- struct{}{}
		return
	}
	next := v.ready[0]
	v.ready[0] = nil
	v.ready = v.ready[1:]
	if next.f != nil {
		go v.runTask(next.f)
		return
	}
	delete(v.parked, next)
	next.wake <- struct{}{}
}

func (v *Virtual) runTask(f func()) {
	defer v.exitTask()
	f()
}

// exitTask hands the run over when a task has ended, by whatever way.
func (v *Virtual) exitTask() {
	cause := recover()
	v.mu.Lock()
	if cause != nil {
		v.failed, v.finished = &Panic{Value: cause, Stack: debug.Stack()}, true
	}
	closed := v.closed
	if !closed {
		v.dispatch()
	}
	v.mu.Unlock()
	if closed {
		v.exited <- struct{}{}
	}
}

// moveTime moves to the earliest timer and makes it ready; it reports false, and moves to the limit, if none is due.
func (v *Virtual) moveTime() bool {
	if len(v.timers) == 0 || (!v.limit.IsZero() && v.timers[0].at.After(v.limit)) {
		if v.limit.After(v.now) {
			v.now = v.limit
		}
		return false
	}
	timer := heap.Pop(&v.timers).(*virtualTimer)
	if timer.at.After(v.now) {
		v.now = timer.at
	}
	v.makeReady(timer.waiter)
	return true
}

// Stop implements Timer.
func (t *virtualTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if t.waiter.woken {
		return false
	}
	t.waiter.woken = true
	heap.Remove(&t.clock.timers, t.index)
	return true
}
