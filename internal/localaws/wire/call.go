package wire

import (
	"context"
	"net/http"
	"reflect"

	"bluegreen/internal/localaws/faults"
)

// serve takes a call through its stations: faults before the effect, throttling, latency, permissions, the operation
// itself, faults after the effect.
func (e *Endpoint) serve(call *Call, rt *route, decode func(reflect.Value) error) (any, error) {
	point := faults.Point{
		Service: call.Service, Operation: call.Operation, Caller: call.Caller, Function: call.Principal.Function, Time: call.Time,
	}
	record := faults.Record{Point: point, RequestID: call.RequestID, Code: unanswered}
	// Deferred: a call whose answer is lost ends in a panic, and one whose caller dies waiting may end in Goexit.
	defer func() { e.plan.Note(record) }()

	strikes := e.plan.Strike(point)
	refusal := e.before(call, strikes.Before, &record)
	if refusal == nil && !e.admit(call) {
		refusal = throttled(call.Service)
	}
	e.wait(call)
	if refusal != nil {
		record.Code = refusal.Code
		return nil, refusal
	}
	input := reflect.New(rt.operation.Input)
	output, err := any(nil), decode(input.Elem())
	if err == nil {
		err = Require(call, input.Interface(), rt.operation.Required...)
	}
	if err == nil && e.authorize != nil {
		err = e.authorize(call, input.Interface())
	}
	if err == nil {
		record.Effect = true
		output, err = e.run(call, rt.operation, input.Interface())
	}
	if refusal := e.after(call, strikes.After, &record); refusal != nil {
		err = refusal
	}
	record.Code = ""
	if err != nil {
		record.Code = asError(err).Code
	}
	return output, err
}

// unanswered is the logged code of a call that got no answer.
const unanswered = "(no answer)"

// run runs the operation under the account's lock, unless it takes the lock itself.
func (e *Endpoint) run(call *Call, operation *Operation, input any) (any, error) {
	if operation.Unlocked {
		return operation.Handle(call, input)
	}
	e.account.Lock()
	defer e.account.Unlock()
	var seen []func(error)
	for _, observe := range e.observe {
		if done := observe(call, input); done != nil {
			seen = append(seen, done)
		}
	}
	output, err := operation.Handle(call, input)
	for _, done := range seen {
		done(err)
	}
	return output, err
}

// before meets the call with the faults that strike before its effect.
func (e *Endpoint) before(call *Call, rules []faults.Rule, record *faults.Record) *Error {
	for _, rule := range rules {
		record.Struck = append(record.Struck, rule.Kind)
		switch rule.Kind {
		case faults.Throttle:
			return throttled(call.Service)
		case faults.FailBefore:
			return failed(call.Service)
		case faults.Unavailable:
			return unavailable(call.Service)
		case faults.Deny:
			return denied(call)
		case faults.Refuse:
			return &Error{Code: rule.Code, Message: rule.Message, Status: rule.Status}
		case faults.KillBefore:
			e.kill(call)
		case faults.SlowBefore:
			e.sleep(call, rule)
		}
	}
	return nil
}

// after meets the call with the faults that strike after its effect.
func (e *Endpoint) after(call *Call, rules []faults.Rule, record *faults.Record) *Error {
	for _, rule := range rules {
		record.Struck = append(record.Struck, rule.Kind)
		switch rule.Kind {
		case faults.FailAfter:
			return failed(call.Service)
		case faults.LoseAnswer:
			loseAnswer()
		case faults.KillAfter:
			e.kill(call)
		case faults.SlowAfter:
			e.sleep(call, rule)
		}
	}
	return nil
}

// loseAnswer ends the request without an answer: the server closes the connection, the in-memory transport reports
// that it was reset.
func loseAnswer() { panic(http.ErrAbortHandler) }

// kill ends the caller, who gets no answer.
func (e *Endpoint) kill(call *Call) {
	e.plan.Kill(call.Caller)
	loseAnswer()
}

// sleep lets a slow fault's delay pass. A caller who has gone away doesn't shorten it: the server doesn't know.
func (e *Endpoint) sleep(call *Call, rule faults.Rule) {
	_ = e.account.Clock.Sleep(context.WithoutCancel(call.Context), rule.Delay)
}

// wait lets the call's latency pass.
func (e *Endpoint) wait(call *Call) {
	e.account.Lock()
	latency := e.account.Draw(e.settings.latency(call.Service, call.Operation))
	e.account.Unlock()
	_ = e.account.Clock.Sleep(context.WithoutCancel(call.Context), latency)
}

// admit takes a token from the call's bucket.
func (e *Endpoint) admit(call *Call) bool {
	bucket, key, ok := e.settings.bucket(call.Service, call.Operation)
	if !ok {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.levels[key] == nil {
		e.levels[key] = &level{}
	}
	return e.levels[key].take(bucket, e.account.Now())
}
