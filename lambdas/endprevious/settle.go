package endprevious

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/inplace"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// settle gives the group back what was changed of it, and closes the record. Of the template the group keeps the new version: by its number,
// or by $Latest where people named that.
func (h handler) settle(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet, record ledger.Record) (deploy.Loop, error) {
	lock, u := record.Lock, capacity.Update{}
	wants := strconv.Itoa(f.Wants(len(lock.InPlace.Ended)))
	if lock.Change(ledger.KindDesired, f.Name) == nil && wants != strconv.Itoa(f.Sizes.Desired) {
		return h.shrink(ctx, s, p, f, wants)
	}
	if c := lock.Change(ledger.KindMax, f.Name); c != nil && c.Restores(strconv.Itoa(f.Sizes.Max)) {
		most, err := strconv.Atoi(c.Was)
		if err != nil {
			return p, err
		}
		most = max(most, f.Sizes.Desired)
		u.Max = &most
	}
	version := ""
	if c := lock.Change(ledger.KindVersion, ledger.Place(f.Name, 0)); c != nil && c.Restores(f.Names()) {
		version = after(s.Deployment, *c, lock.InPlace.Version)
	}
	if u.Max != nil && *u.Max == f.Sizes.Max {
		u.Max = nil
	}
	shown := u.Nothing() && (version == "" || version == f.Names()) && f.Settled(lock, f.New)
	if err := h.changer.Update(ctx, s, f, u, version, ledger.Committed); err != nil {
		return p, err
	}
	if !aws.ToBool(f.Group.NewInstancesProtectedFromScaleIn) {
		if err := h.changer.Guard(ctx, s, f, f.New, false, ledger.Committed); err != nil {
			return p, err
		}
	}
	if err := h.changer.Resume(ctx, s, f, lock, ledger.Committed); err != nil {
		return p, err
	}
	if !shown && s.Elapsed(p) < inplace.ShownWithin {
		return s.Again(p, fmt.Sprintf("%s gets back what was changed of it", f.Name)), nil
	}
	if err := inplace.Close(ctx, s, deploy.EndSucceeded, ledger.Committed); err != nil {
		return p, err
	}
	return p.Finished(deploy.Done, fmt.Sprintf("all %s of %s run %s", deploy.Counted(len(f.New), "instance"), f.Name, s.Deployment.Own.ImageID)), nil
}

// shrink has the group scale in what it has launched itself where a previous instance died: that one was not ended with the others, and the
// desired capacity not lowered by it. Those that have joined are protected.
func (h handler) shrink(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet, wants string) (deploy.Loop, error) {
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		r.Lock.Note(ledger.KindDesired, f.Name, wants, strconv.Itoa(f.Sizes.Desired))
	}, ledger.Committed)
	if err != nil {
		return p, err
	}
	desired, err := strconv.Atoi(wants)
	if err != nil {
		return p, err
	}
	if err := h.changer.Update(ctx, s, f, capacity.Update{Desired: &desired}, "", ledger.Committed); err != nil {
		return p, err
	}
	return s.Wait(p, fmt.Sprintf("%s has more instances than people want of it (%s)", f.Name, wants)), nil
}

// after is the version that the group names in the end.
func after(d *deploy.Deployment, c ledger.Change, made string) string {
	switch c.Was {
	case "$Latest":
		return c.Was
	case "$Default":
		d.Warn("%s named the default version of launch template %s, and names version %s now: which version is the default is its owner's to say; have it be that one, then name $Default again",
			d.Blue, d.Ran.ID, made)
	}
	return made
}
