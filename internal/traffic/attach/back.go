package attach

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

const (
	fewestGood   = 2                // looks in a row: one may show what was before blue left
	returnWithin = 30 * time.Minute // for blue to be healthy again before a person is asked

	lateCalls = deploy.LateCallSeconds * time.Second // that take blue out, after the deployment has turned back
)

// Rejoin attaches blue again and waits until it is healthy, for as long besides as a call that takes it out may be under way.
func (s strategy) Rejoin(ctx context.Context, m *traffic.Move, p deploy.Loop) (bool, deploy.Loop, error) {
	if missing := m.Blue.Missing(m.Deployment.Attached()); len(missing) > 0 {
		if _, err := s.balancers.Attach(ctx, m.Holder.At(ledger.Restoring), m.Blue.Name, missing); err != nil {
			return false, p, err
		}
		return false, m.Wait(p, fmt.Sprintf("blue %s rejoins %s", m.Blue.Name, deploy.CountedSources(missing))), nil
	}
	sample := deploy.BlueServes(m.Blue, m.Traffic, m.Want)
	p = p.Count(sample)
	switch {
	case p.Good >= max(m.Deployment.Health.Consecutive, fewestGood) && m.Elapsed(p) >= lateCalls:
		return true, p, nil
	case p.Good >= max(m.Deployment.Health.Consecutive, fewestGood):
		return false, m.WaitUntil(p, p.Since.Add(lateCalls), sample.Message+": green stays until no call that takes blue out can be under way"), nil
	case sample.Good:
		return false, m.Again(p, sample.Message), nil
	case m.Elapsed(p) >= returnWithin:
		return false, p, fault.New(fault.TrafficDiverged, "%s, %s after it rejoined them; green %s is still attached and serves what it can: "+
			"mend blue's instances, then redrive this execution or start one with \"action\": \"recover\"",
			sample.Message, returnWithin, m.Green.Name)
	}
	return false, m.Wait(p, sample.Message), nil
}

// Remove lets green leave, once blue has what it wants, and waits until green has drained.
func (s strategy) Remove(ctx context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	if sample := lacking(m, p); !sample.Good {
		p = m.Enter(p, traffic.Returning)
		return m.Wait(p, sample.Message+": green serves on until it has"), nil
	}
	p = m.Enter(p, traffic.Removing)
	if m.Green.Name == "" || (!m.Deployment.Revives && m.Green.Tags[deploy.TagExecution] != m.Deployment.Execution) {
		return p.Finished(deploy.Done, "blue serves; green does not exist"), nil
	}
	attached := len(m.Green.AttachedTo(m.Deployment.Attached())) > 0
	if attached || m.DrainBy == nil { // an earlier detach may have lost its answer
		pace, err := s.balancers.Slowest(ctx, m.Deployment.Attached())
		if err != nil {
			return p, err
		}
		if err := s.detach(ctx, m, m.Green, ledger.Restoring); err != nil {
			return p, err
		}
		left(m, pace)
	}
	gone := gone(m, m.Green)
	if gone.Good {
		return p.Finished(deploy.Done, "blue serves; "+gone.Message), nil
	}
	if m.Entered.After(m.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", gone.Message, slack.Seconds())
	}
	return m.WaitUntil(p, *m.DrainBy, gone.Message), nil
}

// lacking tells what blue lacks of what it wants, where green could make up for it a while.
func lacking(m *traffic.Move, p deploy.Loop) deploy.Sample {
	attached := m.Green.AttachedTo(m.Deployment.Attached())
	if p.Phase == traffic.Removing || len(attached) == 0 || p.Phase == traffic.Returning && m.Elapsed(p) >= returnWithin {
		return deploy.Sample{Good: true}
	}
	if deploy.GreenServes(nil, m.Green, m.Traffic, 1).Serving == 0 {
		return deploy.Sample{Good: true}
	}
	return deploy.BlueServes(m.Blue, m.Traffic, m.Want)
}
