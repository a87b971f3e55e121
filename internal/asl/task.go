package asl

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"time"

	"bluegreen/internal/clock"
)

// attempt is one task that was scheduled and is not over.
type attempt struct {
	x         *Execution
	done      clock.Event
	heartbeat time.Duration // zero without one

	// The execution's lock guards what follows.
	outcome *outcome // the first one counts
	beat    clock.Timer
}

// outcome is how a task ended.
type outcome struct {
	output   []byte
	failed   *TaskError
	timedOut bool
	missed   bool // timed out for want of a heartbeat
}

// settle ends the task, unless it has ended.
func (a *attempt) settle(o outcome) bool {
	a.x.mu.Lock()
	defer a.x.mu.Unlock()
	return a.settleLocked(o)
}

func (a *attempt) settleLocked(o outcome) bool {
	if a.outcome != nil {
		return false
	}
	a.outcome = &o
	a.done.Set()
	return true
}

// expectBeat starts the time for the next heartbeat. The lock is held.
func (a *attempt) expectBeat() {
	if a.beat != nil {
		a.beat.Stop()
	}
	a.beat = a.x.clock.AfterFunc(a.heartbeat, func() { a.settle(outcome{timedOut: true, missed: true}) })
}

// task schedules the task and waits for its end.
func (v *visit) task(input document) (document, *stateError) {
	t := v.state.task
	v.token = ""
	if t.waits {
		v.token = v.newToken()
	}
	payload, failed := v.render(v.state.parameters, input)
	if failed != nil {
		return document{}, failed
	}
	timeout, failed := v.limit(t.timeout, "TimeoutSecondsPath", input)
	if failed != nil {
		return document{}, failed
	}
	heartbeat, failed := v.limit(t.heartbeat, "HeartbeatSecondsPath", input)
	if failed != nil {
		return document{}, failed
	}
	v.recordScheduled(payload, timeout, heartbeat)
	a := &attempt{x: v.x, done: v.x.clock.NewEvent()}
	defer a.settle(outcome{}) // what comes later finds it over
	if timeout > 0 {
		timer := v.x.clock.AfterFunc(time.Duration(timeout)*time.Second, func() { a.settle(outcome{timedOut: true}) })
		defer timer.Stop()
	}
	if t.waits {
		a.heartbeat = time.Duration(heartbeat) * time.Second
		defer v.await(a)()
	}
	ctx, cancel := v.x.clock.WithCancel(v.ctx)
	defer cancel()
	task := Task{Execution: v.x, State: v.state.name, Resource: t.resource, Service: t.service, Action: t.action,
		Token: v.token, Input: []byte(payload.text), Attempt: v.retries}
	v.x.clock.Go(func() {
		returned := false
		defer func() {
			if !returned {
				a.settle(outcome{failed: &TaskError{Failure: Failure{errorTaskFailed, "The task ended without a result"}}})
			}
		}()
		output, err := v.x.options.Tasks.Do(ctx, task)
		returned = true
		v.returned(a, output, err)
	})
	if a.done.Wait(v.ctx) != nil {
		return document{}, over
	}
	return v.taskResult(a)
}

// limit reads a timeout or heartbeat, in seconds; zero is none.
func (v *visit) limit(s seconds, field string, input document) (int64, *stateError) {
	if s.path == nil {
		return s.number, nil
	}
	value, err := v.scope(input.value).evaluate(s.path)
	if err != nil {
		return 0, runtimeError("Invalid path '%s' : %s", s.path.text, err)
	}
	n, _ := value.(number)
	i, isInteger := n.integer()
	if !isInteger || i < 1 || i > maxSeconds {
		return 0, runtimeError("The %s parameter must reference an integer from 1 to %d: %s == %s", field, maxSeconds, s.path.text, plain(value))
	}
	return i, nil
}

// newToken draws a task token, which looks like AWS's: a long base64 text.
func (v *visit) newToken() string {
	var bytes [192]byte
	v.x.random(func(r *rand.Rand) {
		for i := range bytes {
			bytes[i] = byte(r.Uint32())
		}
	})
	return base64.StdEncoding.EncodeToString(bytes[:])
}

// await makes the token known, and starts the time for heartbeats; the returned function ends both.
func (v *visit) await(a *attempt) (forget func()) {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	token := v.token
	v.x.tokens[token] = a
	if a.heartbeat > 0 {
		a.expectBeat()
	}
	return func() {
		v.x.mu.Lock()
		defer v.x.mu.Unlock()
		v.x.tokens[token] = nil
		if a.beat != nil {
			a.beat.Stop()
		}
	}
}

// returned takes what the host's work has come to.
func (v *visit) returned(a *attempt, output []byte, err error) {
	var failed *TaskError
	switch {
	case err != nil:
		if !errors.As(err, &failed) {
			failed = &TaskError{Failure: Failure{errorTaskFailed, err.Error()}}
		}
	case !validJSON(output):
		failed = &TaskError{Failure: Failure{errorTaskFailed, "The task's result is not valid JSON"}}
	case v.state.task.waits:
		v.submitted(a, string(output))
		return
	}
	a.settle(outcome{output: output, failed: failed})
}

// submitted records that a task which waits for its token was handed over.
func (v *visit) submitted(a *attempt, output string) {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	if a.outcome == nil && !v.overLocked() {
		v.last = v.x.recordLocked(v.last, "TaskSubmitted", &TaskSubmittedDetails{Integration: v.state.task.integration(), Output: output})
	}
}

// taskResult records the outcome and gives the state's result.
func (v *visit) taskResult(a *attempt) (document, *stateError) {
	o := a.outcome
	switch {
	case o.timedOut:
		failure := Failure{Error: errorTimeout}
		v.recordTimedOut(failure)
		return document{}, &stateError{Failure: failure, heartbeat: o.missed}
	case o.failed != nil:
		v.recordFailed(o.failed)
		return document{}, &stateError{Failure: o.failed.Failure}
	case len(o.output) > maxPayloadBytes:
		what := v.state.task.service
		if what == "" {
			what = v.state.task.resource
		}
		failed := tooLarge(what)
		v.recordFailed(&TaskError{Failure: failed.Failure})
		return document{}, failed
	}
	result, err := parseDocument(o.output)
	if err != nil {
		panic("asl: a task's result was valid JSON and is not any more: " + err.Error())
	}
	v.recordSucceeded(result)
	return result, nil
}
