package invariant

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// Watcher holds the promises against the world at every instant, and believes nothing that the Lambdas say: it sees the
// model's own state after every change, and every call at the moment of its effect. Each promise has a file of its own.
// Every method runs with the account's lock held, unless it says otherwise.
type Watcher struct {
	r            *rehearsal.Rehearsal
	states       map[string]string   // by function name
	lineage      []string            // its groups: the first blue, then those that functions created, in that order
	targetGroups map[string]bool     // ARNs of those that a fleet of the lineage was ever attached to
	theirs       map[string]bool     // of these, those that others attached and that do not serve yet, or that they detached
	drainBefore  *deploy.DrainPolicy // that the record had before it was last written, if it had one
	acting       *act                // whose effect happens now; nil: the world moves by itself
	dirty        bool                // something has changed since the last look

	capacity  capacity
	answering answering
	held      map[string]holding // by instance: who a terminating hook holds, or has held
	ends      ends
	owned     ownership
	fence     fence
	broken    []string
}

// act is an API call at the moment of its effect.
type act struct {
	service, operation string
	caller             string // access key id
	state              string // whose function calls; empty: somebody else
	execution          string // that the function works for, ARN
	input              any    // the SDK's
}

// deployment reports whether a function of the state machine acts; nobody does when the act is nil.
func (a *act) deployment() bool { return a != nil && a.state != "" }

// writes reports whether the call may change something. What only tells others is held against the promises by itself.
func (a *act) writes() bool { return !rehearsal.Tells(a.operation) && !rehearsal.Reads(a.operation) }

// String is the call as a broken promise names it.
func (a *act) String() string { return a.state + ", " + a.service + ":" + a.operation }

// Watch begins to watch a rehearsal, from right after it was made. It takes the lock itself.
func Watch(r *rehearsal.Rehearsal) *Watcher {
	w := &Watcher{r: r, states: make(map[string]string), lineage: []string{r.World.GroupName}, targetGroups: make(map[string]bool), theirs: make(map[string]bool), held: make(map[string]holding)}
	for _, f := range statemachine.Deployed() {
		w.states[r.FunctionName(f.State)] = f.State
	}
	r.OnInvoke(w.begun)
	r.AWS.Machines.OnEvent(w.executionEvent)
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	w.answering = newAnswering()
	w.fence = newFence()
	s := w.see()
	for id := range s.members {
		if w.answers(id) {
			w.answering.once[id] = true
		}
	}
	w.capacity = newCapacity(r.World.GroupName, w.serving(s), s)
	w.ends = newEnds(w)
	w.owned = newOwnership(s)
	r.AWS.Roles.OnDenied(w.denied)
	r.AWS.Endpoint.Observe(w.observe)
	r.AWS.Compute.OnChange(w.instanceChanged)
	r.AWS.Balancers.OnChange(w.changed)
	r.AWS.Groups.OnChange(func(string) { w.changed() })
	return w
}

// changed has the world looked at once what changes now is done: at the end of the call whose effect it is, or as soon
// as the lock is given back.
func (w *Watcher) changed() {
	if w.dirty {
		return
	}
	w.dirty = true
	if w.acting == nil {
		w.r.AWS.Account.After(0, w.flush)
	}
}

// flush looks at what has changed by itself.
func (w *Watcher) flush() {
	if w.dirty && w.acting == nil {
		w.look(nil)
	}
}

// look holds what stands now against the promises about what stands. by is whose doing it is, nil: nobody's.
func (w *Watcher) look(by *act) {
	w.dirty = false
	s := w.see()
	w.capacity.look(w, s, by)
	w.traffic(s)
	w.noteHeld(s)
	w.owned.look(w, s, by)
}

// observe is called right before the effect of every call, and what it returns right after it.
func (w *Watcher) observe(call *wire.Call, input any) func(error) {
	w.flush()
	a := &act{
		service: call.Service, operation: call.Operation, caller: call.Caller, input: input,
		state: w.states[call.Principal.Function], execution: w.fence.executions[call.Caller],
	}
	if a.deployment() && a.writes() {
		if lock := w.r.Record().Lock; a.execution == "" && lock != nil { // a process does not tell whom it works for
			a.execution = lock.Execution
		}
		w.beforeWrite(a)
	}
	var was before
	switch {
	case a.service == "dynamodb" && a.deployment():
		was.record = w.r.Record()
	case a.service == "autoscaling" && a.writes() && !a.deployment():
		was.groups = w.allTraits()
	}
	if update, ok := input.(*autoscaling.UpdateAutoScalingGroupInput); ok {
		was.sizes, _ = w.r.AWS.Groups.View(*update.AutoScalingGroupName)
	}
	w.acting = a
	return func(err error) {
		w.acting = nil
		if err == nil {
			w.done(a, was)
		} else if a.deployment() {
			w.ledgerRefused(a)
		}
		if w.dirty {
			w.look(a)
		}
	}
}

// beforeWrite holds a function's write against the promises about writes.
func (w *Watcher) beforeWrite(a *act) {
	w.graceOf(a)
	w.ownershipOf(a)
	w.fenceOf(a)
}

// before is what stood before a call's effect, as far as it matters.
type before struct {
	record ledger.Record      // of a function's call to the ledger
	groups map[string]traits  // of others' writes
	sizes  localasg.GroupView // of the group that a function's update is about
}

// done takes in the effect of a call that succeeded.
func (w *Watcher) done(a *act, was before) {
	if was.groups != nil {
		w.ends.changedByOthers(w, was.groups)
	}
	if !a.deployment() {
		return
	}
	if created, ok := a.input.(*autoscaling.CreateAutoScalingGroupInput); ok && !slices.Contains(w.lineage, *created.AutoScalingGroupName) {
		w.lineage = append(w.lineage, *created.AutoScalingGroupName)
		w.ends.copiedAt[*created.AutoScalingGroupName] = w.r.AWS.Account.Now()
	}
	w.ends.unseen.describes(w, a)
	w.ends.overwritten(a, was.sizes)
	w.ends.roomMade(w, a)
	w.ends.launches(w, a, was.sizes)
	if a.service == "dynamodb" {
		w.ledgerCalled(a, was.record)
	} else if a.writes() {
		w.ends.wrote[a.execution] = true
	}
}

func (w *Watcher) breaks(promise int, format string, args ...any) {
	text := fmt.Sprintf("promise %d: ", promise) + fmt.Sprintf(format, args...)
	const kept = 20
	if len(w.broken) < kept && !slices.Contains(w.broken, text) {
		w.broken = append(w.broken, text)
	}
}

// Changed has the world looked at for a change that shows in no call and no state: an application that falls sick before it
// has started. The account's lock must be held. A nil Watcher sees nothing.
func (w *Watcher) Changed() {
	if w != nil {
		w.changed()
	}
}

// Broken returns the promises that were broken so far, each as "promise N: what happened". A nil Watcher has seen none.
func (w *Watcher) Broken() []string {
	if w == nil {
		return nil
	}
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	return slices.Clone(w.broken)
}

// Lowest is the fewest instances that were seen to serve at once, since ForgetLowest if that was called.
func (w *Watcher) Lowest() int {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	return w.capacity.lowest
}

// ForgetLowest lets Lowest begin anew: what was before does not matter.
func (w *Watcher) ForgetLowest() {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	w.capacity.lowest = w.serving(w.see()).least
}
