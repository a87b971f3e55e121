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
	visit     *visit
	done      clock.Event
	heartbeat time.Duration // zero without one

	// The execution's lock guards what follows.
	settled bool // the first outcome counts
	result  document
	failed  *stateError
	beat    clock.Timer
}

// outcome is how a task ended.
type outcome struct {
	output   []byte
	failed   *TaskError
	timedOut bool
	missed   bool // timed out for want of a heartbeat
}

// settle ends the task and records how, unless it has ended.
func (a *attempt) settle(o outcome) {
	a.visit.x.mu.Lock()
	defer a.visit.x.mu.Unlock()
	a.settleLocked(o)
}

func (a *attempt) settleLocked(o outcome) {
	v := a.visit
	if a.settled || v.overLocked() {
		return
	}
	a.settled = true
	defer a.done.Set()
	result, err := parseDocument(o.output)
	switch {
	case o.timedOut:
		a.failed = &stateError{Failure: Failure{Error: errorTimeout}, heartbeat: o.missed}
		v.recordLocked(v.state.task.timedOut(a.failed.Failure))
		return
	case o.failed == nil && err != nil:
		o.failed = &TaskError{Failure: Failure{errorTaskFailed, "The task's result is not valid JSON"}}
	case o.failed == nil && len(o.output) > maxPayloadBytes:
		o.failed = &TaskError{Failure: tooLarge(v.state.task.label()).Failure}
	}
	if o.failed != nil {
		failed := TaskError{Failure: o.failed.Failure.cut(), Stage: o.failed.Stage}
		a.failed = &stateError{Failure: failed.Failure}
		v.recordLocked(v.state.task.failed(&failed))
		return
	}
	a.result = result
	v.recordLocked(v.state.task.succeeded(result))
}

// expectBeat starts the time for the next heartbeat. The lock is held.
func (a *attempt) expectBeat() {
	if a.beat != nil {
		a.beat.Stop()
	}
	a.beat = a.visit.x.clock.AfterFunc(a.heartbeat, func() { a.settle(outcome{timedOut: true, missed: true}) })
}

// task schedules the task and waits for its end.
func (v *visit) task(input document) (document, *stateError) {
	t := v.state.task
	v.token = ""
	if t.waits {
		v.token = v.newToken()
	}
	payload, failed := v.within(v.render(v.state.parameters, input))
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
	v.record(t.scheduled(payload, v.x.options.Region, timeout, heartbeat))
	scheduled := v.last
	v.record(t.started())
	a := &attempt{visit: v, done: v.x.clock.NewEvent()}
	defer a.abandon()
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
		Token: v.token, Input: []byte(payload.text), Attempt: v.retries, Scheduled: scheduled}
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
	// What else ends at the same instant is recorded before the machine goes on, as on AWS.
	if a.done.Wait(v.ctx) != nil || v.x.clock.Sleep(v.ctx, 0) != nil {
		return document{}, over
	}
	return a.result, a.failed
}

// abandon lets nothing that comes later have an effect.
func (a *attempt) abandon() {
	a.visit.x.mu.Lock()
	defer a.visit.x.mu.Unlock()
	a.settled = true
}

// limit reads a timeout or heartbeat, in seconds; zero is none.
func (v *visit) limit(s seconds, field string, input document) (int64, *stateError) {
	if s.path == nil {
		return s.number, nil
	}
	value, err := v.scope(input).evaluate(s.path)
	if err != nil {
		return 0, runtimeError("The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", s.path.text, field, input.text)
	}
	n, _ := value.(number)
	i, isInteger := n.integer()
	if !isInteger || i < 1 || i > maxSeconds {
		return 0, runtimeError("The %s parameter must reference an integer from 1 to %d: %s == %s", field, maxSeconds, s.path.text, encode(value))
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
	case err == nil && v.state.task.waits && validJSON(output):
		v.submitted(a, string(output))
		return
	case err != nil && !errors.As(err, &failed):
		failed = &TaskError{Failure: Failure{errorTaskFailed, err.Error()}}
	}
	a.settle(outcome{output: output, failed: failed})
}

// submitted records that a task which waits for its token was handed over.
func (v *visit) submitted(a *attempt, output string) {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	if !a.settled && !v.overLocked() {
		v.recordLocked("TaskSubmitted", &TaskSubmittedDetails{Integration: v.state.task.integration(), Output: output})
	}
}
