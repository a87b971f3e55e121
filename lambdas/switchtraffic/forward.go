package switchtraffic

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
)

// The phases of moving forward, as a person reads them in the execution's history.
const (
	joining = "joining" // green is attached and becomes healthy in the target groups, blue serves on
	leaving = "leaving" // blue has left and drains
)

const (
	// usualHealthy is when targets are healthy at the soonest, usually, after their group was attached: they are
	// registered, then checked (aws-facts B).
	usualHealthy = 13 * time.Second

	lostFor = 3                 // samples in a row without any healthy target before green counts as lost
	slack   = 300 * time.Second // beyond the deregistration delay, for AWS to show that draining is done
)

// forward moves traffic to green: both minimums are pinned, green joins blue's target groups, and when every target of
// it is healthy there, blue leaves them and drains.
func (s *step) forward(ctx context.Context, p deploy.Progress) (deploy.Progress, error) {
	if s.deployment.Strategy == deploy.StrategyNone {
		return p.Finished(deploy.Done, "no load balancer: both fleets work until blue is scaled in"), nil
	}
	var traffic deploy.Traffic
	if p.Phase != "" {
		var err error
		if traffic, err = s.traffic(ctx); err != nil {
			return p, err
		}
		if next, quiet := s.quiet(p, traffic); quiet {
			return next, nil
		}
	}
	blue, green, err := s.fleets(ctx)
	if err != nil {
		return p, err
	}
	if green.Name == "" {
		return p, fault.New(fault.TrafficDiverged, "green %s was deleted by somebody else", s.deployment.Green)
	}
	if err := s.deployment.Elsewhere(blue); err != nil {
		return p, err
	}
	if next, idle := s.idle(p, blue, green, traffic); idle {
		return next, nil
	}
	record, err := s.begin(ctx, blue)
	if err != nil {
		return p, err
	}
	if !record.Lock.Originals.BlueLeft {
		if missing := blue.Missing(s.deployment.TargetGroups); len(missing) > 0 {
			return p, fault.New(fault.TrafficDiverged, "blue %s was taken out of %s by somebody else, which green was to join: "+
				"start again from what blue serves now", blue.Name, strings.Join(missing, ", "))
		}
		return s.join(ctx, p, record, blue, green, traffic)
	}
	if traffic == nil {
		if traffic, err = s.traffic(ctx); err != nil {
			return p, err
		}
	}
	return s.leave(ctx, p, record, blue, green, traffic)
}

// aloneFor is how long green waits for blue to have a healthy target before it joins anyway: it may be the cure.
const aloneFor = 5 * time.Minute

// early reports that green had better not join yet: where blue has no healthy target a load balancer fails open, and
// would send requests to green's instances before their application has started.
func (s *step) early(ctx context.Context, p deploy.Progress, blue deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, bool, error) {
	if s.call.Elapsed(p) >= aloneFor {
		return p, false, nil
	}
	if traffic == nil {
		var err error
		if traffic, err = s.traffic(ctx); err != nil {
			return p, false, err
		}
	}
	if deploy.GreenServes(deploy.Fleet{}, blue, traffic, 1).Good {
		return p, false, nil
	}
	return s.call.Wait(p, fmt.Sprintf("blue %s has no healthy target: green joins when it has one, or after %s", blue.Name, aloneFor)), true, nil
}

// quiet is a look at the target groups which shows already that nothing can be decided: while green joins some target
// is still to be checked; while blue leaves as many targets as were pinned are healthy, and draining goes on.
func (s *step) quiet(p deploy.Progress, traffic deploy.Traffic) (deploy.Progress, bool) {
	counts := traffic.Count()
	switch {
	case p.Pinned == 0:
		return p, false
	case p.Phase == joining && s.call.Elapsed(p) < s.patience():
		message := fmt.Sprintf("green %s joins: %d targets are still to be checked", s.deployment.Green, counts[deploy.TargetInitial])
		return s.call.Wait(p.Count(deploy.Sample{}), message), counts[deploy.TargetInitial] > 0
	case p.Phase == leaving && p.DrainBy != nil && s.call.Entered.Before(*p.DrainBy):
		message := fmt.Sprintf("green serves with %d healthy targets; %d of blue %s are draining",
			counts[deploy.TargetHealthy], counts[deploy.TargetDraining], s.deployment.Blue)
		quiet := counts[deploy.TargetHealthy] >= max(p.Pinned, p.Beside) && counts[deploy.TargetDraining] > 0
		return s.call.WaitUntil(p.Count(deploy.Sample{Good: true}), *p.DrainBy, message), quiet
	}
	return p, false
}

// idle is a look after which nothing is to be written or decided: whose lock it is need not be asked.
func (s *step) idle(p deploy.Progress, blue, green deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, bool) {
	targetGroups := s.deployment.TargetGroups
	if p.Pinned == 0 || len(green.Missing(targetGroups)) > 0 || green.Sizes.Min < p.Pinned {
		return p, false
	}
	switch p.Phase {
	case joining:
		want := max(p.Pinned, blue.Sizes.Desired)
		if len(blue.Missing(targetGroups)) > 0 || blue.Sizes.Min < p.Pinned || green.Sizes.Desired < want {
			return p, false
		}
		sample := deploy.GreenServes(blue, green, traffic, max(want, green.Sizes.Desired))
		return s.call.Wait(p.Count(sample), sample.Message), !sample.Good && s.call.Elapsed(p) < s.patience()
	case leaving:
		serves, left := deploy.GreenServes(deploy.Fleet{}, green, traffic, p.Pinned), deploy.Left(blue, traffic)
		if p.DrainBy == nil || !serves.Good || len(blue.AttachedTo(targetGroups)) > 0 || s.call.Entered.After(p.DrainBy.Add(slack)) {
			return p, false
		}
		if left.Good {
			return p.Finished(deploy.Done, fmt.Sprintf("%s; %s", left.Message, serves.Message)), true
		}
		p.Beside = traffic.Beside(blue)
		return s.call.WaitUntil(p.Count(deploy.Sample{Good: true}), *p.DrainBy, left.Message), true
	}
	return p, false
}

// begin notes blue's sizes and the minimum that is about to be pinned, before anything of it is changed.
func (s *step) begin(ctx context.Context, blue deploy.Fleet) (ledger.Record, error) {
	record, err := s.holder.Change(ctx, func(r *ledger.Record) {
		if r.Lock.Originals == nil {
			r.Lock.Originals = &ledger.Originals{Blue: blue.Sizes, Suspended: blue.Suspended, PinnedMin: blue.Sizes.Desired}
		}
		r.Lock.Stage = ledger.Switching
	}, ledger.Creating, ledger.Switching)
	s.held = err == nil
	return record, err
}

func (s *step) join(ctx context.Context, p deploy.Progress, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, error) {
	p = phase(p, joining, s.call)
	pinned := record.Lock.Originals.PinnedMin
	p.Pinned = pinned
	want := max(pinned, blue.Sizes.Desired)
	record, err := s.keepMin(ctx, record, blue, ledger.Switching)
	if err != nil {
		return p, err
	}
	if err := s.pin(ctx, blue, pinned, 0, blue.Sizes.Max, ledger.Switching); err != nil {
		return p, err
	}
	if err := s.pin(ctx, green, pinned, want, s.deployment.Room(record.Revived(green), blue, want), ledger.Switching); err != nil {
		return p, err
	}
	if missing := green.Missing(s.deployment.TargetGroups); len(missing) > 0 {
		if next, early, err := s.early(ctx, p, blue, traffic); early || err != nil {
			return next, err
		}
		if err := s.attach(ctx, green, missing, ledger.Switching); err != nil {
			return p, err
		}
		return s.call.WaitUntil(p, s.call.Entered.Add(usualHealthy), fmt.Sprintf("green %s joins %s", green.Name, deploy.Counted(len(missing), "target group"))), nil
	}
	if traffic == nil { // attached by an earlier try
		var err error
		if traffic, err = s.traffic(ctx); err != nil {
			return p, err
		}
	}
	sample := deploy.GreenServes(blue, green, traffic, max(want, green.Sizes.Desired))
	p = p.Count(sample)
	if sample.Good && !sameHealthCheck(blue, green) {
		if err := s.setHealthCheck(ctx, green, blue.HealthCheckType, blue.HealthCheckGraceSeconds); err != nil {
			return p, err
		}
		return s.call.Again(p, fmt.Sprintf("green %s is healthy and gets blue's health checks (%s)", green.Name, blue.HealthCheckType)), nil
	}
	switch {
	case p.Good >= s.deployment.Health.Consecutive:
		return s.cutover(ctx, p, record, blue, traffic)
	case sample.Good:
		return s.call.Again(p, sample.Message), nil
	case s.call.Elapsed(p) >= s.patience():
		return p, fault.New(fault.GreenUnhealthy, "after %d s in the target groups %s: blue serves on; look at the health checks of %s",
			s.deployment.Health.TimeoutSeconds, sample.Message, strings.Join(s.deployment.TargetGroups, ", "))
	}
	return s.call.Wait(p, sample.Message), nil
}

// sameHealthCheck reports whether green has the health checks that blue has.
func sameHealthCheck(blue, green deploy.Fleet) bool {
	return green.HealthCheckType == blue.HealthCheckType && green.HealthCheckGraceSeconds == blue.HealthCheckGraceSeconds
}

// cutover lets blue leave: green is healthy and was seen with blue's health checks.
func (s *step) cutover(ctx context.Context, p deploy.Progress, record ledger.Record, blue deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, error) {
	delay, err := s.deregistrationDelay(ctx)
	if err != nil {
		return p, err
	}
	if _, err := s.holder.ChangeFrom(ctx, record, func(r *ledger.Record) { r.Lock.Originals.BlueLeft = true }, ledger.Switching); err != nil {
		return p, err
	}
	s.held = !record.Lock.Originals.BlueLeft
	if err := s.detach(ctx, blue, blue.AttachedTo(s.deployment.TargetGroups), ledger.Switching); err != nil {
		return p, err
	}
	p = phase(p, leaving, s.call)
	p.Pinned, p.Beside = record.Lock.Originals.PinnedMin, traffic.Beside(blue)
	drained := s.call.Entered.Add(delay)
	p.DrainBy = &drained
	return s.call.WaitUntil(p, drained, fmt.Sprintf("green serves; blue %s leaves its target groups and drains for %.0f s%s",
		blue.Name, delay.Seconds(), s.deployment.Drain.Adds())), nil
}

// leave waits until blue has drained, and watches that green serves meanwhile.
func (s *step) leave(ctx context.Context, p deploy.Progress, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, error) {
	p = phase(p, leaving, s.call)
	p.Pinned = record.Lock.Originals.PinnedMin
	serves := deploy.GreenServes(deploy.Fleet{}, green, traffic, record.Lock.Originals.PinnedMin)
	p = p.Count(deploy.Sample{Good: serves.Serving > 0})
	if p.Bad >= lostFor || (!serves.Good && s.call.Elapsed(p) > s.patience()) {
		return p, fault.New(fault.TrafficDiverged, "green was lost while blue drained: %s", serves.Message)
	}
	if attached := blue.AttachedTo(s.deployment.TargetGroups); len(attached) > 0 { // the answer to an earlier detach was lost
		if err := s.detach(ctx, blue, attached, ledger.Switching); err != nil {
			return p, err
		}
	}
	if p.DrainBy == nil {
		delay, err := s.deregistrationDelay(ctx)
		if err != nil {
			return p, err
		}
		drained := s.call.Entered.Add(delay)
		p.DrainBy = &drained
	}
	left := deploy.Left(blue, traffic)
	if left.Good && serves.Good {
		return p.Finished(deploy.Done, fmt.Sprintf("%s; %s", left.Message, serves.Message)), nil
	}
	if !left.Good && s.call.Entered.After(p.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", left.Message, slack.Seconds())
	}
	if !serves.Good {
		return s.call.Again(p, serves.Message), nil
	}
	return s.call.WaitUntil(p, *p.DrainBy, left.Message), nil
}

// patience is how long green may take to be healthy in the target groups.
func (s *step) patience() time.Duration {
	return time.Duration(s.deployment.Health.TimeoutSeconds) * time.Second
}

// phase begins a phase of the loop, unless it is under way.
func phase(p deploy.Progress, name string, call deploy.Call) deploy.Progress {
	if p.Phase == name {
		return p
	}
	return deploy.Progress{State: p.State, Began: p.Began, Since: call.Entered, Phase: name, Serving: p.Serving, Wanted: p.Wanted}
}
