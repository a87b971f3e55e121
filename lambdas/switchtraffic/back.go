package switchtraffic

import (
	"context"
	"errors"
	"fmt"
	"time"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/capacity"
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

	lateCalls = deploy.LateCallSeconds * time.Second // that take blue out, after the deployment has turned back
)

// back moves traffic to blue: blue rejoins the target groups it left and is healthy there before green leaves them. Then
// the record says so, and no call of it that comes late may touch blue any more.
func (v *move) back(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	record, ours, err := v.turnBack(ctx)
	if err != nil {
		return p, err
	}
	if !ours {
		return p.Finished(deploy.NotOurs, "the deployment holds no lock: nothing was changed"), nil
	}
	if record.Lock.Stage == ledger.Removing {
		return p.Finished(deploy.Done, "blue serves already"), nil
	}
	p, err = v.bring(ctx, p, record)
	if err != nil || p.Verdict != deploy.Done {
		return p, err
	}
	_, err = v.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Removing }, ledger.Restoring, ledger.Removing)
	return p, err
}

// bring is back but for the record.
func (v *move) bring(ctx context.Context, p deploy.Loop, record ledger.Record) (deploy.Loop, error) {
	if record.Lock.From == ledger.Creating || v.Deployment.Strategy == deploy.StrategyNone {
		return p.Finished(deploy.Done, "no traffic was moved"), nil
	}
	traffic, err := v.inUse(ctx)
	if err != nil {
		return p, err
	}
	blue, green, err := v.fleets(ctx)
	if err != nil {
		return p, err
	}
	if record.Lock.BlueLeft() || record.Lock.Schedule(blue.Name) != nil {
		if record, err = v.take(ctx, record, ledger.Restoring, blue); err != nil {
			return p, err
		}
	}
	if !record.Lock.BlueLeft() && record.Lock.Schedule(blue.Name) != nil {
		if err := v.hold(ctx, record, blue, 0, ledger.Restoring); err != nil {
			return p, err
		}
	}
	if record.Lock.BlueLeft() {
		var serves bool
		serves, p, err = v.rejoin(ctx, p, record, blue, green, traffic)
		if err != nil || !serves {
			return p, err
		}
	}
	if sample := v.lacking(p, blue, green, traffic); !sample.Good {
		p = v.phase(p, returning)
		return v.Wait(p, sample.Message+": green serves on until it has"), nil
	}
	return v.remove(ctx, p, green, traffic)
}

// inUse is traffic without the target groups that others have deleted, which nobody can join any more, and without those
// that no load balancer uses any more: nobody is served through them, and no instance is ever healthy there.
func (v *move) inUse(ctx context.Context) (deploy.Traffic, error) {
	traffic, exist := make(deploy.Traffic), []string(nil)
	for _, arn := range v.Deployment.TargetGroups {
		one, err := fleet.ReadTraffic(ctx, v.targets, []string{arn})
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
	v.Deployment.TargetGroups = exist
	return traffic, nil
}

// lacking tells what blue lacks of what it wants, where green could make up for it a while: somebody may have raised blue
// since green serves.
func (v *move) lacking(p deploy.Loop, blue, green deploy.Fleet, traffic deploy.Traffic) deploy.Sample {
	attached := green.AttachedTo(v.Deployment.TargetGroups)
	if p.Phase == removing || len(attached) == 0 || p.Phase == returning && v.Elapsed(p) >= returnWithin {
		return deploy.Sample{Good: true}
	}
	if deploy.GreenServes(deploy.Fleet{}, green, traffic, 1).Serving == 0 {
		return deploy.Sample{Good: true}
	}
	return deploy.BlueServes(blue, traffic, blue.Sizes.Desired)
}

// turnBack moves the deployment to the stage of restoring. ours is false if it has no lock, as when it failed before
// it took one; a lock that somebody else holds is a Conflict.
func (v *move) turnBack(ctx context.Context) (record ledger.Record, ours bool, err error) {
	record, found, err := v.Ledger.Get(ctx, v.Deployment.Lineage)
	if err != nil {
		return record, false, err
	}
	if !found || record.Lock == nil || record.Lock.Execution != v.Execution.ID {
		return record, false, nil
	}
	// The document lacks what Claim wrote if it failed after that: green's name. The record has it.
	resumed := record.Lock.Deployment.Resume(*v.Deployment)
	v.Deployment = &resumed
	if record.Lock.Stage == ledger.Removing {
		return record, true, nil
	}
	record, err = v.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.TurnBack() },
		ledger.Creating, ledger.Switching, ledger.Leaving, ledger.Restoring)
	return record, true, err
}

// rejoin brings blue back into its target groups, at no less than green has now. It reports true once blue serves and no call
// that came before can take it out again, or while green has left already.
func (v *move) rejoin(ctx context.Context, p deploy.Loop, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (bool, deploy.Loop, error) {
	if p.Phase == removing {
		return true, p, nil
	}
	p = v.phase(p, returning)
	pinned := capacity.Pinned(record.Lock)
	want := min(max(pinned, green.Sizes.Desired), blue.Sizes.Max)
	if err := v.hold(ctx, record, blue, want, ledger.Restoring); err != nil {
		return false, p, err
	}
	if missing := blue.Missing(v.Deployment.TargetGroups); len(missing) > 0 {
		if _, err := v.attach(ctx, blue, missing, ledger.Restoring); err != nil {
			return false, p, err
		}
		return false, v.Wait(p, fmt.Sprintf("blue %s rejoins %s", blue.Name, deploy.Counted(len(missing), "target group"))), nil
	}
	sample := deploy.BlueServes(blue, traffic, want)
	p = p.Count(sample)
	switch {
	case p.Good >= max(v.Deployment.Health.Consecutive, fewestGood) && v.Elapsed(p) >= lateCalls:
		return true, p, nil
	case p.Good >= max(v.Deployment.Health.Consecutive, fewestGood):
		return false, v.WaitUntil(p, p.Since.Add(lateCalls), sample.Message+": green stays until no call that takes blue out can be under way"), nil
	case sample.Good:
		return false, v.Again(p, sample.Message), nil
	case v.Elapsed(p) >= returnWithin:
		return false, p, fault.New(fault.TrafficDiverged, "%s, %s after it rejoined them; green %s is still attached and serves what it can: "+
			"mend blue's instances, then redrive this execution or start one with \"action\": \"recover\"",
			sample.Message, returnWithin, green.Name)
	}
	return false, v.Wait(p, sample.Message), nil
}

// remove lets green leave the target groups and waits until it has drained.
func (v *move) remove(ctx context.Context, p deploy.Loop, green deploy.Fleet, traffic deploy.Traffic) (deploy.Loop, error) {
	p = v.phase(p, removing)
	if green.Name == "" || (!v.Deployment.Revives && green.Tags[deploy.TagExecution] != v.Deployment.Execution) {
		return p.Finished(deploy.Done, "blue serves; green does not exist"), nil
	}
	if attached := green.AttachedTo(v.Deployment.TargetGroups); len(attached) > 0 {
		delay, err := v.deregistrationDelay(ctx)
		if err != nil {
			return p, err
		}
		if err := v.detach(ctx, green, attached, ledger.Restoring); err != nil {
			return p, err
		}
		drained := v.Entered.Add(delay)
		v.DrainBy = &drained
	}
	left := deploy.Left(green, traffic)
	if left.Good {
		return p.Finished(deploy.Done, "blue serves; "+left.Message), nil
	}
	if v.DrainBy == nil {
		return v.Wait(p, left.Message), nil
	}
	if v.Entered.After(v.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", left.Message, slack.Seconds())
	}
	return v.WaitUntil(p, *v.DrainBy, left.Message), nil
}
