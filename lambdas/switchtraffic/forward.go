package switchtraffic

import (
	"context"

	"bluegreen/internal/alarm"
	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
)

// forward moves traffic to green: both minimums are pinned, green joins, and when it can serve alone blue leaves.
func (v *move) forward(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	if v.mover == nil {
		return p.Finished(deploy.Done, "no load balancer: both fleets work until blue is scaled in"), nil
	}
	if err := v.fleets(ctx); err != nil {
		return p, err
	}
	if v.Green.Name == "" {
		return p, fault.New(fault.TrafficDiverged, "green %s was deleted by somebody else", v.Deployment.Green)
	}
	record, err := v.Record(ctx, underWay...)
	if err != nil {
		return p, err
	}
	if err := v.mover.Diverged(v.Deployment, v.Blue); err != nil {
		return p, err
	}
	if err := alarm.Heed(ctx, v.alarms, v.Deployment.Watch); err != nil {
		return p, err
	}
	v.Lock = record.Lock
	if err := v.mover.See(ctx, v.Move); err != nil {
		return p, err
	}
	if v.record, err = v.begin(ctx, record); err != nil {
		return p, err
	}
	v.Lock = v.record.Lock
	if v.record.Lock.BlueLeft() {
		return v.leave(ctx, p)
	}
	if err := v.Deployment.TakenOut(v.Blue); err != nil {
		return p, err
	}
	if err := v.keep(ctx); err != nil {
		return p, err
	}
	return v.mover.Join(ctx, v.Move, p)
}

// underWay are the stages at which traffic is moved forward.
var underWay = []ledger.Stage{ledger.Creating, ledger.Switching, ledger.Leaving}

// begin notes blue's minimum before it is pinned, and its scheduled actions before they are suspended.
func (v *move) begin(ctx context.Context, record ledger.Record) (ledger.Record, error) {
	if record.Lock.Stage != ledger.Creating {
		return record, nil
	}
	actions, err := v.actions(ctx, v.Blue.Name)
	if err != nil {
		return record, err
	}
	return v.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		if r.Lock.Stage != ledger.Creating {
			return
		}
		r.Lock.Stage = ledger.Switching
		capacity.Note(r.Lock, v.Blue)
		capacity.Own(r)
		if len(actions) > 0 {
			capacity.Start(r.Lock, v.Blue, actions)
		}
	}, underWay...)
}

// keep holds both fleets at the pin while blue serves, and lets green follow blue.
func (v *move) keep(ctx context.Context) error {
	record, err := v.take(ctx, v.record, ledger.Switching, v.Blue, v.Green)
	if err != nil {
		return err
	}
	v.record = record
	pinned, asked := capacity.Pinned(record.Lock), capacity.Asked(record.Lock, v.Blue)
	v.Want = max(pinned, v.Blue.Sizes.Desired, asked.Desired)
	if err := v.suspend(ctx, record, v.Blue); err != nil {
		return err
	}
	if err := v.hold(ctx, record, v.Blue, 0, ledger.Switching); err != nil {
		return err
	}
	room := max(capacity.Room(*v.Deployment, record, v.Green, v.Blue, v.Want), asked.Max)
	return v.pin(ctx, v.Green, capacity.Pin(v.Green, pinned, v.Want, room), ledger.Switching)
}

// Part writes into the record that blue is let go (traffic.Switch). A fleet that is brought back serves from now on: its own scheduled
// actions count too.
func (v *move) Part(ctx context.Context, notes func(*ledger.Lock)) error {
	var own []ledger.Action
	var err error
	if v.Deployment.Revives && capacity.Stopped(v.record.Lock, v.Deployment.Green) {
		if own, err = v.actions(ctx, v.Deployment.Green); err != nil {
			return err
		}
	}
	v.record, err = v.Holder.ChangeFrom(ctx, v.record, func(r *ledger.Record) {
		r.Lock.Stage = ledger.Leaving
		notes(r.Lock)
		if len(own) > 0 {
			r.Lock.Plan(v.Deployment.Green, own)
		}
	}, ledger.Switching)
	v.Lock = v.record.Lock
	return err
}
