// Package scaleinblue passes the point of no return: it commits the deployment in the record, and only then quiets blue
// and scales it in. It never deletes.
package scaleinblue

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// groups is all of AWS that this state may touch.
type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

type handler struct {
	groups groups
	ledger ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		groups: autoscaling.NewFromConfig(cfg),
		ledger: ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	d := document.Deployment
	fleets, err := fleet.Read(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return deploy.Document{}, err
	}
	blue, blueFound := fleets[d.Blue]
	green := fleets[d.Green]
	if err := h.follow(ctx, call, blue, green); err != nil {
		return deploy.Document{}, err
	}
	record, now, err := h.commit(ctx, call, blue)
	if err != nil {
		return deploy.Document{}, err
	}
	if err := h.unpin(ctx, green, record, now); err != nil {
		return deploy.Document{}, err
	}
	if blueFound {
		if err := h.scaleIn(ctx, call, blue); err != nil {
			return deploy.Document{}, err
		}
	}
	document.Progress = &deploy.Progress{State: call.State, Verdict: deploy.Done, Since: call.Entered,
		Message: fmt.Sprintf("green %s is live; blue %s is scaled in from %d instances", d.Green, d.Blue, len(blue.Instances))}
	return document, nil
}

// commit writes that green is live. From here on nothing moves traffic back. now is false if an earlier call did.
func (h handler) commit(ctx context.Context, call deploy.Call, blue deploy.Fleet) (record ledger.Record, now bool, err error) {
	d := call.Document.Deployment
	record, err = h.ledger.For(call).Change(ctx, func(r *ledger.Record) {
		if now = r.Lock.Stage != ledger.Committed; !now {
			return
		}
		if r.Lock.Originals == nil {
			r.Lock.Originals = &ledger.Originals{Blue: blue.Sizes, Suspended: blue.Suspended}
		}
		r.Lock.Stage = ledger.Committed
		r.Previous = &ledger.Previous{
			Name: d.Blue, Sizes: wanted(blue, *r.Lock.Originals), Suspended: r.Lock.Originals.Suspended, Template: r.Template,
		}
		r.Live, r.Template = d.Green, d.Template
	}, ledger.Creating, ledger.Switching, ledger.Committed)
	return record, now, err
}

// wanted are blue's sizes as people want them: those before it was pinned, or what somebody else has set since.
func wanted(blue deploy.Fleet, originals ledger.Originals) deploy.Sizes {
	sizes := originals.Blue
	if blue.Name == "" {
		return sizes
	}
	sizes.Max = blue.Sizes.Max
	if blue.Sizes.Min != originals.PinnedMin {
		sizes.Min = blue.Sizes.Min
	}
	return sizes
}

// follow gives green the maximum that somebody has set on blue since green was created, and the minimum where nothing is
// pinned. A fleet that a rollback brings back keeps its own. After the commit green is live, and its sizes are people's.
func (h handler) follow(ctx context.Context, call deploy.Call, blue, green deploy.Fleet) error {
	d := call.Document.Deployment
	want := deploy.Sizes{Min: green.Sizes.Min, Max: blue.Sizes.Max}
	if d.Strategy == deploy.StrategyNone {
		want.Min = blue.Sizes.Min
	}
	same := green.Sizes.Min == want.Min && green.Sizes.Max == want.Max
	if same || blue.Name == "" || green.Name == "" || d.Action == deploy.ActionRollback {
		return nil
	}
	record, err := h.ledger.For(call).Check(ctx, ledger.Creating, ledger.Switching, ledger.Committed)
	if err != nil || record.Lock.Stage == ledger.Committed {
		return err
	}
	return h.resize(ctx, green.Name, min(want.Min, want.Max), aws.Int32(int32(want.Max)))
}

// unpin gives green the minimum that people want of blue. now says that the deployment was committed by this call: the pin
// is there then, even if it is not shown yet. Later what does not look pinned is people's.
func (h handler) unpin(ctx context.Context, green deploy.Fleet, record ledger.Record, now bool) error {
	pinned := min(record.Lock.Originals.PinnedMin, record.Previous.Sizes.Max)
	if pinned == 0 || green.Name == "" || !now && green.Sizes.Min != pinned {
		return nil
	}
	// The record was written or read just now: that is the fence.
	return h.resize(ctx, green.Name, record.Previous.Sizes.Min, nil)
}

func (h handler) resize(ctx context.Context, name string, least int, most *int32) error {
	_, err := h.groups.UpdateAutoScalingGroup(ctx, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &name, MinSize: aws.Int32(int32(least)), MaxSize: most,
	})
	if err != nil {
		return fmt.Errorf("giving %s the sizes that blue had: %w", name, err)
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
