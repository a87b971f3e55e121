package invariant

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// Watcher holds the invariants against the world at every instant, and believes nothing that the Lambdas say: it sees the
// model's own state after every change, and every call at the moment of its effect.
// Every method runs with the account's lock held, unless it says otherwise.
type Watcher struct {
	r            *rehearsal.Rehearsal
	states       map[string]string // by function name
	lineage      []string          // its groups: the first blue, then those that functions created, in that order
	targetGroups map[string]bool   // ARNs of those that a fleet of the lineage was ever attached to, and names of Classic Load Balancers
	theirs       map[string]bool   // of these, those that others attached and that do not serve yet, or that they detached
	entries      entries
	current      *apiCall // whose effect happens now; nil: the world moves by itself
	dirty        bool     // something has changed since the last look

	invariants []invariant
	broken     []string

	// What invariants ask each other.
	capacity  *capacity
	grace     *grace
	fence     *fence
	endStates *endStates
	ownership *ownership
	schedules *schedules
	consent   *consent
}

// apiCall is an API call at the moment of its effect.
type apiCall struct {
	service, operation string
	caller             string // access key id
	state              string // whose function calls; empty: somebody else
	execution          string // that the function works for, ARN
	input              any    // the SDK's
}

// deployment reports whether a function of the state machine acts; nobody does when the call is nil.
func (a *apiCall) deployment() bool { return a != nil && a.state != "" }

// writes reports whether the call may change something. What only tells others is held against the promises by itself.
func (a *apiCall) writes() bool {
	return !rehearsal.Tells(a.operation) && !rehearsal.Reads(a.operation)
}

// String is the call as a broken promise names it.
func (a *apiCall) String() string { return a.state + ", " + a.service + ":" + a.operation }

// Watch begins to watch a rehearsal, from right after it was made. It takes the lock itself.
func Watch(r *rehearsal.Rehearsal) *Watcher {
	w := &Watcher{r: r, states: make(map[string]string), lineage: []string{r.World.GroupName}, targetGroups: make(map[string]bool), theirs: make(map[string]bool), entries: entries{make(map[string]time.Time)}}
	for _, f := range statemachine.Deployed() {
		w.states[r.FunctionName(f.State)] = f.State
	}
	r.AWS.Account.Lock()
	now := w.snapshot()
	for _, row := range table {
		w.invariants = append(w.invariants, row.begin(base{w, row.promise}, now))
	}
	r.AWS.Endpoint.Observe(w.observe)
	r.AWS.Compute.OnChange(w.instanceChanged)
	r.AWS.Balancers.OnChange(w.changed)
	r.AWS.Classic.OnChange(w.changed)
	r.AWS.Zones.OnChange(w.changed)
	r.AWS.Groups.OnChange(func(string) { w.changed() })
	r.AWS.Groups.OnScheduled(w.scheduled)
	r.AWS.Account.Unlock()
	r.AWS.Machines.OnEvent(w.executionEvent)
	return w
}

func (w *Watcher) instanceChanged(instance *localec2.Instance) {
	w.changed()
	for _, i := range w.invariants {
		i.instanceChanged(instance)
	}
}

// changed has the world looked at once what changes now is done: at the end of the call whose effect it is, or as soon
// as the lock is given back.
func (w *Watcher) changed() {
	if w.dirty {
		return
	}
	w.dirty = true
	if w.current == nil {
		w.r.AWS.Account.After(0, w.flush)
	}
}

// flush looks at what has changed by itself.
func (w *Watcher) flush() {
	if w.dirty && w.current == nil {
		w.look(nil)
	}
}

// look holds what stands now against the promises about what stands. by is whose doing it is, nil: nobody's.
func (w *Watcher) look(by *apiCall) {
	w.dirty = false
	s := w.snapshot()
	for _, i := range w.invariants {
		i.look(s, by)
	}
}

// observe is called right before the effect of every call, and what it returns right after it.
func (w *Watcher) observe(call *wire.Call, input any) func(error) {
	w.flush()
	a := &apiCall{
		service: call.Service, operation: call.Operation, caller: call.Caller, input: input,
		state: w.states[call.Principal.Function], execution: w.fence.executions[call.Caller],
	}
	if a.deployment() && a.writes() {
		if lock := w.r.Record().Lock; a.execution == "" && lock != nil { // a process does not tell whom it works for
			a.execution = lock.Execution
		}
		for _, i := range w.invariants {
			i.beforeWrite(a)
		}
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
	w.current = a
	return func(err error) {
		w.current = nil
		if err == nil {
			w.done(a, was)
		} else if a.deployment() {
			for _, i := range w.invariants {
				i.refused(a)
			}
		}
		if w.dirty {
			w.look(a)
		}
	}
}

// before is what stood before a call's effect, as far as it matters.
type before struct {
	record ledger.Record      // of a function's call to the ledger
	groups map[string]traits  // of others' writes
	sizes  localasg.GroupView // of the group that a function's update is about
}

// done takes in the effect of a call that succeeded.
func (w *Watcher) done(a *apiCall, was before) {
	for _, i := range w.invariants {
		i.done(a, was)
	}
	created, ok := a.input.(*autoscaling.CreateAutoScalingGroupInput)
	if ok && a.deployment() && !slices.Contains(w.lineage, *created.AutoScalingGroupName) {
		w.lineage = append(w.lineage, *created.AutoScalingGroupName)
	}
}

// Changed has the world looked at for a change that shows in no call and no state: an application that falls sick before it
// has started. The account's lock must be held. A nil Watcher sees nothing.
func (w *Watcher) Changed() {
	if w != nil {
		w.changed()
	}
}

// Broken returns the promises that were broken so far, each as "promise N: what happened". It takes the lock itself. A nil Watcher has seen none.
func (w *Watcher) Broken() []string {
	if w == nil {
		return nil
	}
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	return slices.Clone(w.broken)
}

// Inspect returns what is wrong with a world that has come to rest: when no deployment is under way and nothing that
// others did waits to be replaced. It takes the lock itself.
func (w *Watcher) Inspect() []string {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	var wrong []string
	for _, i := range w.invariants {
		wrong = append(wrong, i.atRest()...)
	}
	return wrong
}
