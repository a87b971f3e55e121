package autoscaling

import (
	"cmp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// refresh is an instance refresh: it replaces the members that the group has at its start, as many at a time as the
// minimum healthy percentage allows, and waits for each successor to warm up.
//
// Not modelled are checkpoints, alarms and rollback, which requests are refused for. A refresh whose
// launches fail goes on trying; AWS gives up after about an hour without progress.
type refresh struct {
	id       string
	started  time.Time
	ended    time.Time
	status   types.InstanceRefreshStatus
	reason   string
	desired  *types.DesiredConfiguration // nil: what the group launches anyway
	asked    *types.RefreshPreferences
	replaces map[string]bool // instance ids
	total    int
	waitEnds time.Time // when waiting for protected or standby instances is given up; zero while nothing waits
	bakeEnds time.Time // when the bake time is over; zero until everything is replaced
}

// activeRefresh is the refresh that is under way, nil without.
func (g *group) activeRefresh() *refresh {
	if n := len(g.refreshes); n > 0 && g.refreshes[n-1].ended.IsZero() {
		return g.refreshes[n-1]
	}
	return nil
}

// end ends the refresh.
func (g *group) endRefresh(r *refresh, status types.InstanceRefreshStatus, reason string) {
	r.status, r.reason, r.ended = status, reason, g.now()
	g.changed()
}

// advanceRefresh does the next step of the group's refresh, if it can be done now.
func (g *group) advanceRefresh() {
	r := g.activeRefresh()
	switch {
	case r == nil || r.status == types.InstanceRefreshStatusPending:
		return
	case r.status == types.InstanceRefreshStatusCancelling:
		if g.unavailable() <= 0 && g.surplus() == 0 {
			g.endRefresh(r, types.InstanceRefreshStatusCancelled, "Cancelled due to user request.")
		}
		return
	case g.isSuspended("InstanceRefresh"):
		return
	}
	left, blocked := g.toReplace(r)
	cold := g.coolMembers(r)
	switch {
	case len(left) == 0 && blocked == 0:
		if cold == 0 && g.unavailable() <= 0 && g.surplus() == 0 && !g.bakes(r) {
			g.applyDesired(r)
			g.endRefresh(r, types.InstanceRefreshStatusSuccessful, "")
		}
		return
	case len(left) == 0:
		g.waitForBlocked(r, blocked)
		return
	}
	room := g.batch(r) - max(0, g.unavailable()) - cold - g.surplus()
	for _, m := range left {
		if room < m.weight && room < g.batch(r) {
			return
		}
		room -= m.weight
		m.refreshNow(r)
	}
}

// bakes reports whether a refresh that has replaced everything still waits for its bake time to pass (SDK documentation of
// RefreshPreferences, and of the status Baking).
func (g *group) bakes(r *refresh) bool {
	if r.bakeEnds.IsZero() {
		r.bakeEnds = g.now().Add(time.Duration(aws.ToInt32(r.asked.BakeTime)) * time.Second)
		if g.now().Before(r.bakeEnds) {
			r.status = types.InstanceRefreshStatusBaking
			g.changed()
			g.scheduleAt(r.bakeEnds)
		}
	}
	return g.now().Before(r.bakeEnds)
}

// refreshNow replaces one member: its successor comes first if the preferences leave no room below the capacity.
func (m *member) refreshNow(r *refresh) {
	g := m.group
	if least, most := g.percentages(r); m.counts() && most != nil && (least >= 100 || *most > 100) {
		m.outgoing = true
		g.changed()
		return
	}
	m.terminate(g.cause("an instance was taken out of service in response to an instance refresh."))
}

// percentages are the bounds of the refresh: its own, or those of the maintenance policy, or 90 % and none.
func (g *group) percentages(r *refresh) (least int32, most *int32) {
	var policy types.InstanceMaintenancePolicy
	if g.spec.InstanceMaintenancePolicy != nil {
		policy = *g.spec.InstanceMaintenancePolicy
	}
	return *cmp.Or(r.asked.MinHealthyPercentage, policy.MinHealthyPercentage, aws.Int32(90)),
		cmp.Or(r.asked.MaxHealthyPercentage, policy.MaxHealthyPercentage)
}

// batch is how much may be replaced at a time, at least one.
func (g *group) batch(r *refresh) int {
	least, most := g.percentages(r)
	room := g.desired() * (100 - int(least)) / 100
	if most != nil && *most > 100 {
		room = max(room, g.desired()*(int(*most)-100)/100)
	}
	return max(1, room)
}

// toReplace are the members that the refresh may replace now, and how many it has to wait for.
func (g *group) toReplace(r *refresh) (left []*member, blocked int) {
	for _, m := range g.members {
		switch {
		case !r.replaces[m.id] || m.leaving() || m.outgoing:
		case m.state == types.LifecycleStateStandby:
			if r.asked.StandbyInstances == types.StandbyInstancesTerminate {
				left = append(left, m)
			} else if r.asked.StandbyInstances != types.StandbyInstancesIgnore {
				blocked++
			}
		case m.protected && r.asked.ScaleInProtectedInstances == types.ScaleInProtectedInstancesIgnore:
		case m.protected && r.asked.ScaleInProtectedInstances != types.ScaleInProtectedInstancesRefresh:
			blocked++
		case m.counts():
			left = append(left, m)
		}
	}
	return left, blocked
}

// waitForBlocked waits an hour for protected or standby members, then gives up.
func (g *group) waitForBlocked(r *refresh, blocked int) {
	if r.waitEnds.IsZero() {
		r.waitEnds = g.now().Add(time.Hour)
		g.scheduleAt(r.waitEnds)
		return
	}
	if !g.now().Before(r.waitEnds) {
		g.endRefresh(r, types.InstanceRefreshStatusFailed, "Instances protected from scale in or in standby could not be replaced within one hour.")
	}
}

// coolMembers is the weight of the successors that still warm up; it has the group look again when the first is warm.
func (g *group) coolMembers(r *refresh) int {
	warmup := cmp.Or(r.asked.InstanceWarmup, g.spec.DefaultInstanceWarmup, g.spec.HealthCheckGracePeriod)
	cold := 0
	var next time.Time
	for _, m := range g.members {
		warm := m.inService.Add(time.Duration(*warmup) * time.Second)
		if m.state != types.LifecycleStateInService || r.replaces[m.id] || m.launched.Before(r.started) || !g.now().Before(warm) {
			continue
		}
		cold += m.weight
		if next.IsZero() || warm.Before(next) {
			next = warm
		}
	}
	if !next.IsZero() {
		g.scheduleAt(next)
	}
	return cold
}

// applyDesired makes what the refresh brought the group's own.
func (g *group) applyDesired(r *refresh) {
	if r.desired == nil {
		return
	}
	g.spec.LaunchConfigurationName = nil
	g.spec.LaunchTemplate, g.spec.MixedInstancesPolicy = r.desired.LaunchTemplate, r.desired.MixedInstancesPolicy
}

// replaced is how much of the refresh is done, in instances.
func (g *group) replaced(r *refresh) int {
	left := 0
	for _, m := range g.members {
		if r.replaces[m.id] && !m.leaving() {
			left++
		}
	}
	return max(0, r.total-left-max(0, g.unavailable()))
}
