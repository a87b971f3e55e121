package ledger

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// Holder works on a lineage in the name of one execution, for one deployment. An execution that takes another's lock over
// finishes or undoes that one's deployment first and may then begin its own: what hung in the first may not touch the second.
type Holder struct {
	Ledger     Ledger
	Lineage    string
	Execution  string
	Deployment string // ARN of the execution that began it

	turns bool // it turns the deployment back
}

// For returns the holder that a call works as.
func (l Ledger) For(call deploy.Call) Holder {
	d := call.Document.Deployment
	return Holder{Ledger: l, Lineage: d.Lineage, Execution: call.Execution.ID, Deployment: d.Execution}
}

// Check is the fence: it returns the record if the execution holds the lock at one of the stages, and a Conflict
// otherwise. It is called right before each write to AWS, so that a function that outlived its task writes nothing.
func (h Holder) Check(ctx context.Context, stages ...Stage) (Record, error) {
	record, _, err := h.Ledger.Get(ctx, h.Lineage)
	if err != nil {
		return Record{}, err
	}
	return record, h.holds(record, stages)
}

// Fence is a holder at the stages at which it may write.
type Fence struct {
	holder Holder
	stages []Stage
}

// At is the holder's fence at these stages.
func (h Holder) At(stages ...Stage) Fence { return Fence{h, stages} }

// Check is Holder.Check.
func (f Fence) Check(ctx context.Context) (Record, error) { return f.holder.Check(ctx, f.stages...) }

// Change is Check, then change applied to the record and written. It tries again while others write; changing nothing
// writes nothing. Either way the lock was held a moment ago, as after Check.
func (h Holder) Change(ctx context.Context, change func(*Record), stages ...Stage) (Record, error) {
	record, err := h.Check(ctx, stages...)
	if err != nil {
		return Record{}, err
	}
	return h.ChangeFrom(ctx, record, change, stages...)
}

// ChangeFrom is Change of a record that was read a moment ago. The write is on condition of the record's version, so
// it needs no look of its own.
func (h Holder) ChangeFrom(ctx context.Context, record Record, change func(*Record), stages ...Stage) (Record, error) {
	const tries = 5
	for range tries {
		if err := h.holds(record, stages); err != nil {
			return Record{}, err
		}
		changed := record.clone()
		change(&changed)
		if reflect.DeepEqual(record, changed) {
			return record, nil
		}
		written, err := h.Ledger.Put(ctx, changed)
		if !errors.Is(err, ErrChanged) {
			return written, err
		}
		if record, err = h.Check(ctx, stages...); err != nil {
			return Record{}, err
		}
	}
	return Record{}, fault.New(fault.Unavailable, "the record of %s was changed by others %d times in a row", h.Lineage, tries)
}

func (h Holder) holds(record Record, stages []Stage) error {
	switch lock := record.Lock; {
	case lock == nil:
		return fault.New(fault.Conflict, "lineage %s: %s does not hold the lock any more; nobody does", h.Lineage, h.Execution)
	case lock.Execution != h.Execution:
		return fault.New(fault.Conflict, "lineage %s is held by %s since %s (stage %s); %s may not write",
			h.Lineage, lock.Execution, lock.Since.Format("2006-01-02 15:04:05Z"), lock.Stage, h.Execution)
	case lock.Deployment.Execution != h.Deployment:
		return fault.New(fault.Conflict, "lineage %s: %s has gone on from the deployment that %s began to the one that %s began",
			h.Lineage, h.Execution, h.Deployment, lock.Deployment.Execution)
	case !slices.Contains(stages, lock.Stage):
		return fault.New(fault.Conflict, "lineage %s has moved on to stage %s; a function of stage %s may not write",
			h.Lineage, lock.Stage, stages[0])
	case lock.Deployment.Aborted != nil && !h.turns && slices.Contains(forward, lock.Stage):
		return fault.New(fault.Aborted, "it was aborted by %s", lock.Deployment.Aborted)
	}
	return nil
}

// forward are the stages of a deployment that can still be aborted.
var forward = []Stage{Creating, Switching, Leaving}

// TurnBack has the deployment turn back, one that was aborted too: nothing else goes on with that.
func (h Holder) TurnBack(ctx context.Context) (Record, error) {
	h.turns = true
	return h.Change(ctx, func(r *Record) { r.Lock.TurnBack() }, Creating, Switching, Leaving, Restoring)
}

// clone copies what Change may change.
func (r Record) clone() Record {
	if r.Lock != nil {
		lock := *r.Lock
		lock.Changes = slices.Clone(lock.Changes)
		for i, c := range lock.Changes {
			lock.Changes[i].Set = slices.Clone(c.Set)
		}
		if lock.Build != nil {
			build := *lock.Build
			lock.Build = &build
		}
		lock.Asked = lock.Asked.clone()
		lock.InPlace = lock.InPlace.clone()
		lock.Schedules = slices.Clone(lock.Schedules) // nobody changes an action: they are replaced
		r.Lock = &lock
	}
	if r.Previous != nil {
		previous := *r.Previous
		r.Previous = &previous
	}
	r.Images = slices.Clone(r.Images)
	r.Outcomes = slices.Clone(r.Outcomes)
	return r
}
