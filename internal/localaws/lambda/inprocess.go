package lambda

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"bluegreen/internal/localaws/wire"
)

// runInProcess runs an invoke whose code is Go code of this process. At the function's timeout the invoke is answered
// at once; the code's task ends at its next AWS call, since nothing else can end it.
func (f *Functions) runInProcess(inv *invoke) {
	f.acct.Lock()
	latency := f.acct.Draw(f.settings.Warm)
	if inv.cold {
		latency += f.acct.Draw(f.settings.Cold)
	}
	f.acct.Unlock()
	_ = f.acct.Clock.Sleep(context.Background(), latency)

	f.acct.Lock()
	inv.traced.ready = f.acct.Now()
	inv.Deadline = inv.traced.ready.Add(inv.timeout)
	inv.AWS = f.connect(wire.Caller{AccessKeyID: inv.AccessKeyID, Dead: inv.dead.Load, Seed: uint64(f.acct.Float() * (1 << 53))})
	// Set before the context's own timer: death comes first when both are due.
	timer := f.acct.After(inv.timeout, func() {
		inv.dead.Store(!inv.fault.Outlive)
		f.answer(inv, failed(timeoutFailure(inv.RequestID, inv.timeout)))
	})
	dead := inv.dead.Load()
	f.acct.Unlock()
	defer timer.Stop()
	defer f.endInProcess(inv)
	if dead {
		return
	}
	ctx := context.Background()
	if !inv.fault.Outlive {
		limited, cancel := f.acct.Clock.WithTimeout(ctx, inv.timeout)
		defer cancel()
		ctx = limited
	}
	result, crashed := call(ctx, inv)
	f.acct.Lock()
	defer f.acct.Unlock()
	if !inv.done && !crashed {
		f.release(inv.env)
	}
	f.answer(inv, result)
}

// endInProcess is also reached when the code's task ends without an answer: by runtime.Goexit.
func (f *Functions) endInProcess(inv *invoke) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.answer(inv, failed(exitFailure(inv.RequestID, killed)))
	f.callers.remove(inv)
}

// call runs the code. A panic is answered as a Go function's runtime answers it, and costs the environment.
func call(ctx context.Context, inv *invoke) (result Result, crashed bool) {
	defer func() {
		if cause := recover(); cause != nil {
			result, crashed = failed(panicFailure(cause)), true
		}
	}()
	response, failure := inv.function.code(ctx, inv.Invocation, inv.payload)
	if failure != nil {
		return failed(failure), false
	}
	return succeeded(response, len(response)), false
}

func panicFailure(cause any) *Failure {
	kind := reflect.TypeOf(cause)
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	failure := &Failure{ErrorType: kind.Name(), ErrorMessage: fmt.Sprint(cause)}
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(4, callers)])
	for {
		frame, more := frames.Next()
		label := frame.Function[strings.LastIndexByte(frame.Function, '.')+1:]
		failure.StackTrace = append(failure.StackTrace, StackFrame{Path: frame.File, Line: int32(frame.Line), Label: label})
		if !more {
			return failure
		}
	}
}
