package autoscaling

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// Why an instance is unhealthy, as activities tell it (user guide, ts-as-healthchecks).
const (
	notRunning    = "an EC2 health check indicating it has been terminated or stopped"
	statusFailing = "an EC2 instance status checks failure"
	elbFailing    = "an ELB system health check failure"
	userSaysSo    = "a user health-check"
)

// instanceChanged follows what happens to the members' instances.
func (in *Groups) instanceChanged(i *localec2.Instance) {
	m, ok := in.members[i.ID]
	if !ok {
		return
	}
	if m.warm() {
		m.warmChanged(i)
		return
	}
	switch {
	case m.ended && i.State == localec2.Terminated:
		m.gone()
	case m.state == types.LifecycleStatePending && i.State == localec2.Running && !m.begun:
		m.runs()
	case i.State != localec2.Running && i.State != localec2.Pending:
		in.account.After(in.account.Draw(in.settings.HealthCheck), m.checkRunning)
	case i.AtRisk():
		m.followSpot(i)
	case i.Impaired():
		in.account.After(in.settings.ImpairedTolerance, m.checkStatus)
	}
}

// checked reports whether health checks apply to the member at all: standby instances get none (aws-facts A3).
func (m *member) checked() bool {
	return m.group.in.members[m.id] == m && m.counts() && m.sickness == "" && !m.group.isSuspended("HealthCheck")
}

// checkRunning finds an instance that does not run any more. No grace period covers that (aws-facts A3).
func (m *member) checkRunning() {
	i, ok := m.group.in.compute.Instance(m.id)
	if m.checked() && (!ok || i.State != localec2.Running && i.State != localec2.Pending) {
		m.fallIll(notRunning, true)
	}
}

// checkStatus finds an instance whose EC2 status checks have failed for longer than is put up with.
func (m *member) checkStatus() {
	i, ok := m.group.in.compute.Instance(m.id)
	if !ok || !i.Impaired() || !m.checked() || m.state != types.LifecycleStateInService {
		return
	}
	if m.inGrace() {
		m.afterGrace(m.checkStatus)
		return
	}
	m.fallIll(statusFailing, false)
}

// failsELB reports whether a load balancer finds the member unhealthy. Only attachments in service count, and a target
// that is initial, unused or not registered is no verdict: whether AWS leaves instances alone while their target group
// is unused is not documented (aws-facts A3), and replacing a fleet that gets no traffic helps nobody.
func (m *member) failsELB() bool {
	for _, a := range m.group.attachments {
		if standing, registered := m.group.registry(a).standing(a.identifier, m.id); registered && a.state == inService && standing.Failed {
			return true
		}
	}
	return false
}

// watchELB has the group's checks look at a member that a load balancer finds unhealthy.
func (m *member) watchELB() {
	m.failing = true
	m.group.in.account.After(m.group.in.account.Draw(m.group.in.settings.HealthCheck), m.checkELB)
}

func (m *member) checkELB() {
	m.failing = false
	if !m.checked() || m.state != types.LifecycleStateInService || !m.group.checksELB() || !m.failsELB() {
		return
	}
	if m.inGrace() {
		m.failing = true
		m.afterGrace(m.checkELB)
		return
	}
	m.fallIll(elbFailing, false)
}

// afterGrace checks again when the grace period has ended.
func (m *member) afterGrace(check func()) {
	grace := time.Duration(aws.ToInt32(m.group.spec.HealthCheckGracePeriod)) * time.Second
	m.group.in.account.After(m.inService.Add(grace).Sub(m.group.now()), check)
}

// fallIll marks the member unhealthy. An urgent one does not wait for its turn to be replaced.
func (m *member) fallIll(sickness string, urgent bool) {
	m.sickness, m.urgent = sickness, urgent
	m.group.changed()
	m.group.schedule()
}

// recheck looks at every member again, because checks were suspended or did not count before.
func (g *group) recheck() {
	for _, m := range g.members {
		in := g.in.account
		in.After(in.Draw(g.in.settings.HealthCheck), func() {
			m.checkRunning()
			m.checkStatus()
		})
	}
	g.lookAtBalancers()
}

// replaceUnhealthy replaces members that are unhealthy: those that do not run, or that a user has given up, at once;
// others as far as at most a tenth of the group, or one, is out of service (aws-facts A3).
func (g *group) replaceUnhealthy() {
	if g.isSuspended("ReplaceUnhealthy") || g.isSuspended("Terminate") {
		return
	}
	for _, m := range g.counting() {
		if m.sickness == "" || m.outgoing {
			continue
		}
		if m.state != types.LifecycleStateInService {
			m.failPending()
			continue
		}
		if !m.urgent && g.unavailable() >= max(1, g.desired()/10) {
			continue
		}
		if m.sickness != notRunning && g.launchesFirst() {
			m.outgoing = true
			g.changed()
			continue
		}
		g.owed++
		m.terminate(g.cause("an instance was taken out of service in response to " + m.sickness + "."))
	}
}

// failPending ends the launch of an instance that died before it was in service.
func (m *member) failPending() {
	g := m.group
	m.finish(types.ScalingActivityStatusCodeCancelled, "Instance became unhealthy while waiting for instance to be in InService state. "+
		"Termination Reason: Client.UserInitiatedShutdown: User initiated shutdown")
	g.owed++
	m.terminate(g.cause("an instance was taken out of service in response to " + m.sickness + "."))
}

// unavailable is how much of the desired capacity is not in service. Members that wait to be replaced are.
func (g *group) unavailable() int {
	units := 0
	for _, m := range g.members {
		if m.state == types.LifecycleStateInService && !m.outgoing {
			units += m.weight
		}
	}
	return g.desired() - units
}
