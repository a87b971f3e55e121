package states

import (
	"slices"
	"strings"
	"sync"

	"bluegreen/internal/asl"
	"bluegreen/internal/clock"
)

// happening is an event of one execution.
type happening struct {
	execution *execution
	event     asl.Event
}

// feed hands events on in their order, in a task of its own: what records an event holds locks that a listener must
// not meet.
type feed struct {
	clock   clock.Clock
	deliver func(happening)

	mu        sync.Mutex
	waiting   []happening
	running   bool
	listeners []func(executionARN string, event asl.Event)
}

func (f *feed) add(h happening) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, h)
	if !f.running {
		f.running = true
		f.clock.Go(f.drain)
	}
}

func (f *feed) drain() {
	for {
		f.mu.Lock()
		if len(f.waiting) == 0 {
			f.running = false
			f.mu.Unlock()
			return
		}
		next := f.waiting[0]
		f.waiting = f.waiting[1:]
		listeners := slices.Clone(f.listeners)
		f.mu.Unlock()
		f.deliver(next)
		for _, listen := range listeners {
			listen(next.execution.arn, next.event)
		}
	}
}

// OnEvent calls listen with every event of every execution, in order, at the instant of the event but after its
// effect. No lock is held, so listen may call anything; it runs as a task of the clock and should return soon.
func (m *Machines) OnEvent(listen func(executionARN string, event asl.Event)) {
	m.feed.mu.Lock()
	defer m.feed.mu.Unlock()
	m.feed.listeners = append(m.feed.listeners, listen)
}

// deliver does what Step Functions itself does after an event: it ends the executions of a state machine that is being
// deleted at their next transition, and the state machine with the last of them.
func (m *Machines) deliver(h happening) {
	m.acct.Lock()
	defer m.acct.Unlock()
	m.writeTrace(h)
	owner := h.execution.machine
	if !owner.deleting {
		return
	}
	if strings.HasSuffix(h.event.Type, "StateEntered") {
		_ = h.execution.run.Stop("", "") // it may have ended meanwhile
	}
	m.deleteIfIdle(owner)
}

// record notes one event. The execution's lock is held, the account's may be.
func (e *execution) record(event asl.Event) {
	e.view.note(event)
	e.feed.add(happening{e, event})
}

// view is where an execution is, from its events.
type view struct {
	mu      sync.Mutex
	entered []string // the states that were entered and not left
}

func (v *view) note(event asl.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch details := event.Details.(type) {
	case *asl.StateEnteredDetails:
		v.entered = append(v.entered, details.Name)
	case *asl.StateExitedDetails:
		at := slices.Index(v.entered, details.Name)
		if at < 0 {
			return
		}
		if event.Type == "ParallelStateExited" || event.Type == "MapStateExited" {
			v.entered = v.entered[:at] // what a branch that was given up has not left
		} else {
			v.entered = slices.Delete(v.entered, at, at+1)
		}
	}
}

func (v *view) states() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.entered)
}

// Execution is where an execution stands.
type Execution struct {
	ARN             string
	Name            string
	StateMachineARN string
	Input           string
	States          []string // the states it is in; of an execution that has ended, those in which it did
	asl.Result
}

// Execution returns where an execution stands. It is called without the account's lock.
func (m *Machines) Execution(arn string) (Execution, bool) {
	m.acct.Lock()
	defer m.acct.Unlock()
	e, ok := m.executions[arn]
	if !ok {
		return Execution{}, false
	}
	return Execution{
		ARN: e.arn, Name: e.name, StateMachineARN: e.machine.arn, Input: e.input,
		States: e.view.states(), Result: e.run.Result(),
	}, true
}

// History returns an execution's events so far. It is called without the account's lock.
func (m *Machines) History(arn string) ([]asl.Event, bool) {
	m.acct.Lock()
	defer m.acct.Unlock()
	e, ok := m.executions[arn]
	if !ok {
		return nil, false
	}
	return e.run.History(), true
}
