package elbv2

import (
	"strconv"
	"time"

	"bluegreen/internal/localaws/account"
)

// beginChecks starts the health checks of a registered target. Each target has a phase of its own within the interval.
func (t *target) beginChecks() {
	t.become(checking)
	t.checkIn(t.balancers.account.Draw(account.Duration{Max: t.group.check.interval}))
}

// checkIn sets the time of the next check.
func (t *target) checkIn(d time.Duration) {
	t.phase.Check(t.balancers.account, d, t.runCheck)
}

// runCheck does one health check. The probe may be a real request that takes its time, so it runs without the lock;
// what it found counts only if the target's phase is still the same afterwards.
func (t *target) runCheck(began int) {
	l := t.balancers
	l.account.Lock()
	defer l.account.Unlock()
	if !t.phase.Is(began) {
		return
	}
	t.checkIn(t.group.check.interval)
	if l.probe == nil {
		instance, ok := l.compute.Instance(t.id)
		t.count(ok && instance.Answers())
		return
	}
	probe, port, path := l.probe, t.checkPort(), t.group.check.path
	l.account.Unlock()
	good := probe(t.id, port, path)
	l.account.Lock()
	if t.phase.Is(began) {
		t.count(good)
	}
}

func (t *target) checkPort() int32 {
	if port, err := strconv.ParseInt(t.group.check.port, 10, 32); err == nil {
		return int32(port)
	}
	return t.port
}

// count applies the result of a check. An Application Load Balancer takes a new target after one good check; a Network
// Load Balancer needs the threshold (aws-facts B). A new target that fails is unhealthy after the threshold too.
func (t *target) count(good bool) {
	if good {
		t.good, t.bad = t.good+1, 0
	} else {
		t.good, t.bad = 0, t.bad+1
	}
	check := &t.group.check
	needed := check.healthy
	if t.health == checking && t.group.user.kind == application {
		needed = 1
	}
	switch {
	case good && t.good >= needed:
		t.become(healthy)
	case !good && t.bad >= check.unhealthy:
		t.become(failing)
	}
}

func portText(port int32) string { return strconv.Itoa(int(port)) }
