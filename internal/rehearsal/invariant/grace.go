package invariant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	localec2 "bluegreen/internal/localaws/ec2"
)

// graceOf holds promise 3 against a function's write: what ends instances without drain and hooks is never called.
func (w *Watcher) graceOf(a *act) {
	switch input := a.input.(type) {
	case *autoscaling.DeleteAutoScalingGroupInput:
		if aws.ToBool(input.ForceDelete) {
			w.breaks(3, "%s with ForceDelete: its instances get no drain and no hook", a)
		}
	case *autoscaling.CompleteLifecycleActionInput:
		w.drained(a, aws.ToString(input.InstanceId), aws.ToString(input.LifecycleHookName))
	case *autoscaling.DeleteLifecycleHookInput:
		w.breaks(3, "%s of %s: what it holds goes on at once", a, aws.ToString(input.AutoScalingGroupName))
	}
	switch a.operation {
	case "TerminateInstances", "StopInstances", "TerminateInstanceInAutoScalingGroup", "SetInstanceHealth":
		w.breaks(3, "%s: instances end by their group being scaled in, or not at all", a)
	}
}

// holding is a terminating hook's hold on an instance.
type holding struct {
	group string
	since time.Time
}

// noteHeld notes since when instances are held by a terminating hook. Those that come back from a warm pool are held anew.
func (w *Watcher) noteHeld(s sight) {
	for id, m := range s.members {
		_, noted := w.held[id]
		switch m.State {
		case "InService":
			delete(w.held, id)
		case "Terminating:Wait", "Warmed:Pending:Wait":
			if !noted {
				w.held[id] = holding{group: m.fleet.Name, since: w.r.AWS.Account.Now()}
			}
		}
	}
}

// committed checks at the commit that the drain which was promised can take place: blue has the hook that is to hold its
// instances, or others have taken it away since the function that commits began.
func (w *Watcher) committed(a *act, d deploy.Deployment, began time.Time) {
	blue, exists := w.r.AWS.Groups.View(d.Blue)
	if len(d.Drain.Command) == 0 || !exists {
		return
	}
	for _, hook := range blue.LifecycleHooks {
		if aws.ToString(hook.LifecycleHookName) == d.Drain.Hook && strings.HasSuffix(aws.ToString(hook.LifecycleTransition), "_TERMINATING") {
			return
		}
	}
	if w.ends.changed[d.Blue][traitHooks].Before(began) {
		w.breaks(3, "%s commits, and no hook %s holds the instances of %s that are to drain", a, d.Drain.Hook, d.Blue)
	}
}

// drained checks that a hook is let go only by the drain that it is there for: that has ended, or had its time. What ends
// in a warm pool has no work.
func (w *Watcher) drained(a *act, id, hook string) {
	policy := w.r.Record().Drain
	if w.late(a, w.r.Record()) && w.drainBefore != nil { // it was sent when the record had that
		policy = w.drainBefore
	}
	if policy == nil || policy.Hook != hook {
		w.breaks(3, "%s of %s for %s, which is somebody else's", a, hook, id)
		return
	}
	if w.see().members[id].State == "Warmed:Terminating:Wait" {
		return
	}
	if instance, exists := w.r.AWS.Compute.Instance(id); !exists || instance.State != localec2.Running { // others have ended it
		return
	}
	held, known := w.held[id]
	for _, run := range w.r.AWS.Commands.Ran(id) {
		if run.Ended.After(held.since) && !run.Guarded {
			return
		}
	}
	if waited := w.r.AWS.Account.Now().Sub(held.since); !known || waited < time.Duration(policy.TimeoutSeconds)*time.Second {
		w.breaks(3, "%s of %s for %s, which still drains", a, hook, id)
	}
}

// instanceChanged holds promise 3 against the end of an instance: whom its group ends has drained and has been let go
// by its hooks. What others end is theirs.
func (w *Watcher) instanceChanged(instance *localec2.Instance) {
	w.changed()
	w.answering.note(w, instance)
	if instance.State != localec2.ShuttingDown {
		return
	}
	m, ok := w.see().members[instance.ID]
	switch {
	case !ok || w.acting != nil && !w.acting.deployment():
		return
	case w.acting.deployment():
		w.breaks(3, "%s ends %s at once", w.acting, instance.ID)
		return
	case !m.leaves():
		return
	}
	for _, arn := range slices.Sorted(maps.Keys(w.targetGroups)) {
		if health, registered := w.r.AWS.Balancers.Health(arn, instance.ID); registered && (health.State == "healthy" || health.State == "draining") {
			w.breaks(3, "%s is shut down while its target is %s", instance.ID, health.State)
		}
	}
	for _, hook := range m.fleet.LifecycleHooks {
		if strings.HasSuffix(aws.ToString(hook.LifecycleTransition), "_TERMINATING") && strings.TrimPrefix(m.State, "Warmed:") != "Terminating:Proceed" {
			w.breaks(3, "%s is shut down in state %s, before its hook %s was completed", instance.ID, m.State, aws.ToString(hook.LifecycleHookName))
		}
	}
}

// endedByGroup reports whether an instance's group is ending it.
func (w *Watcher) endedByGroup(id string) bool {
	m, ok := w.see().members[id]
	return ok && m.leaves()
}
