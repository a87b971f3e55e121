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
	base
	executions map[string]string      // by the access key of an invocation
	calls      map[string]*invocation // by access key

	drainBefore *deploy.DrainPolicy // that the record had before it was last written, if it had one
}

// invocation is what a function's invocation knows of the lock.
type invocation struct {
	began  time.Time
	fenced bool     // it has seen since its last write that its execution holds the lock
	last   *apiCall // its last write, which the SDK may try again
}

func newFence(b base, _ snapshot) invariant {
	f := &fence{base: b, executions: make(map[string]string), calls: make(map[string]*invocation)}
	b.w.fence = f
	b.w.r.OnInvoke(f.begun)
	return f
}

// begun notes which execution an invocation works for. It takes the lock itself.
func (f *fence) begun(accessKeyID, execution string) {
	f.w.r.AWS.Account.Lock()
	defer f.w.r.AWS.Account.Unlock()
	f.executions[accessKeyID] = execution
	f.calls[accessKeyID] = &invocation{began: f.w.r.AWS.Account.Now()}
}

// beforeWrite holds the promise against a function's write.
func (f *fence) beforeWrite(a *apiCall) {
	inv, known := f.calls[a.caller]
	if a.service == "dynamodb" || !known || alone(a) {
		return
	}
	again := inv.last != nil && inv.last.operation == a.operation && reflect.DeepEqual(inv.last.input, a.input)
	switch lock := f.w.r.Record().Lock; {
	case inv.fenced:
	case lock == nil:
		f.breaks("%s writes for %s, and nobody holds the lock", a, rehearsal.ShortName(a.execution))
	case lock.Execution != a.execution:
		f.breaks("%s writes for %s, and %s holds the lock", a, rehearsal.ShortName(a.execution), rehearsal.ShortName(lock.Execution))
	case !again:
		f.breaks("%s writes without having read the record since its last write", a)
	}
	inv.fenced, inv.last = false, a
}

// late reports whether a write comes from a function that saw its execution hold the lock, which it does not any more.
func (f *fence) late(a *apiCall, record ledger.Record) bool {
	inv, known := f.calls[a.caller]
	return known && inv.fenced && (record.Lock == nil || record.Lock.Execution != a.execution)
}

// refused takes in that the record was changed since a function read it. What it is shown then may be just what it
// wanted to write: an earlier try has.
func (f *fence) refused(a *apiCall) {
	put, ok := a.input.(*dynamodb.PutItemInput)
	inv, known := f.calls[a.caller]
	if !ok || !known {
		return
	}
	wanted, _ := rehearsal.RecordIn(put.Item)
	inv.fenced = wanted.Lock != nil && wanted.Lock.Execution == a.execution && reflect.DeepEqual(wanted, f.w.r.Record())
}

// alone reports whether a write is about one instance that goes anyway: to drain what a hook holds does no harm,
// and the machine that does it at every scale-in holds no lock at all.
func alone(a *apiCall) bool {
	return slices.Contains([]string{"SendCommand", "CompleteLifecycleAction", "RecordLifecycleActionHeartbeat"}, a.operation)
}

// done takes in what a function read of the record, or wrote to it.
func (f *fence) done(a *apiCall, was before) {
	inv, known := f.calls[a.caller]
	if !known || a.service != "dynamodb" || !a.deployment() {
		return
	}
	before := was.record
	now := f.w.r.Record()
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
		f.drainBefore = before.Drain
	}
	if now.Version != before.Version+1 {
		f.breaks("%s takes the record from version %d to %d", a, before.Version, now.Version)
	}
	if before.Lock != nil && before.Lock.Stage != ledger.Committed && now.Lock != nil && now.Lock.Stage == ledger.Committed {
		f.w.grace.committed(a, now.Lock.Deployment, inv.began)
		f.w.consent.committed(a, inv.began)
	}
	if held := before.Lock; held != nil && held.Execution != a.execution {
		f.taken(a, held.Execution)
	}
}

// taken checks that a lock is taken only from an execution that has ended, once none of its functions can run.
func (f *fence) taken(a *apiCall, from string) {
	f.w.endStates.tookOver[from], f.w.endStates.tookOver[a.execution] = true, true
	ended, over := f.w.endStates.ended[from]
	switch passed := f.w.r.AWS.Account.Now().Sub(ended); {
	case !over:
		f.breaks("%s changes the record for %s, and %s, which runs, holds the lock", a, rehearsal.ShortName(a.execution), rehearsal.ShortName(from))
	case passed < deploy.FunctionTimeoutSeconds*time.Second:
		f.breaks("%s takes the lock over from %s %s after that ended", a, rehearsal.ShortName(from), passed)
	}
}
