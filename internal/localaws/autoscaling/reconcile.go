package autoscaling

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// schedule makes the group look at itself soon. Nothing else makes it act, so a group at rest costs nothing.
func (g *group) schedule() {
	if g.tick != nil || g.deleting {
		return
	}
	g.tick = g.in.account.After(g.in.account.Draw(g.in.settings.Tick), g.reconcile)
}

// scheduleAt makes the group look at itself again at a later time.
func (g *group) scheduleAt(t time.Time) {
	g.in.account.After(t.Sub(g.now()), g.schedule)
}

// reconcile does what brings the group closer to what it should be.
func (g *group) reconcile() {
	g.tick = nil
	if g.deleting {
		return
	}
	g.replaceUnhealthy()
	g.replaceAged()
	g.advanceRefresh()
	g.releaseOutgoing()
	wanted, have := g.desired()+g.surplus(), g.capacity()
	switch {
	case have < wanted:
		g.scaleOut(have, wanted)
	case have > wanted:
		g.scaleIn(have, wanted)
	default:
		g.rebalance()
	}
	g.tendPool()
	g.causes, g.invoking = nil, nil
}

// surplus is the capacity of the members that stay only until there is enough without them.
func (g *group) surplus() int {
	units := 0
	for _, m := range g.members {
		if m.outgoing && m.counts() {
			units += m.weight
		}
	}
	return units
}

// releaseOutgoing terminates outgoing members as far as those that stay suffice.
func (g *group) releaseOutgoing() {
	if g.isSuspended("Terminate") {
		return
	}
	staying := 0
	for _, m := range g.members {
		if m.serves() && !m.outgoing {
			staying += m.weight
		}
	}
	excess := staying + g.surplus() - g.desired()
	for _, m := range g.counting() {
		if m.outgoing && m.weight <= excess {
			excess -= m.weight
			m.terminate(g.outgoingCause(m))
		}
	}
}

func (g *group) outgoingCause(m *member) string {
	if m.sickness != "" {
		return g.cause("an instance was taken out of service in response to " + m.sickness + ".")
	}
	if r := g.activeRefresh(); r != nil && r.replaces[m.id] {
		return g.cause("an instance was taken out of service in response to an instance refresh.")
	}
	if i, ok := g.in.compute.Instance(m.id); ok && i.AtRisk() {
		return g.cause("an instance was taken out of service in response to an EC2 instance rebalance recommendation.")
	}
	have := g.capacity()
	return g.cause(
		fmt.Sprintf("an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from %d to %d.",
			have, have-m.weight),
		fmt.Sprintf("instance %s was selected for termination.", m.id))
}

// scaleIn terminates members until the capacity is what is wanted, those first that the termination policies choose.
func (g *group) scaleIn(have, wanted int) {
	if g.isSuspended("Terminate") {
		return
	}
	victims := g.choose(have - wanted)
	if len(victims) == 0 {
		if !slices.ContainsFunc(g.counting(), func(m *member) bool { return !m.protected }) {
			g.recordAllProtected()
		}
		return // what is too much is less than any member counts for
	}
	left := have
	for _, m := range victims {
		left -= m.weight
	}
	decision := []string{fmt.Sprintf("an instance was taken out of service in response to a difference between desired and actual capacity, "+
		"shrinking the capacity from %d to %d.", have, left)}
	for _, m := range victims {
		decision = append(decision, fmt.Sprintf("instance %s was selected for termination.", m.id))
	}
	cause := g.cause(decision...)
	for _, m := range victims {
		if g.reuses(m) {
			m.returnToPool(cause)
		} else {
			m.terminate(cause)
		}
	}
}

// recordAllProtected tells, once a request, that scale-in protection keeps the group larger than desired.
func (g *group) recordAllProtected() {
	if len(g.causes) == 0 {
		return
	}
	const message = "Could not scale to desired capacity because all remaining instances are protected from scale-in."
	a := g.begin(message, g.cause("group reached equilibrium."), nil)
	a.StatusCode, a.Progress, a.EndTime, a.StatusMessage = types.ScalingActivityStatusCodeCancelled, aws.Int32(100), aws.Time(g.now()), aws.String(message)
	g.changed()
}

// lifetime is the longest that a member is kept, zero for ever.
func (g *group) lifetime() time.Duration {
	return time.Duration(aws.ToInt32(g.spec.MaxInstanceLifetime)) * time.Second
}

// awaitAge has the group look again when the member has reached its lifetime.
func (m *member) awaitAge() {
	if lifetime := m.group.lifetime(); lifetime > 0 {
		m.group.scheduleAt(m.launched.Add(lifetime))
	}
}

// replaceAged replaces members older than the maximum instance lifetime, one at a time.
func (g *group) replaceAged() {
	lifetime := g.lifetime()
	if lifetime == 0 || g.isSuspended("Terminate") || g.unavailable() > 0 || g.surplus() > 0 {
		return
	}
	for _, m := range g.members {
		if !m.serves() || m.protected || g.now().Before(m.launched.Add(lifetime)) {
			continue
		}
		if g.launchesFirst() {
			m.outgoing = true
			g.changed()
		} else {
			m.terminate(g.cause("an instance was taken out of service in response to maximum instance lifetime exceeded."))
		}
		return
	}
}
