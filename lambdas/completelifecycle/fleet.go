package completelifecycle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/text"
)

// emptyWithin is longer than AWS lets any lifecycle hook hold an instance (48 hours, aws-facts A1) and the longest
// deregistration delay before it (1 hour).
const emptyWithin = 50 * time.Hour

// soonestEmpty is the soonest that instances which nobody drains have shut down: tens of seconds in practice; no figure
// is published. With the moment that AWS takes to show it, it is one pause of the usual length.
const soonestEmpty = 28 * time.Second

// lateCalls is how long calls of a function that has ended may still take effect on a fleet that is not deleted.
const lateCalls = deploy.LateCallSeconds * time.Second

// ending is what one way does with the fleet that goes.
type ending struct {
	fleet  string
	blue   string // on the way back: it must be as it was
	green  string // on the way forward: it is live, and pinned at first
	stage  ledger.Stage
	end    string
	remove bool // delete the group when it is empty
	ours   bool // only if this deployment created it

	standby bool // it was brought back, and stands by again
}

func endingOf(s *step.Step) ending {
	d := s.Deployment
	if s.Way == deploy.Back {
		return ending{fleet: d.Green, blue: d.Blue, stage: ledger.Removing, end: deploy.EndRolledBack, remove: !d.Revives, ours: !d.Revives, standby: d.Revives}
	}
	return ending{fleet: d.Blue, green: d.Green, stage: ledger.Committed, end: deploy.EndSucceeded, remove: d.BlueAfter == deploy.AfterDelete}
}

// names are the groups to look at.
func (e ending) names() []string {
	return []string{e.fleet, cmp.Or(e.blue, e.green)}
}

// whole sees one fleet of a deployment to its end. Green, which is live, is unpinned on the way: at the end at the latest, also where
// that is one for which a person is asked.
func (h handler) whole(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	e := endingOf(s)
	fleets, err := fleet.Read(ctx, h.groups, e.names()...)
	if err != nil {
		return deploy.Loop{}, err
	}
	f, green := fleets[e.fleet], fleets[e.green]
	if err := h.unpin(ctx, s, m, f, green, false); err != nil {
		return deploy.Loop{}, err
	}
	p, err := h.end(ctx, s, m, e, fleets)
	var expired *fault.Error
	if errors.As(err, &expired) && expired.Name == fault.DrainExpired {
		return p, cmp.Or(h.unpin(ctx, s, m, f, green, true), err)
	}
	return p, err
}

// end is whole but for the unpinning on the way.
func (h handler) end(ctx context.Context, s *step.Step, m *memory, e ending, fleets map[string]deploy.Fleet) (deploy.Loop, error) {
	p := s.Begin()
	f, found := fleets[e.fleet]
	foreign := e.ours && found && f.Tags[deploy.TagExecution] != s.Deployment.Execution
	if found && !foreign && f.Pool != nil {
		pooled, err := fleet.Pooled(ctx, h.groups, f.Name)
		if err != nil {
			return p, err
		}
		f.Instances = append(f.Instances, pooled...)
	}
	switch {
	case found && !foreign && h.refilled(s, p, f, e):
		return once(s, p, fmt.Sprintf("the warm pool of %s is to have instances again", e.fleet), nil)
	case found && !foreign && keptByPool(s, p, f, e):
		e = e.keep(s.Deployment)
	case found && !foreign && !bringsBack(s, f, e) && (len(f.Instances) > 0 || f.PoolWants() > 0):
		return h.empty(ctx, s, m, p, f, e)
	case found && !foreign && e.remove:
		return h.remove(ctx, s, p, f, e)
	case e.standby && s.Elapsed(p) < lateCalls:
		return s.WaitUntil(p, p.Since.Add(lateCalls), fmt.Sprintf("%s is empty; it is looked at once more when no call for it can be under way", e.fleet)), nil
	case e.standby && found:
		again, err := h.roused(ctx, s, f)
		if err != nil || again != "" {
			return once(s, p, again, err)
		}
	}
	if err := h.unpin(ctx, s, m, f, fleets[e.green], true); err != nil {
		return p, err
	}
	p, err := h.closeRecord(ctx, s, p, e, fleets)
	if err == nil && p.Verdict == deploy.Done {
		s.Deployment.Closed = e.end
	}
	return p, err
}

// bringsBack reports whether a rollback, which has taken the deployment over, is to bring this fleet back right away, and nothing
// is left of it but instances that no scale-in ends: they do not hold it up.
func bringsBack(s *step.Step, f deploy.Fleet, e ending) bool {
	d := s.Deployment
	staying := len(f.In(deploy.Standby, deploy.Retained))
	return d.Action == deploy.ActionRollback && d.Then == deploy.ThenDescribe && e.green != "" && !e.remove &&
		staying > 0 && staying == len(f.Instances) && f.PoolWants() == 0
}

// empty drains what can be drained now and waits for the instances that are left.
func (h handler) empty(ctx context.Context, s *step.Step, m *memory, p deploy.Loop, f deploy.Fleet, e ending) (deploy.Loop, error) {
	d := s.Deployment
	fence := func() error {
		_, err := s.Record(ctx, e.stage)
		return err
	}
	retained, standby := f.In(deploy.Retained), f.In(deploy.Standby)
	shown := s.Elapsed(p) >= soonestEmpty // a person may have ended them just before a redrive
	switch {
	case shown && len(retained) > 0 && len(retained) == len(f.Instances):
		return p, fault.New(fault.DrainExpired, "%d instances of %s did not drain in time and are retained for a person: look at them, "+
			"%s, then redrive this execution", len(retained), f.Name, text.EndRetained())
	case shown && len(retained)+len(standby) > 0 && len(retained)+len(standby) == len(f.Instances):
		return p, fault.New(fault.DrainExpired, "%s, and no scale-in ends those: look at them, %s, then redrive this execution",
			remaining(f), text.EndStanding(f.Name))
	case slices.Contains(f.Suspended, "Terminate") && s.Elapsed(p) >= time.Duration(d.Drain.TimeoutSeconds)*time.Second:
		return p, fault.New(fault.DrainExpired, "%s: resume it with aws autoscaling resume-processes --scaling-processes Terminate %s, then redrive this execution",
			remaining(f), text.Option("--auto-scaling-group-name", f.Name))
	case s.Elapsed(p) >= emptyWithin:
		return p, fault.New(fault.DrainExpired, "after %s %s; look at them with aws autoscaling describe-auto-scaling-instances, then redrive this execution",
			emptyWithin, remaining(f))
	case s.Elapsed(p) >= time.Duration(d.Drain.TimeoutSeconds)*time.Second:
		if err := h.unprotect(ctx, s.Holder.At(e.stage), f); err != nil {
			return p, err
		}
	}
	slowest, err := h.drain(ctx, s, m, f, draining{policy: d.Drain, since: d.StartedAt, fence: fence})
	if err != nil {
		return p, err
	}
	if len(d.Drain.Command) == 0 && s.Elapsed(p) < soonestEmpty {
		return s.WaitUntil(p, p.Since.Add(soonestEmpty), remaining(f)), nil
	}
	return s.WaitAtMost(p, m.nextWithin(), remaining(f)+slowest), nil
}

// unprotect lets go the instances that protected themselves from scale-in for longer than a drain may take.
func (h handler) unprotect(ctx context.Context, fence ledger.Fence, f deploy.Fleet) error {
	var ids []string
	for _, instance := range f.In(deploy.InService) { // AWS takes no other, and refuses all for one
		if instance.Protected {
			ids = append(ids, instance.ID)
		}
	}
	const atOnce = 50 // aws-facts A5
	for batch := range slices.Chunk(ids, atOnce) {
		_, err := step.Write(ctx, h.writes, fence, writes.SetInstanceProtection, &autoscaling.SetInstanceProtectionInput{
			AutoScalingGroupName: &f.Name, InstanceIds: batch, ProtectedFromScaleIn: aws.Bool(false),
		})
		if err != nil {
			return fmt.Errorf("ending the scale-in protection of %s of %s: %w", deploy.Counted(len(batch), "instance"), f.Name, err)
		}
	}
	return nil
}

const (
	deleting    = "deleting"       // the phase in which an empty group goes
	usualDelete = 60 * time.Second // that AWS takes at most, usually
)

// remove deletes an empty group, and looks again until it is gone.
func (h handler) remove(ctx context.Context, s *step.Step, p deploy.Loop, f deploy.Fleet, e ending) (deploy.Loop, error) {
	if p.Phase != deleting {
		p.Phase, p.Since = deleting, s.Entered
	}
	message := fmt.Sprintf("%s is empty and is being deleted", f.Name)
	switch took := s.Elapsed(p); {
	case took < usualDelete:
		p = s.Again(p, message)
	case took < emptyWithin:
		p = s.Wait(p, message)
	default:
		return p, fault.New(fault.DrainExpired, "after %s %s: find out what keeps it, then redrive this execution", emptyWithin, message)
	}
	if f.Deleting {
		return p, nil
	}
	if err := h.removePool(ctx, s, f, e); err != nil {
		return p, err
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(e.stage), writes.DeleteAutoScalingGroup, &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: &f.Name})
	if err != nil && !busy(err) {
		return p, fmt.Errorf("deleting %s: %w", f.Name, err)
	}
	return p, nil
}

// closeRecord gives the lock back and notes the end. Closing twice is closing once.
func (h handler) closeRecord(ctx context.Context, s *step.Step, p deploy.Loop, e ending, fleets map[string]deploy.Fleet) (deploy.Loop, error) {
	d, blue := s.Deployment, fleets[e.blue]
	p = p.Finished(deploy.Done, fmt.Sprintf("%s is empty; the deployment is closed as %s", e.fleet, e.end))
	record, _, err := s.Ledger.Get(ctx, d.Lineage)
	if err != nil {
		return p, err
	}
	if outcome, ended := record.Ended(d.Execution); ended && outcome.End == e.end {
		return p, nil
	}
	if late := p.Began.Add(lateCalls); e.end == deploy.EndRolledBack && record.Lock != nil && len(record.Lock.Changes) > 0 && s.Entered.Before(late) {
		return s.WaitUntil(p, late, fmt.Sprintf("%s is empty; what was changed on %s is looked at once more when no call for it can be under way", e.fleet, blue.Name)), nil
	}
	if again := cmp.Or(capacity.Again(record.Lock, blue, p.Began), clone.StillPinned(record.Lock, blue)); again != "" {
		return once(s, p, again, nil)
	}
	gone, left, err := h.takeAway(ctx, s, record, e, fleets)
	if err != nil {
		return p, err
	}
	if left != "" {
		return s.Wait(p, fmt.Sprintf("%s is empty; what was made for a fleet that is gone is taken away: %s", e.fleet, left)), nil
	}
	images, waits, err := h.removeImages(ctx, s, record, e)
	if err != nil || waits != "" {
		return s.Again(p, waits), err
	}
	return p, s.Close(ctx, record, e.end, e.stage, func(r *ledger.Record) {
		for _, name := range gone {
			r.TakenAway(name)
		}
		for _, image := range images {
			r.Images = slices.DeleteFunc(r.Images, func(i ledger.Image) bool { return i.ID == image.ID })
		}
		if e.end == deploy.EndSucceeded && e.remove {
			s.Supersede(r) // what stays goes with a later deployment
			r.Previous = nil
		}
	})
}

// removePool deletes a warm pool that is empty, without which AWS deletes no group but by force. One that is still shown may be
// gone.
func (h handler) removePool(ctx context.Context, s *step.Step, f deploy.Fleet, e ending) error {
	if f.Pool == nil || f.Pool.Deleting {
		return nil
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(e.stage), writes.DeleteWarmPool, &autoscaling.DeleteWarmPoolInput{AutoScalingGroupName: &f.Name})
	if err != nil && !strings.Contains(err.Error(), "No warm pool found") && !busy(err) {
		return fmt.Errorf("deleting the warm pool of %s: %w", f.Name, err)
	}
	return nil
}

// busy recognises AWS's answers for what is not empty yet, or no more: what was described lags.
func busy(err error) bool {
	var active *types.ScalingActivityInProgressFault
	var inUse *types.ResourceInUseFault
	return errors.As(err, &active) || errors.As(err, &inUse)
}

// remaining says how many instances are left, by lifecycle state, and what keeps them: also a warm pool that somebody has given
// the fleet since the commit.
func remaining(f deploy.Fleet) string {
	said := fmt.Sprintf("%s of %s left: %s", deploy.Counted(len(f.Instances), "instance"), f.Name, f.Lifecycles())
	if slices.Contains(f.Suspended, "Terminate") {
		said += "; its process Terminate is suspended, so none ends"
	}
	if f.PoolWants() > 0 && f.Sizes.Max == 0 {
		said += "; it has a warm pool now: " + text.EndWarmPool(f.Name)
	}
	return said
}
