// Package scaleinblue passes the point of no return: it commits the deployment in the record, and only then quiets blue
// and scales it in. It never deletes.
package scaleinblue

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// groups is what this state reads of the groups.
type groups interface {
	fleet.Groups
	fleet.Hooks
}

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

var (
	_ groups = (*autoscaling.Client)(nil)
	_ writes = (*autoscaling.Client)(nil)
)

type handler struct {
	groups groups
	writes step.Writes[writes]
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	return announce.OnBus(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), handler{groups: group, writes: step.Guard[writes](group)}.look))
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Progress, error) {
	d, p := s.Deployment, deploy.Progress{State: s.State, Since: s.Entered}
	described, err := fleet.Describe(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return p, err
	}
	if err := h.commit(ctx, s, described[d.Blue], described[d.Green]); err != nil {
		return p, err
	}
	blue := fleet.Of(described[d.Blue])
	if blue.Name != "" {
		if err := h.scaleIn(ctx, s, blue); err != nil {
			return p, err
		}
	}
	return p.Finished(deploy.Done, fmt.Sprintf("green %s is live; blue %s is scaled in from %s%s",
		d.Green, d.Blue, deploy.Counted(len(blue.Instances), "instance"), d.Drain.Adds())), nil
}

// commit gives green the sizes that people want of blue, then writes that green is live. From there on nothing moves
// traffic back, and green's sizes are people's: finishing again leaves them alone.
func (h handler) commit(ctx context.Context, s *step.Step, blueGroup, greenGroup types.AutoScalingGroup) error {
	d, blue, green := s.Deployment, fleet.Of(blueGroup), fleet.Of(greenGroup)
	record, err := s.Record(ctx, ledger.Creating, ledger.Switching, ledger.Committed)
	if err != nil {
		return err
	}
	if record.Lock.Stage == ledger.Committed {
		d.Warnings = record.Lock.Deployment.Warnings
		return h.follow(ctx, s, record, blue, green)
	}
	if err := d.Elsewhere(blue); err != nil {
		return err
	}
	if err := h.compare(ctx, d, blueGroup, greenGroup, record.Template); err != nil {
		return err
	}
	if record.Lock.Originals == nil {
		record.Lock.Originals = &ledger.Originals{Blue: blue.Sizes, Suspended: blue.Suspended}
	}
	originals := *record.Lock.Originals
	want := wanted(blue, originals.Blue, originals.PinnedMin)
	if err := h.resize(ctx, s, green, sizesOf(blue, green, d, want, record), originals.PinnedMin > 0); err != nil {
		return err
	}
	record.Lock.Stage, record.Lock.Deployment.Warnings = ledger.Committed, d.Warnings
	record.Previous = &ledger.Previous{Name: d.Blue, Sizes: want, Suspended: originals.Suspended, Template: cmp.Or(d.Ran, record.Template)}
	record.Live, record.Template = d.Green, d.Template
	return put(ctx, s, record)
}

func put(ctx context.Context, s *step.Step, record ledger.Record) error {
	_, err := s.Ledger.Put(ctx, record)
	if errors.Is(err, ledger.ErrChanged) {
		return fault.New(fault.Unavailable, "the record of %s was changed by another call of this execution", record.Lineage)
	}
	return err
}

// wanted are blue's sizes as people want them: what is known of them, or what somebody else has set since. Who deletes blue,
// or takes every instance from it, when its traffic has moved does what comes next anyway, and wants no green without any.
func wanted(blue deploy.Fleet, known deploy.Sizes, pinnedMin int) deploy.Sizes {
	if blue.Name == "" || blue.Deleting || blue.Sizes.Max == 0 {
		return known
	}
	known.Max = blue.Sizes.Max
	if pinnedMin == 0 || blue.Sizes.Min != pinnedMin {
		known.Min = blue.Sizes.Min
	}
	return known
}

// sizesOf are the sizes that green is to have: those that people want of blue. A fleet that a rollback brings back has its
// own, as they were before it was replaced, or as somebody has set them since it came back.
func sizesOf(blue, green deploy.Fleet, d *deploy.Deployment, wanted deploy.Sizes, record ledger.Record) deploy.Sizes {
	if !d.Revives {
		wanted.Desired = max(green.Sizes.Desired, blue.Sizes.Desired) // blue may have grown since green was looked at
		return wanted
	}
	own := green.Sizes
	if previous := record.Previous; previous != nil && previous.Name == green.Name && own.Min == record.Lock.Originals.PinnedMin {
		own.Min = previous.Sizes.Min
	}
	return own
}

// resize unpins green and gives it its sizes. A pin may be there and not be shown yet.
func (h handler) resize(ctx context.Context, s *step.Step, green deploy.Fleet, want deploy.Sizes, pinned bool) error {
	same := green.Sizes == want
	if green.Name == "" || !pinned && same {
		return nil
	}
	input := &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: &green.Name, MinSize: aws.Int32(int32(want.Min))}
	if want.Max != green.Sizes.Max {
		input.MaxSize = aws.Int32(int32(want.Max))
	}
	if want.Desired > green.Sizes.Desired {
		input.DesiredCapacity = aws.Int32(int32(want.Desired))
	}
	if _, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Creating, ledger.Switching), writes.UpdateAutoScalingGroup, input); err != nil {
		return fmt.Errorf("giving %s the minimum %d and the maximum %d: %w", green.Name, want.Min, want.Max, err)
	}
	return nil
}

// scaleIn quiets what would revive blue, then asks for no instances.
func (h handler) scaleIn(ctx context.Context, s *step.Step, blue deploy.Fleet) error {
	fence := s.Holder.At(ledger.Committed)
	if loud := blue.Loud(); len(loud) > 0 {
		_, err := step.Write(ctx, h.writes, fence, writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{
			AutoScalingGroupName: &blue.Name, ScalingProcesses: loud,
		})
		if err != nil {
			return fmt.Errorf("suspending %v of %s: %w", loud, blue.Name, err)
		}
	}
	if blue.Sizes == (deploy.Sizes{}) {
		return nil
	}
	_, err := step.Write(ctx, h.writes, fence, writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &blue.Name, MinSize: aws.Int32(0), MaxSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
	})
	if err != nil {
		return fmt.Errorf("scaling in %s: %w", blue.Name, err)
	}
	return nil
}
