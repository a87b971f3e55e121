package autoscaling

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// course is where an instance comes from and where it goes to: EC2, WarmPool, AutoScalingGroup (user guide, warm pool
// events).
type course struct{ origin, destination string }

// The courses into, between and out of a group and its warm pool.
var (
	intoGroup = course{"EC2", "AutoScalingGroup"}
	outOfIt   = course{"AutoScalingGroup", "EC2"}
	intoPool  = course{"EC2", "WarmPool"}
	fromPool  = course{"WarmPool", "AutoScalingGroup"}
	backToIt  = course{"AutoScalingGroup", "WarmPool"}
	outOfPool = course{"WarmPool", "EC2"}
)

// courseOf is where the transition takes the member; a group without a warm pool knows one course each way.
func (m *member) courseOf(transition string) course {
	switch {
	case m.course != course{}:
		return m.course
	case transition == launching:
		return intoGroup
	}
	return outOfIt
}

// warm reports whether the member belongs to the warm pool, on its way out of there too.
func (m *member) warm() bool { return strings.HasPrefix(string(m.state), "Warmed:") }

// pooled reports whether the member is in the warm pool or on its way into it.
func (m *member) pooled() bool { return m.warm() && !m.leaving() }

// ready reports whether the member waits in the warm pool for its use.
func (m *member) ready() bool { return m.sickness == "" && m.rests() }

// rests reports whether the member has come to rest in the warm pool.
func (m *member) rests() bool {
	return m.state == types.LifecycleStateWarmedStopped || m.state == types.LifecycleStateWarmedRunning || m.state == types.LifecycleStateWarmedHibernated
}

// enterStep goes on within a stage, e.g. from Terminating to Terminating:Wait, from Warmed:Pending:Wait to
// Warmed:Pending:Proceed.
func (m *member) enterStep(step string) {
	stage := string(m.state)
	for _, done := range []string{":Wait", ":Proceed", ":Retained"} {
		stage = strings.TrimSuffix(stage, done)
	}
	m.enter(types.LifecycleState(stage + ":" + step))
}

// terminatingStage is the state in which the member's end begins.
func (m *member) terminatingStage() types.LifecycleState {
	if m.warm() {
		return types.LifecycleStateWarmedTerminating
	}
	return types.LifecycleStateTerminating
}

// warmChanged follows what happens to the instance of a member of the warm pool.
func (m *member) warmChanged(i *localec2.Instance) {
	stops := i.State == localec2.Stopping || i.State == localec2.Stopped
	switch {
	case m.ended && i.State == localec2.Terminated:
		m.gone()
	case m.leaving():
	case m.state == types.LifecycleStateWarmedPending && i.State == localec2.Running && !m.begun:
		m.warms()
	case m.cooling && i.State == localec2.Stopped && !m.rests():
		m.rest(m.restingState())
	case i.State != localec2.Running && i.State != localec2.Pending && !(stops && m.cooling):
		m.group.in.account.After(m.group.in.account.Draw(m.group.in.settings.HealthCheck), func() {
			if m.pooled() && slices.Contains(m.group.members, m) {
				m.fallIll(notRunning, true)
			}
		})
	}
}

// warms goes on with a member that was launched into the warm pool and whose instance runs now: its launch hooks, for the
// first of two times (aws-facts A1), then to rest.
func (m *member) warms() {
	m.begun = true
	m.waitForHooks(launching, func(abandoned string) {
		if abandoned != "" {
			m.failLaunch(types.ScalingActivityStatusCodeCancelled, abandoned)
			return
		}
		m.cool()
	})
}

// cool takes the member to the state of the pool.
func (m *member) cool() {
	if m.state == types.LifecycleStateWarmedPendingWait {
		m.enterStep("Proceed")
	}
	m.progress(types.ScalingActivityStatusCodeInProgress, 80)
	m.after(m.group.in.account.Draw(m.group.in.settings.Proceed), func() {
		if m.group.poolState() == types.WarmPoolStateRunning {
			m.rest(types.LifecycleStateWarmedRunning)
			return
		}
		m.cooling = true
		m.group.in.compute.Stop(m.id)
	})
}

// restingState is where a stopped member rests.
func (m *member) restingState() types.LifecycleState {
	if m.group.poolState() == types.WarmPoolStateHibernated {
		return types.LifecycleStateWarmedHibernated
	}
	return types.LifecycleStateWarmedStopped
}

// rest is the end of the way into the pool.
func (m *member) rest(state types.LifecycleState) {
	m.enter(state)
	m.finish(types.ScalingActivityStatusCodeSuccessful, "")
	m.course = course{}
	m.group.schedule()
}

// takeFromPool puts a member of the warm pool on its way into service: it is started if it was stopped, and its launch
// hooks hold it for the second time. How AWS words this activity and the next is not verified.
func (m *member) takeFromPool(cause string) {
	m.course, m.begun, m.cooling, m.scaled = fromPool, false, false, false
	m.warmUp()
	m.activity = m.group.begin("Launching a new EC2 instance from warm pool: "+m.id, cause, m)
	m.progress(types.ScalingActivityStatusCodePreInService, 30)
	m.enter(types.LifecycleStatePending)
	if i, ok := m.group.in.compute.Instance(m.id); ok && i.State == localec2.Stopped {
		m.group.in.compute.Start(m.id)
		return
	}
	m.after(m.group.in.account.Draw(m.group.in.settings.Proceed), m.runs)
}

// returnToPool takes a member out of service and into the warm pool: it drains first, and termination hooks hold it in
// Warmed:Pending:Wait (user guide, lifecycle hooks with a warm pool). What an abandoned hook does then is not documented;
// the model ends the instance.
func (m *member) returnToPool(cause string) {
	m.dropActions()
	m.course = backToIt
	m.activity = m.group.begin("Terminating EC2 instance: "+m.id, cause, m)
	m.enter(types.LifecycleStateWarmedPending)
	m.deregister(types.ScalingActivityStatusCodeWaitingForELBConnectionDraining, func() {
		m.waitForHooks(terminating, func(abandoned string) {
			if abandoned != "" {
				m.finish(types.ScalingActivityStatusCodeCancelled, abandoned)
				m.terminate(m.group.cause("an instance was taken out of the warm pool in response to an abandoned lifecycle action."))
				return
			}
			m.cool()
		})
	})
}
