package attach

import (
	"context"
	"fmt"
	"maps"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

const (
	// aloneFor is how long green waits for blue to have a healthy target before it joins anyway: it may be the cure.
	aloneFor = 5 * time.Minute

	lostFor = 3                 // samples in a row without any healthy target before green counts as lost
	slack   = 300 * time.Second // beyond the deregistration delay, for AWS to show that draining is done
)

// Join arms green and attaches it, and lets blue leave when every target of green is healthy and was seen so with blue's checks.
func (s strategy) Join(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	p = m.Enter(p, traffic.Joining)
	sources := m.Deployment.Attached()
	if len(m.Green.Missing(sources)) > 0 && early(m, p) {
		return m.Wait(p, fmt.Sprintf("blue %s has no healthy target: green joins when it has one, or after %s", m.Blue.Name, aloneFor)), nil
	}
	there, p, err := m.Bring(ctx, s.balancers, p, sources)
	if err != nil || !there {
		return p, err
	}
	sample := deploy.GreenServes(m.Traffic.Zones(m.Blue), m.Green, m.Traffic, max(m.Want, m.Green.Sizes.Desired))
	if !sample.Good { // who becomes healthy later starts slowly then
		m.FullBy = nil
	}
	ready, p, err := m.Judge(ctx, p, sample, sources)
	if err != nil || !ready {
		return p, err
	}
	return s.cutover(ctx, m, p)
}

// early reports that green had better not join yet: where blue has no healthy target a target group fails open, and
// would send requests to green's instances before their application has started. A blue at size 0 is to have none, and a Classic Load
// Balancer never fails open.
func early(m *traffic.Move, p deploy.Loop) bool {
	open := maps.Clone(m.Traffic)
	maps.DeleteFunc(open, func(s deploy.Source, _ deploy.Targets) bool { return s.Type == deploy.ClassicBalancer })
	return len(open) > 0 && m.Blue.Sizes.Desired > 0 && m.Elapsed(p) < aloneFor && !deploy.GreenServes(nil, m.Blue, open, 1).Good
}

// growing reports whether green's share of requests still grows, where target groups start their targets slowly.
func growing(m *traffic.Move, p deploy.Loop, slow time.Duration) bool {
	if slow == 0 || p.Wanted == 0 {
		return false
	}
	if m.FullBy == nil {
		full := m.Entered.Add(slow)
		m.FullBy = &full
	}
	return m.Entered.Before(*m.FullBy)
}

// cutover lets blue leave: green is healthy and was seen with blue's health checks.
func (s strategy) cutover(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	pace, err := s.balancers.Slowest(ctx, m.Deployment.Attached())
	if err != nil {
		return p, err
	}
	if growing(m, p, pace.SlowStart) {
		return m.WaitUntil(p, *m.FullBy, fmt.Sprintf("green is healthy; its share grows for %.0f s (slow start), and blue serves beside it until then", pace.SlowStart.Seconds())), nil
	}
	if err := m.Part(ctx, func(*ledger.Lock) {}); err != nil {
		return p, err
	}
	if err := s.detach(ctx, m, m.Blue, ledger.Leaving); err != nil {
		return p, err
	}
	p = m.Enter(p, traffic.Leaving)
	left(m, pace)
	return m.WaitUntil(p, *m.DrainBy, fmt.Sprintf("green serves; blue %s leaves its %ss and drains for %.0f s%s",
		m.Blue.Name, deploy.Noun(m.Deployment.Attached()), pace.Gone().Seconds(), m.Deployment.Drain.Adds())), nil
}

// left notes until when a fleet that leaves now has requests, those too that a network load balancer sends it late.
func left(m *traffic.Move, pace balancer.Pace) {
	drained := m.Entered.Add(pace.Gone())
	m.DrainBy = &drained
	if pace.Lag > 0 {
		quiet := m.Entered.Add(pace.Quiet())
		m.QuietBy = &quiet
	}
}

// gone judges whether a fleet has left: it drains nowhere, and has nothing any more that was sent to it late.
func gone(m *traffic.Move, f deploy.Fleet) deploy.Sample {
	sample := deploy.Left(f, m.Traffic)
	if sample.Good && m.QuietBy != nil && m.Entered.Before(*m.QuietBy) {
		return deploy.Sample{Message: fmt.Sprintf("%s has left, and has what a network load balancer sent it late until %s", f.Name, m.QuietBy.Format(time.TimeOnly))}
	}
	return sample
}

// detach takes a fleet out of those sources that it is attached to. The next look goes on with what is too many at once.
func (s strategy) detach(ctx context.Context, m *traffic.Move, f deploy.Fleet, stage ledger.Stage) error {
	_, err := s.balancers.Detach(ctx, m.Holder.At(stage), f.Name, f.AttachedTo(m.Deployment.Attached()))
	return err
}

// Leave waits until blue has drained, and watches that green serves meanwhile.
func (s strategy) Leave(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	serves := deploy.GreenServes(nil, m.Green, m.Traffic, m.Want)
	p = p.Count(deploy.Sample{Good: serves.Serving > 0 || m.Want == 0})
	if p.Bad >= lostFor || (!serves.Good && m.Elapsed(p) > m.Patience()) {
		return p, fault.New(fault.TrafficDiverged, "green was lost while blue drained: %s", serves.Message)
	}
	if err := s.detach(ctx, m, m.Blue, ledger.Leaving); err != nil { // the answer to an earlier detach was lost
		return p, err
	}
	if m.DrainBy == nil {
		pace, err := s.balancers.Slowest(ctx, m.Deployment.Attached())
		if err != nil {
			return p, err
		}
		left(m, pace)
	}
	gone := gone(m, m.Blue)
	if gone.Good && serves.Good {
		return p.Finished(deploy.Done, fmt.Sprintf("%s; %s", gone.Message, serves.Message)), nil
	}
	if !gone.Good && m.Entered.After(m.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", gone.Message, slack.Seconds())
	}
	if !serves.Good {
		return m.Again(p, serves.Message), nil
	}
	return m.WaitUntil(p, *m.DrainBy, gone.Message), nil
}
