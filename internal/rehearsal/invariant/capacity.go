package invariant

import (
	"fmt"
	"slices"
	"strconv"

	"bluegreen/internal/ledger"
	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
)

// capacity holds promise 1: what serves is never less than the fleet that serves wants. It is counted as the groups count
// theirs: in instances, or in units where instances have weights.
//
// What it wants is its desired capacity as others than the deployment have set it. From the first traffic write, which
// pins the minimums, it is what was wanted then, and only falls, when others lower either fleet; once blue is scaled in
// it is green's again. A fleet that is to grow owes only what of it has served already, and an instance that others, or its
// own sickness, took out of service is not owed until its fleet has another in its place.
type capacity struct {
	base
	followed string // the group whose wants count
	want     int
	pinned   bool // traffic moves
	reached  int  // how many of those wanted have ever served under every rule and were to stay
	sizes    map[string]localasg.GroupView
	others   map[string]int    // desired capacity of each group as others than the deployment last set it
	lost     map[string][]loss // what others took out of service and is not replaced yet, by group
	shrinks  map[string]bool   // groups that somebody scaled in and that had members too many at the last look
	shed     map[string]bool   // instances that began to leave while their group shrank: whether others made it choose one that serves
	theirs   map[string]bool   // groups that others than the deployment have shrunk, or a run that it carries out
	serving  service           // at the last look
	lowest   int
	rest     rest // of a world that was inspected and had not all that is wanted
}

// rest is how far a fleet has come whose own scaling may never come to rest.
type rest int

const (
	calm  rest = iota // it was not inspected, or had all that is wanted
	short             // it had less when it was inspected
	met               // it has had all since
	grown             // and then others have wanted more
)

// loss is an instance that others took out of service, and how much of its group's capacity it leaves open.
type loss struct {
	id    string
	units int
}

func unitsOf(losses []loss) int {
	units := 0
	for _, l := range losses {
		units += l.units
	}
	return units
}

func (c *capacity) hasLost(group, id string) bool {
	return slices.ContainsFunc(c.lost[group], func(l loss) bool { return l.id == id })
}

func newCapacity(b base, s snapshot) invariant {
	blue, now := b.w.r.World.GroupName, b.w.serving(s)
	c := &capacity{
		base: b, followed: blue, sizes: make(map[string]localasg.GroupView), others: make(map[string]int),
		lost: make(map[string][]loss), shrinks: make(map[string]bool), shed: make(map[string]bool), theirs: make(map[string]bool), serving: now, lowest: now.least,
	}
	if fleet, exists := s.fleet(blue); exists {
		c.want, c.others[blue], c.sizes[blue] = fleet.Desired, fleet.Desired, *fleet
	}
	c.reached = min(c.want, now.served(s, blue))
	b.w.capacity = c
	return c
}

// look counts who serves now.
func (c *capacity) look(s snapshot, by *apiCall) {
	now := c.w.serving(s)
	for _, fleet := range s.fleets {
		was, known := c.sizes[fleet.Name]
		c.sizes[fleet.Name] = fleet
		c.shrink(was, known, &fleet, by)
		switch {
		case !known || was.Desired == fleet.Desired && was.Min == fleet.Min:
		case by.deployment():
			c.writtenByDeployment(s, by, was, fleet)
		case was.Desired != fleet.Desired:
			c.resizedByOthers(was, fleet)
		}
	}
	if by.deployment() && movesTraffic[by.operation] {
		c.pinned = true
	}
	c.account(s, by, now)
	c.serving = now
	lost, shown := 0, now.least // a fleet that clients do not come to yet, or any more, has nothing to show
	for name, losses := range c.lost {
		lost += unitsOf(losses)
		if c.w.shares(s, name) {
			shown += unitsOf(losses)
		}
	}
	c.reached = min(c.want, max(c.reached, min(now.served(s, c.owing())+lost, shown)))
	c.lowest = min(c.lowest, now.least)
	if c.rest != calm && now.least >= c.want {
		c.rest = met
	}
	if floor := c.floor(); now.least < floor {
		c.breaks("%d %s serve, fewer than %d", now.least, unit(s), floor)
	}
}

// owes reports whether instances that others took are not all replaced yet.
func (c *capacity) owes() bool {
	for _, ids := range c.lost {
		if len(ids) > 0 {
			return true
		}
	}
	return false
}

// owing is the group that owes what it has had; none: both fleets do while traffic moves from one to the other.
func (c *capacity) owing() string {
	if c.pinned {
		return ""
	}
	return c.followed
}

// unit is the word for what the fleets count.
func unit(s snapshot) string {
	for _, m := range s.members {
		if m.Weight != 1 {
			return "units"
		}
	}
	return "instances"
}

// served is how much of a group, or of all, serves under every rule and that nobody has asked their fleet to end: what
// is still there of a fleet that was scaled in serves for a moment only, also where the fleet grows again meanwhile.
func (now service) served(s snapshot, group string) int {
	in, stay := make(map[string]int), 0
	for id, name := range now.fleet {
		if m, ok := s.members[id]; ok && !m.leaves() {
			in[name] += now.weight[id]
		}
	}
	for _, fleet := range s.fleets {
		if group == "" || fleet.Name == group {
			stay += min(in[fleet.Name], fleet.Desired)
		}
	}
	return stay
}

// floor is how much must serve.
func (c *capacity) floor() int {
	floor := c.reached
	for _, losses := range c.lost {
		floor -= unitsOf(losses)
	}
	return max(floor, 0)
}

// movesTraffic are the writes that move traffic.
var movesTraffic = map[string]bool{
	"AttachLoadBalancers": true, "DetachLoadBalancers": true, "RegisterInstancesWithLoadBalancer": true, "DeregisterInstancesFromLoadBalancer": true,
	"AttachLoadBalancerTargetGroups": true, "DetachLoadBalancerTargetGroups": true, "AttachTrafficSources": true, "DetachTrafficSources": true,
	"RegisterTargets": true, "DeregisterTargets": true, "ModifyListener": true, "ModifyRule": true, "ChangeResourceRecordSets": true,
}

// writtenByDeployment follows the deployment from phase to phase by what it does to the fleet that is followed.
func (c *capacity) writtenByDeployment(s snapshot, by *apiCall, was, now localasg.GroupView) {
	if now.Desired == 0 { // it is brought back with as many as serve then
		delete(c.others, now.Name)
	}
	switch {
	case now.Name != c.followed:
	case now.Desired == 0 && was.Desired > 0: // blue is scaled in: the other fleet serves
		c.pinned = false
		if shown, looked := c.w.endStates.unseen.desired[by.caller+was.Name]; looked { // more than that nobody could know of
			c.want = min(c.want, shown)
		}
		most := 0
		for _, fleet := range s.fleets {
			if fleet.Name != was.Name && len(fleet.Instances) >= most {
				c.followed, most = fleet.Name, len(fleet.Instances)
			}
		}
		if others, ok := c.others[c.followed]; ok { // between the commit and now: it was live already
			c.want = min(c.want, others)
		}
	case now.Min > was.Min:
		c.pinned = true
	case now.Min < was.Min:
		c.unpin()
	}
}

// executionEnded follows the fleet that the record says is live: blue may not be scaled in yet.
func (c *capacity) executionEnded(arn, _, _ string) {
	record := c.w.r.Record()
	if !c.w.deploys(arn) || heldByAnother(record, arn) {
		return
	}
	if _, exists := c.sizes[record.Live]; exists {
		c.followed = record.Live
	}
	c.unpin()
}

// atRest holds who serves against what is wanted. A fleet that has had all, and that its own scaling has grown since, is left alone.
func (c *capacity) atRest() []string {
	s := c.w.snapshot()
	serving, was := c.w.serving(s).least, c.rest
	if c.rest = calm; serving < c.want && was != grown {
		c.rest = max(was, short)
		return []string{fmt.Sprintf("%d %s serve, %d are wanted", serving, unit(s), c.want)}
	}
	return nil
}

// unpin lets the fleet that is followed want again what others want of it.
func (c *capacity) unpin() {
	c.pinned = false
	if others, ok := c.others[c.followed]; ok {
		c.want = others
	}
	view, _ := c.w.r.AWS.Groups.View(c.followed)
	for _, run := range c.w.ahead(view) {
		for _, trait := range []string{traitDesired, traitMax} { // a maximum below what is desired takes that along
			if n, err := strconv.Atoi(run[trait]); err == nil {
				c.want = min(c.want, n)
			}
		}
	}
}

func (c *capacity) resizedByOthers(was, now localasg.GroupView) {
	c.others[now.Name] = now.Desired
	switch {
	case c.pinned && now.Desired < was.Desired:
		c.want = min(c.want, now.Desired)
	case !c.pinned && now.Name == c.followed && !(now.Desired > was.Desired && c.committed(now.Name)):
		if c.want = now.Desired; now.Desired > was.Desired && c.rest == met {
			c.rest = grown
		}
	}
}

// committed reports whether a fleet is about to be scaled in after its deployment's commit: green serves, and grows by itself.
func (c *capacity) committed(name string) bool {
	lock := c.w.r.Record().Lock
	return lock != nil && lock.Stage == ledger.Committed && lock.Deployment.Blue == name
}

// account notes who was taken out of service by others, and who came in their place.
func (c *capacity) account(s snapshot, by *apiCall, now service) {
	for id, name := range c.serving.fleet {
		if _, serves := now.fleet[id]; !serves && !c.hasLost(name, id) && c.excusable(s, id, name, by) {
			c.lost[name] = append(c.lost[name], loss{id, c.serving.weight[id]})
		}
	}
	c.neverServed(s, now)
	arrived := make(map[string]int)
	in := make(map[string]int)
	for id, name := range now.fleet {
		in[name] += now.weight[id]
		if at := slices.IndexFunc(c.lost[name], func(l loss) bool { return l.id == id }); at >= 0 { // it has recovered
			c.lost[name] = slices.Delete(c.lost[name], at, at+1)
		} else if _, served := c.serving.fleet[id]; !served {
			arrived[name] += now.weight[id]
		}
	}
	for name, losses := range c.lost {
		fleet, exists := s.fleet(name)
		if !exists || c.w.left(fleet) {
			c.lost[name] = nil
			continue
		}
		var present, gone []loss // nothing replaces a sick one while its group counts it
		for _, l := range losses {
			if m, ok := s.members[l.id]; ok && m.counts() {
				present = append(present, l)
			} else {
				gone = append(gone, l)
			}
		}
		wants := fleet.Desired
		if name == c.followed {
			wants = max(wants, c.want)
		}
		c.lost[name] = append(present, latest(gone, min(unitsOf(gone)-arrived[name], wants-in[name]-unitsOf(present)))...)
	}
}

// latest are the last of the losses, as far as so much is still owed.
func latest(losses []loss, owed int) []loss {
	var kept []loss
	for _, l := range slices.Backward(losses) {
		if l.units = min(l.units, owed); l.units > 0 {
			kept, owed = append(kept, l), owed-l.units
		}
	}
	slices.Reverse(kept)
	return kept
}

// neverServed notes those that fell sick, or were ended by others, before they were in service. A load balancer would have shown it to
// the deployment; without one nothing does.
func (c *capacity) neverServed(s snapshot, now service) {
	if len(c.w.targetGroups) > 0 {
		return
	}
	var lost []string
	for id, m := range s.members {
		instance, ok := c.w.r.AWS.Compute.Instance(id)
		if _, serves := now.fleet[id]; ok && !serves && (instance.Sick() || instance.State != localec2.Running) && m.State == "InService" && !c.hasLost(m.fleet.Name, id) {
			lost = append(lost, id)
		}
	}
	slices.Sort(lost)
	for _, id := range lost {
		m := s.members[id]
		c.lost[m.fleet.Name] = append(c.lost[m.fleet.Name], loss{id, m.Weight})
	}
}

// excusable reports whether an instance that serves no more was taken out by others, or by itself, or by its group, which
// replaces what is unhealthy or stands in a zone that has too many.
func (c *capacity) excusable(s snapshot, id, name string, by *apiCall) bool {
	if by.deployment() {
		return false
	}
	if m, ok := s.members[id]; ok && (!m.leaves() || !m.Healthy) { // it is sick, was ended behind the group's back, or deregistered by hand
		return true
	}
	fleet, exists := s.fleet(name)
	choice, shed := c.shed[id]
	return exists && (staying(fleet) < fleet.Desired || fleet.Desired > 0 && (!shed || choice))
}

// taken reports whether a member leaves by others' doing, who have scaled its fleet in too, or by its group's.
func (c *capacity) taken(s snapshot, id string) bool {
	m, ok := s.members[id]
	return ok && m.leaves() && (c.theirs[m.fleet.Name] || c.excusable(s, id, m.fleet.Name, nil))
}

// staying is how much of a fleet counts towards its desired capacity.
func staying(fleet *localasg.GroupView) int {
	stay := 0
	for _, instance := range fleet.Instances {
		if (member{instance, fleet}).counts() {
			stay += instance.Weight
		}
	}
	return stay
}

// surplus reports whether a fleet has a member that is too much: where members have weights, it may have more than it wants, and
// none that could go.
func surplus(fleet *localasg.GroupView) bool {
	more := staying(fleet) - fleet.Desired
	return slices.ContainsFunc(fleet.Instances, func(i localasg.InstanceView) bool { return (member{i, fleet}).counts() && i.Weight <= more })
}

// shrink notes who leaves because somebody has scaled the group in: that is over once no members are too many. Who leaves
// later makes room for an instance that the group has launched in another zone.
func (c *capacity) shrink(was localasg.GroupView, known bool, now *localasg.GroupView, by *apiCall) {
	if known && now.Desired < was.Desired {
		c.theirs[now.Name] = !by.deployment() || c.w.schedules.asks(*now, was.Desired)
	}
	c.shrinks[now.Name] = known && (now.Desired < was.Desired || c.shrinks[now.Name] && surplus(&was))
	if !c.shrinks[now.Name] {
		return
	}
	for _, instance := range now.Instances {
		if _, noted := c.shed[instance.ID]; !noted && (member{instance, now}).leaves() {
			c.shed[instance.ID] = c.theirs[now.Name] && c.growing(now)
		}
	}
}

// growing reports whether a fleet has members that do not serve yet. AWS does not look at that when it chooses who leaves.
func (c *capacity) growing(fleet *localasg.GroupView) bool {
	return slices.ContainsFunc(fleet.Instances, func(i localasg.InstanceView) bool {
		_, serves := c.serving.fleet[i.ID]
		return !serves && (member{i, fleet}).counts()
	})
}

// counts reports whether the member counts towards the desired capacity.
func (m member) counts() bool {
	switch m.State {
	case "Pending", "Pending:Wait", "Pending:Proceed", "InService":
		return true
	}
	return false
}

// left reports whether a fleet takes no part in traffic any more.
func (w *Watcher) left(fleet *localasg.GroupView) bool {
	return len(w.targetGroups) > 0 && !slices.ContainsFunc(fleet.Attachments, func(a localasg.AttachmentView) bool { return a.State != "Removing" })
}

// Lowest is the fewest instances that were seen to serve at once, since ForgetLowest if that was called. It takes the lock itself.
func (w *Watcher) Lowest() int {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	return w.capacity.lowest
}

// ForgetLowest lets Lowest begin again: what was before does not matter. It takes the lock itself.
func (w *Watcher) ForgetLowest() {
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	w.flush()
	w.capacity.lowest = w.serving(w.snapshot()).least
}
