package asl

import (
	"context"
	"time"
)

// Redrive lets an execution that failed, timed out or was stopped go on from where it failed, with the same history:
// it is RUNNING again, and the host calls Run next. A state is not entered a second time, but for Fail; of a Parallel or Map only the
// branches that had not succeeded go on, unless it failed for the size of its data: then it begins from its start. The machine's
// TimeoutSeconds and all retriers start afresh (developer guide, redriving executions).
func (x *Execution) Redrive() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.result.Status == StatusRunning, x.result.Status == StatusSucceeded, x.fresh, x.runs, len(x.events) >= maxEvents-1:
		return ErrNotRedrivable
	}
	dataLimit := x.result.Failure.Error == errorDataLimitExceeded
	x.result.Status, x.result.Failure = StatusRunning, Failure{}
	x.result.StopTime, x.result.RedriveTime = time.Time{}, x.clock.Now()
	x.result.RedriveCount++
	x.ctx, x.cancel = x.clock.WithCancel(context.Background())
	x.fresh = true
	id := x.append(int64(len(x.events)), "ExecutionRedriven", &ExecutionRedrivenDetails{RedriveCount: x.result.RedriveCount})
	x.root.redrive(id, dataLimit)
	return nil
}

// redrive prepares the branch, and those inside of it, to go on after the event of the redrive. The lock is held.
func (b *branch) redrive(id int64, afresh bool) {
	if b.done {
		return
	}
	b.last, b.redriven = id, b.inside && b.state.kind != kindFail
	if b.inner == nil {
		return
	}
	if afresh {
		b.inner = nil
		return
	}
	b.inner.over = false
	for _, inner := range b.inner.branches {
		inner.redrive(id, false)
	}
}
