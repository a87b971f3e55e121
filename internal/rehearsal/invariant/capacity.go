package invariant

import (
	"fmt"
	"slices"

	localasg "bluegreen/internal/localaws/autoscaling"
)

// capacity holds promise 1: the instances that serve are never fewer than the fleet that serves wants.
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
	others   map[string]int      // desired capacity of each group as others than the deployment last set it
	lost     map[string][]string // instances that others took out of service and that are not replaced yet, by group
	shrinks  map[string]bool     // groups that somebody scaled in and that had members too many at the last look
	shed     map[string]bool     // instances that began to leave while their group shrank
	serving  map[string]string   // fleet of each instance that served at the last look
	lowest   int
}

func newCapacity(b base, s snapshot) invariant {
	blue, now := b.w.r.World.GroupName, b.w.serving(s)
	c := &capacity{
		base: b, followed: blue, sizes: make(map[string]localasg.GroupView), others: make(map[string]int),
		lost: make(map[string][]string), shrinks: make(map[string]bool), shed: make(map[string]bool), serving: now.fleet, lowest: now.least,
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
		c.shrink(was, known, &fleet)
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
	c.serving = now.fleet
	lost := 0
	for _, ids := range c.lost {
		lost += len(ids)
	}
	c.reached = min(c.want, max(c.reached, now.served(s, c.owing())+lost))
	c.lowest = min(c.lowest, now.least)
	if floor := c.floor(); now.least < floor {
		c.breaks("%d instances serve, fewer than %d", now.least, floor)
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

// served counts those of a group, or of all, that serve under every rule and that nobody has asked their fleet to end: what
// is still there of a fleet that was scaled in serves for a moment only.
func (now service) served(s snapshot, group string) int {
	in, stay := make(map[string]int), 0
	for _, name := range now.fleet {
		in[name]++
	}
	for _, fleet := range s.fleets {
		if group == "" || fleet.Name == group {
			stay += min(in[fleet.Name], fleet.Desired)
		}
	}
	return stay
}

// floor is how many instances must serve.
func (c *capacity) floor() int {
	floor := c.reached
	for _, ids := range c.lost {
		floor -= len(ids)
	}
	return max(floor, 0)
}

// movesTraffic are the writes that move traffic.
var movesTraffic = map[string]bool{
	"AttachLoadBalancerTargetGroups": true, "DetachLoadBalancerTargetGroups": true, "AttachTrafficSources": true, "DetachTrafficSources": true,
	"RegisterTargets": true, "DeregisterTargets": true, "ModifyListener": true, "ModifyRule": true,
}

// writtenByDeployment follows the deployment from phase to phase by what it does to the fleet that is followed.
func (c *capacity) writtenByDeployment(s snapshot, by *apiCall, was, now localasg.GroupView) {
	if now.Desired == 0 { // it is brought back with as many as serve then
		delete(c.others, now.Name)
	}
	switch {
	case now.Name != c.followed:
	case now.Desired < was.Desired: // blue is scaled in: the other fleet serves
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

// atRest holds who serves against what is wanted.
func (c *capacity) atRest() []string {
	if serving := c.w.serving(c.w.snapshot()).least; serving < c.want {
		return []string{fmt.Sprintf("%d instances serve, %d are wanted", serving, c.want)}
	}
	return nil
}

// unpin lets the fleet that is followed want again what others want of it.
func (c *capacity) unpin() {
	c.pinned = false
	if others, ok := c.others[c.followed]; ok {
		c.want = others
	}
}

func (c *capacity) resizedByOthers(was, now localasg.GroupView) {
	c.others[now.Name] = now.Desired
	switch {
	case c.pinned && now.Desired < was.Desired:
		c.want = min(c.want, now.Desired)
	case !c.pinned && now.Name == c.followed:
		c.want = now.Desired
	}
}

// account notes who was taken out of service by others, and who came in their place.
func (c *capacity) account(s snapshot, by *apiCall, now service) {
	for id, name := range c.serving {
		if _, serves := now.fleet[id]; !serves && !slices.Contains(c.lost[name], id) && c.excusable(s, id, name, by) {
			c.lost[name] = append(c.lost[name], id)
		}
	}
	c.neverServed(s, now)
	arrived := make(map[string]int)
	in := make(map[string]int)
	for id, name := range now.fleet {
		in[name]++
		if at := slices.Index(c.lost[name], id); at >= 0 { // it has recovered
			c.lost[name] = slices.Delete(c.lost[name], at, at+1)
		} else if _, served := c.serving[id]; !served {
			arrived[name]++
		}
	}
	for name, ids := range c.lost {
		fleet, exists := s.fleet(name)
		if !exists || c.w.left(fleet) {
			c.lost[name] = nil
			continue
		}
		var present, gone []string // nothing replaces a sick one while its group counts it
		for _, id := range ids {
			if m, ok := s.members[id]; ok && m.counts() {
				present = append(present, id)
			} else {
				gone = append(gone, id)
			}
		}
		wants := fleet.Desired
		if name == c.followed {
			wants = max(wants, c.want)
		}
		owed := max(0, min(len(gone)-arrived[name], wants-in[name]-len(present)))
		c.lost[name] = append(present, gone[len(gone)-owed:]...)
	}
}

// neverServed notes those that fell sick before they were in service. A load balancer would have shown it to the
// deployment; without one nothing does.
func (c *capacity) neverServed(s snapshot, now service) {
	if len(c.w.targetGroups) > 0 {
		return
	}
	var sick []string
	for id, m := range s.members {
		instance, ok := c.w.r.AWS.Compute.Instance(id)
		if _, serves := now.fleet[id]; ok && !serves && instance.Sick() && m.State == "InService" && !slices.Contains(c.lost[m.fleet.Name], id) {
			sick = append(sick, id)
		}
	}
	slices.Sort(sick)
	for _, id := range sick {
		name := s.members[id].fleet.Name
		c.lost[name] = append(c.lost[name], id)
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
	return exists && (staying(fleet) < fleet.Desired || fleet.Desired > 0 && !c.shed[id])
}

// staying is how many members of a fleet count towards its desired capacity.
func staying(fleet *localasg.GroupView) int {
	stay := 0
	for _, instance := range fleet.Instances {
		if (member{instance, fleet}).counts() {
			stay++
		}
	}
	return stay
}

// shrink notes who leaves because somebody has scaled the group in: that is over once no members are too many. Who leaves
// later makes room for an instance that the group has launched in another zone.
func (c *capacity) shrink(was localasg.GroupView, known bool, now *localasg.GroupView) {
	c.shrinks[now.Name] = known && (now.Desired < was.Desired || c.shrinks[now.Name] && staying(&was) > was.Desired)
	if !c.shrinks[now.Name] {
		return
	}
	for _, instance := range now.Instances {
		if (member{instance, now}).leaves() {
			c.shed[instance.ID] = true
		}
	}
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
