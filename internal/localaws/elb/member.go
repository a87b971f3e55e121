package elb

import (
	"slices"
	"time"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// member is an instance that is registered with a load balancer.
type member struct {
	of       *balancer
	id, zone string

	health    Health
	since     time.Time // of that
	seen      account.Timeline[seen]
	good, bad int32         // checks in a row
	failed    bool          // has failed before: only the threshold brings it back
	phase     account.Phase // its next check, or what ends it
}

// seen is a member's health as readers see it, who see changes late.
type seen struct {
	health     Health
	registered bool
}

func (m *member) draining() bool { return m.health.Draining() }

func (b *balancer) member(id string) *member {
	at := slices.IndexFunc(b.members, func(m *member) bool { return m.id == id })
	if at < 0 {
		return nil
	}
	return b.members[at]
}

// register adds instances, or brings back those that drain. All or none.
func (l *LoadBalancers) register(b *balancer, ids []string) error {
	for _, id := range ids {
		i, ok := l.compute.Instance(id)
		if !ok || i.State == localec2.ShuttingDown || i.State == localec2.Terminated {
			return wire.Errorf("InvalidInstance", "Could not find EC2 instance %s.", id)
		}
	}
	for _, id := range ids {
		m := b.member(id)
		if m == nil {
			instance, _ := l.compute.Instance(id)
			m = &member{of: b, id: id, zone: instance.Zone}
			b.members = append(b.members, m)
		} else if !m.draining() {
			continue
		}
		m.failed = false
		m.begin()
	}
	return nil
}

// begin puts a member at the start of its life behind the load balancer, or aside if its zone is not enabled.
func (m *member) begin() {
	l := m.of.of
	m.phase.Stop()
	m.good, m.bad = 0, 0
	if i, ok := l.compute.Instance(m.id); ok && (i.State == localec2.Stopping || i.State == localec2.Stopped) {
		m.become(stopped)
		return
	}
	if !m.of.covers(m.zone) {
		m.become(otherZone)
		return
	}
	m.become(registering)
	m.phase.After(m.of.of.account, l.account.Draw(l.settings.Registration), m.runChecks)
}

// deregister takes an instance out: at once, or with connection draining when the last request that is under way has
// ended, or its time is up (user guide, config-conn-drain).
func (b *balancer) deregister(id string) {
	m := b.member(id)
	if m == nil || m.draining() {
		return
	}
	m.phase.Stop()
	draining, _ := b.of.Draining(b.name)
	if draining == 0 || m.health != inService {
		m.leave()
		return
	}
	m.become(deregistering)
	m.drainUntil(b.of.account.Now().Add(draining))
}

// drainUntil waits for what is under way, once a second where a data plane knows of it, until the time is up.
func (m *member) drainUntil(limit time.Time) {
	l := m.of.of
	left := limit.Sub(l.account.Now())
	if l.flights == nil {
		m.phase.After(m.of.of.account, min(left, l.settings.InFlight), m.leave)
		return
	}
	if left <= 0 {
		m.leave()
		return
	}
	m.phase.After(m.of.of.account, min(left, time.Second), func() {
		if l.flights(m.of.name, m.id) == 0 {
			m.leave()
			return
		}
		m.drainUntil(limit)
	})
}

// leave takes the member out.
func (m *member) leave() {
	b, l := m.of, m.of.of
	m.phase.Stop()
	b.members = slices.DeleteFunc(b.members, func(other *member) bool { return other == m })
	m.health = notRegistered
	m.seen.Add(l.account.Now(), seen{health: notRegistered}, l.settings.DescribeLag)
	b.gone = append(b.gone, m)
	l.account.After(l.settings.DescribeLag, func() {
		b.gone = slices.DeleteFunc(b.gone, func(other *member) bool { return other == m })
	})
	l.changed()
}

// become changes the member's health.
func (m *member) become(h Health) {
	if m.health == h {
		return
	}
	l := m.of.of
	m.health, m.since = h, l.account.Now()
	m.seen.Add(m.since, seen{h, true}, l.settings.DescribeLag)
	l.changed()
}

// instanceChanged notices, a little late, that an instance stopped, ended or runs again.
func (l *LoadBalancers) instanceChanged(i *localec2.Instance) {
	switch i.State {
	case localec2.ShuttingDown, localec2.Stopping, localec2.Running:
	default:
		return
	}
	for _, b := range l.balancers {
		m := b.member(i.ID)
		if m != nil && (i.State != localec2.Running || m.health == stopped) {
			l.account.After(l.account.Draw(l.settings.Notice), func() { m.notice(i) })
		}
	}
}

// notice sets a member aside whose instance does not run, and takes it back when the instance runs again.
func (m *member) notice(i *localec2.Instance) {
	if m.of.member(m.id) != m || m.draining() {
		return
	}
	switch i.State {
	case localec2.Running:
		if m.health == stopped {
			m.begin()
		}
	case localec2.Stopping, localec2.Stopped:
		m.phase.Stop()
		m.become(stopped)
	case localec2.ShuttingDown, localec2.Terminated:
		l := m.of.of
		m.phase.Stop()
		m.become(terminated)
		m.phase.After(m.of.of.account, l.account.Draw(l.settings.TerminatedGone), m.leave)
	}
}
