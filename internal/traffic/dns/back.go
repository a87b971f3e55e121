package dns

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic"
)

const (
	returnWithin = 30 * time.Minute // for blue to be healthy again before a person is asked
	lateCalls    = deploy.LateCallSeconds * time.Second
)

// Rejoin has the records stand for blue again, which was never out of its load balancers, and waits as Leave does. What somebody else has
// made of a record stays.
func (s strategy) Rejoin(ctx context.Context, m *traffic.Move, p deploy.Loop) (bool, deploy.Loop, error) {
	now, was, theirs := mine(m)
	for _, said := range theirs {
		m.Deployment.Warn("%s, which somebody else has made of it while traffic moved; that stays", said)
	}
	settled, p, err := s.settle(ctx, m, p, ledger.Restoring, now, was, m.Green.Sources, m.Deployment.Attached())
	if err != nil || !settled {
		return false, p, err
	}
	sample := deploy.BlueServes(m.Blue, m.Traffic, m.Want)
	switch {
	case sample.Good && m.Elapsed(p) >= lateCalls:
		return true, p, nil
	case sample.Good:
		return false, m.WaitUntil(p, p.Since.Add(lateCalls), sample.Message+": green stays until no call that moves a record can be under way"), nil
	case m.Elapsed(p) >= awaited+returnWithin:
		return false, p, fault.New(fault.TrafficDiverged, "%s, and the records stand for it; green %s serves those who still come to it: "+
			"mend blue's instances, then redrive this execution or start one with \"action\": \"recover\"", sample.Message, m.Green.Name)
	}
	return false, m.Wait(p, sample.Message), nil
}

// Remove has nothing to do: once the records stand for blue, nobody comes to green, and its load balancers go with it. A record that somebody
// else has turned back to green meanwhile keeps them.
func (s strategy) Remove(_ context.Context, m *traffic.Move, p deploy.Loop) (deploy.Loop, error) {
	for i, a := range m.Deployment.Aliases {
		if is := m.Apart.Aliases[i]; m.Lock.BlueLeft() && greens(a, is) {
			return p, fault.New(fault.TrafficDiverged, "%s, which is green's and is to go: somebody else has turned it there; have it stand for %s, then redrive this execution", stands(is), a.Target)
		}
	}
	return m.Enter(p, traffic.Removing).Finished(deploy.Done, fmt.Sprintf("blue %s serves; nobody comes to green %s", m.Blue.Name, m.Deployment.Green)), nil
}

// Withdraw has nothing to do: a fleet that was brought back stands behind load balancers of its own.
func (strategy) Withdraw(context.Context, *step.Step, deploy.Fleet) error { return nil }
