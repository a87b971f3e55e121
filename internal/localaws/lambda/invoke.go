package lambda

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/wire"
)

const (
	maxRequest      = 6 << 20          // bytes of a synchronous invoke's payload (aws-facts C2: 6 MB)
	maxAsyncRequest = 1 << 20          // bytes of an Event invoke's payload (aws-facts C1: 1 MB since 2026-01-29)
	maxResponse     = maxRequest + 100 // bytes; AWS's own message names 6291556
	unhandled       = "Unhandled"
	killed          = "signal: killed"
)

// Result is what an invoke answers.
type Result struct {
	Payload         []byte
	FunctionError   string // "Unhandled" when the function failed and Payload is its error; else empty
	ExecutedVersion string
	RequestID       string
}

// invoke is one invoke under way. The account's lock guards it, but for dead.
type invoke struct {
	Invocation
	function *function
	payload  []byte
	fault    Fault
	cold     bool
	env      *environment
	timeout  time.Duration
	outlives bool // its process goes on after the answer
	traced   traced
	answered clock.Event
	done     bool // the answer stands
	result   Result
	dead     atomic.Bool // its AWS calls must end
}

// Invoke runs a function and waits for its answer. The error is a *wire.Error when Lambda refuses the invoke, or the
// context's error when the invoker stops waiting; the function runs on then, as it does on AWS. A failure of the
// function is a Result with a FunctionError. It is called without the account's lock.
func (f *Functions) Invoke(ctx context.Context, nameOrARN string, payload []byte) (Result, error) {
	return f.InvokeVersion(ctx, nameOrARN, "", payload)
}

// InvokeVersion is Invoke of one version. Only $LATEST exists; without a qualifier it is meant, but not named in errors.
func (f *Functions) InvokeVersion(ctx context.Context, nameOrARN, qualifier string, payload []byte) (Result, error) {
	f.acct.Lock()
	inv, err := f.admit(nameOrARN, qualifier, payload)
	f.trace(ctx, inv, err)
	f.acct.Unlock()
	if err != nil {
		return Result{RequestID: inv.RequestID}, err
	}
	f.acct.Clock.Go(func() { f.run(inv) })
	if err := inv.answered.Wait(ctx); err != nil {
		return Result{RequestID: inv.RequestID}, err
	}
	f.acct.Lock()
	defer f.acct.Unlock()
	if inv.fault.Lose != nil {
		return Result{RequestID: inv.RequestID}, inv.fault.Lose
	}
	return inv.result, nil
}

// admit checks an invoke and takes an execution environment for it. The invoke that it returns always has a request
// id. The lock is held.
func (f *Functions) admit(nameOrARN, qualifier string, payload []byte) (*invoke, error) {
	inv := &invoke{Invocation: Invocation{RequestID: f.acct.UUID()}, payload: payload}
	if len(payload) > maxRequest {
		return inv, tooLarge(maxRequest)
	}
	if err := checkPayload(payload); err != nil {
		return inv, err
	}
	fn, err := f.find(nameOrARN, qualifier)
	if err != nil {
		return inv, err
	}
	if !fn.active {
		return inv, &wire.Error{Code: "ResourceConflictException", Status: 409,
			Message: "The operation cannot be performed at this time. The function is currently in the following state: Pending"}
	}
	inv.function, inv.timeout = fn, fn.timeout
	inv.FunctionName, inv.FunctionARN = fn.name, fn.arn
	inv.fault = f.plan(inv.Invocation)
	if inv.fault.Refuse != nil {
		return inv, inv.fault.Refuse
	}
	if f.throttled(fn) {
		return inv, &wire.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429}
	}
	inv.answered = f.acct.Clock.NewEvent()
	f.busy[fn.name]++
	f.takeEnvironment(inv)
	return inv, nil
}

func tooLarge(limit int) *wire.Error {
	return &wire.Error{Code: "RequestTooLargeException", Status: 413,
		Message: fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)}
}

func checkPayload(payload []byte) *wire.Error {
	if len(payload) == 0 || json.Valid(payload) {
		return nil
	}
	var document any
	if err := json.Unmarshal(payload, &document); err != nil {
		return wire.Errorf("InvalidRequestContentException",
			"Could not parse request body into json: Could not parse payload into json: %s", err)
	}
	return nil
}

// throttled reports whether no concurrency is left for fn: its reserved concurrency, or what the others leave of the
// account's.
func (f *Functions) throttled(fn *function) bool {
	if fn.reserved != nil {
		return f.busy[fn.name] >= int(*fn.reserved)
	}
	left := f.settings.Concurrency
	for name, other := range f.byName {
		if other.reserved != nil {
			left -= int(*other.reserved)
		} else {
			left -= f.busy[name]
		}
	}
	return left <= 0
}

// takeEnvironment gives inv the environment that was used last, or a new one. The lock is held.
func (f *Functions) takeEnvironment(inv *invoke) {
	fn := inv.function
	for len(fn.idle) > 0 && inv.env == nil {
		env := fn.idle[len(fn.idle)-1]
		fn.idle = fn.idle[:len(fn.idle)-1]
		if f.acct.Now().Sub(env.usedAt) > f.settings.KeepWarm || env.hasExited() {
			env.kill()
			continue
		}
		inv.env = env
	}
	if inv.env == nil {
		inv.cold = true
		inv.env = f.newEnvironment(fn)
	}
	if fn.code != nil {
		// Each invocation has its own key in process, so that a fault plan can tell one from another.
		inv.env.accessKeyID = f.newAccessKeyID()
	}
	inv.AccessKeyID = inv.env.accessKeyID
	f.callers.add(inv)
}

func (f *Functions) newAccessKeyID() string { return "ASIA" + strings.ToUpper(f.acct.Hex(16)) }

// run carries an admitted invoke through, as a task of its own.
func (f *Functions) run(inv *invoke) {
	if inv.function.code != nil {
		f.runInProcess(inv)
		return
	}
	f.runProcess(inv)
}

// answer gives the invoke its result, once, and its concurrency back. The lock is held.
func (f *Functions) answer(inv *invoke, result Result) {
	if inv.done {
		return
	}
	inv.done = true
	result.RequestID, result.ExecutedVersion = inv.RequestID, latest
	inv.result = result
	f.busy[inv.FunctionName]--
	f.writeTrace(inv, inv.result)
	inv.answered.Set()
}

// release makes env wait for the next invoke, unless its function has changed meanwhile. The lock is held.
func (f *Functions) release(env *environment) {
	if env.discarded || f.closed || f.byName[env.function.name] != env.function || env.hasExited() {
		env.kill()
		return
	}
	env.usedAt = f.acct.Now()
	env.function.idle = append(env.function.idle, env)
}

// succeeded is the result of a function that answered with payload, of size bytes.
func succeeded(payload []byte, size int) Result {
	if size > maxResponse {
		return failed(&Failure{ErrorType: "Function.ResponseSizeTooLarge", ErrorMessage: fmt.Sprintf(
			"Response payload size (%d bytes) exceeded maximum allowed payload size (%d bytes).", size, maxResponse)})
	}
	return Result{Payload: payload}
}

func failed(failure *Failure) Result {
	payload, err := json.Marshal(failure)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return Result{Payload: payload, FunctionError: unhandled}
}

// The failures that Lambda itself reports, worded as AWS words them since 2022.

func timeoutFailure(requestID string, timeout time.Duration) *Failure {
	return &Failure{ErrorType: "Sandbox.Timedout", ErrorMessage: fmt.Sprintf(
		"RequestId: %s Error: Task timed out after %.2f seconds", requestID, timeout.Seconds())}
}

func exitFailure(requestID, how string) *Failure {
	message := "Runtime exited with error: " + how
	if how == "" {
		message = "Runtime exited without providing a reason"
	}
	return &Failure{ErrorType: "Runtime.ExitError", ErrorMessage: fmt.Sprintf("RequestId: %s Error: %s", requestID, message)}
}

func entrypointFailure(requestID, why string) *Failure {
	return &Failure{ErrorType: "Runtime.InvalidEntrypoint", ErrorMessage: fmt.Sprintf("RequestId: %s Error: %s", requestID, why)}
}
