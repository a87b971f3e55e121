package ledger

import (
	"context"
	"errors"
	"slices"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// Asked is how a person was asked whether traffic may move.
type Asked struct {
	At     time.Time `json:"at"`
	Until  time.Time `json:"until"`            // an answer that comes later does not count
	Silent bool      `json:"silent,omitempty"` // nobody had answered by then
}

// clone copies what a change of the record may change.
func (a *Asked) clone() *Asked {
	if a == nil {
		return nil
	}
	c := *a
	return &c
}

// Ask notes that a person is asked, once, and that the time is up, where nobody has answered by then.
func (l *Lock) Ask(now time.Time, approval deploy.Approval) {
	if l.Asked == nil {
		l.Asked = &Asked{At: now, Until: now.Add(time.Duration(approval.TimeoutSeconds) * time.Second)}
	}
	if l.Deployment.Approved == nil && !now.Before(l.Asked.Until) {
		l.Asked.Silent = true
	}
}

// Answer notes what a person has said. The error is a Conflict that says why it does not count: then nothing is noted.
func (l *Lock) Answer(verb deploy.Verb, said deploy.Said) error {
	d := &l.Deployment
	refuse := func(format string, args ...any) error { return fault.New(fault.Conflict, format, args...) }
	switch {
	case d.Strategy.Stays():
		return refuse("a deployment in place cannot be answered for yet: stop its execution, and a recovery undoes it")
	case l.Execution != d.Execution:
		return refuse("%s only undoes or finishes what %s left, and asks nobody", deploy.ExecutionName(l.Execution), deploy.ExecutionName(d.Execution))
	case l.Stage == Committed:
		return refuse(`it is committed: %s serves, and traffic comes back to %s only by a rollback (bluegreen rollback %s)`, d.Green, d.Blue, d.Green)
	case !slices.Contains(forward, l.Stage):
		return refuse("it is on its way back already: traffic returns to %s, or has", d.Blue)
	case d.Aborted != nil:
		return refuse("it was aborted already, by %s", d.Aborted)
	case verb == deploy.Abort:
		d.Aborted = &said
		return nil
	}
	return l.approve(said)
}

func (l *Lock) approve(said deploy.Said) error {
	d := &l.Deployment
	switch {
	case d.Approval == nil:
		return fault.New(fault.Conflict, "its request asks for no approval: it goes on by itself")
	case d.Approved != nil:
		return fault.New(fault.Conflict, "it was approved already, by %s", d.Approved)
	case l.Asked == nil:
		return fault.New(fault.Conflict, "nobody was asked yet: green %s cannot take traffic so far; a mail asks when it can", d.Green)
	case l.Asked.Silent || !said.At.Before(l.Asked.Until):
		return fault.New(fault.Conflict, "the time to answer was up at %s: %s", deploy.Moment(l.Asked.Until), silence(d.Approval.OnTimeout))
	}
	d.Approved = &said
	return nil
}

// silence is what becomes of a deployment that nobody has answered for.
func silence(on deploy.OnSilence) string {
	if on == deploy.SilenceContinues {
		return "it goes on"
	}
	return "it is sent back; start it again to be asked again"
}

// Answer writes what a person has said of the deployment that an execution works on. The error is a Conflict that says why it does not
// count.
func (l Ledger) Answer(ctx context.Context, lineage, execution string, verb deploy.Verb, said deploy.Said) (Record, error) {
	const tries = 5
	for range tries {
		record, _, err := l.Get(ctx, lineage)
		if err != nil {
			return Record{}, err
		}
		switch {
		case record.Lock == nil:
			return Record{}, fault.New(fault.Conflict, "%s works on nothing of %s yet, or no more: look at it, and answer again if it waits for that", execution, lineage)
		case record.Lock.Execution != execution:
			return Record{}, fault.New(fault.Conflict, "%s is worked on by %s, and not by %s: answer for that one if it is meant", lineage, record.Lock.Execution, execution)
		}
		record = record.clone()
		if asked := record.Lock.Asked; asked != nil && said.At.Before(asked.At) { // a clock that is behind, as where a local AWS runs faster than time
			said.At = asked.At
		}
		if err := record.Lock.Answer(verb, said); err != nil {
			return Record{}, err
		}
		if written, err := l.Put(ctx, record); !errors.Is(err, ErrChanged) {
			return written, err
		}
	}
	return Record{}, fault.New(fault.Unavailable, "the record of %s was changed by others %d times in a row: answer again", lineage, tries)
}
