package autoscaling

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// attachment ties a group to a target group or a Classic Load Balancer.
//
// The calls that attached it own it: what AttachTrafficSources attached, DescribeLoadBalancerTargetGroups does not show
// and DetachLoadBalancerTargetGroups does not detach (aws-facts A2), and so are the three calls for load balancers. The
// model keeps the other direction as strict for DetachTrafficSources, which AWS does not document; DescribeTrafficSources
// shows both.
type attachment struct {
	source
	trafficSource bool   // attached as a traffic source
	state         string // Adding, Added, InService, Removing
	checked       bool   // whether it is in service is being found out
}

// The states of an attachment.
const (
	adding    = "Adding"
	added     = "Added"
	inService = "InService"
	removing  = "Removing"
)

// registry is what registers instances with the attachment's source.
func (g *group) registry(a *attachment) registry { return g.in.registries[a.kind] }

// checkAttachments finds a source that does not exist any more: no launch succeeds then (aws-facts A2).
func (g *group) checkAttachments() error {
	for _, a := range g.attachments {
		if registry := g.registry(a); a.state != removing && !registry.exists(a.identifier) {
			return wire.Errorf("ValidationError", "%s", registry.missing(a.identifier))
		}
	}
	return nil
}

// register registers the member with the group's sources.
func (m *member) register() error {
	if err := m.group.checkAttachments(); err != nil {
		return err
	}
	for _, a := range m.group.attachments {
		if a.state == removing {
			continue
		}
		if err := m.group.registry(a).Register(a.identifier, m.id); err != nil {
			return err
		}
	}
	return nil
}

// deregister takes the member out of the group's sources and calls then once it has drained from all of them.
func (m *member) deregister(while types.ScalingActivityStatusCode, then func()) {
	m.deregisterNow()
	if !m.registered() {
		then()
		return
	}
	m.progress(while, 50)
	m.drained = then
	m.group.changed()
}

// deregisterNow takes the member out of the group's sources, where it drains.
func (m *member) deregisterNow() {
	for _, a := range m.group.attachments {
		_ = m.group.registry(a).Deregister(a.identifier, m.id) // a source that is gone has let go of it
	}
}

// registered reports whether some source of the group still knows the member, draining ones too.
func (m *member) registered() bool {
	return slices.ContainsFunc(m.group.attachments, m.registeredWith)
}

func (m *member) registeredWith(a *attachment) bool {
	_, registered := m.group.registry(a).standing(a.identifier, m.id)
	return registered
}

// attach begins to register the group's members with sources that it does not have yet.
func (g *group) attach(sources []source, trafficSource bool) {
	var fresh []*attachment
	for _, s := range sources {
		at := slices.IndexFunc(g.attachments, func(a *attachment) bool { return a.source == s })
		if at >= 0 && g.attachments[at].state != removing {
			continue
		}
		if at >= 0 { // it drains no more
			g.attachments = slices.Delete(g.attachments, at, at+1)
		}
		fresh = append(fresh, &attachment{source: s, trafficSource: trafficSource, state: adding})
	}
	g.attachments = append(g.attachments, fresh...)
	g.changed()
	if len(fresh) == 0 {
		return
	}
	g.in.account.After(g.in.account.Draw(g.in.settings.Attach), func() {
		for _, a := range fresh {
			g.registerAll(a)
		}
	})
}

// registerAll registers the members in service with a source that was attached to the group.
func (g *group) registerAll(a *attachment) {
	if a.state != adding || !slices.Contains(g.attachments, a) {
		return
	}
	for _, m := range g.members {
		if m.state == types.LifecycleStateInService {
			_ = g.registry(a).Register(a.identifier, m.id) // an instance that does not run any more is replaced soon
		}
	}
	a.state = added
	g.changed()
	g.lookAtBalancers()
}

// detach begins to deregister the group's members from sources. The attachment is gone once they have drained.
func (g *group) detach(attachments []*attachment) {
	for _, a := range attachments {
		a.state = removing
		for _, m := range g.members {
			_ = g.registry(a).Deregister(a.identifier, m.id)
		}
	}
	g.changed()
	g.in.balancersChanged() // nothing may have to drain
}

// owned finds the attachments of sources that the family of calls may detach.
func (g *group) owned(sources []source, trafficSource bool) ([]*attachment, bool) {
	var found []*attachment
	for _, s := range sources {
		at := slices.IndexFunc(g.attachments, func(a *attachment) bool { return a.source == s && a.trafficSource == trafficSource })
		if at < 0 {
			return nil, false
		}
		found = append(found, g.attachments[at])
	}
	return found, true
}

// balancersChanged has a look at the load balancers taken soon, after what caused the change is done.
func (in *Groups) balancersChanged() {
	if in.looking {
		return
	}
	in.looking = true
	in.account.After(0, func() {
		in.looking = false
		for _, g := range in.sorted() {
			g.lookAtBalancers()
		}
	})
}

// lookAtBalancers lets everything go on that waits for a load balancer.
func (g *group) lookAtBalancers() {
	for _, m := range slices.Clone(g.members) {
		if m.drained != nil && !m.registered() {
			then := m.drained
			m.drained = nil
			then()
		}
	}
	g.dropRemoved()
	if !g.checksELB() {
		return
	}
	for _, a := range g.attachments {
		if a.state == added && !a.checked && g.anyHealthy(a) {
			g.confirm(a)
		}
	}
	for _, m := range g.members {
		if m.state == types.LifecycleStateInService && !m.failing && m.sickness == "" && m.failsELB() {
			m.watchELB()
		}
	}
}

// dropRemoved forgets attachments from which every member has drained.
func (g *group) dropRemoved() {
	before := len(g.attachments)
	g.attachments = slices.DeleteFunc(g.attachments, func(a *attachment) bool {
		return a.state == removing && !slices.ContainsFunc(g.members, func(m *member) bool { return m.registeredWith(a) })
	})
	if len(g.attachments) != before {
		g.changed()
	}
}

func (g *group) anyHealthy(a *attachment) bool {
	return slices.ContainsFunc(g.members, func(m *member) bool {
		standing, registered := g.registry(a).standing(a.identifier, m.id)
		return registered && standing.Serves
	})
}

// confirm puts an attachment in service when the group's own checks have seen a healthy member in it.
func (g *group) confirm(a *attachment) {
	a.checked = true
	g.in.account.After(g.in.account.Draw(g.in.settings.HealthCheck), func() {
		a.checked = false
		if a.state == added && g.checksELB() && g.anyHealthy(a) {
			a.state = inService
			g.changed()
			g.lookAtBalancers()
		}
	})
}
