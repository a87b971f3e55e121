package dns

import (
	"context"
	"fmt"
	"slices"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

const lostFor = 3 // looks in a row

// Join has green's load balancers made, attaches green to them, and moves the records once green is healthy there, with blue's checks.
func (s strategy) Join(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	for i, a := range m.Deployment.Aliases {
		if now := m.Apart.Aliases[i]; now.Target != a.Target {
			return p, fault.New(fault.TrafficDiverged, "%s, and was one of %s when the deployment began: somebody else has changed it; start again", stands(now), a.Target)
		}
	}
	sources := m.Green.Sources
	if !m.Armed || p.Phase != traffic.Joining {
		at, err := s.stand(ctx, m)
		if err != nil {
			return p, err
		}
		if at.waits != "" {
			return making(m, p, at)
		}
		sources = at.sources
	}
	p = m.Enter(p, traffic.Joining)
	there, p, err := m.Bring(ctx, s.balancers, p, sources)
	if err != nil || !there {
		return p, err
	}
	sample := deploy.GreenServes(m.Traffic.Zones(m.Blue), m.Green, m.Apart.Traffic, max(m.Want, m.Green.Sizes.Desired))
	ready, p, err := m.Judge(ctx, p, sample, sources)
	if err != nil || !ready {
		return p, err
	}
	return s.cutover(ctx, m, p)
}

// cutover moves the records: green is healthy and was seen with blue's health checks.
func (s strategy) cutover(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	at, err := s.leads(ctx, m)
	if err != nil || at.waits != "" {
		return m.Wait(p, at.waits), err
	}
	going := slices.Clone(m.Deployment.Aliases)
	for i := range going {
		going[i].To = &at.to[i]
	}
	if err := m.Part(ctx, func(l *ledger.Lock) {
		l.Deployment.Aliases = going
		for _, a := range going {
			l.Note(ledger.KindAlias, a.String(), a.Target.String(), a.To.String())
		}
	}); err != nil {
		return p, err
	}
	_, p, err = s.move(ctx, m, m.Enter(p, traffic.Leaving))
	return p, err
}

// move has the records stand for green, and waits until nobody comes to blue any more. What somebody else has made of a record is a fault:
// nothing of it is changed.
func (s strategy) move(ctx context.Context, m *traffic.Move, p deploy.Loop) (bool, deploy.Loop, error) {
	m.Deployment.Aliases = m.Lock.Deployment.Aliases
	to := slices.Clone(m.Deployment.Aliases)
	for i, a := range to {
		now := m.Apart.Aliases[i]
		if now.Target != *a.To && (now.Target != a.Target || len(m.Batches) > 0) {
			return false, p, fault.New(fault.TrafficDiverged, "%s, which was to be one of %s: somebody else has changed it while traffic moved to green", stands(now), a.To)
		}
		to[i].Target = *a.To
	}
	return s.settle(ctx, m, p, ledger.Leaving, m.Apart.Aliases, to, m.Deployment.Attached(), m.Green.Sources)
}

// Leave waits until nobody comes to blue any more, and watches that green serves meanwhile.
func (s strategy) Leave(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	serves := deploy.GreenServes(nil, m.Green, m.Apart.Traffic, m.Want)
	if m.Want > 0 && serves.Serving == 0 {
		if p = p.Count(deploy.Sample{Serving: serves.Serving, Wanted: serves.Wanted, Weighted: serves.Weighted}); p.Bad >= lostFor {
			return p, fault.New(fault.TrafficDiverged, "green was lost while traffic moved to it: %s", serves.Message)
		}
		return m.Again(p, serves.Message), nil
	}
	p = p.Count(deploy.Sample{Good: true, Serving: serves.Serving, Wanted: serves.Wanted, Weighted: serves.Weighted})
	settled, p, err := s.move(ctx, m, p)
	switch {
	case err != nil || !settled:
		return p, err
	case serves.Good:
		return p.Finished(deploy.Done, fmt.Sprintf("nobody comes to blue %s any more; %s", m.Blue.Name, serves.Message)), nil
	case m.Elapsed(p) > awaited+syncWithin+m.Patience():
		return p, fault.New(fault.TrafficDiverged, "green does not serve all that it is to: %s", serves.Message)
	}
	return m.Again(p, serves.Message), nil
}
