package invariant

import (
	"reflect"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/rehearsal"
)

// fence holds promise 6: nobody writes to AWS for an execution that does not hold the lineage's lock. A function reads
// the record before each write; what changes between that read and the write it cannot know, so one write may come late.
type fence struct {
	executions map[string]string      // by the access key of an invocation
	calls      map[string]*invocation // by access key
}

// invocation is what a function's invocation knows of the lock.
type invocation struct {
	began  time.Time
	fenced bool // it has seen since its last write that its execution holds the lock
	last   *act // its last write, which the SDK may try again
}

func newFence() fence {
	return fence{executions: make(map[string]string), calls: make(map[string]*invocation)}
}

// begun notes which execution an invocation works for. It takes the lock itself.
func (w *Watcher) begun(accessKeyID, execution string) {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.fence.executions[accessKeyID] = execution
	w.fence.calls[accessKeyID] = &invocation{began: w.r.AWS.Account.Now()}
}

// fenceOf holds promise 6 against a function's write.
func (w *Watcher) fenceOf(a *act) {
	inv, known := w.fence.calls[a.caller]
	if a.service == "dynamodb" || !known || alone(a) {
		return
	}
	again := inv.last != nil && inv.last.operation == a.operation && reflect.DeepEqual(inv.last.input, a.input)
	switch lock := w.r.Record().Lock; {
	case inv.fenced:
	case lock == nil:
		w.breaks(6, "%s writes for %s, and nobody holds the lock", a, rehearsal.ShortName(a.execution))
	case lock.Execution != a.execution:
		w.breaks(6, "%s writes for %s, and %s holds the lock", a, rehearsal.ShortName(a.execution), rehearsal.ShortName(lock.Execution))
	case !again:
		w.breaks(6, "%s writes without having read the record since its last write", a)
	}
	inv.fenced, inv.last = false, a
}

// late reports whether a write comes from a function that saw its execution hold the lock, which it does not any more.
func (w *Watcher) late(a *act, record ledger.Record) bool {
	inv, known := w.fence.calls[a.caller]
	return known && inv.fenced && (record.Lock == nil || record.Lock.Execution != a.execution)
}

// ledgerRefused takes in that the record was changed since a function read it. What it is shown then may be just what it
// wanted to write: an earlier try has.
func (w *Watcher) ledgerRefused(a *act) {
	put, ok := a.input.(*dynamodb.PutItemInput)
	inv, known := w.fence.calls[a.caller]
	if !ok || !known {
		return
	}
	wanted, _ := rehearsal.RecordIn(put.Item)
	inv.fenced = wanted.Lock != nil && wanted.Lock.Execution == a.execution && reflect.DeepEqual(wanted, w.r.Record())
}

// alone reports whether a write is about one instance that goes anyway: whoever drains what a hook holds does no harm,
// and the machine that does it at every scale-in holds no lock at all.
func alone(a *act) bool {
	return slices.Contains([]string{"SendCommand", "CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"}, a.operation)
}

// ledgerCalled takes in what a function read of the record, or wrote to it.
func (w *Watcher) ledgerCalled(a *act, before ledger.Record) {
	inv, known := w.fence.calls[a.caller]
	if !known {
		return
	}
	now := w.r.Record()
	holds := now.Lock != nil && now.Lock.Execution == a.execution
	if read, ok := a.input.(*dynamodb.GetItemInput); ok {
		inv.fenced = holds && aws.ToBool(read.ConsistentRead)
		return
	}
	if !a.writes() {
		return
	}
	inv.fenced = holds
	if before.Drain != nil {
		w.drainBefore = before.Drain
	}
	if now.Version != before.Version+1 {
		w.breaks(6, "%s takes the record from version %d to %d", a, before.Version, now.Version)
	}
	if before.Lock != nil && before.Lock.Stage != ledger.Committed && now.Lock != nil && now.Lock.Stage == ledger.Committed {
		w.committed(a, now.Lock.Deployment, inv.began)
	}
	if held := before.Lock; held != nil && held.Execution != a.execution {
		w.taken(a, held.Execution)
	}
}

// taken checks that a lock is taken only from an execution that has ended, once none of its functions can run.
func (w *Watcher) taken(a *act, from string) {
	w.ends.tookOver[from], w.ends.tookOver[a.execution] = true, true
	ended, over := w.ends.ended[from]
	switch passed := w.r.AWS.Account.Now().Sub(ended); {
	case !over:
		w.breaks(6, "%s changes the record for %s, and %s, which runs, holds the lock", a, rehearsal.ShortName(a.execution), rehearsal.ShortName(from))
	case passed < deploy.FunctionTimeoutSeconds*time.Second:
		w.breaks(6, "%s takes the lock over from %s %s after that ended", a, rehearsal.ShortName(from), passed)
	}
}
