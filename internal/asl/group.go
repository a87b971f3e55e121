package asl

import (
	"context"
	"slices"

	"bluegreen/internal/clock"
)

// group is the branches of one Parallel state, or the items of one Map state, of one attempt.
type group struct {
	owner *branch // whose state it is
	name  string  // of the Map state, for the events of its items; empty for a Parallel

	// The execution's lock guards what follows.
	branches []*branch
	limit    int // how many run at the same time
	next     int // the first branch that was not started
	pending  int // branches that are not done
	over     bool
	failed   *stateError
	last     int64 // the last event of the states of the branch that ended last
	tail     int64 // what the state goes on from: last, or the event of the item's success
	active   int   // tasks that run a branch
	idle     clock.Event
	cancel   context.CancelFunc
	ctx      context.Context
}

func newGroup(owner *branch, name string, limit int, branches []*branch) *group {
	g := &group{owner: owner, name: name, limit: limit, branches: branches}
	for _, b := range branches {
		b.group = g
	}
	return g
}

// run runs all branches that are not done, and gives their outputs or the first error. It returns only when the task
// of every branch has ended.
func (g *group) run(ctx context.Context) ([]document, *stateError) {
	x := g.owner.x
	x.mu.Lock()
	g.next, g.pending, g.over, g.failed = 0, 0, false, nil
	g.last, g.tail = g.owner.last, g.owner.last
	g.idle = x.clock.NewEvent()
	g.ctx, g.cancel = x.clock.WithCancel(ctx)
	for _, b := range g.branches {
		if !b.done {
			g.pending++
		}
	}
	for range min(g.limit, g.pending) {
		g.startNext()
	}
	waits := g.active > 0
	x.mu.Unlock()
	defer g.cancel()
	if waits && g.idle.Wait(context.Background()) != nil {
		return nil, over
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if g.owner.overLocked() {
		return nil, over
	}
	g.owner.last = g.tail
	if g.failed != nil {
		return nil, g.failed
	}
	outputs := make([]document, len(g.branches))
	for i, b := range g.branches {
		outputs[i] = b.output
	}
	return outputs, nil
}

// startNext starts the next branch that is not done. The lock is held.
func (g *group) startNext() {
	for g.next < len(g.branches) && g.branches[g.next].done {
		g.next++
	}
	if g.next == len(g.branches) {
		return
	}
	i, b, x := g.next, g.branches[g.next], g.owner.x
	g.next++
	if !b.redriven {
		b.last = g.last
	}
	if g.name != "" {
		b.last = x.recordLocked(b.last, "MapIterationStarted", &MapIterationStartedDetails{MapIteration{g.name, i}})
	}
	g.active++
	x.clock.Go(func() {
		_, failed := b.run(g.ctx)
		x.mu.Lock()
		defer x.mu.Unlock()
		g.ended(i, b, failed)
		if g.active--; g.active == 0 {
			g.idle.Set()
		}
	})
}

// ended takes note that a branch has come to its end. The lock is held.
func (g *group) ended(i int, b *branch, failed *stateError) {
	x := g.owner.x
	if failed == over || b.overLocked() {
		return
	}
	g.last, g.tail = b.last, b.last
	if failed == nil {
		if g.name != "" {
			g.tail = x.recordLocked(b.last, "MapIterationSucceeded", &MapIterationSucceededDetails{MapIteration{g.name, i}})
		}
		if g.pending--; g.pending > 0 {
			g.startNext()
		}
		return
	}
	if failed.Error != errorRuntime { // which ends the execution without further ado
		g.recordFailed(i, b)
	}
	g.failed, g.over = failed, true
	g.cancel()
}

// recordFailed records, after the last event of the branch that failed, that it failed, and where the others were cut.
// A Task that failed counts as cut too; what it ends is recorded first, otherwise last. The lock is held.
func (g *group) recordFailed(i int, b *branch) {
	x, last := g.owner.x, b.last
	isTask := b.state.kind == kindTask
	if !isTask {
		g.abort(b, last)
	}
	if g.name != "" {
		x.recordLocked(last, "MapIterationFailed", &MapIterationFailedDetails{MapIteration{g.name, i}})
	}
	if isTask {
		x.recordLocked(last, "TaskStateAborted", nil)
		g.abort(b, last)
	}
}

// abort records where the branches other than the failed one were cut. The lock is held.
func (g *group) abort(failed *branch, last int64) {
	x := g.owner.x
	for i, b := range g.branches[:g.next] {
		if b.done || b == failed {
			continue
		}
		if g.name != "" {
			x.recordLocked(last, "MapIterationAborted", &MapIterationAbortedDetails{MapIteration{g.name, i}})
		}
		if b.inside && slices.Contains(abortable, b.state.kind) {
			x.recordLocked(last, string(b.state.kind)+"StateAborted", nil)
		}
		if b.inner != nil && !b.inner.over {
			b.inner.abort(nil, last)
		}
	}
}

// abortable are the kinds of states for which the history has an event of being aborted.
var abortable = []stateKind{kindTask, kindWait, kindParallel, kindMap}

func (v *visit) parallel(input document) (document, *stateError) {
	g := v.inner
	if g == nil {
		input, failed := v.within(v.render(v.state.parameters, input))
		if failed != nil {
			return document{}, failed
		}
		v.record("ParallelStateStarted", nil)
		branches := make([]*branch, len(v.state.branches))
		for i, f := range v.state.branches {
			branches[i] = newBranch(v.x, f, input, v.branch)
		}
		g = v.join(newGroup(v.branch, "", len(branches), branches))
	}
	outputs, failed := g.run(v.ctx)
	if failed != nil {
		return document{}, failed
	}
	v.tail = v.aside("ParallelStateSucceeded", nil)
	return joined(outputs), nil
}

// join makes g the group of the state's present attempt.
func (v *visit) join(g *group) *group {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	v.inner = g
	return g
}
