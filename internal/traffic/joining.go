package traffic

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
)

// UsualHealthy is when targets are healthy at the soonest, usually, after their group was attached: they are registered, then checked
// (aws-facts B).
const UsualHealthy = 13 * time.Second

// Bring arms green and attaches it to the sources that it is not attached to yet. there: it is attached to all, and armed.
func (m *Move) Bring(ctx context.Context, b balancer.Balancers, p deploy.Loop, sources []deploy.Source) (there bool, after deploy.Loop, err error) {
	missing := m.Green.Missing(sources)
	if len(missing) > 0 {
		if err := m.Arm(ctx, clone.Joining); err != nil {
			return false, p, err
		}
		joined, err := b.Attach(ctx, m.Holder.At(ledger.Switching), m.Green.Name, missing)
		if err != nil {
			return false, p, err
		}
		if !joined {
			return false, m.Again(p, fmt.Sprintf("green %s joins %s, %d at a time", m.Green.Name, deploy.CountedSources(missing), balancer.AtOnce)), nil
		}
	}
	if !m.Armed {
		if err := m.Arm(ctx, clone.Joined); err != nil {
			return false, p, err
		}
		m.Armed = true
	}
	if len(missing) > 0 {
		return false, m.WaitUntil(p, m.Entered.Add(UsualHealthy), fmt.Sprintf("green %s joins %s", m.Green.Name, deploy.CountedSources(missing))), nil
	}
	return true, p, nil
}

// Judge judges green, which is attached to sources: ready once it is healthy there often enough in a row, the last looks with blue's
// health checks.
func (m *Move) Judge(ctx context.Context, p deploy.Loop, sample deploy.Sample, sources []deploy.Source) (ready bool, after deploy.Loop, err error) {
	p = p.Count(sample)
	if sample.Good && !m.checkedAsBlue() {
		if err := m.Check(ctx); err != nil {
			return false, p, err
		}
		return false, m.Again(p, fmt.Sprintf("green %s is healthy and gets blue's health checks (%s)", m.Green.Name, m.Blue.HealthCheckType)), nil
	}
	switch {
	case p.Good >= m.Deployment.Health.Consecutive:
		return true, p, nil
	case sample.Good:
		return false, m.Again(p, sample.Message), nil
	case m.Elapsed(p) >= m.Patience():
		return false, p, fault.New(fault.GreenUnhealthy, "after %d s in the %ss %s: blue serves on; look at the health checks of %s",
			m.Deployment.Health.TimeoutSeconds, deploy.Noun(sources), sample.Message, strings.Join(deploy.IDs(sources), ", "))
	}
	return false, m.Wait(p, sample.Message), nil
}

// checkedAsBlue reports whether green has the health checks that blue has.
func (m *Move) checkedAsBlue() bool {
	return m.Green.HealthCheckType == m.Blue.HealthCheckType && m.Green.HealthCheckGraceSeconds == m.Blue.HealthCheckGraceSeconds
}

// Patience is how long green may take to be healthy in all sources.
func (m *Move) Patience() time.Duration {
	return time.Duration(m.Deployment.Health.TimeoutSeconds) * time.Second
}
