package dns

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
	"bluegreen/internal/twin"
)

const (
	madeWithin = 30 * time.Minute // for green's load balancers to take requests, minutes usually (aws-facts I3)
	logsWithin = 5 * time.Minute  // for a bucket to take their logs: its policy may be on its way
)

// stand is where green is to stand.
type stand struct {
	waits   string // why it cannot yet; empty: it can
	until   time.Time
	sources []deploy.Source
	to      []deploy.Target // where each of the records goes
}

// stand makes what is missing of green's load balancers, and reads how they stand. A fleet that is brought back has its own.
func (s strategy) stand(ctx context.Context, m *traffic.Move) (stand, error) {
	if m.Deployment.Revives {
		return returns(m), nil
	}
	blue, err := s.twins.Read(ctx, m.Deployment.Attached())
	if err != nil {
		return stand{}, err
	}
	things := twin.Making(blue, *m.Deployment)
	if _, err := m.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Make(things) }, ledger.Switching); err != nil {
		return stand{}, err
	}
	made, err := s.twins.Make(ctx, m.Step, ledger.Switching, blue)
	if err != nil {
		return stand{}, err
	}
	if waits, err := s.unmade(m, made); err != nil || waits != "" {
		return stand{waits: waits}, err
	}
	at, _, err := s.standing(ctx, m, blue)
	return at, err
}

// returns is where a fleet stands that is brought back.
func returns(m *traffic.Move) stand {
	found := stand{sources: m.Green.Sources}
	for _, a := range m.Deployment.Aliases {
		found.to = append(found.to, *a.To)
	}
	return found
}

// leads is where the records are to go, to load balancers that are made. They are protected against deletion as blue's are from now on.
func (s strategy) leads(ctx context.Context, m *traffic.Move) (stand, error) {
	if m.Deployment.Revives {
		return returns(m), nil
	}
	blue, err := s.twins.Read(ctx, m.Deployment.Attached())
	if err != nil {
		return stand{}, err
	}
	at, twins, err := s.standing(ctx, m, blue)
	if err != nil || at.waits != "" {
		return at, err
	}
	return at, s.twins.Protect(ctx, m.Step, blue, twins, ledger.Switching)
}

// unmade says what of green's load balancers is still to be made.
func (s strategy) unmade(m *traffic.Move, made twin.Made) (string, error) {
	if made.LogsRefused == "" {
		m.Refused = nil
		return made.Missing, nil
	}
	if m.Refused == nil {
		m.Refused = &m.Entered
	}
	if m.Entered.Sub(*m.Refused) > logsWithin {
		return "", fault.New(fault.Refused, "for %s the bucket has refused the access logs of green's load balancer: have its policy allow their prefix, as it does for blue's: %s", logsWithin, made.LogsRefused)
	}
	return "the bucket refuses the access logs of green's load balancer: " + made.LogsRefused, nil
}

// standing is how green's load balancers stand, all of which are made.
func (s strategy) standing(ctx context.Context, m *traffic.Move, blue []twin.Balancer) (stand, []twin.Twin, error) {
	is, err := s.twins.Stand(ctx, *m.Deployment, blue)
	switch {
	case err != nil:
		return stand{}, nil, err
	case is.Failed != "":
		return stand{}, nil, fault.New(fault.Refused, "%s", is.Failed)
	case is.Waits != "":
		return stand{waits: is.Waits, until: is.Until}, nil, nil
	case len(is.Differences) > 0:
		return stand{}, nil, fault.New(fault.TrafficDiverged, "green's load balancers are not like blue's, which somebody has changed since they were made: %s; start again", strings.Join(is.Differences, "; "))
	}
	var found stand
	for _, t := range is.Twins {
		found.sources = append(found.sources, t.Sources...)
	}
	for _, a := range m.Deployment.Aliases {
		of := slices.IndexFunc(blue, func(b twin.Balancer) bool { return strings.EqualFold(b.DNSName, a.Target.Balancer()) })
		at := slices.IndexFunc(is.Twins, func(t twin.Twin) bool { return of >= 0 && t.Of == blue[of].ID })
		if at < 0 {
			return stand{}, nil, fault.New(fault.TrafficDiverged, "%s, which is no load balancer of blue's any more: start again", stands(a))
		}
		found.to = append(found.to, a.Target.To(is.Twins[at].DNSName, is.Twins[at].ZoneID))
	}
	return found, is.Twins, nil
}

// making waits until green's load balancers can take requests.
func making(m *traffic.Move, p deploy.Loop, at stand) (deploy.Loop, error) {
	p = m.Enter(p, traffic.Making)
	if m.Elapsed(p) > madeWithin {
		return p, fault.New(fault.TrafficDiverged, "after %s green's load balancers cannot take requests: %s; blue serves on", madeWithin, at.waits)
	}
	message := fmt.Sprintf("green's load balancers are made: %s", at.waits)
	if at.until.IsZero() {
		return m.Wait(p, message), nil
	}
	return m.WaitUntil(p, at.until, message), nil
}
