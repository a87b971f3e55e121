package invariant

import (
	"slices"
	"time"

	localec2 "bluegreen/internal/localaws/ec2"
	localelb "bluegreen/internal/localaws/elbv2"
)

// traffic holds promise 2: under every rule that serves the lineage, requests go to instances that answer, if any
// instance could. Where all that served are lost by others' doing, what requests meet is not the deployment's doing.
type traffic struct {
	base
	once   map[string]bool // instances that have answered
	silent map[string]bool // of these, those that stopped by themselves or by others' doing
	unwell map[string]bool // that were silent, until they are healthy again
	open   map[string]bool // target groups that fail open by others' doing, by ARN
	owed   time.Time       // when what others took was last not replaced yet
}

func newTraffic(b base, s snapshot) invariant {
	t := &traffic{base: b, once: make(map[string]bool), silent: make(map[string]bool), unwell: make(map[string]bool), open: make(map[string]bool)}
	for id := range s.members {
		if b.w.answers(id) {
			t.once[id] = true
		}
	}
	return t
}

// instanceChanged follows who answers.
func (t *traffic) instanceChanged(instance *localec2.Instance) {
	switch {
	case instance.Answers():
		t.once[instance.ID] = true
		delete(t.silent, instance.ID)
	case t.once[instance.ID] && !t.w.current.deployment() && (!t.w.endedByGroup(instance.ID) || t.w.endsLate(instance.ID)):
		t.silent[instance.ID], t.unwell[instance.ID] = true, true
	}
}

// emptied reports whether others took the last healthy targets of a group, until it has a healthy one again. owing says
// that somewhere what others took is not replaced yet. Who leaves by others' doing may still get requests behind a Network Load Balancer.
func (t *traffic) emptied(s snapshot, group localelb.RoutedGroup, owing bool) bool {
	if !group.FailOpen {
		if len(group.Targets) > 0 {
			delete(t.open, group.ARN)
		}
		return false
	}
	taken := slices.ContainsFunc(group.Targets, func(target localelb.RoutedTarget) bool {
		return t.unwell[target.InstanceID] || t.w.capacity.taken(s, target.InstanceID)
	})
	t.open[group.ARN] = t.open[group.ARN] || owing || taken
	return t.open[group.ARN]
}

// owing reports whether what others took is not replaced yet, or was not a moment ago: target groups learn of it one after the other.
func (t *traffic) owing() bool {
	return !t.owed.IsZero() && t.w.r.AWS.Account.Now().Sub(t.owed) < longestLag
}

// look holds the rules against who answers.
func (t *traffic) look(s snapshot, _ *apiCall) {
	if t.w.capacity.owes() {
		t.owed = t.w.r.AWS.Account.Now()
	}
	if t.w.capacity.reached > 0 && t.w.capacity.floor() == 0 {
		t.noteOpen(s)
		return
	}
	if t.w.capacity.want == 0 {
		t.bare(s)
	}
	able := false
	for id, m := range s.members {
		able = able || m.State == "InService" && t.w.answers(id)
	}
	if !able {
		return
	}
	for _, rule := range s.rules {
		weight := int32(0)
		for _, group := range rule.Groups {
			weight += group.Weight
			if group.Weight > 0 {
				t.share(s, rule, group)
			}
		}
		if weight == 0 {
			t.breaks("the weights of rule %s are all 0: every request is answered 503", rule.Priority)
		}
	}
}

// bare notes that nothing is to serve: what grows from there fails open until its first healthy target, also behind a load balancer that
// has no rules yet since it is not active.
func (t *traffic) bare(s snapshot) {
	for source := range t.w.targetGroups {
		t.open[source] = true
	}
	for _, rule := range s.rules {
		for _, group := range rule.Groups {
			t.open[group.ARN] = true
		}
	}
}

// noteOpen notes which target groups fail open while all that served are lost by others' doing: until one of them has a
// healthy target again, requests go to instances that have not started yet.
func (t *traffic) noteOpen(s snapshot) {
	for _, rule := range s.rules {
		for _, group := range rule.Groups {
			t.emptied(s, group, true)
		}
	}
}

// share looks at the requests that one target group gets.
func (t *traffic) share(s snapshot, rule localelb.RoutedRule, group localelb.RoutedGroup) {
	if len(group.Targets) == 0 {
		if t.w.capacity.reached == 0 { // it is raised from size 0
			return
		}
		t.breaks("requests of rule %s go to %s, which has no target for them: they are answered 503", rule.Priority, group.ARN)
		return
	}
	if t.emptied(s, group, t.owing()) {
		return
	}
	for _, target := range group.Targets {
		if t.w.answers(target.InstanceID) {
			if !group.FailOpen {
				delete(t.unwell, target.InstanceID)
			}
			continue
		}
		if t.silent[target.InstanceID] || t.w.sentLate(group.ARN, target.InstanceID) {
			continue
		}
		if group.FailOpen {
			t.breaks("requests go to %s, which does not answer: no target of %s is healthy", target.InstanceID, group.ARN)
		} else {
			t.breaks("requests go to %s, which does not answer", target.InstanceID)
		}
	}
}
