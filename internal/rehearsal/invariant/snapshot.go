package invariant

import (
	"slices"
	"strings"

	localasg "bluegreen/internal/localaws/autoscaling"
	localelb "bluegreen/internal/localaws/elbv2"
)

// snapshot is what stands of the lineage at one instant.
type snapshot struct {
	fleets  []localasg.GroupView  // that exist, in the lineage's order
	members map[string]member     // by instance id
	rules   []localelb.RoutedRule // of the listeners that clients come to, those that send requests to the lineage's target groups

	entrances []entrance // the rules of all listeners that do
}

// member is an instance of a fleet.
type member struct {
	localasg.InstanceView
	fleet *localasg.GroupView
}

// leaves reports whether the member is on its way out of service, or in the warm pool and out of it already.
func (m member) leaves() bool {
	return strings.HasPrefix(m.State, "Terminating") || strings.HasPrefix(m.State, "Warmed:") || m.State == "Detaching"
}

// snapshot looks at the lineage.
func (w *Watcher) snapshot() snapshot {
	s := snapshot{members: make(map[string]member)}
	for _, name := range w.lineage {
		if view, exists := w.r.AWS.Groups.View(name); exists {
			s.fleets = append(s.fleets, view)
		}
	}
	for i := range s.fleets {
		fleet := &s.fleets[i]
		for _, instance := range slices.Concat(fleet.Instances, fleet.Warm) {
			s.members[instance.ID] = member{instance, fleet}
		}
		for _, attachment := range fleet.Attachments {
			if source := attachment.Source(); !w.theirs[source] || w.healthyIn(attachment, fleet) {
				w.targetGroups[source] = true
				delete(w.theirs, source)
			}
		}
	}
	if len(w.targetGroups) == 0 {
		return s
	}
	w.entrances(&s)
	return s
}

// attachedByOthers takes in that others changed what a fleet is attached to. What they attach counts once it serves, what
// they detach no more.
func (w *Watcher) attachedByOthers(was, now map[string]bool) {
	for arn := range was {
		if !now[arn] {
			w.theirs[arn] = true
			delete(w.targetGroups, arn)
		}
	}
	for arn := range now {
		if !was[arn] {
			w.theirs[arn] = true
		}
	}
}

// healthyIn reports whether a fleet has a healthy target in a target group that it is attached to.
func (w *Watcher) healthyIn(attachment localasg.AttachmentView, fleet *localasg.GroupView) bool {
	return attachment.State != "Removing" && slices.ContainsFunc(fleet.Instances, func(i localasg.InstanceView) bool {
		standing, _ := w.r.AWS.Groups.Standing(attachment, i.ID)
		return standing.Serves
	})
}

func (w *Watcher) ours(rule localelb.RoutedRule) bool {
	for _, group := range rule.Groups {
		if w.targetGroups[group.ARN] {
			return true
		}
	}
	return false
}

// fleet is the group of a name, if it exists.
func (s snapshot) fleet(name string) (*localasg.GroupView, bool) {
	for i := range s.fleets {
		if s.fleets[i].Name == name {
			return &s.fleets[i], true
		}
	}
	return nil, false
}

// service is who serves.
type service struct {
	least  int               // how much of the capacity serves, where the least does
	fleet  map[string]string // name of the fleet of each instance that serves everywhere
	weight map[string]int    // what each of these counts for
}

// serving counts the members that requests go to and that answer, under each rule; without a load balancer those that
// are InService and not sick: nothing shows there whether an application has started.
func (w *Watcher) serving(s snapshot) service {
	found := service{fleet: make(map[string]string), weight: make(map[string]int)}
	if len(w.targetGroups) == 0 {
		for id, m := range s.members {
			if instance, ok := w.r.AWS.Compute.Instance(id); ok && m.State == "InService" && instance.State == "running" && !instance.Sick() {
				found.fleet[id], found.weight[id] = m.fleet.Name, m.Weight
				found.least += m.Weight
			}
		}
		return found
	}
	for n, rule := range s.rules {
		units := 0
		for id := range w.under(s, rule) {
			units += s.members[id].Weight
		}
		if n == 0 {
			found.least = units
		}
		found.least = min(found.least, units)
	}
	for id := range w.everywhere(s) {
		found.fleet[id], found.weight[id] = s.members[id].fleet.Name, s.members[id].Weight
	}
	return found
}

func (w *Watcher) answers(id string) bool {
	instance, ok := w.r.AWS.Compute.Instance(id)
	return ok && instance.Answers()
}
