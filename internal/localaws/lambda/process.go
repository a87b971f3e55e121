package lambda

import (
	"context"
	"time"
)

// runProcess runs an invoke whose code is a process. Processes live on the wall's time: it is called as a goroutine of
// a Scaled clock.
func (f *Functions) runProcess(inv *invoke) {
	env := inv.env
	result := f.initialise(inv)
	if result == nil {
		served := f.serve(inv)
		result = &served
	}
	f.acct.Lock()
	defer f.acct.Unlock()
	f.answer(inv, *result)
	if !inv.outlives {
		f.callers.remove(inv)
		f.release(env)
	}
}

// initialise starts the process of a cold environment and waits until it asks for an invocation. It returns the
// failure that answers the invoke, or nil when the process is ready.
func (f *Functions) initialise(inv *invoke) *Result {
	env := inv.env
	if !inv.cold {
		return nil
	}
	fail := func(failure *Failure) *Result {
		result := failed(failure)
		return &result
	}
	if err := f.start(env); err != nil {
		return fail(startFailure(inv.RequestID, err))
	}
	f.heedKill(inv)
	limit, cancel := f.wall.WithTimeout(context.Background(), f.settings.InitTimeout)
	defer cancel()
	select {
	case <-env.asked:
		return nil
	case posted := <-env.answers:
		f.discard(env)
		return &Result{Payload: posted.payload, FunctionError: unhandled}
	case <-env.exited:
		return fail(exitFailure(inv.RequestID, env.exit))
	case <-limit.Done():
		f.discard(env)
		return fail(timeoutFailure(inv.RequestID, f.settings.InitTimeout))
	}
}

// heedKill ends the process of an invocation that was killed before there was a process to kill.
func (f *Functions) heedKill(inv *invoke) {
	f.acct.Lock()
	defer f.acct.Unlock()
	if inv.dead.Load() {
		inv.env.kill()
	}
}

func (f *Functions) discard(env *environment) {
	f.acct.Lock()
	defer f.acct.Unlock()
	env.discarded = true
	env.kill()
}

// serve hands inv to its waiting process and returns the answer. The answer stands when the process asks for the next
// invocation, ends, or is out of time.
func (f *Functions) serve(inv *invoke) Result {
	env := inv.env
	limit := max(time.Duration(float64(inv.timeout)/f.speed), f.settings.DeadlineFloor)
	ctx, cancel := f.wall.WithTimeout(context.Background(), limit)
	defer cancel()
	env.open(inv.RequestID)
	select {
	case env.deliver <- f.delivery(inv, limit):
	case <-env.exited:
		return failed(exitFailure(inv.RequestID, env.exit))
	case <-ctx.Done():
		f.discard(env)
		return failed(timeoutFailure(inv.RequestID, inv.timeout))
	}
	var posted *Result
	for {
		select {
		case answer := <-env.answers:
			result := succeeded(answer.payload, answer.size)
			if answer.failed {
				result = Result{Payload: answer.payload, FunctionError: unhandled}
			}
			posted = &result
		case <-env.asked:
			if posted == nil {
				// It asked for the next invocation without an answer to this one; Lambda waits for neither.
				f.discard(env)
				return failed(exitFailure(inv.RequestID, ""))
			}
			return *posted
		case <-env.exited:
			if posted == nil {
				return failed(exitFailure(inv.RequestID, env.exit))
			}
			return *posted
		case <-ctx.Done():
			return f.expire(inv, posted)
		}
	}
}

// expire ends a process whose time is up; or lets it go on, when the fault plan says that it outlives its time.
func (f *Functions) expire(inv *invoke, posted *Result) Result {
	env := inv.env
	if inv.fault.Outlive {
		inv.outlives = true
		go func() {
			select {
			case <-env.answers:
			case <-env.exited:
			}
			f.discard(env)
			f.callers.remove(inv)
		}()
	} else {
		f.discard(env)
	}
	if posted != nil {
		return *posted
	}
	return failed(timeoutFailure(inv.RequestID, inv.timeout))
}

// delivery is inv as its process gets it. The deadline is real time, since the process's clock is the wall.
func (f *Functions) delivery(inv *invoke, limit time.Duration) delivery {
	f.acct.Lock()
	defer f.acct.Unlock()
	if inv.fault.Outlive {
		limit += maxTimeout // a process that knew its deadline would stop by itself
	}
	inv.traced.ready = f.acct.Now()
	inv.Deadline = inv.traced.ready.Add(time.Duration(float64(limit) * f.speed))
	payload := inv.payload
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	return delivery{
		requestID:   inv.RequestID,
		functionARN: inv.FunctionARN,
		traceID:     inv.traced.header(),
		deadline:    f.wall.Now().Add(limit),
		payload:     payload,
	}
}
