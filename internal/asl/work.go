package asl

import "slices"

// The states that do work and may be retried: Task, Parallel, Map.

// work makes attempts until one succeeds or no retrier takes its error; then a catcher may.
func (v *visit) work() (document, string, *stateError) {
	used := make([]int64, len(v.state.retriers))
	for {
		output, failed := v.attempt()
		if failed == nil {
			v.leave(output)
			return output, v.state.next, nil
		}
		if failed == over {
			return document{}, "", over
		}
		failed = failed.in(v.state.name, v.entered)
		i := v.retrier(failed, used)
		if i < 0 {
			return v.giveUp(failed)
		}
		used[i]++
		v.retries++
		v.forgetInner()
		if v.x.clock.Sleep(v.ctx, v.state.retriers[i].delay(used[i], v.x.random)) != nil {
			return document{}, "", over
		}
	}
}

// retrier finds the first retrier for the error; once its attempts are used up, no other one is asked. States.Runtime
// is never retried (developer guide, error names).
func (v *visit) retrier(failed *stateError, used []int64) int {
	if failed.Error == errorRuntime {
		return -1
	}
	for i, r := range v.state.retriers {
		if failed.matches(r.errors) {
			if used[i] < r.maxAttempts {
				return i
			}
			return -1
		}
	}
	return -1
}

// forgetInner lets the next attempt at a Parallel or Map begin from its start.
func (v *visit) forgetInner() {
	v.x.mu.Lock()
	defer v.x.mu.Unlock()
	v.inner = nil
}

// attempt is one attempt, from the state's input to its output.
func (v *visit) attempt() (document, *stateError) {
	input, failed := v.effectiveInput()
	if failed != nil {
		return document{}, failed
	}
	var result document
	v.tail = 0
	switch v.state.kind {
	case kindTask:
		result, failed = v.task(input)
	case kindParallel:
		result, failed = v.parallel(input)
	default:
		result, failed = v.mapState(input)
	}
	if failed != nil {
		return document{}, failed
	}
	result, failed = v.render(v.state.resultSelector, result)
	if failed == nil {
		result, failed = v.finish(result)
	}
	if failed != nil && v.tail > 0 {
		v.follow(v.tail)
	}
	return result, failed
}

// giveUp goes where a catcher says, if one takes the error. It records the failure of a Parallel or Map, unless the
// error ends the execution.
func (v *visit) giveUp(failed *stateError) (document, string, *stateError) {
	taken := slices.IndexFunc(v.state.catchers, func(c catcher) bool { return failed.matches(c.errors) })
	if v.inner != nil && (taken >= 0 || failed.Error != errorRuntime) {
		v.record(string(v.state.kind)+"StateFailed", nil)
	}
	if taken < 0 {
		return document{}, "", failed
	}
	c := v.state.catchers[taken]
	output, notCaught := v.catch(c, failed)
	return output, c.next, notCaught
}

func (v *visit) catch(c catcher, failed *stateError) (document, *stateError) {
	caught := documentOf(failed.output())
	assigned, failed := v.evaluateAssign(c.assign, caught)
	if failed != nil {
		return document{}, failed
	}
	output, failed := v.within(v.place(c.resultPath, c.discardResult, caught))
	if failed == nil {
		v.assign(assigned)
		v.leave(output)
	}
	return output, failed
}
