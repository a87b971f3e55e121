package restoregroup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/inplace"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// shrink has the group scale the new instances in: the previous ones are protected from it. Where some of these have died, and the group has
// launched new ones for them, it grows by previous ones first. done: it has as many as people want, and no other.
func (h handler) shrink(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet, lock *ledger.Lock) (done bool, after deploy.Loop, err error) {
	wants := f.Wants(0)
	if c := lock.Change(ledger.KindDesired, f.Name); c != nil {
		if wants, err = strconv.Atoi(c.Was); err != nil {
			return false, p, err
		}
		if now := strconv.Itoa(f.Sizes.Desired); !c.Restores(now) { // somebody has set it since
			wants = f.Sizes.Desired
		}
	}
	if err := h.guard(ctx, s, f, wants); err != nil {
		return false, p, err
	}
	serving, err := f.Serving(ctx, h.balancers, f.Previous)
	if err != nil {
		return false, p, err
	}
	message := fmt.Sprintf("%d of %d previous instances of %s serve, beside %d new ones", len(serving), wants, f.Name, len(f.New))
	target := wants
	if len(f.Previous) < wants {
		target = wants + len(f.New)
	} else if len(serving) < min(wants, len(f.Previous)) && len(f.New) > 0 && f.Sizes.Desired > wants {
		return false, s.Wait(p, message), nil // the new ones may be all that serves
	}
	if target == f.Sizes.Desired && len(f.New) == 0 && len(f.Previous) == wants {
		return true, p, nil
	}
	return false, s.Wait(p, message), h.resize(ctx, s, f, wants, target)
}

// guard protects as many previous instances from scale-in as people want, while there are new ones: those go first, then what is too much.
func (h handler) guard(ctx context.Context, s *step.Step, f inplace.Fleet, wants int) error {
	stay, leave := f.Previous, f.New
	if len(f.New) == 0 {
		stay, leave = nil, f.Previous
	} else if len(stay) > wants {
		stay, leave = stay[:wants], slices.Concat(stay[wants:], f.New)
	}
	if err := h.changer.Guard(ctx, s, f, stay, true, ledger.Restoring); err != nil {
		return err
	}
	return h.changer.Guard(ctx, s, f, leave, false, ledger.Restoring)
}

// resize gives the group a desired capacity, which the record has before, with what people want.
func (h handler) resize(ctx context.Context, s *step.Step, f inplace.Fleet, wants, target int) error {
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) {
		r.Lock.Note(ledger.KindDesired, f.Name, strconv.Itoa(wants), strconv.Itoa(f.Sizes.Desired))
		r.Lock.Note(ledger.KindDesired, f.Name, strconv.Itoa(wants), strconv.Itoa(target))
		r.Lock.Change(ledger.KindDesired, f.Name).Was = strconv.Itoa(wants)
	}, ledger.Restoring)
	if err != nil {
		return err
	}
	if err := h.changer.Room(ctx, s, f, target, ledger.Restoring); err != nil {
		return err
	}
	if target == f.Sizes.Desired {
		return nil
	}
	return h.changer.Update(ctx, s, f, capacity.Update{Desired: &target}, "", ledger.Restoring)
}

// settle gives the group back what was changed of it, and closes the record.
func (h handler) settle(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet) (deploy.Loop, error) {
	record, err := s.Record(ctx, ledger.Restoring)
	if err != nil {
		return p, err
	}
	lock, u := record.Lock, capacity.Update{}
	if c := lock.Change(ledger.KindMax, f.Name); c != nil && c.Restores(strconv.Itoa(f.Sizes.Max)) {
		most, err := strconv.Atoi(c.Was)
		if err != nil {
			return p, err
		}
		u.Max = &most
	}
	if err := h.unmake(ctx, s, f, lock); err != nil {
		return p, err
	}
	version := ""
	if c := lock.Change(ledger.KindVersion, ledger.Place(f.Name, 0)); c != nil && c.Restores(f.Names()) {
		version = c.Was
	}
	if u.Max != nil && *u.Max == f.Sizes.Max {
		u.Max = nil
	}
	was := make(map[bool][]deploy.Instance)
	for _, i := range f.Previous {
		if c := lock.Change(ledger.KindGuard, i.ID); c != nil {
			was[c.Was == ledger.Guarded] = append(was[c.Was == ledger.Guarded], i)
		}
	}
	shown := u.Nothing() && (version == "" || version == f.Names()) && f.Settled(lock, was[false])
	if err := h.changer.Update(ctx, s, f, u, version, ledger.Restoring); err != nil {
		return p, err
	}
	for on, instances := range was {
		if err := h.changer.Guard(ctx, s, f, instances, on, ledger.Restoring); err != nil {
			return p, err
		}
	}
	if err := h.changer.Resume(ctx, s, f, lock, ledger.Restoring); err != nil {
		return p, err
	}
	if !shown && s.Elapsed(p) < inplace.ShownWithin {
		return s.Again(p, fmt.Sprintf("%s gets back what was changed of it", f.Name)), nil
	}
	if err := inplace.Close(ctx, s, deploy.EndRolledBack, ledger.Restoring); err != nil {
		return p, err
	}
	return p.Finished(deploy.Done, fmt.Sprintf("%s is as it was, with %s", f.Name, deploy.Counted(len(f.Previous), "instance"))), nil
}

// unmake takes the version away that was made of the group's template, also one that was made and never answered for: it is known by its
// description.
func (h handler) unmake(ctx context.Context, s *step.Step, f inplace.Fleet, lock *ledger.Lock) error {
	d := s.Deployment
	if lock.InPlace == nil {
		return nil
	}
	pages := ec2.NewDescribeLaunchTemplateVersionsPaginator(h.compute, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: &d.Ran.ID, MinVersion: &d.Ran.Version})
	var made []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("describing the versions of launch template %s: %w", d.Ran.ID, err)
		}
		for _, version := range page.LaunchTemplateVersions {
			if aws.ToString(version.VersionDescription) == d.Own.Name {
				made = append(made, strconv.FormatInt(aws.ToInt64(version.VersionNumber), 10))
			}
		}
	}
	if len(made) == 0 {
		return nil
	}
	out, err := step.Write(ctx, h.removes, s.Holder.At(ledger.Restoring), removes.DeleteLaunchTemplateVersions, &ec2.DeleteLaunchTemplateVersionsInput{LaunchTemplateId: &d.Ran.ID, Versions: made})
	var api smithy.APIError
	if err != nil && !(errors.As(err, &api) && api.ErrorCode() == "InvalidLaunchTemplateId.NotFound") {
		return fmt.Errorf("deleting version %v of launch template %s: %w", made, d.Ran.ID, err)
	}
	if out != nil && len(out.UnsuccessfullyDeletedLaunchTemplateVersions) > 0 {
		d.Warn("version %s of launch template %s, which was made for %s, is left: %s", made[0], d.Ran.ID, f.Name,
			aws.ToString(out.UnsuccessfullyDeletedLaunchTemplateVersions[0].ResponseError.Message))
	}
	return nil
}
