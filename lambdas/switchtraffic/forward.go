package switchtraffic

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
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
func (v *move) forward(ctx context.Context, p deploy.Loop) (deploy.Loop, error) {
	if v.Deployment.Strategy == deploy.StrategyNone {
		return p.Finished(deploy.Done, "no load balancer: both fleets work until blue is scaled in"), nil
	}
	blue, green, err := v.fleets(ctx)
	if err != nil {
		return p, err
	}
	if green.Name == "" {
		return p, fault.New(fault.TrafficDiverged, "green %s was deleted by somebody else", v.Deployment.Green)
	}
	if err := v.Deployment.Diverged(blue); err != nil {
		return p, err
	}
	traffic, err := v.traffic(ctx)
	if err != nil {
		return p, err
	}
	record, err := v.begin(ctx, blue)
	if err != nil {
		return p, err
	}
	if record.Lock.BlueLeft() {
		return v.leave(ctx, p, record, blue, green, traffic)
	}
	if missing := blue.Missing(v.Deployment.TargetGroups); len(missing) > 0 {
		return p, fault.New(fault.TrafficDiverged, "blue %s was taken out of %s by somebody else, which green was to join: "+
			"start again from what blue serves now", blue.Name, strings.Join(missing, ", "))
	}
	return v.join(ctx, p, record, blue, green, traffic)
}

// aloneFor is how long green waits for blue to have a healthy target before it joins anyway: it may be the cure.
const aloneFor = 5 * time.Minute

// early reports that green had better not join yet: where blue has no healthy target a load balancer fails open, and
// would send requests to green's instances before their application has started. A blue at size 0 is to have none.
func (v *move) early(p deploy.Loop, blue deploy.Fleet, traffic deploy.Traffic) bool {
	return blue.Sizes.Desired > 0 && v.Elapsed(p) < aloneFor && !deploy.GreenServes(deploy.Fleet{}, blue, traffic, 1).Good
}

// begin notes blue's minimum before it is pinned, and its scheduled actions before they are suspended.
func (v *move) begin(ctx context.Context, blue deploy.Fleet) (ledger.Record, error) {
	stages := []ledger.Stage{ledger.Creating, ledger.Switching, ledger.Leaving}
	record, err := v.Record(ctx, stages...)
	if err != nil || record.Lock.Stage != ledger.Creating {
		return record, err
	}
	actions, err := v.actions(ctx, blue.Name)
	if err != nil {
		return record, err
	}
	return v.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		if r.Lock.Stage != ledger.Creating {
			return
		}
		r.Lock.Stage = ledger.Switching
		capacity.Note(r.Lock, blue)
		capacity.Own(r)
		if len(actions) > 0 {
			capacity.Start(r.Lock, blue, actions)
		}
	}, stages...)
}

func (v *move) join(ctx context.Context, p deploy.Loop, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (deploy.Loop, error) {
	p = v.phase(p, joining)
	record, err := v.take(ctx, record, ledger.Switching, blue)
	if err != nil {
		return p, err
	}
	pinned, asked := capacity.Pinned(record.Lock), capacity.Asked(record.Lock, blue)
	want := max(pinned, blue.Sizes.Desired, asked.Desired)
	if err := v.suspend(ctx, record, blue); err != nil {
		return p, err
	}
	if err := v.hold(ctx, record, blue, 0, ledger.Switching); err != nil {
		return p, err
	}
	room := max(capacity.Room(*v.Deployment, record, green, blue, want), asked.Max)
	if err := v.pin(ctx, green, capacity.Pin(green, pinned, want, room), ledger.Switching); err != nil {
		return p, err
	}
	missing := green.Missing(v.Deployment.TargetGroups)
	if len(missing) > 0 {
		if v.early(p, blue, traffic) {
			return v.Wait(p, fmt.Sprintf("blue %s has no healthy target: green joins when it has one, or after %s", blue.Name, aloneFor)), nil
		}
		if err := v.arm(ctx, record, clone.Joining); err != nil {
			return p, err
		}
		joined, err := v.attach(ctx, green, missing, ledger.Switching)
		if err != nil {
			return p, err
		}
		if !joined {
			return v.Again(p, fmt.Sprintf("green %s joins %s, %d at a time", green.Name, deploy.Counted(len(missing), "target group"), fleet.TargetGroupsAtOnce)), nil
		}
	}
	if !v.Armed {
		if err := v.arm(ctx, record, clone.Joined); err != nil {
			return p, err
		}
		v.Armed = true
	}
	if len(missing) > 0 {
		return v.WaitUntil(p, v.Entered.Add(usualHealthy), fmt.Sprintf("green %s joins %s", green.Name, deploy.Counted(len(missing), "target group"))), nil
	}
	sample := deploy.GreenServes(blue, green, traffic, max(want, green.Sizes.Desired))
	p = p.Count(sample)
	if !sample.Good { // who becomes healthy later starts slowly then
		v.FullBy = nil
	}
	if sample.Good && !sameHealthCheck(blue, green) {
		if err := v.setHealthCheck(ctx, green, blue.HealthCheckType, blue.HealthCheckGraceSeconds); err != nil {
			return p, err
		}
		return v.Again(p, fmt.Sprintf("green %s is healthy and gets blue's health checks (%s)", green.Name, blue.HealthCheckType)), nil
	}
	switch {
	case p.Good >= v.Deployment.Health.Consecutive:
		return v.cutover(ctx, p, record, blue)
	case sample.Good:
		return v.Again(p, sample.Message), nil
	case v.Elapsed(p) >= v.patience():
		return p, fault.New(fault.GreenUnhealthy, "after %d s in the target groups %s: blue serves on; look at the health checks of %s",
			v.Deployment.Health.TimeoutSeconds, sample.Message, strings.Join(v.Deployment.TargetGroups, ", "))
	}
	return v.Wait(p, sample.Message), nil
}

// sameHealthCheck reports whether green has the health checks that blue has.
func sameHealthCheck(blue, green deploy.Fleet) bool {
	return green.HealthCheckType == blue.HealthCheckType && green.HealthCheckGraceSeconds == blue.HealthCheckGraceSeconds
}

// growing reports whether green's share of requests still grows, where target groups start their targets slowly.
func (v *move) growing(p deploy.Loop, slow time.Duration) bool {
	if slow == 0 || p.Wanted == 0 {
		return false
	}
	if v.FullBy == nil {
		full := v.Entered.Add(slow)
		v.FullBy = &full
	}
	return v.Entered.Before(*v.FullBy)
}

// cutover lets blue leave: green is healthy and was seen with blue's health checks.
func (v *move) cutover(ctx context.Context, p deploy.Loop, record ledger.Record, blue deploy.Fleet) (deploy.Loop, error) {
	delay, slow, err := v.slowest(ctx)
	if err != nil {
		return p, err
	}
	if v.growing(p, slow) {
		return v.WaitUntil(p, *v.FullBy, fmt.Sprintf("green is healthy; its share grows for %.0f s (slow start), and blue serves beside it until then", slow.Seconds())), nil
	}
	var own []ledger.Action // of a fleet that is brought back: from now on it serves
	if v.Deployment.Revives && capacity.Stopped(record.Lock, v.Deployment.Green) {
		if own, err = v.actions(ctx, v.Deployment.Green); err != nil {
			return p, err
		}
	}
	_, err = v.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		r.Lock.Stage = ledger.Leaving
		if len(own) > 0 {
			r.Lock.Plan(v.Deployment.Green, own)
		}
	}, ledger.Switching)
	if err != nil {
		return p, err
	}
	if err := v.detach(ctx, blue, blue.AttachedTo(v.Deployment.TargetGroups), ledger.Leaving); err != nil {
		return p, err
	}
	p = v.phase(p, leaving)
	drained := v.Entered.Add(delay)
	v.DrainBy = &drained
	return v.WaitUntil(p, drained, fmt.Sprintf("green serves; blue %s leaves its target groups and drains for %.0f s%s",
		blue.Name, delay.Seconds(), v.Deployment.Drain.Adds())), nil
}

// leave waits until blue has drained, and watches that green serves meanwhile.
func (v *move) leave(ctx context.Context, p deploy.Loop, record ledger.Record, blue, green deploy.Fleet, traffic deploy.Traffic) (deploy.Loop, error) {
	p = v.phase(p, leaving)
	record, err := v.carry(ctx, record, blue, green)
	if err != nil {
		return p, err
	}
	want := capacity.Pinned(record.Lock)
	if want == 0 { // blue was at size 0: green is to have what it has by now
		want = green.Sizes.Desired
	}
	serves := deploy.GreenServes(deploy.Fleet{}, green, traffic, want)
	p = p.Count(deploy.Sample{Good: serves.Serving > 0 || want == 0})
	if p.Bad >= lostFor || (!serves.Good && v.Elapsed(p) > v.patience()) {
		return p, fault.New(fault.TrafficDiverged, "green was lost while blue drained: %s", serves.Message)
	}
	if attached := blue.AttachedTo(v.Deployment.TargetGroups); len(attached) > 0 { // the answer to an earlier detach was lost
		if err := v.detach(ctx, blue, attached, ledger.Leaving); err != nil {
			return p, err
		}
	}
	if v.DrainBy == nil {
		delay, err := v.deregistrationDelay(ctx)
		if err != nil {
			return p, err
		}
		drained := v.Entered.Add(delay)
		v.DrainBy = &drained
	}
	left := deploy.Left(blue, traffic)
	if left.Good && serves.Good {
		return p.Finished(deploy.Done, fmt.Sprintf("%s; %s", left.Message, serves.Message)), nil
	}
	if !left.Good && v.Entered.After(v.DrainBy.Add(slack)) {
		return p, fault.New(fault.TrafficDiverged, "%s, %.0f s after its deregistration delay", left.Message, slack.Seconds())
	}
	if !serves.Good {
		return v.Again(p, serves.Message), nil
	}
	return v.WaitUntil(p, *v.DrainBy, left.Message), nil
}

// patience is how long green may take to be healthy in the target groups.
func (v *move) patience() time.Duration {
	return time.Duration(v.Deployment.Health.TimeoutSeconds) * time.Second
}
