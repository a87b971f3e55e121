package invariant

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/deploy"
	localec2 "bluegreen/internal/localaws/ec2"
)

// grace holds promise 3: what ends instances without drain and hooks is never called, a hook is completed only when its
// drain is over, and whom its group ends has drained and has been let go by its hooks.
type grace struct {
	base
	held map[string]holding // by instance: who a terminating hook holds, or has held
}

func newGrace(b base, _ snapshot) invariant {
	g := &grace{base: b, held: make(map[string]holding)}
	g.w.grace = g
	return g
}

// beforeWrite holds the promise against a function's write.
func (g *grace) beforeWrite(a *apiCall) {
	switch input := a.input.(type) {
	case *autoscaling.DeleteAutoScalingGroupInput:
		if aws.ToBool(input.ForceDelete) {
			g.breaks("%s with ForceDelete: its instances get no drain and no hook", a)
		}
	case *autoscaling.DeleteWarmPoolInput:
		if aws.ToBool(input.ForceDelete) {
			g.breaks("%s with ForceDelete: its instances get no hook", a)
		}
	case *autoscaling.CompleteLifecycleActionInput:
		g.drained(a, aws.ToString(input.InstanceId), aws.ToString(input.LifecycleHookName))
	case *autoscaling.TerminateInstanceInAutoScalingGroupInput:
		g.ends(a, input)
	case *autoscaling.DeleteLifecycleHookInput:
		g.breaks("%s of %s: what it holds goes on at once", a, aws.ToString(input.AutoScalingGroupName))
	}
	switch a.operation {
	case "TerminateInstances":
		if slices.ContainsFunc(a.input.(*ec2.TerminateInstancesInput).InstanceIds, func(id string) bool { return !g.w.isBuilder(id) && !g.w.unjoined(id) }) {
			g.breaks("%s: instances end by their group being scaled in, or not at all", a)
		}
	case "StopInstances", "SetInstanceHealth":
		g.breaks("%s: instances end by their group being scaled in, or not at all", a)
	}
}

// holding is a terminating hook's hold on an instance.
type holding struct {
	group string
	since time.Time
}

// look notes since when instances are held by a terminating hook. Those that come back from a warm pool are held again.
func (g *grace) look(s snapshot, _ *apiCall) {
	for id, m := range s.members {
		_, noted := g.held[id]
		switch m.State {
		case "InService":
			delete(g.held, id)
		case "Terminating:Wait", "Warmed:Pending:Wait":
			if !noted {
				g.held[id] = holding{group: m.fleet.Name, since: g.w.r.AWS.Account.Now()}
			}
		}
	}
}

// committed checks at the commit that the drain which was promised can take place: blue has the hook that is to hold its
// instances, or others have taken it away since the function that commits began.
func (g *grace) committed(a *apiCall, d deploy.Deployment, began time.Time) {
	blue, exists := g.w.r.AWS.Groups.View(d.Blue)
	if len(d.Drain.Command) == 0 || !exists {
		return
	}
	for _, hook := range blue.LifecycleHooks {
		if aws.ToString(hook.LifecycleHookName) == d.Drain.Hook && strings.HasSuffix(aws.ToString(hook.LifecycleTransition), "_TERMINATING") {
			return
		}
	}
	if g.w.endStates.changed[d.Blue][traitHooks].Before(began) {
		g.breaks("%s commits, and no hook %s holds the instances of %s that are to drain", a, d.Drain.Hook, d.Blue)
	}
}

// drained checks that a hook is let go only by the drain that it is there for: that has ended, or had its time. What ends
// in a warm pool has no work.
func (g *grace) drained(a *apiCall, id, hook string) {
	policy := g.w.r.Record().Drain
	if g.w.fence.late(a, g.w.r.Record()) && g.w.fence.drainBefore != nil { // it was sent when the record had that
		policy = g.w.fence.drainBefore
	}
	if policy == nil || policy.Hook != hook {
		g.breaks("%s of %s for %s, which is somebody else's", a, hook, id)
		return
	}
	if g.w.snapshot().members[id].State == "Warmed:Terminating:Wait" {
		return
	}
	if instance, exists := g.w.r.AWS.Compute.Instance(id); !exists || instance.State != localec2.Running { // others have ended it
		return
	}
	held, known := g.held[id]
	for _, run := range g.w.r.AWS.Commands.Ran(id) {
		if run.Ended.After(held.since) && !run.Guarded {
			return
		}
	}
	if waited := g.w.r.AWS.Account.Now().Sub(held.since); !known || waited < time.Duration(policy.TimeoutSeconds)*time.Second {
		g.breaks("%s of %s for %s, which still drains", a, hook, id)
	}
}

// instanceChanged holds the promise against the end of an instance. What others end is theirs.
func (g *grace) instanceChanged(instance *localec2.Instance) {
	if instance.State != localec2.ShuttingDown {
		return
	}
	m, ok := g.w.snapshot().members[instance.ID]
	switch {
	case !ok || g.w.current != nil && !g.w.current.deployment():
		return
	case g.w.current.deployment():
		g.breaks("%s ends %s at once", g.w.current, instance.ID)
		return
	case !m.leaves():
		return
	}
	for _, arn := range slices.Sorted(maps.Keys(g.w.targetGroups)) {
		switch standing, _ := g.w.r.AWS.Standing(arn, instance.ID); {
		case standing.Serves:
			g.breaks("%s is shut down while its target is healthy", instance.ID)
		case standing.Draining:
			g.breaks("%s is shut down while its target is draining", instance.ID)
		}
	}
	for _, hook := range m.fleet.LifecycleHooks {
		if strings.HasSuffix(aws.ToString(hook.LifecycleTransition), "_TERMINATING") && strings.TrimPrefix(m.State, "Warmed:") != "Terminating:Proceed" {
			g.breaks("%s is shut down in state %s, before its hook %s was completed", instance.ID, m.State, aws.ToString(hook.LifecycleHookName))
		}
	}
}

// endedByGroup reports whether an instance's group is ending it.
func (w *Watcher) endedByGroup(id string) bool {
	m, ok := w.snapshot().members[id]
	return ok && m.leaves()
}
