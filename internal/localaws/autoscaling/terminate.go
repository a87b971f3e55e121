package autoscaling

import (
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// terminate takes the member out of service for good: it is deregistered and drains for the whole deregistration delay
// first, then its hooks run, then its instance ends (aws-facts A1).
func (m *member) terminate(cause string) {
	if m.leaving() {
		return
	}
	m.dropActions()
	m.drained = nil
	m.finish(types.ScalingActivityStatusCodeCancelled, "")
	m.activity = m.group.begin("Terminating EC2 instance: "+m.id, cause, m)
	m.course = course{}
	if m.warm() {
		m.course = outOfPool
	}
	m.enter(m.terminatingStage())
	m.deregister(types.ScalingActivityStatusCodeWaitingForELBConnectionDraining, m.runTerminationHooks)
}

// launchesFirst reports whether the instance maintenance policy wants successors before their predecessors go. Without
// one AWS terminates, and launches meanwhile (user guide, replace-unhealthy-instance).
func (g *group) launchesFirst() bool {
	policy := g.spec.InstanceMaintenancePolicy
	return policy != nil && policy.MinHealthyPercentage != nil && *policy.MinHealthyPercentage >= 100
}

func (m *member) runTerminationHooks() {
	g := m.group
	m.waitForHooks(terminating, func(abandoned string) {
		if abandoned != "" && g.retainsAbandoned() {
			m.enterStep("Retained")
			m.finish(types.ScalingActivityStatusCodeCancelled, abandoned)
			return
		}
		m.proceedToEnd()
	})
}

// retainsAbandoned reports whether the instance lifecycle policy keeps instances whose termination hook was abandoned.
func (g *group) retainsAbandoned() bool {
	policy := g.spec.InstanceLifecyclePolicy
	return policy != nil && policy.RetentionTriggers != nil && policy.RetentionTriggers.TerminateHookAbandon == types.RetentionActionRetain
}

// proceedToEnd ends the instance after its hooks.
func (m *member) proceedToEnd() {
	if m.state != m.terminatingStage() {
		m.enterStep("Proceed")
	}
	m.progress(types.ScalingActivityStatusCodeInProgress, 80)
	m.after(m.group.in.account.Draw(m.group.in.settings.Proceed), m.end)
}

// end has the instance terminated. The member is gone once EC2 says so.
func (m *member) end() {
	m.ended = true
	m.group.in.compute.Terminate(m.id)
	if i, ok := m.group.in.compute.Instance(m.id); !ok || i.State == localec2.Terminated {
		m.gone()
	}
}

// gone takes a member out whose instance has been terminated.
func (m *member) gone() {
	m.finish(types.ScalingActivityStatusCodeSuccessful, "")
	m.leave()
}

// terminateNow ends the member without draining and hooks, as ForceDelete does.
func (m *member) terminateNow(cause string) {
	m.dropActions()
	m.drained = nil
	if !m.leaving() {
		m.finish(types.ScalingActivityStatusCodeCancelled, "")
		m.activity = m.group.begin("Terminating EC2 instance: "+m.id, cause, m)
	}
	m.enter(m.terminatingStage())
	m.deregisterNow()
	m.end()
}
