package invariant

import (
	"slices"

	localec2 "bluegreen/internal/localaws/ec2"
	localelb "bluegreen/internal/localaws/elbv2"
)

// answering holds what promise 2 must know of the past: whose silence is not the deployment's doing.
type answering struct {
	once   map[string]bool // instances that have answered
	silent map[string]bool // of these, those that stopped by themselves or by others' doing
	unwell map[string]bool // that were silent, until they are healthy again
	open   map[string]bool // target groups that fail open by others' doing, by ARN
}

func newAnswering() answering {
	return answering{once: make(map[string]bool), silent: make(map[string]bool), unwell: make(map[string]bool), open: make(map[string]bool)}
}

// note follows an instance.
func (n *answering) note(w *Watcher, instance *localec2.Instance) {
	switch {
	case instance.Answers():
		n.once[instance.ID] = true
		delete(n.silent, instance.ID)
	case n.once[instance.ID] && !w.acting.deployment() && !w.endedByGroup(instance.ID):
		n.silent[instance.ID], n.unwell[instance.ID] = true, true
	}
}

// emptied reports whether others took the last healthy targets of a group, until it has a healthy one again. owing says
// that somewhere what others took is not replaced yet.
func (n *answering) emptied(group localelb.RoutedGroup, owing bool) bool {
	if !group.FailOpen {
		if len(group.Targets) > 0 {
			delete(n.open, group.ARN)
		}
		return false
	}
	unwell := slices.ContainsFunc(group.Targets, func(t localelb.RoutedTarget) bool { return n.unwell[t.InstanceID] })
	n.open[group.ARN] = n.open[group.ARN] || owing || unwell
	return n.open[group.ARN]
}

// traffic holds promise 2: under every rule that serves the lineage, requests go to instances that answer, if any
// instance could. Where all that served are lost by others' doing, what requests meet is not the deployment's doing.
func (w *Watcher) traffic(s sight) {
	if w.capacity.reached > 0 && w.capacity.floor() == 0 {
		w.noteOpen(s)
		return
	}
	able := false
	for id, m := range s.members {
		able = able || m.State == "InService" && w.answers(id)
	}
	if !able {
		return
	}
	for _, rule := range s.rules {
		weight := int32(0)
		for _, group := range rule.Groups {
			weight += group.Weight
			if group.Weight > 0 {
				w.share(rule, group)
			}
		}
		if weight == 0 {
			w.breaks(2, "the weights of rule %s are all 0: every request is answered 503", rule.Priority)
		}
	}
}

// noteOpen notes which target groups fail open while all that served are lost by others' doing: until one of them has a
// healthy target again, requests go to whoever has not started yet.
func (w *Watcher) noteOpen(s sight) {
	for _, rule := range s.rules {
		for _, group := range rule.Groups {
			w.answering.emptied(group, true)
		}
	}
}

// share looks at the requests that one target group gets.
func (w *Watcher) share(rule localelb.RoutedRule, group localelb.RoutedGroup) {
	if len(group.Targets) == 0 {
		w.breaks(2, "requests of rule %s go to %s, which has no target for them: they are answered 503", rule.Priority, group.ARN)
		return
	}
	if w.answering.emptied(group, w.capacity.owes()) {
		return
	}
	for _, target := range group.Targets {
		if w.answers(target.InstanceID) {
			if !group.FailOpen {
				delete(w.answering.unwell, target.InstanceID)
			}
			continue
		}
		if w.answering.silent[target.InstanceID] {
			continue
		}
		if group.FailOpen {
			w.breaks(2, "requests go to %s, which does not answer: no target of %s is healthy", target.InstanceID, group.ARN)
		} else {
			w.breaks(2, "requests go to %s, which does not answer", target.InstanceID)
		}
	}
}
