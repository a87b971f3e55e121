package switchtraffic

import (
	"context"
	"errors"
	"fmt"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// The phases of the way back.
const (
	returning = "returning" // blue rejoins its target groups and becomes healthy, green serves on
	removing  = "removing"  // green has left and drains

	fewestGood   = 2                // looks in a row: one may show what was before blue left
	returnWithin = 30 * time.Minute // for blue to be healthy again before a person is asked
)

// back moves traffic to blue: blue rejoins the target groups it left and is healthy there before green leaves them. Then
// the record says so, and no call of it that comes late may touch blue any more.
func (s *step) back(ctx context.Context, p deploy.Progress) (deploy.Progress, error) {
	record, ours, err := s.turnBack(ctx)
	if err != nil {
		return p, err
	}
	if !ours {
		return p.Finished(deploy.NotOurs, "the deployment holds no lock: nothing was changed"), nil
	}
	if record.Lock.Stage == ledger.Removing {
		return p.Finished(deploy.Done, "blue serves already"), nil
	}
	p, err = s.bring(ctx, p, record)
	if err != nil || p.Verdict != deploy.Done {
		return p, err
	}
	_, err = s.holder.Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Removing }, ledger.Restoring, ledger.Removing)
	return p, err
}

// bring is back but for the record.
func (s *step) bring(ctx context.Context, p deploy.Progress, record ledger.Record) (deploy.Progress, error) {
	if record.Lock.Originals == nil || s.deployment.Strategy == deploy.StrategyNone {
		return p.Finished(deploy.Done, "no traffic was moved"), nil
	}
	traffic, err := s.inUse(ctx)
	if err != nil {
		return p, err
	}
	blue, green, err := s.fleets(ctx)
	if err != nil {
		return p, err
	}
	if record.Lock.Originals.BlueLeft {
		var serves bool
		serves, p, err = s.rejoin(ctx, p, record, blue, green, traffic)
		if err != nil || !serves {
			return p, err
		}
	}
	if sample := s.lacking(p, blue, green, traffic); !sample.Good {
		p = phase(p, returning, s.call)
		return s.call.Wait(p, sample.Message+": green serves on until it has"), nil
	}
	return s.remove(ctx, p, green, traffic)
}

// inUse is traffic without the target groups that others have deleted, which nobody can join any more, and without those
// that no load balancer uses any more: nobody is served through them, and no instance is ever healthy there.
func (s *step) inUse(ctx context.Context) (deploy.Traffic, error) {
	traffic, exist := make(deploy.Traffic), []string(nil)
	for _, arn := range s.deployment.TargetGroups {
		one, err := fleet.ReadTraffic(ctx, s.targets, []string{arn})
		var gone *elbtypes.TargetGroupNotFoundException
		switch {
		case errors.As(err, &gone):
			continue
		case err != nil:
			return nil, err
		}
		exist = append(exist, arn)
		if !one[arn].Unused() {
			traffic[arn] = one[arn]
		}
	}
	s.deployment.TargetGroups = exist
	return traffic, nil
}

// lacking tells what blue lacks of what it wants, where green could make up for it a while: somebody may have raised blue
// since green serves.
func (s *step) lacking(p deploy.Progress, blue, green deploy.Fleet, traffic deploy.Traffic) deploy.Sample {
	attached := green.AttachedTo(s.deployment.TargetGroups)
	if p.Phase == removing || len(attached) == 0 || p.Phase == returning && s.call.Elapsed(p) >= returnWithin {
		return deploy.Sample{Good: true}
	}
	if deploy.GreenServes(deploy.Fleet{}, green, traffic, 1).Serving == 0 {
		return deploy.Sample{Good: true}
	}
	return deploy.BlueServes(blue, traffic, blue.Sizes.Desired)
}

// turnBack moves the deployment to the stage of restoring. ours is false if it has no lock, as when it failed before
// it took one; a lock that somebody else holds is a Conflict.
func (s *step) turnBack(ctx context.Context) (record ledger.Record, ours bool, err error) {
	record, found, err := s.ledger.Get(ctx, s.deployment.Lineage)
	if err != nil {
		return record, false, err
	}
	if !found || record.Lock == nil || record.Lock.Execution != s.call.Execution.ID {
		return record, false, nil
	}
	// The document lacks what CreateGreen wrote before it failed: green's name. The record has it.
	s.deployment = record.Lock.Deployment.Resume(s.deployment)
	if record.Lock.Stage == ledger.Removing {
		return record, true, nil
	}
	record, err = s.holder.Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Restoring },
		ledger.Creating, ledger.Switching, ledger.Restoring)
	return record, true, err
}

// rejoin brings blue back into its target groups, at no less than green has now. It reports true once blue serves, or
// while green has left already.
func (s *step) rejoin(ctx context.Context, p deploy.Progress, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (bool, deploy.Progress, error) {
	if p.Phase == removing {
		return true, p, nil
	}
	p = phase(p, returning, s.call)
	want := min(max(record.Lock.Originals.PinnedMin, green.Sizes.Desired), blue.Sizes.Max)
	record, err := s.keepMin(ctx, record, blue, ledger.Restoring)
	if err != nil {
		return false, p, err
	}
	if err := s.pin(ctx, blue, record.Lock.Originals.PinnedMin, want, blue.Sizes.Max, ledger.Restoring); err != nil {
		return false, p, err
	}
	if missing := blue.Missing(s.deployment.TargetGroups); len(missing) > 0 {
		if err := s.attach(ctx, blue, missing, ledger.Restoring); err != nil {
			return false, p, err
		}
		return false, s.call.Wait(p, fmt.Sprintf("blue %s rejoins %s", blue.Name, deploy.Counted(len(missing), "target group"))), nil
	}
	sample := deploy.BlueServes(blue, traffic, want)
	p = p.Count(sample)
	switch {
	case p.Good >= max(s.deployment.Health.Consecutive, fewestGood):
		return true, p, nil
	case sample.Good:
		return false, s.call.Again(p, sample.Message), nil
	case s.call.Elapsed(p) >= returnWithin:
		return false, p, fault.New(fault.TrafficDiverged, "%s, %s after it rejoined them; green %s is still attached and serves what it can: "+
			"mend blue's instances, then redrive this execution or start one with \"action\": \"recover\"",
			sample.Message, returnWithin, green.Name)
	}
	return false, s.call.Wait(p, sample.Message), nil
}

// remove lets green leave the target groups and waits until it has drained.
func (s *step) remove(ctx context.Context, p deploy.Progress, green deploy.Fleet, traffic deploy.Traffic) (deploy.Progress, error) {
	p = phase(p, removing, s.call)
	if green.Name == "" || (!s.deployment.Revives && green.Tags[deploy.TagExecution] != s.deployment.Execution) {
		return p.Finished(deploy.Done, "blue serves; green does not exist"), nil
	}
	if attached := green.AttachedTo(s.deployment.TargetGroups); len(attached) > 0 {
		delay, err := s.deregistrationDelay(ctx)
		if err != nil {
			return p, err
		}
		if err := s.detach(ctx, green, attached, ledger.Restoring); err != nil {
			return p, err
		}
		drained := s.call.Entered.Add(delay)
		p.DrainBy = &drained
	}
	left := deploy.Left(green, traffic)
	if left.Good {
		return p.Finished(deploy.Done, "blue serves; "+left.Message), nil
	}
	if p.DrainBy == nil {
		return s.call.Wait(p, left.Message), nil
	}
	if s.call.Entered.After(p.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", left.Message, slack.Seconds())
	}
	return s.call.WaitUntil(p, *p.DrainBy, left.Message), nil
}
