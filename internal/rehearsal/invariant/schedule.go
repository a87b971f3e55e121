package invariant

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
)

// schedules holds what promise 4 says of scheduled actions: each run of the fleet that serves has its sizes at the end, and none has
// them before while that is below the pin. A run that AWS does not carry out, since the deployment has suspended the process, counts
// all the same; one that the fleet's owner has suspended does not.
type schedules struct {
	base
	planned    map[string]int // desired capacity as the last run wants it, by group, until others set another
	pin        int            // of the deployment under way; 0: none
	seen       map[string]int // desired capacity at the last look, by group
	handedOver int            // desired capacity of blue at the commit
	own        map[string]int // desired capacity that others, or its policies, have set since the last execution ended, by group
	shared     time.Time      // when blue had a share of the load last
	handed     []traits       // what runs of blue were to set right after the commit
	committed  time.Time
	early      map[string]time.Time // executions that unpinned green before it had carried all load for long
}

// aloneFor is how long green carries all load before it is unpinned, unless the deployment ends first.
const aloneFor = 15 * time.Minute

func newSchedules(b base, _ snapshot) invariant {
	b.w.schedules = &schedules{base: b, planned: make(map[string]int), seen: make(map[string]int), own: make(map[string]int), early: make(map[string]time.Time)}
	return b.w.schedules
}

// scheduleText is a scheduled action as a trait. The next run of one that recurs is none.
func scheduleText(action types.ScheduledUpdateGroupAction) string {
	action.AutoScalingGroupName, action.ScheduledActionARN, action.Time = nil, nil, nil
	if action.Recurrence != nil {
		action.StartTime = nil
	}
	return text(action)
}

// scheduled takes in that a scheduled action is due, or over.
func (w *Watcher) scheduled(group string, action types.ScheduledUpdateGroupAction, due, over bool) {
	e := w.endStates
	view, _ := w.r.AWS.Groups.View(group)
	if due && slices.Contains(w.lineage, group) {
		w.schedules.due(view, action)
	}
	if over {
		name := traitSchedule + aws.ToString(action.ScheduledActionName)
		delete(e.expected[group], name)
		delete(e.onGreen[group], name)
		if blue, exists := w.r.AWS.Groups.View(e.live); (!exists || blue.Deleting) && group == w.r.Record().Live { // the one that it was copied from is gone
			delete(e.expected[e.live], name)
		}
	}
}

// due takes in a run's sizes as what others want of the fleet.
func (c *schedules) due(view localasg.GroupView, action types.ScheduledUpdateGroupAction) {
	e, record := c.w.endStates, c.w.r.Record()
	c.noteCommit(record)
	live, lock := record.Live, record.Lock
	if live == "" {
		live = e.live
	}
	owner, known := e.expected[view.Name]
	if !known { // it is a copy, and others may have set something on it since
		owner = maps.Clone(e.expected[e.live])
		maps.Copy(owner, e.onGreen[view.Name])
	}
	if listed(owner[traitProcesses])[ledger.ScheduledActions] {
		return // its owner has suspended them
	}
	if contradicts(owner, action) {
		return // AWS changes nothing then
	}
	green := lock != nil && view.Name == lock.Deployment.Green
	if lock != nil && view.Name == lock.Deployment.Blue && c.w.r.AWS.Account.Now().Sub(c.committed) < lead {
		c.handed = append(c.handed, sizesOf(action)) // the commit may have carried it out a moment before
	}
	revived := green && lock.Deployment.Revives && (lock.Stage == ledger.Leaving || !slices.Contains(view.Suspended, ledger.ScheduledActions))
	if view.Name != live && !revived {
		return // it stands by, or is a copy that does not serve yet
	}
	c.plan(view.Name, sizesOf(action).on(c.wanted(view.Name, record)))
	if lock != nil && view.Name == lock.Deployment.Blue && !lock.Deployment.Revives { // its copy gets it at the commit
		copied := lock.Deployment.Green
		c.plan(copied, sizesOf(action).on(c.wanted(copied, record)))
	}
	into := e.expected[view.Name]
	if into == nil {
		if e.onGreen[view.Name] == nil {
			e.onGreen[view.Name] = make(traits)
		}
		into = e.onGreen[view.Name]
	}
	run := sizesOf(action)
	for _, trait := range []string{traitMin, traitMax} {
		if run[trait] == "" {
			continue
		}
		if c.w.r.AWS.Account.Now().Sub(c.committed) < lead && e.changed[view.Name][trait].After(c.committed) {
			c.handed = append(c.handed, traits{trait: into[trait]}) // set after the commit had carried out the run
		}
		into[trait] = run[trait]
	}
	c.w.ownership.scheduled(view.Name, run)
}

// wanted is how many a group is to have, without what a run sets now. A copy has as many as what it replaces, and those by which it
// has grown itself since it serves.
func (c *schedules) wanted(group string, record ledger.Record) int {
	if desired, planned := c.planned[group]; planned {
		return desired
	}
	own, grown := c.own[group]
	lock := record.Lock
	switch {
	case lock == nil || lock.Deployment.Green != group:
	case lock.Stage != ledger.Committed:
		return max(own, c.wanted(lock.Deployment.Blue, record))
	case grown:
		return own
	case c.handedOver > 0: // it may have been made a moment before its original shrank
		return c.handedOver
	}
	view, _ := c.w.r.AWS.Groups.View(group)
	return view.Desired
}

// plan takes in the desired capacity that a run wants of a group.
func (c *schedules) plan(group string, desired int) {
	c.planned[group], c.w.capacity.others[group] = desired, desired
}

// unplan takes in that others set what is desired after a run: a copy that is not made yet is made with that.
func (c *schedules) unplan() {
	for group := range c.planned {
		if _, exists := c.w.r.AWS.Groups.View(group); !exists {
			delete(c.w.capacity.others, group)
		}
	}
	clear(c.planned)
}

// contradicts reports whether what a run sets does not go with the sizes that its group has otherwise.
func contradicts(owner traits, action types.ScheduledUpdateGroupAction) bool {
	all := make(traits)
	maps.Copy(all, owner)
	maps.Copy(all, sizesOf(action))
	size := make(map[string]int)
	for _, trait := range []string{traitMin, traitMax, traitDesired} {
		if n, err := strconv.Atoi(all[trait]); err == nil {
			size[trait] = n
		}
	}
	least, most := size[traitMin], size[traitMax]
	desired, set := size[traitDesired]
	return least > most || set && (desired < least || desired > most)
}

// look notes what others set after a run, and when blue serves.
func (c *schedules) look(s snapshot, by *apiCall) {
	for _, fleet := range s.fleets {
		was, known := c.seen[fleet.Name]
		c.seen[fleet.Name] = fleet.Desired
		if !known || was == fleet.Desired || by.deployment() {
			continue
		}
		c.own[fleet.Name] = fleet.Desired
		if fleet.Desired != c.planned[fleet.Name] {
			c.unplan()
		}
	}
	record := c.w.r.Record()
	c.noteCommit(record)
	if record.Lock == nil {
		c.pin = 0
		return
	}
	if c.w.shares(s, record.Lock.Deployment.Blue) {
		c.shared = c.w.r.AWS.Account.Now()
	}
}

// noteCommit notes when the deployment under way has committed.
func (c *schedules) noteCommit(record ledger.Record) {
	switch {
	case record.Lock == nil || record.Lock.Stage != ledger.Committed:
		c.committed, c.handedOver = time.Time{}, 0
	case c.committed.IsZero():
		c.committed = c.w.r.AWS.Account.Now()
		c.handedOver = c.wanted(record.Lock.Deployment.Blue, record)
	}
}

// done holds what a function sets on a fleet that is pinned: until green carries all load for long, or the deployment ends, nothing
// goes below the pin.
func (c *schedules) done(a *apiCall, was before) {
	input, ok := a.input.(*autoscaling.UpdateAutoScalingGroupInput)
	record := c.w.r.Record()
	if !ok || !a.deployment() || record.Lock == nil {
		return
	}
	d, name := record.Lock.Deployment, *input.AutoScalingGroupName
	if name == d.Blue && input.MinSize != nil && was.sizes.Min < int(*input.MinSize) {
		c.pin = int(*input.MinSize)
	}
	lowered := input.MinSize != nil && int(*input.MinSize) < min(c.pin, was.sizes.Min) ||
		input.DesiredCapacity != nil && int(*input.DesiredCapacity) < min(c.pin, was.sizes.Desired)
	switch stage := record.Lock.Stage; {
	case !lowered || a.state == "CreateGreen": // a call that comes late: it was made before anything was pinned
	case d.Revives && name == d.Green && stage != ledger.Committed:
	case stage == ledger.Switching, stage == ledger.Leaving, stage == ledger.Restoring:
		base{c.w, 1}.breaks("%s takes %s below its pin of %d before the commit", a, name, c.pin)
	case stage == ledger.Committed && name == d.Green && !c.carried(d):
		c.early[a.execution] = c.w.r.AWS.Account.Now()
	}
}

// carried reports whether green has carried all load for long, and blue has no instance in service; or blue has none at all, and
// the deployment waits for nothing any more.
func (c *schedules) carried(d deploy.Deployment) bool {
	blue, _ := c.w.r.AWS.Groups.View(d.Blue)
	if len(blue.Instances) == 0 {
		return true
	}
	serves := slices.ContainsFunc(blue.Instances, func(i localasg.InstanceView) bool { return i.State == deploy.InService })
	return !serves && !c.w.r.AWS.Account.Now().Before(c.shared.Add(aloneFor))
}

// executionEnded holds the fleet that is live against the last run.
func (c *schedules) executionEnded(arn, end, _ string) {
	record := c.w.r.Record()
	if !c.w.deploys(arn) || heldByAnother(record, arn) {
		return
	}
	if at, unpinned := c.early[arn]; unpinned && c.w.r.AWS.Account.Now().Sub(at) > time.Minute {
		c.breaks("green was unpinned %s before the end, before it had carried all load for %s", c.w.r.AWS.Account.Now().Sub(at).Round(time.Second), aloneFor)
	}
	delete(c.early, arn) // an end for which a person is needed is one, and a redrive may follow
	if end != deploy.EndSucceeded && end != deploy.EndRolledBack {
		return
	}
	view, _ := c.w.r.AWS.Groups.View(record.Live)
	if want, planned := c.planned[record.Live]; planned && !slices.Contains(soon(c.w.early(record, view), want), view.Desired) {
		c.breaks("the desired capacity of %s is %d, a scheduled action was to make it %d", record.Live, view.Desired, want)
	}
	c.takeOver(record.Previous)
	clear(c.planned)
	clear(c.own)
	c.handed = nil
}

// soon are the desired capacities that a fleet may have which a run was to make want: that, and what runs make of it that may have been
// carried out a moment early.
func soon(runs []traits, want int) []int {
	all := []int{want}
	for _, run := range runs {
		for _, before := range all {
			all = append(all, run.on(before))
		}
	}
	return all
}

// asks reports whether a run asks for the desired capacity that a group has now.
func (c *schedules) asks(now localasg.GroupView, was int) bool {
	want, planned := c.planned[now.Name]
	if !planned {
		want = was
	}
	return slices.Contains(soon(c.w.early(c.w.r.Record(), now), want), now.Desired)
}

// on is the desired capacity that a run makes of another.
func (run traits) on(desired int) int {
	if least, err := strconv.Atoi(run[traitMin]); err == nil {
		desired = max(desired, least)
	}
	if most, err := strconv.Atoi(run[traitMax]); err == nil {
		desired = min(desired, most)
	}
	if set, err := strconv.Atoi(run[traitDesired]); err == nil {
		desired = set
	}
	return desired
}

// takeOver takes in that a run of the fleet that was replaced was carried out a moment early: it has those sizes when it is asked back.
func (c *schedules) takeOver(previous *ledger.Previous) {
	if previous == nil || c.w.endStates.expected[previous.Name] == nil {
		return
	}
	blue, _ := c.w.endStates.wantedOf(previous.Name)
	view, _ := c.w.r.AWS.Groups.View(previous.Name)
	runs := slices.Concat(c.handed, c.w.ahead(view))
	for trait, got := range map[string]int{traitMin: previous.Sizes.Min, traitMax: previous.Sizes.Max} {
		if !heeds(nil, trait, blue[trait], got) && heeds(runs, trait, blue[trait], got) {
			c.w.endStates.expected[previous.Name][trait] = strconv.Itoa(got)
		}
	}
}

// lead is how long before its time a run may be carried out, where a fleet is handed over: to AWS, or by one function to the next.
const lead = time.Minute

// ahead are the sizes that runs set which are due in a moment, in the order of their times.
func (w *Watcher) ahead(view localasg.GroupView) []traits {
	var all []traits
	now := w.r.AWS.Account.Now()
	byTime := func(a, b types.ScheduledUpdateGroupAction) int { return a.StartTime.Compare(*b.StartTime) }
	for _, action := range slices.SortedStableFunc(slices.Values(view.Schedule), byTime) {
		if action.StartTime.After(now) && !action.StartTime.After(now.Add(lead)) {
			all = append(all, sizesOf(action))
		}
	}
	return all
}

// early are the sizes of runs that may have been carried out a moment early: of a fleet, and of the one that it has replaced.
func (w *Watcher) early(record ledger.Record, view localasg.GroupView) []traits {
	runs := slices.Concat(w.schedules.handed, w.ahead(view))
	if record.Previous != nil && view.Name == record.Live {
		previous, _ := w.r.AWS.Groups.View(record.Previous.Name)
		runs = append(runs, w.ahead(previous)...)
	}
	return runs
}

// traitDesired is no trait of a group: others' scaling goes on.
const traitDesired = "DesiredCapacity"

// sizesOf are the sizes that an action sets.
func sizesOf(action types.ScheduledUpdateGroupAction) traits {
	t := make(traits)
	for trait, size := range map[string]*int32{traitMin: action.MinSize, traitMax: action.MaxSize, traitDesired: action.DesiredCapacity} {
		if size != nil {
			t[trait] = strconv.Itoa(int(*size))
		}
	}
	return t
}

// heeds reports whether a size is the one that is wanted, or that a run wants.
func heeds(runs []traits, trait, wanted string, got int) bool {
	is := strconv.Itoa(got)
	return is == wanted || slices.ContainsFunc(runs, func(run traits) bool { return run[trait] == is })
}
