package dns

import (
	"context"
	"fmt"
	"slices"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

const (
	// aliasTTL is how long answers from an alias of a load balancer may be kept (aws-facts B). Some keep them for longer.
	aliasTTL   = 60 * time.Second
	forgetting = 3 * aliasTTL

	syncWithin = time.Hour // for name servers to know a change, usually 60 s: then a person is asked
	awaited    = time.Hour // for requests to fall away, once caches have forgotten: then people are told

	// CloudWatch has a minute's requests some minutes later (aws-facts I7). So many whole minutes are counted, together.
	counted      = 2 * time.Minute
	countedAfter = 2 * time.Minute

	fewPercent = 1 // of all requests, that may still come to where they no longer should
)

// mine are those of the records that the deployment has moved or is about to move, and that nobody has turned elsewhere since, with where they
// are now and where they were; theirs are the others. What somebody else has set of one that stands for green stays with it, and it goes back all
// the same: green's load balancer goes.
func mine(m *traffic.Move) (now, was []deploy.Alias, theirs []string) {
	for i, a := range m.Deployment.Aliases {
		c, is := m.Lock.Change(ledger.KindAlias, a.String()), m.Apart.Aliases[i]
		switch {
		case c == nil:
		case c.Restores(is.Target.String()):
			now, was = append(now, is), append(was, a)
		case greens(a, is):
			a.Target = is.Target.To(a.Target.Balancer(), a.Target.Zone)
			now, was = append(now, is), append(was, a)
		default:
			theirs = append(theirs, stands(is))
		}
	}
	return now, was, theirs
}

// greens reports whether a record stands for green's load balancer, whatever else of it is.
func greens(a, is deploy.Alias) bool {
	return a.To != nil && is.Target.Name != "" && is.Target.Balancer() == a.To.Balancer()
}

// stands says what a record is now.
func stands(a deploy.Alias) string {
	if a.Target.Name == "" {
		return fmt.Sprintf("the record %s is gone, or no alias any more", a)
	}
	return fmt.Sprintf("the record %s is an alias of %s now", a, a.Target)
}

// settle makes records aliases of where they are to go, and waits until those who ask are answered so, have forgotten what they were
// answered before, and come no more to where they went. settled: all of that is so, or was waited for long enough.
func (s strategy) settle(ctx context.Context, m *traffic.Move, p deploy.Loop, stage ledger.Stage, now, to []deploy.Alias, left, onto []deploy.Source) (settled bool, after deploy.Loop, err error) {
	if len(now) > 0 && (len(m.Batches) == 0 || !slices.EqualFunc(now, to, sameTarget)) {
		ids, err := s.zones.change(ctx, m.Holder.At(stage), now, to)
		if changed(err) {
			p = p.Count(deploy.Sample{})
			if p.Bad >= lostFor {
				return false, p, fault.New(fault.TrafficDiverged, "somebody else changes the records, or protects them from changes: %w", err)
			}
			return false, m.Again(p, "the records were changed by somebody else a moment ago: they are read again"), nil
		}
		if err != nil {
			return false, p, err
		}
		m.Batches, m.InSync, m.AtRest = ids, nil, nil
		return false, m.Wait(p, fmt.Sprintf("%s changed: name servers learn of it", deploy.Counted(len(now), "record")+isOrAre(len(now)))), nil
	}
	if m.InSync == nil {
		known, err := s.zones.inSync(ctx, m.Batches)
		switch {
		case err != nil:
			return false, p, err
		case !known && m.Elapsed(p) > syncWithin:
			return false, p, fault.New(fault.TrafficDiverged, "after %s name servers do not know the records' change yet", syncWithin)
		case !known:
			return false, m.Wait(p, "the records are changed: name servers learn of it"), nil
		}
		m.InSync = &m.Entered
	}
	if forgotten := m.InSync.Add(forgetting); m.Entered.Before(forgotten) {
		return false, m.WaitUntil(p, forgotten, fmt.Sprintf("the records are changed: resolvers forget what they were before, within %.0f s mostly", forgetting.Seconds())), nil
	}
	return s.fallen(ctx, m, p, left, onto)
}

func sameTarget(a, b deploy.Alias) bool { return a.Target == b.Target }

func isOrAre(n int) string {
	if n == 1 {
		return " is"
	}
	return " are"
}

// fallen waits until next to no requests reach load balancers any more that clients have left. Connections that stay open to a Network Load
// Balancer bring what it counts as no request.
func (s strategy) fallen(ctx context.Context, m *traffic.Move, p deploy.Loop, from, onto []deploy.Source) (bool, deploy.Loop, error) {
	to := m.Entered.Truncate(time.Minute).Add(-countedAfter)
	left, late, err := s.use(ctx, from, to)
	if err != nil {
		return false, p, err
	}
	_, all, err := s.use(ctx, onto, to)
	if err != nil {
		return false, p, err
	}
	all = all.And(late)
	if few(late.Requests, all.Requests) && few(late.Open, all.Open) {
		return true, p, nil
	}
	if m.AtRest == nil {
		m.AtRest = &m.Entered
	}
	said := fmt.Sprintf("%.0f of %.0f requests in %.0f minutes still came to %s", late.Requests, all.Requests, counted.Minutes(), names(left))
	if !few(late.Open, all.Open) {
		said += fmt.Sprintf(", which has %.0f %% of the connections that are open", 100*late.Open/all.Open)
	}
	if m.Entered.Before(m.AtRest.Add(awaited)) {
		return false, m.Wait(p, said+": some keep what a name stood for longer than they should"), nil
	}
	m.Deployment.Warn("%s, %s after resolvers should have forgotten it: their clients keep an address or a connection for too long, or name the load balancer itself; they fail once no instance is left there", said, awaited)
	return true, p, nil
}

// few reports whether so much of all may still come to where it no longer should.
func few(late, all float64) bool { return late*100 <= all*fewPercent }

// use is how much the load balancers of sources were used in the minutes that are counted.
func (s strategy) use(ctx context.Context, sources []deploy.Source, to time.Time) (entries []balancer.Entry, sum balancer.Use, err error) {
	if entries, err = s.balancers.Entries(ctx, sources); err != nil {
		return nil, sum, err
	}
	for _, entry := range entries {
		one, err := s.balancers.Use(ctx, entry, to.Add(-counted), to)
		if err != nil {
			return nil, sum, err
		}
		sum = sum.And(one)
	}
	return entries, sum, nil
}

func names(entries []balancer.Entry) string {
	said := ""
	for i, e := range entries {
		if i > 0 {
			said += ", "
		}
		said += e.Name()
	}
	return said
}
