package asl

// The limits of a Standard workflow (aws-facts C1; developer guide, quotas).
const (
	maxEvents       = 25_000
	maxPayloadBytes = 256 << 10
)

// record appends an event and gives its id. Once the execution has ended it does nothing: branches notice at their next
// step. The last event that the limit allows is ExecutionFailed.
func (x *Execution) record(previous int64, kind string, details Details) int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.recordLocked(previous, kind, details)
}

func (x *Execution) recordLocked(previous int64, kind string, details Details) int64 {
	if x.result.Status != StatusRunning {
		return previous
	}
	if len(x.events) >= maxEvents-1 {
		f := Failure{errorRuntime, "The execution reached the maximum number of history events (25000)."}
		x.endLocked(previous, StatusFailed, "ExecutionFailed", &ExecutionFailedDetails{f}, Result{Failure: f})
		return previous
	}
	return x.append(previous, kind, details)
}

func (x *Execution) append(previous int64, kind string, details Details) int64 {
	e := Event{
		ID:              int64(len(x.events)) + 1,
		PreviousEventID: previous,
		Timestamp:       x.clock.Now(),
		Type:            kind,
		Details:         details,
	}
	x.events = append(x.events, e)
	if x.options.Record != nil {
		x.options.Record(e)
	}
	return e.ID
}

// record appends an event of this branch's own line of events.
func (b *branch) record(kind string, details Details) {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	b.recordLocked(kind, details)
}

func (b *branch) recordLocked(kind string, details Details) {
	if !b.overLocked() {
		b.last = b.x.recordLocked(b.last, kind, details)
	}
}

// aside appends an event that the branch's next one does not follow, and gives its id.
func (b *branch) aside(kind string, details Details) int64 {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	if b.overLocked() {
		return b.last
	}
	return b.x.recordLocked(b.last, kind, details)
}

// follow lets the next event follow the given one.
func (b *branch) follow(event int64) {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	b.last = event
}
