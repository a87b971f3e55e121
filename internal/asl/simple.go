package asl

import "time"

// The states that do no work of others: Pass, Succeed, Fail, Choice, Wait.

func (v *visit) pass() (document, string, *stateError) {
	result, failed := v.effectiveInput()
	if failed == nil {
		result, failed = v.within(v.render(v.state.parameters, result))
	}
	if failed != nil {
		return document{}, "", failed
	}
	if v.state.hasResult {
		result = documentOf(v.state.result)
	}
	output, failed := v.finish(result)
	if failed == nil {
		v.leave(output)
	}
	return output, v.state.next, failed
}

func (v *visit) succeed() (document, string, *stateError) {
	output, failed := v.effectiveInput()
	if failed == nil {
		output, failed = v.outputOf(output)
	}
	if failed == nil {
		v.leave(output)
	}
	return output, "", failed
}

func (v *visit) fail() *stateError {
	name, failed := v.failText(v.state.failError, "ErrorPath")
	if failed != nil {
		return failed
	}
	cause, failed := v.failText(v.state.failCause, "CausePath")
	if failed != nil {
		return failed
	}
	return &stateError{Failure: Failure{name, cause}}
}

func (v *visit) failText(t failText, field string) (string, *stateError) {
	if t.expression == nil {
		return t.text, nil
	}
	value, failed := t.expression.value(v.scope(v.raw), field)
	if failed != nil {
		return "", failed
	}
	text, isString := value.(string)
	if !isString {
		return "", runtimeError("The value of the field '%s' must be a string, but '%s' gives %s", field, t.expression.text, encode(value))
	}
	return text, nil
}

func (v *visit) choice() (document, string, *stateError) {
	input, failed := v.effectiveInput()
	if failed != nil {
		return document{}, "", failed
	}
	next, assign := v.state.otherwise, v.state.assign
	s := v.scope(input)
	for _, c := range v.state.choices {
		is, failed := c.condition.holds(s)
		if failed != nil {
			return document{}, "", failed
		}
		if is {
			next, assign = c.next, c.assign
			break
		}
	}
	if next == "" {
		return document{}, "", runtimeError("Failed to transition out of the state. The state does not point to a next state.")
	}
	assigned, failed := v.evaluateAssign(assign, input)
	if failed != nil {
		return document{}, "", failed
	}
	output, failed := v.outputOf(input)
	if failed == nil {
		v.assign(assigned)
		v.leave(output)
	}
	return output, next, failed
}

func (v *visit) wait() (document, string, *stateError) {
	input, failed := v.effectiveInput()
	if failed != nil {
		return document{}, "", failed
	}
	d, failed := v.waitTime(input)
	if failed != nil {
		return document{}, "", failed
	}
	if v.x.clock.Sleep(v.ctx, d) != nil {
		return document{}, "", over
	}
	output, failed := v.finish(input)
	if failed == nil {
		v.leave(output)
	}
	return output, v.state.next, failed
}

// waitTime is how long a Wait state waits from now.
func (v *visit) waitTime(input document) (time.Duration, *stateError) {
	w := v.state.wait
	now := v.x.clock.Now()
	switch {
	case w.seconds != nil:
		return time.Duration(*w.seconds) * time.Second, nil
	case w.until != nil:
		return w.until.Sub(now), nil
	case w.secondsPath != nil:
		value, err := v.scope(input).evaluate(w.secondsPath)
		if err != nil {
			return 0, runtimeError("The SecondsPath parameter does not reference an input value: %s", w.secondsPath.text)
		}
		n, _ := value.(number)
		seconds, isInteger := n.integer()
		if !isInteger {
			return 0, runtimeError("The SecondsPath parameter cannot be parsed as a long value: %s == %s", w.secondsPath.text, encode(value))
		}
		if seconds < 0 {
			return 0, runtimeError("The SecondsPath parameter references a negative value: %s == %d", w.secondsPath.text, seconds)
		}
		if seconds > maxSeconds {
			return 0, runtimeError("Wait state delay is too long")
		}
		return time.Duration(seconds) * time.Second, nil
	}
	value, err := v.scope(input).evaluate(w.timestampPath)
	if err != nil {
		return 0, runtimeError("The TimestampPath parameter does not reference an input value: %s", w.timestampPath.text)
	}
	at, ok := parseTimestamp(stringOf(value))
	if !ok {
		return 0, runtimeError("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s", w.timestampPath.text, plain(value))
	}
	return at.Sub(now), nil
}

// plain writes a value as texts of errors do: a string without quotes.
func plain(value any) string {
	if text, isString := value.(string); isString {
		return text
	}
	return encode(value)
}
