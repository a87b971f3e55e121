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
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
	fleet.Hooks
}

var _ groups = (*autoscaling.Client)(nil)

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return announce.OnBus(cfg, env, handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle)
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	d := document.Deployment
	described, err := fleet.Describe(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return deploy.Document{}, err
	}
	if err := h.commit(ctx, call, described[d.Blue], described[d.Green]); err != nil {
		return deploy.Document{}, err
	}
	blue := fleet.Of(described[d.Blue])
	if blue.Name != "" {
		if err := h.scaleIn(ctx, call, blue); err != nil {
			return deploy.Document{}, err
		}
	}
	document.Progress = &deploy.Progress{State: call.State, Verdict: deploy.Done, Since: call.Entered,
		Message: fmt.Sprintf("green %s is live; blue %s is scaled in from %s%s", d.Green, d.Blue, deploy.Counted(len(blue.Instances), "instance"), d.Drain.Adds())}
	return document, nil
}

// commit gives green the sizes that people want of blue, then writes that green is live. From there on nothing moves
// traffic back, and green's sizes are people's: finishing again leaves them alone.
func (h handler) commit(ctx context.Context, call deploy.Call, blueGroup, greenGroup types.AutoScalingGroup) error {
	d, holder, blue, green := call.Document.Deployment, h.ledger.For(call), fleet.Of(blueGroup), fleet.Of(greenGroup)
	record, err := holder.Check(ctx, ledger.Creating, ledger.Switching, ledger.Committed)
	if err != nil {
		return err
	}
	if record.Lock.Stage == ledger.Committed {
		d.Warnings = record.Lock.Deployment.Warnings
		return h.follow(ctx, holder, d, record, blue, green)
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
	if err := h.resize(ctx, holder, green, sizesOf(blue, green, d, want, record), originals.PinnedMin > 0); err != nil {
		return err
	}
	record.Lock.Stage, record.Lock.Deployment.Warnings = ledger.Committed, d.Warnings
	record.Previous = &ledger.Previous{Name: d.Blue, Sizes: want, Suspended: originals.Suspended, Template: cmp.Or(d.Ran, record.Template)}
	record.Live, record.Template = d.Green, d.Template
	return h.put(ctx, record)
}

func (h handler) put(ctx context.Context, record ledger.Record) error {
	_, err := h.ledger.Put(ctx, record)
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
func (h handler) resize(ctx context.Context, holder ledger.Holder, green deploy.Fleet, want deploy.Sizes, pinned bool) error {
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
	if _, err := holder.Check(ctx, ledger.Creating, ledger.Switching); err != nil {
		return err
	}
	if _, err := h.groups.UpdateAutoScalingGroup(ctx, input); err != nil {
		return fmt.Errorf("giving %s the minimum %d and the maximum %d: %w", green.Name, want.Min, want.Max, err)
	}
	return nil
}

// scaleIn quiets what would revive blue, then asks for no instances.
func (h handler) scaleIn(ctx context.Context, call deploy.Call, blue deploy.Fleet) error {
	if loud := blue.Loud(); len(loud) > 0 {
		if _, err := h.ledger.For(call).Check(ctx, ledger.Committed); err != nil {
			return err
		}
		_, err := h.groups.SuspendProcesses(ctx, &autoscaling.SuspendProcessesInput{
			AutoScalingGroupName: &blue.Name, ScalingProcesses: loud,
		})
		if err != nil {
			return fmt.Errorf("suspending %v of %s: %w", loud, blue.Name, err)
		}
	}
	if blue.Sizes == (deploy.Sizes{}) {
		return nil
	}
	if _, err := h.ledger.For(call).Check(ctx, ledger.Committed); err != nil {
		return err
	}
	_, err := h.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &blue.Name, MinSize: aws.Int32(0), MaxSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
	})
	if err != nil {
		return fmt.Errorf("scaling in %s: %w", blue.Name, err)
	}
	return nil
}
