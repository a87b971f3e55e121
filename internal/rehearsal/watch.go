package rehearsal

import (
	"fmt"
	"slices"

	localec2 "bluegreen/internal/localaws/ec2"
	localelb "bluegreen/internal/localaws/elbv2"
)

// watch holds the promises against the world at every change of it, and believes nothing that the Lambdas say. Every
// method of it but newWatch and broken runs with the account's lock held.
type watch struct {
	r       *Rehearsal
	excused map[string]bool // instances that the script made sick or killed: not the deployment's doing
	floor   int             // instances that must serve
	lowest  int             // that were seen to serve, excused ones counted
	broken  []string
}

func newWatch(r *Rehearsal) *watch {
	w := &watch{r: r, excused: make(map[string]bool)}
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	w.floor = int(r.World.DesiredCapacity)
	w.lowest = w.floor
	r.AWS.Compute.OnChange(w.instanceChanged)
	r.AWS.Balancers.OnChange(w.look)
	r.AWS.Groups.OnChange(func(string) { w.look() })
	return w
}

// look checks promises 1 (capacity) and 2 (traffic).
func (w *watch) look() {
	if w.r.World.ListenerARN == "" {
		w.capacity(w.inService())
		return
	}
	for _, listener := range w.r.World.ListenerARNs {
		for _, rule := range w.r.AWS.Balancers.Route(listener).Rules {
			for _, group := range rule.Groups {
				w.capacity(w.routed(group))
			}
		}
	}
}

// routed counts the targets that requests go to and that answer; one that does not, though nobody made it sick, breaks
// the promise. Where somebody made the last healthy instance sick, the load balancer fails open to its replacement.
func (w *watch) routed(group localelb.RoutedGroup) int {
	serving, targets := 0, group.Targets
	for _, target := range targets {
		instance, found := w.r.AWS.Compute.Instance(target.InstanceID)
		switch {
		case found && instance.Answers(), w.excused[target.InstanceID]:
			serving++
		case group.FailOpen && len(w.excused) > 0:
		default:
			w.breaks(2, "requests go to %s, which does not answer", target.InstanceID)
		}
	}
	for id := range w.excused {
		if !slices.ContainsFunc(targets, func(t localelb.RoutedTarget) bool { return t.InstanceID == id }) {
			serving++
		}
	}
	return serving
}

// inService counts the instances of all groups that are InService, for a fleet without a load balancer.
func (w *watch) inService() int {
	serving := len(w.excused)
	for _, name := range w.r.AWS.Groups.Names() {
		group, _ := w.r.AWS.Groups.View(name)
		for _, instance := range group.Instances {
			if instance.State == "InService" && !w.excused[instance.ID] {
				serving++
			}
		}
	}
	return serving
}

func (w *watch) capacity(serving int) {
	w.lowest = min(w.lowest, serving)
	if serving < w.floor {
		w.breaks(1, "%d instances serve, fewer than %d", serving, w.floor)
	}
}

// instanceChanged checks promise 3 (grace): nothing ends while requests still go to it.
func (w *watch) instanceChanged(instance *localec2.Instance) {
	if instance.State != localec2.ShuttingDown || w.excused[instance.ID] {
		return
	}
	for _, arn := range w.r.World.TargetGroupARNs {
		health, registered := w.r.AWS.Balancers.Health(arn, instance.ID)
		if registered && (health.State == "healthy" || health.State == "draining") {
			w.breaks(3, "%s is shut down while its target is %s", instance.ID, health.State)
		}
	}
}

func (w *watch) breaks(promise int, format string, args ...any) {
	text := fmt.Sprintf("promise %d: ", promise) + fmt.Sprintf(format, args...)
	if len(w.broken) > 0 && w.broken[len(w.broken)-1] == text {
		return
	}
	const kept = 20
	if len(w.broken) < kept {
		w.broken = append(w.broken, text)
	}
}

// Excuse takes an instance out of the promises: what befalls it from now on is not the deployment's doing.
func (r *Rehearsal) Excuse(id string) {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.watch.excused[id] = true
}

// Floor sets how many instances must serve from now on: somebody else changed what blue wants.
func (r *Rehearsal) Floor(n int) {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.watch.floor, r.watch.lowest = n, n
}

// Broken returns the promises that were broken so far.
func (r *Rehearsal) Broken() []string {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	return slices.Clone(r.watch.broken)
}
