package invariant

import (
	"cmp"
	"maps"
	"slices"
	"time"

	localasg "bluegreen/internal/localaws/autoscaling"
	localec2 "bluegreen/internal/localaws/ec2"
)

// longestRequest is how long requests take at most, in the model. Where people set a shorter deregistration delay they take that:
// it is how people say how long theirs take.
const longestRequest = 20 * time.Second

// requests holds promise 2 for requests under way: an instance that got requests keeps them until the last one has ended. They are
// cut when its target leaves the target group before that (behind a Network Load Balancer connections go on), or its group ends it. What others cut is theirs.
type requests struct {
	base
	longest map[string]time.Duration // that a request takes, by target group
	getting map[targetOf]bool        // who gets requests and answers
	ending  map[targetOf]time.Time   // when the last request of who gets no more ends
}

// targetOf is an instance in a target group.
type targetOf struct{ group, instance string }

func newRequests(b base, s snapshot) invariant {
	r := &requests{base: b, longest: make(map[string]time.Duration), getting: make(map[targetOf]bool), ending: make(map[targetOf]time.Time)}
	r.look(s, nil)
	return r
}

// done takes in that others set how long requests may take. What a function sets changes no request.
func (r *requests) done(a *apiCall, _ before) {
	if (a.operation == "ModifyTargetGroupAttributes" || a.operation == "ModifyLoadBalancerAttributes") && !a.deployment() {
		clear(r.longest)
	}
}

// of is how long requests to a target group take at most.
func (r *requests) of(group string) time.Duration {
	if known, ok := r.longest[group]; ok {
		return known
	}
	if delay, ok := r.w.r.AWS.Draining(group); ok {
		r.longest[group] = min(longestRequest, delay)
	}
	return r.longest[group]
}

// look follows who gets requests, and sees targets leave that still have some.
func (r *requests) look(s snapshot, by *apiCall) {
	now, routed := r.w.r.AWS.Account.Now(), make(map[targetOf]bool)
	for _, rule := range s.rules {
		for _, group := range rule.Groups {
			for _, target := range group.Targets {
				if group.Weight > 0 && r.w.answers(target.InstanceID) {
					routed[targetOf{group.ARN, target.InstanceID}] = true
					r.of(group.ARN)
				}
			}
		}
	}
	for t := range r.getting {
		if !routed[t] {
			r.ending[t] = now.Add(r.of(t.group))
		}
	}
	r.getting = routed
	for _, t := range inOrder(r.ending) {
		end := r.ending[t]
		switch {
		case routed[t] || !now.Before(end):
			delete(r.ending, t)
		case !r.w.r.AWS.Carries(t.group, t.instance):
			delete(r.ending, t)
			if _, ours := s.members[t.instance]; ours && (by == nil || by.deployment()) {
				r.cuts(t, "which left "+t.group)
			}
		}
	}
}

// instanceChanged sees instances end that still have requests, or stop answering.
func (r *requests) instanceChanged(instance *localec2.Instance) {
	if instance.Answers() {
		return
	}
	now := r.w.r.AWS.Account.Now()
	ended := instance.State == localec2.ShuttingDown && r.w.endedByGroup(instance.ID) && (r.w.current == nil || r.w.current.deployment())
	for _, t := range inOrder(r.getting) {
		if t.instance == instance.ID {
			delete(r.getting, t)
			if ended && !r.w.sentLate(t.group, t.instance) {
				r.cuts(t, "which its group ended")
			}
		}
	}
	for _, t := range inOrder(r.ending) {
		end := r.ending[t]
		if t.instance == instance.ID {
			delete(r.ending, t)
			if ended && now.Before(end) && !r.w.sentLate(t.group, t.instance) {
				r.cuts(t, "which its group ended")
			}
		}
	}
}

// sentLate reports whether a Network Load Balancer still sends connections to an instance that its group has taken out to end it. EC2
// Auto Scaling waits for the deregistration delay and no longer (aws-facts I2), so that those are lost whenever a group that is attached
// there is scaled in: by people, by its policies. For its health, or for its zones, a group ends one at any time, also when it has left.
func (w *Watcher) sentLate(group, id string) bool {
	view, exists := w.r.AWS.Balancers.TargetGroup(group)
	s := w.snapshot()
	m, ours := s.members[id]
	if !exists || view.Protocol == "HTTP" || view.Protocol == "HTTPS" || !ours || !m.leaves() {
		return false
	}
	return w.capacity.taken(s, id) || slices.ContainsFunc(m.fleet.Attachments,
		func(a localasg.AttachmentView) bool { return a.TargetGroupARN == group && a.State != "Removing" })
}

// endsLate reports whether an instance that ends is still sent connections somewhere.
func (w *Watcher) endsLate(id string) bool {
	for group := range w.targetGroups {
		if w.sentLate(group, id) {
			return true
		}
	}
	return false
}

// inOrder are the targets of a map, in the same order each time, in which they are reported.
func inOrder[V any](of map[targetOf]V) []targetOf {
	return slices.SortedFunc(maps.Keys(of), func(a, b targetOf) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.instance, b.instance))
	})
}

func (r *requests) cuts(t targetOf, how string) {
	r.breaks("requests of up to %s to %s, %s, were cut", r.longest[t.group], t.instance, how)
}
