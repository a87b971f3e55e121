package autoscaling

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// member is an instance of a group.
type member struct {
	group *group
	id    string

	zone, subnet          string
	instanceType, imageID string
	spot                  bool // a Spot Instance
	template              *types.LaunchTemplateSpecification
	configuration         string // launch configuration
	weightedCapacity      *string
	weight                int // units that it counts for

	state     types.LifecycleState
	step      int       // counts changes of state, so that what was planned in an earlier one is dropped
	launched  time.Time // or attached
	inService time.Time // start of the grace period
	protected bool      // from scale-in
	scaled    bool      // launched by a policy, for which it warms up
	outgoing  bool      // leaves as soon as there is enough without it

	sickness string // why it is unhealthy, as activities tell it; empty while it is healthy
	urgent   bool   // its replacement does not wait for its turn
	failing  bool   // a load balancer finds it unhealthy; the group will look at that
	drained  func() // what follows once it is registered nowhere; nil when nothing waits for that
	begun    bool   // it has gone on from the start of its instance, or needs none
	ended    bool   // the group has told EC2 to terminate it
	cooling  bool   // its instance is stopped for the warm pool
	course   course // from where to where it goes; zero without a warm pool

	activity *types.Activity // under way, nil without
	actions  []*lifecycleAction
	settle   func(abandoned string) // what follows once no action is left; abandoned is a message, or empty
}

// enter changes the member's state.
func (m *member) enter(state types.LifecycleState) {
	m.state = state
	m.step++
	m.group.changed()
}

// after runs f in d, unless the member has changed its state by then.
func (m *member) after(d time.Duration, f func()) {
	step := m.step
	m.group.in.account.After(d, func() {
		if m.step == step {
			f()
		}
	})
}

// counts reports whether the member counts towards the desired capacity.
func (m *member) counts() bool {
	switch m.state {
	case types.LifecycleStatePending, types.LifecycleStatePendingWait, types.LifecycleStatePendingProceed, types.LifecycleStateInService:
		return true
	}
	return false
}

// serves reports whether the member is in service and well.
func (m *member) serves() bool {
	return m.state == types.LifecycleStateInService && m.sickness == ""
}

// leaving reports whether the member is on its way out of the group for good.
func (m *member) leaving() bool {
	switch m.state {
	case types.LifecycleStateTerminating, types.LifecycleStateTerminatingWait, types.LifecycleStateTerminatingProceed,
		types.LifecycleStateTerminatingRetained, types.LifecycleStateDetaching,
		types.LifecycleStateWarmedTerminating, types.LifecycleStateWarmedTerminatingWait,
		types.LifecycleStateWarmedTerminatingProceed, types.LifecycleStateWarmedTerminatingRetained:
		return true
	}
	return false
}

// health is the health status as describes show it.
func (m *member) health() string {
	if m.sickness != "" {
		return "Unhealthy"
	}
	return "Healthy"
}

// inGrace reports whether failed health checks do not count yet.
func (m *member) inGrace() bool {
	grace := time.Duration(aws.ToInt32(m.group.spec.HealthCheckGracePeriod)) * time.Second
	return m.group.now().Before(m.inService.Add(grace))
}

// leave takes the member out of its group.
func (m *member) leave() {
	g := m.group
	m.step++
	m.dropActions()
	delete(g.in.members, m.id)
	g.members = slices.DeleteFunc(g.members, func(other *member) bool { return other == m })
	g.changed()
	g.finishPool()
	g.schedule()
	if g.deleting && len(g.members) == 0 {
		g.finishDelete()
	}
}
