package elbv2

import (
	"slices"
	"strings"
	"time"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// targetKey names a target within its group.
type targetKey struct {
	id   string
	port int32
}

// target is an instance registered with a target group on a port.
type target struct {
	targetKey
	balancers *LoadBalancers
	group     *TargetGroup
	zone      string

	health    Health
	healthyAt time.Time
	slowStart time.Duration // how long its share of the requests grows from then on
	seen      account.Timeline[seen]
	good, bad int32         // checks in a row
	phase     account.Phase // its next check, or what ends it
}

// mostTargets is how many targets a group can have (aws-facts B).
const mostTargets = 1000

// register adds instances to a group, or brings back those that drain. All or none.
func (l *LoadBalancers) register(g *TargetGroup, keys []targetKey) error {
	if err := l.registrable(g, keys); err != nil {
		return err
	}
	for _, key := range keys {
		t := g.target(key)
		if t == nil {
			instance, _ := l.compute.Instance(key.id)
			t = &target{targetKey: key, balancers: l, group: g, zone: instance.Zone}
			g.targets = append(g.targets, t)
			l.members[key.id] = append(l.members[key.id], t)
		} else if t.health != draining {
			continue
		}
		t.begin()
	}
	return nil
}

func (l *LoadBalancers) registrable(g *TargetGroup, keys []targetKey) error {
	var unknown, idle, foreign []string
	for _, key := range keys {
		instance, ok := l.compute.Instance(key.id)
		quoted := "'" + key.id + "'"
		switch {
		case !ok:
			unknown = append(unknown, quoted)
		case instance.State != localec2.Running:
			idle = append(idle, quoted)
		case l.vpcOf(instance) != g.VPCID:
			foreign = append(foreign, quoted)
		}
	}
	switch {
	case unknown != nil:
		return wire.Errorf("InvalidTarget", "The following targets are not valid instances: %s", strings.Join(unknown, ", "))
	case idle != nil:
		return wire.Errorf("InvalidTarget", "The following targets are not in a running state and cannot be registered: %s", strings.Join(idle, ", "))
	case foreign != nil:
		return wire.Errorf("InvalidTarget", "The following targets are not in the target group VPC '%s': %s", g.VPCID, strings.Join(foreign, ", "))
	case len(g.targets)+len(keys) > mostTargets:
		return wire.Errorf("TooManyTargets", "You've reached the limit on the number of targets.")
	}
	return nil
}

func (l *LoadBalancers) vpcOf(instance *localec2.Instance) string {
	subnet, _ := l.compute.Subnet(instance.SubnetID)
	return subnet.VPCID
}

// deregister begins to drain the targets that are meant.
func (l *LoadBalancers) deregister(g *TargetGroup, meant func(targetKey) bool) {
	for _, t := range slices.Clone(g.targets) {
		if meant(t.targetKey) && t.health != draining {
			t.drain()
		}
	}
}

// begin puts a target at the start of its life in the group, or aside if the group does not route to it.
func (t *target) begin() {
	t.phase.Stop()
	t.good, t.bad = 0, 0
	switch {
	case t.group.user == nil:
		t.become(notInUse)
	case !t.group.user.covers(t.zone):
		t.become(otherZone)
	default:
		t.become(registering)
		if !t.group.user.active {
			return // until the load balancer is
		}
		d := t.balancers.settings.Registration
		if t.group.user.kind == network {
			d = t.balancers.settings.NetworkRegistration
		}
		t.phase.After(t.balancers.account, t.balancers.account.Draw(d), t.beginChecks)
	}
}

// drain keeps the target in the group for the deregistration delay: even an idle target shows draining until the delay
// has passed (aws-facts B). A target that gets no traffic leaves at once: it has no connections.
func (t *target) drain() {
	t.phase.Stop()
	if t.health.State == "unused" {
		t.leave()
		return
	}
	if t.group.user.kind == network && slices.ContainsFunc(t.group.route(1).Targets, func(r RoutedTarget) bool { return r.InstanceID == t.id && r.Port == t.port }) {
		t.lag()
	}
	t.become(draining)
	t.phase.After(t.balancers.account, t.group.DeregistrationDelay(), t.leave)
}

// lag has a Network Load Balancer send connections to a target that got some for a while, as its nodes learn late that it is to get none.
func (t *target) lag() {
	l, late := t.balancers, *t
	lag := l.account.Draw(l.settings.NetworkLag)
	if lag == 0 {
		return
	}
	t.group.lagging = append(t.group.lagging, &late)
	l.account.After(lag, func() {
		t.group.lagging = slices.DeleteFunc(t.group.lagging, func(other *target) bool { return other == &late })
		l.changed()
	})
}

// leave takes the target out of the group.
func (t *target) leave() {
	l, g := t.balancers, t.group
	t.phase.Stop()
	g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
	members := slices.DeleteFunc(l.members[t.id], func(other *target) bool { return other == t })
	if l.members[t.id] = members; len(members) == 0 {
		delete(l.members, t.id)
	}
	t.health = notKnown
	t.seen.Add(l.account.Now(), seen{health: notKnown}, l.settings.DescribeLag)
	g.gone = append(g.gone, t)
	l.account.After(l.settings.DescribeLag, func() {
		g.gone = slices.DeleteFunc(g.gone, func(other *target) bool { return other == t })
	})
	l.changed()
}

// become changes the target's health.
func (t *target) become(h Health) {
	if t.health == h {
		return
	}
	l := t.balancers
	t.health = h
	if h == healthy {
		t.healthyAt, t.slowStart = l.account.Now(), t.group.slowStart(t)
	}
	t.seen.Add(l.account.Now(), seen{h, true}, l.settings.DescribeLag)
	l.changed()
}

// instanceChanged notices, a little late, that an instance stopped, ended or runs again.
func (l *LoadBalancers) instanceChanged(i *localec2.Instance) {
	switch i.State {
	case localec2.ShuttingDown, localec2.Stopping, localec2.Running:
	default:
		return
	}
	for _, t := range l.members[i.ID] {
		if (i.State == localec2.Running) == (t.health.Reason == "Target.InvalidState") {
			l.account.After(l.account.Draw(l.settings.Notice), func() { t.notice(i) })
		}
	}
}

// notice sets a target aside whose instance does not run, and takes it back when the instance runs again. A draining
// target goes on draining.
func (t *target) notice(i *localec2.Instance) {
	if t.group.target(t.targetKey) != t || t.health == draining {
		return
	}
	switch i.State {
	case localec2.Running:
		if t.health.Reason == "Target.InvalidState" {
			t.begin()
		}
	case localec2.Stopping, localec2.Stopped:
		t.phase.Stop()
		t.become(invalidState("stopped"))
	case localec2.ShuttingDown, localec2.Terminated:
		t.phase.Stop()
		t.become(invalidState("terminated"))
		t.phase.After(t.balancers.account, t.balancers.account.Draw(t.balancers.settings.TerminatedGone), t.leave)
	}
}

// slowStart is how slowly a target starts that has become healthy: not at all if it is the first healthy one (aws-facts
// B: another must be healthy that has ended its own slow start).
func (g *TargetGroup) slowStart(t *target) time.Duration {
	duration, now := g.secondsOf("slow_start.duration_seconds"), t.balancers.account.Now()
	for _, other := range g.targets {
		if other != t && other.health == healthy && now.Sub(other.healthyAt) >= other.slowStart {
			return duration
		}
	}
	return 0
}
