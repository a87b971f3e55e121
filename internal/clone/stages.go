package clone

import (
	"context"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// armer is a piece that acts by itself, such as a scaling policy. It is put so that it does nothing yet.
type armer interface {
	// arm lets it act on green. What looks at target groups waits until green is attached to them. Arming twice is arming once.
	arm(ctx context.Context, to target, blue Whole, attached bool) error
}

// quieter is a piece that would act on a fleet that stands by.
type quieter interface {
	kinds() []ledger.Kind
	// quiet are the changes that keep it from acting; none of what does not act.
	quiet(Whole) []ledger.Change
	// set gives a thing of one of its kinds a value: one that it had, or one that keeps it quiet. What is gone has none.
	set(ctx context.Context, to target, kind ledger.Kind, of, value string) error
}

// outliver is a piece of which something is left when its group is deleted.
type outliver interface {
	what() ledger.What
	// outlive are the names of what green will have that its deletion leaves. They are in the record before it is made.
	outlive(blue Whole, d deploy.Deployment) []string
	// remove deletes what we have made. What is gone is gone.
	remove(ctx context.Context, to target, name string) error
}

// at is a group as a call may change it at these stages.
func (c Copier) at(s *step.Step, group string, stages ...ledger.Stage) target {
	return target{Copier: c, fence: s.Holder.At(stages...), name: group, Deployment: *s.Deployment}
}

// Arm lets what hangs on green act, before it takes its first share of traffic.
func (c Copier) Arm(ctx context.Context, s *step.Step, stage ledger.Stage, blue Whole, attached bool) error {
	to := c.at(s, s.Deployment.Green, stage)
	for _, p := range pieces {
		if piece, ok := p.(armer); ok {
			if err := piece.arm(ctx, to, blue, attached); err != nil {
				return err
			}
		}
	}
	return nil
}

// Quieting are the changes that keep a fleet from acting while it stands by.
func Quieting(w Whole) []ledger.Change {
	var changes []ledger.Change
	for _, p := range pieces {
		if piece, ok := p.(quieter); ok {
			changes = append(changes, piece.quiet(w)...)
		}
	}
	return changes
}

// Quiet makes the changes of Quieting.
func (c Copier) Quiet(ctx context.Context, s *step.Step, group string, changes []ledger.Change, stages ...ledger.Stage) error {
	return c.set(ctx, c.at(s, group, stages...), changes, func(change ledger.Change) string { return change.Set[len(change.Set)-1] })
}

// Wake undoes the changes of Quieting: the fleet is to serve again.
func (c Copier) Wake(ctx context.Context, s *step.Step, group string, changes []ledger.Change, stages ...ledger.Stage) error {
	return c.set(ctx, c.at(s, group, stages...), changes, func(change ledger.Change) string { return change.Was })
}

func (c Copier) set(ctx context.Context, to target, changes []ledger.Change, value func(ledger.Change) string) error {
	for _, p := range pieces {
		piece, ok := p.(quieter)
		if !ok {
			continue
		}
		for _, change := range changes {
			for _, kind := range piece.kinds() {
				if change.Kind != kind {
					continue
				}
				if err := piece.set(ctx, to, kind, change.Of, value(change)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Outliving are the things of green that its deletion leaves.
func Outliving(blue Whole, d deploy.Deployment) []ledger.Made {
	var made []ledger.Made
	for _, p := range pieces {
		if piece, ok := p.(outliver); ok {
			for _, name := range piece.outlive(blue, d) {
				made = append(made, ledger.Made{What: piece.what(), Name: name})
			}
		}
	}
	return made
}

// TakeAway deletes what we have made for a group that is gone, or is about to go.
func (c Copier) TakeAway(ctx context.Context, s *step.Step, made []ledger.Made, stages ...ledger.Stage) error {
	to := c.at(s, "", stages...)
	for _, p := range pieces {
		piece, ok := p.(outliver)
		if !ok {
			continue
		}
		for _, one := range made {
			if one.What != piece.what() {
				continue
			}
			if err := piece.remove(ctx, to, one.Name); err != nil {
				return fmt.Errorf("removing %s %s: %w", one.What, one.Name, err)
			}
		}
	}
	return nil
}
