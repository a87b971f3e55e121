package switchtraffic

import (
	"context"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

// back moves traffic to blue: blue comes back to where it was let go, and serves there before green leaves. Then
// the record says so, and no call of it that comes late may touch blue any more.
func (v *move) back(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	ours, err := v.turnBack(ctx)
	if err != nil {
		return p, err
	}
	if !ours {
		return p.Finished(deploy.NotOurs, "the deployment holds no lock: nothing was changed"), nil
	}
	if v.record.Lock.Stage == ledger.Removing {
		return p.Finished(deploy.Done, "blue serves already"), nil
	}
	p, err = v.bring(ctx, p)
	if err != nil || p.Verdict != deploy.Done {
		return p, err
	}
	_, err = v.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Removing }, ledger.Restoring, ledger.Removing)
	return p, err
}

// bring is back but for the record.
func (v *move) bring(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	if v.record.Lock.From == ledger.Creating || v.mover == nil {
		return p.Finished(deploy.Done, "no traffic was moved"), nil
	}
	if err := v.fleets(ctx); err != nil {
		return p, err
	}
	v.Lock = v.record.Lock
	if err := v.mover.See(ctx, v.Move); err != nil {
		return p, err
	}
	left, scheduled := v.record.Lock.BlueLeft(), v.record.Lock.Schedule(v.Blue.Name) != nil
	if left || scheduled {
		record, err := v.take(ctx, v.record, ledger.Restoring, v.Blue)
		if err != nil {
			return p, err
		}
		v.record = record
	}
	if !left && scheduled {
		if err := v.hold(ctx, v.record, v.Blue, 0, ledger.Restoring); err != nil {
			return p, err
		}
	}
	if left && p.Phase != traffic.Removing {
		var serves bool
		var err error
		if serves, p, err = v.rejoin(ctx, p); err != nil || !serves {
			return p, err
		}
	}
	// Somebody may have raised blue since green serves, or a scheduled action has, which blue may be given at this very look.
	v.Want = max(v.Blue.Sizes.Desired, capacity.Asked(v.record.Lock, v.Blue).Desired)
	return v.mover.Remove(ctx, v.Move, p)
}

// turnBack moves the deployment to the stage of restoring. ours is false if it has no lock, as when it failed before
// it took one; a lock that somebody else holds is a Conflict.
func (v *move) turnBack(ctx context.Context) (ours bool, err error) {
	record, found, err := v.Ledger.Get(ctx, v.Deployment.Lineage)
	if err != nil {
		return false, err
	}
	if !found || record.Lock == nil || record.Lock.Execution != v.Execution.ID {
		return false, nil
	}
	// The document lacks what Claim wrote if it failed after that: green's name. The record has it.
	resumed := record.Lock.Deployment.Resume(*v.Deployment)
	v.Deployment, v.record = &resumed, record
	if record.Lock.Stage == ledger.Removing {
		return true, nil
	}
	v.record, err = v.Holder.TurnBack(ctx)
	return true, err
}

// rejoin brings blue back, at no less than green has now.
func (v *move) rejoin(ctx context.Context, p deploy.Loop) (bool, deploy.Loop, error) {
	p = v.Enter(p, traffic.Returning)
	v.Want = min(max(capacity.Pinned(v.record.Lock), v.Green.Sizes.Desired), v.Blue.Sizes.Max)
	if err := v.hold(ctx, v.record, v.Blue, v.Want, ledger.Restoring); err != nil {
		return false, p, err
	}
	return v.mover.Rejoin(ctx, v.Move, p)
}
