package clone

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	alarmtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// armer is a piece that acts by itself, such as a scaling policy. It is put so that it does nothing yet.
type armer interface {
	// arm lets it act on green, at the moment when it may. Arming twice is arming once.
	arm(ctx context.Context, to target, blue Whole, when Moment) error
}

// Moment is when green is armed.
type Moment int

// The moments. Without a load balancer both are one.
const (
	Joining Moment = 1 << iota // green is about to join its target groups
	Joined                     // it is attached to them: what looks at a target group may act only then
)

// quieter is a piece that would act on a fleet that stands by.
type quieter interface {
	kinds() []ledger.Kind
	// quiet are the changes that keep it from acting; none of what does not act.
	quiet(Whole) []ledger.Change
	// still makes changes of its kinds, wake undoes them. What is gone is passed over.
	still(context.Context, target, []ledger.Change) error
	wake(context.Context, target, []ledger.Change) error
}

// outliver is a piece of which something is left when its group is deleted.
type outliver interface {
	what() ledger.What
	// outlive are the names of what green will have that its deletion leaves. They are in the record before it is made.
	outlive(blue Whole, d deploy.Deployment) []string
	// remove deletes what we have made. What is gone is gone.
	remove(ctx context.Context, to target, names []string) error
}

// at is a group as a call may change it at these stages.
func (c Copier) at(s *step.Step, group string, stages ...ledger.Stage) target {
	return target{Copier: c, fence: s.Holder.At(stages...), name: group, now: s.Now(), warn: s.Deployment.Warn, Deployment: *s.Deployment}
}

// Arm lets what hangs on green act, before it takes its first share of traffic.
func (c Copier) Arm(ctx context.Context, s *step.Step, stage ledger.Stage, blue Whole, when Moment) error {
	return arm(ctx, c.at(s, s.Deployment.Green, stage), blue, when)
}

func arm(ctx context.Context, to target, blue Whole, when Moment) error {
	for _, p := range pieces {
		if piece, ok := p.(armer); ok {
			if err := piece.arm(ctx, to, blue, when); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rearm lets that act on green again which acts on blue and not on green, and is otherwise alike: a call that put it without effect
// may come late, when it was armed already. It reports whether there was any.
func (c Copier) Rearm(ctx context.Context, s *step.Step, blue, green Whole, stages ...ledger.Stage) (some bool, err error) {
	idle, some := unarmed(blue, green, *s.Deployment)
	if !some {
		return false, nil
	}
	to := c.at(s, s.Deployment.Green, stages...)
	return true, arm(ctx, to, idle, Joining|Joined)
}

// unarmed is blue with those of its policies and alarms that should act on green and do not.
func unarmed(blue, green Whole, d deploy.Deployment) (idle Whole, some bool) {
	idle = Whole{Group: blue.Group}
	for _, policy := range blue.Policies {
		want := copyPolicy(policy, rewritten(blue, d))
		want.Enabled = aws.Bool(false)
		off := slices.ContainsFunc(green.Policies, func(p types.ScalingPolicy) bool { return given(copyPolicy(p, rewriting{})) == given(want) })
		if off && aws.ToBool(policy.Enabled) {
			idle.Policies, some = append(idle.Policies, policy), true
		}
	}
	names := namesOf(blue, d)
	for _, alarm := range blue.Alarms {
		name := names[aws.ToString(alarm.AlarmName)]
		off := slices.ContainsFunc(green.Alarms, func(a alarmtypes.MetricAlarm) bool {
			return aws.ToString(a.AlarmName) == name && !aws.ToBool(a.ActionsEnabled)
		})
		alarm.ActionsEnabled = aws.Bool(off && aws.ToBool(alarm.ActionsEnabled))
		idle.Alarms, some = append(idle.Alarms, alarm), some || *alarm.ActionsEnabled
	}
	return idle, some
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
	to := c.at(s, group, stages...)
	return quieters(changes, func(piece quieter, own []ledger.Change) error { return piece.still(ctx, to, own) })
}

// Wake undoes the changes of Quieting: the fleet is to serve again.
func (c Copier) Wake(ctx context.Context, s *step.Step, group string, changes []ledger.Change, stages ...ledger.Stage) error {
	to := c.at(s, group, stages...)
	return quieters(changes, func(piece quieter, own []ledger.Change) error { return piece.wake(ctx, to, own) })
}

// quieters has each piece do the changes of its kinds.
func quieters(changes []ledger.Change, do func(quieter, []ledger.Change) error) error {
	for _, p := range pieces {
		piece, ok := p.(quieter)
		if !ok {
			continue
		}
		var own []ledger.Change
		for _, change := range changes {
			if slices.Contains(piece.kinds(), change.Kind) {
				own = append(own, change)
			}
		}
		if len(own) == 0 {
			continue
		}
		if err := do(piece, own); err != nil {
			return err
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

// TakeAway deletes what we have made for groups that are gone. What people have another launch from meanwhile is theirs.
func (c Copier) TakeAway(ctx context.Context, s *step.Step, made []ledger.Made, stages ...ledger.Stage) error {
	to := c.at(s, "", stages...)
	for _, p := range pieces {
		piece, ok := p.(outliver)
		if !ok {
			continue
		}
		var names []string
		for _, one := range made {
			if one.What == piece.what() {
				names = append(names, one.Name)
			}
		}
		if len(names) == 0 {
			continue
		}
		if err := piece.remove(ctx, to, names); err != nil {
			return fmt.Errorf("removing what was made beside a group (%s): %w", piece.what(), err)
		}
	}
	return nil
}
