package autoscaling

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// The warm pool of a group (SDK, PutWarmPool; user guide, warm pools). Its instances are members that do not count
// towards the group's capacity. A group without a warm pool pays nothing for this.

// poolState is where instances rest in the pool.
func (g *group) poolState() types.WarmPoolState {
	if g.spec.WarmPoolConfiguration == nil {
		return types.WarmPoolStateStopped
	}
	return g.spec.WarmPoolConfiguration.PoolState
}

// poolSize is the capacity in the pool, or on its way into it, in the units of the group's sizes, from which it follows. That
// weights count there is not verified.
func (g *group) poolSize() int {
	units := 0
	for _, m := range g.members {
		if m.pooled() {
			units += m.weight
		}
	}
	return units
}

// poolWanted is how much the pool should hold: what is prepared at most (the group's maximum unless it says
// otherwise) without the desired capacity, and no fewer than its minimum. One that is being deleted wants none.
func (g *group) poolWanted() int {
	pool := g.spec.WarmPoolConfiguration
	if pool == nil || pool.Status == types.WarmPoolStatusPendingDelete {
		return 0
	}
	prepared := g.max()
	if pool.MaxGroupPreparedCapacity != nil {
		prepared = int(*pool.MaxGroupPreparedCapacity)
	}
	return max(int(*pool.MinSize), prepared-g.desired(), 0)
}

// tendPool brings the pool closer to what it should hold. Which of too many go is not documented; the model lets the
// oldest go, after those that are sick.
func (g *group) tendPool() {
	if g.spec.WarmPoolConfiguration == nil {
		return
	}
	if !g.isSuspended("Terminate") {
		g.shrinkPool()
	}
	if have, wanted := g.poolSize(), g.poolWanted(); have < wanted && !g.isSuspended("Launch") {
		g.fillPool(have, wanted)
	}
}

func (g *group) shrinkPool() {
	surplus := g.poolSize() - g.poolWanted()
	for _, m := range slices.Clone(g.members) {
		switch {
		case !m.pooled():
		case m.sickness != "":
			m.terminate(g.cause("an instance was taken out of the warm pool in response to " + m.sickness + "."))
			surplus -= m.weight
		}
	}
	for _, m := range slices.Clone(g.members) {
		if surplus >= m.weight && m.ready() {
			m.terminate(g.cause("an instance was taken out of the warm pool in response to a difference between its desired and actual capacity."))
			surplus -= m.weight
		}
	}
}

// fillPool launches instances into the pool, one zone after the other. A zone that fails is left out for this time.
func (g *group) fillPool(have, wanted int) {
	if g.now().Before(g.retryAt) {
		g.scheduleAt(g.retryAt)
		return
	}
	cause := g.cause(fmt.Sprintf("an instance was started in response to a difference between desired and actual capacity of the warm pool, "+
		"increasing its capacity from %d to %d.", have, wanted))
	failed := make(map[string]bool)
	for g.poolSize() < wanted {
		subnet, ok := g.subnetFor(func(m *member) bool { return m.pooled() }, failed)
		if !ok {
			g.pauseLaunches()
			return
		}
		m := g.tryLaunch(subnet, cause)
		if m == nil {
			failed[subnet.Zone] = true
			continue
		}
		m.state, m.course = types.LifecycleStateWarmedPending, intoPool
		m.activity = g.begin("Launching a new EC2 instance into warm pool: "+m.id, cause, m)
		m.progress(types.ScalingActivityStatusCodePreInService, 30)
		g.changed()
	}
}

// draw takes a warm instance for the group's capacity: of the zone that has the fewest in service, the one that was
// launched first. How AWS chooses is not documented.
func (g *group) draw(cause string) bool {
	if g.spec.WarmPoolConfiguration == nil {
		return false
	}
	var candidates []*member
	for _, m := range g.members {
		if m.ready() {
			candidates = append(candidates, m)
		}
	}
	if len(candidates) == 0 {
		return false
	}
	inZone, _ := g.spread(staysInGroup)
	least(candidates, func(m *member) int64 { return int64(inZone[m.zone]) })[0].takeFromPool(cause)
	return true
}

// reuses reports whether a scale-in returns the member to the pool: there is a policy that says so, room for it, and it
// was in service.
func (g *group) reuses(m *member) bool {
	pool := g.spec.WarmPoolConfiguration
	return pool != nil && pool.InstanceReusePolicy != nil && aws.ToBool(pool.InstanceReusePolicy.ReuseOnScaleIn) &&
		m.serves() && g.poolSize() < g.poolWanted()
}

// finishPool forgets a pool that was to be deleted and is empty.
func (g *group) finishPool() {
	pool := g.spec.WarmPoolConfiguration
	if pool == nil || pool.Status != types.WarmPoolStatusPendingDelete || slices.ContainsFunc(g.members, (*member).warm) {
		return
	}
	g.spec.WarmPoolConfiguration = nil
	g.changed()
}
