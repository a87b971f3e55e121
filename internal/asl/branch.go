package asl

import (
	"context"
	"time"
)

// over is returned up through the states of a branch that need not go on: the execution has ended, or a sibling failed.
var over = &stateError{}

// branch is one line of states that follow each other: the whole machine, a branch of a Parallel, an item of a Map. It
// remembers where it stands, so that a redrive can go on from there.
type branch struct {
	x         *Execution
	flow      *flow
	group     *group // the Parallel or Map state that it is part of; nil for the outermost
	item      *object
	variables *variables

	// The execution's lock guards what follows; only the task that runs the branch changes it.
	state    *state
	input    document // of that state
	inside   bool     // the state was entered, and not left
	entered  int64    // the event that entered it
	since    time.Time
	last     int64  // the event that the next one follows
	inner    *group // of a Parallel or Map state that runs or has failed
	done     bool
	output   document // once done
	redriven bool     // the state goes on after a redrive: it is not entered again
}

func newBranch(x *Execution, f *flow, input document, outer *branch) *branch {
	b := &branch{x: x, flow: f, input: input, state: f.states[f.startAt], variables: &variables{}}
	if outer != nil {
		b.variables.outer, b.item = outer.variables, outer.item
	}
	return b
}

// overLocked reports whether the branch's events do not count any more.
func (b *branch) overLocked() bool {
	for g := b.group; g != nil; g = g.owner.group {
		if g.over {
			return true
		}
	}
	return b.x.result.Status != StatusRunning
}

func (b *branch) isOver() bool {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	return b.overLocked()
}

// run runs states from where the branch stands to its end.
func (b *branch) run(ctx context.Context) (document, *stateError) {
	for {
		output, next, failed := b.visit(ctx)
		if b.isOver() {
			return document{}, over
		}
		if failed != nil {
			return document{}, failed
		}
		b.x.mu.Lock()
		b.inside, b.redriven, b.inner = false, false, nil
		if next == "" {
			b.done, b.output = true, output
		} else {
			b.state, b.input = b.flow.states[next], output
		}
		b.x.mu.Unlock()
		if next == "" {
			return output, nil
		}
	}
}

// visit enters the state at hand, does what it is for, and leaves it.
func (b *branch) visit(ctx context.Context) (output document, next string, failed *stateError) {
	if ctx.Err() != nil {
		return document{}, "", over
	}
	b.enter()
	v := &visit{branch: b, ctx: ctx, state: b.state, raw: b.input}
	switch b.state.kind {
	case kindPass:
		output, next, failed = v.pass()
	case kindSucceed:
		output, next, failed = v.succeed()
	case kindFail:
		failed = v.fail()
	case kindChoice:
		output, next, failed = v.choice()
	case kindWait:
		output, next, failed = v.wait()
	default:
		output, next, failed = v.work()
	}
	return output, next, failed.in(b.state.name, b.entered)
}

func (b *branch) enter() {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	if b.redriven || b.overLocked() {
		return
	}
	b.last = b.x.recordLocked(b.last, string(b.state.kind)+"StateEntered", &StateEnteredDetails{Name: b.state.name, Input: b.input.text})
	b.entered, b.since, b.inside = b.last, b.x.clock.Now(), true
}

// visit is one stay in a state.
type visit struct {
	*branch
	ctx      context.Context
	state    *state
	raw      document // the state's input
	retries  int
	token    string  // of a task that waits for one
	assigned *object // what Assign has set
	tail     int64   // of a Parallel or Map whose branches have succeeded: the event that says so
}

// scope is what expressions see when $ stands for input.
func (v *visit) scope(input document) *scope {
	return &scope{input: input, context: v.contextObject, variables: v.variables, random: v.x.random}
}

// contextTime is how the context object writes times.
func contextTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// contextObject is what $$ stands for.
func (v *visit) contextObject() *object {
	x := v.x
	x.mu.Lock()
	result, since := x.result, v.since
	x.mu.Unlock()
	execution := newObject(
		member{"Id", x.options.ID},
		member{"Input", x.input},
		member{"StartTime", contextTime(result.StartTime)},
		member{"Name", x.options.Name},
		member{"RoleArn", x.options.RoleArn},
		member{"RedriveCount", intNumber(int64(result.RedriveCount))},
	)
	if !result.RedriveTime.IsZero() {
		execution.set("RedriveTime", contextTime(result.RedriveTime))
	}
	inState := newObject(member{"Name", v.state.name}, member{"EnteredTime", contextTime(since)})
	switch v.state.kind {
	case kindTask, kindParallel, kindMap:
		inState.set("RetryCount", intNumber(int64(v.retries)))
	}
	context := newObject(
		member{"Execution", execution},
		member{"StateMachine", newObject(member{"Id", x.options.StateMachineID}, member{"Name", x.options.StateMachineName})},
		member{"State", inState},
	)
	if v.token != "" {
		context.set("Task", newObject(member{"Token", v.token}))
	}
	if v.item != nil {
		context.set("Map", newObject(member{"Item", v.item}))
	}
	return context
}
