package autoscaling

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clock"
)

// group is an Auto Scaling group.
type group struct {
	in   *Groups
	name string
	// spec holds what requests have set, as describes show it. Its members are replaced, never changed in place, so
	// that what was shown once stays as it was.
	spec types.AutoScalingGroup

	members       []*member // in the order of their launch
	hooks         []types.LifecycleHook
	attachments   []*attachment
	suspended     map[string]string // process → reason
	policies      []*types.ScalingPolicy
	schedules     []*schedule
	subscriptions []subscription // in the order of their making
	refreshes     []*refresh     // oldest first
	activities    []*types.Activity

	causes      []string        // why the capacity changed since the group last acted, as activities tell it
	invoking    []invokingAlarm // alarms that changed it
	warming     int             // units that policies added and that are still to be launched, whose instances warm up
	owed        int             // launches that replace unhealthy instances
	failures    int             // launches in a row that failed
	retryAt     time.Time       // no launch before
	rebalanceAt time.Time       // no rebalancing before
	lastScaled  time.Time       // end of the last activity, where cooldowns begin

	tick     clock.Timer // pending reconciliation
	deleting bool
	cached   *view
}

func (g *group) now() time.Time { return g.in.account.Now() }

func (g *group) min() int     { return int(*g.spec.MinSize) }
func (g *group) max() int     { return int(*g.spec.MaxSize) }
func (g *group) desired() int { return int(*g.spec.DesiredCapacity) }

func (g *group) isSuspended(process string) bool {
	_, suspended := g.suspended[process]
	return suspended
}

// changed tells those who listen, and forgets what was shown.
func (g *group) changed() {
	g.cached = nil
	for _, f := range g.in.listeners {
		f(g.name)
	}
}

// setDesired changes the desired capacity for the cause, as activities tell it.
func (g *group) setDesired(to int, cause string) {
	g.because("%s changing the desired capacity from %d to %d.", cause, g.desired(), to)
	if to < g.desired() {
		g.warming = 0
	}
	g.spec.DesiredCapacity = aws.Int32(int32(to))
}

// capacity is what counts towards the desired capacity, in units: instances that are not on their way out.
func (g *group) capacity() int {
	units := 0
	for _, m := range g.members {
		if m.counts() {
			units += m.weight
		}
	}
	return units
}

// counting are the members that count towards the desired capacity.
func (g *group) counting() []*member {
	var members []*member
	for _, m := range g.members {
		if m.counts() {
			members = append(members, m)
		}
	}
	return members
}

// member returns a member by its instance id; AWS's error when it has none.
func (g *group) member(id string) (*member, error) {
	if m, ok := g.in.members[id]; ok && m.group == g {
		return m, nil
	}
	return nil, invalid("The instance %s is not part of Auto Scaling group %s.", id, g.name)
}

// membersNamed are the members with the ids, all or an error.
func (g *group) membersNamed(ids []string, limit int) ([]*member, error) {
	if len(ids) == 0 {
		return nil, missing("InstanceIds")
	}
	if len(ids) > limit {
		return nil, invalid("1 validation error detected: Value '%v' at 'instanceIds' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", ids, limit)
	}
	members := make([]*member, len(ids))
	for k, id := range ids {
		m, err := g.member(id)
		if err != nil {
			return nil, err
		}
		members[k] = m
	}
	return members, nil
}

// checksELB reports whether load balancers have a say in the members' health; EC2 always has.
func (g *group) checksELB() bool {
	return slices.Contains(splitList(aws.ToString(g.spec.HealthCheckType)), "ELB")
}
