package asl

// SendTaskSuccess ends the task that waits for the token; output is its result, a JSON document.
func (x *Execution) SendTaskSuccess(token string, output []byte) error {
	if !validJSON(output) {
		return ErrInvalidOutput
	}
	return x.sendTask(token, func(a *attempt) { a.settleLocked(outcome{output: output}) })
}

// SendTaskFailure fails the task that waits for the token; both texts may be empty.
func (x *Execution) SendTaskFailure(token, errorName, cause string) error {
	return x.sendTask(token, func(a *attempt) { a.settleLocked(outcome{failed: &TaskError{Failure: Failure{errorName, cause}}}) })
}

// SendTaskHeartbeat starts the time for the next heartbeat again. It does not move the task's timeout.
func (x *Execution) SendTaskHeartbeat(token string) error {
	return x.sendTask(token, func(a *attempt) {
		if a.heartbeat > 0 {
			a.expectBeat()
		}
	})
}

// HasToken reports whether this execution gave out the token, however long ago.
func (x *Execution) HasToken(token string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, given := x.tokens[token]
	return given
}

func (x *Execution) sendTask(token string, do func(*attempt)) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	a, given := x.tokens[token]
	switch {
	case !given:
		return ErrNoSuchToken
	case a == nil || a.settled || x.result.Status != StatusRunning:
		return ErrTaskTimedOut
	}
	do(a)
	return nil
}
