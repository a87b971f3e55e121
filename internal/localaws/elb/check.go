package elb

import "time"

// runChecks does a health check now and then one an interval.
func (m *member) runChecks() { m.checkIn(0) }

// checkIn sets the time of the next check.
func (m *member) checkIn(d time.Duration) {
	m.phase.Check(m.of.of.account, d, m.runCheck)
}

// runCheck does one health check. The probe may be a real request that takes its time, so it runs without the lock; what
// it found counts only if the member's phase is still the same afterwards.
func (m *member) runCheck(began int) {
	l := m.of.of
	l.account.Lock()
	defer l.account.Unlock()
	if !m.phase.Is(began) {
		return
	}
	check := m.of.check
	m.checkIn(check.interval)
	if l.probe == nil {
		i, ok := l.compute.Instance(m.id)
		m.count(ok && i.Answers())
		return
	}
	probe := l.probe
	l.account.Unlock()
	good := probe(m.id, check.port, check.path)
	l.account.Lock()
	if m.phase.Is(began) {
		m.count(good)
	}
}

// count applies the result of a check. A newly registered instance is in service after one passed check; HealthyThreshold
// is for one that has failed (aws-facts I5).
func (m *member) count(good bool) {
	if good {
		m.good, m.bad = m.good+1, 0
	} else {
		m.good, m.bad = 0, m.bad+1
	}
	check := &m.of.check
	needed := int32(1)
	if m.failed {
		needed = check.healthy
	}
	switch {
	case good && m.good >= needed:
		m.failed = false
		m.become(inService)
	case !good && m.bad >= check.unhealthy:
		m.failed = true
		m.become(failing)
	}
}
