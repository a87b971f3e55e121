// Package scaleinblue passes the point of no return: it commits the deployment in the record, and only then quiets blue
// and scales it in. It never deletes.
package scaleinblue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"bluegreen/internal/alarm"
	"bluegreen/internal/announce"
	"bluegreen/internal/capacity"
	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic/strategies"
)

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	SuspendProcesses(context.Context, *autoscaling.SuspendProcessesInput, ...func(*autoscaling.Options)) (*autoscaling.SuspendProcessesOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

type handler struct {
	groups fleet.Groups
	writes step.Writes[writes]
	copier clone.Copier

	strategies strategies.Strategies
	alarms     alarm.Reads
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group), copier: clone.New(cfg), strategies: strategies.New(cfg), alarms: cloudwatch.NewFromConfig(cfg)}
	return announce.OnBus(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), h.look))
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	d, p := s.Deployment, s.Begin()
	described, err := fleet.Describe(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return p, err
	}
	record, err := h.commit(ctx, s, described[d.Blue], described[d.Green])
	if err != nil {
		return p, err
	}
	blue := fleet.Of(described[d.Blue])
	if blue.Name != "" {
		if err := h.quiet(ctx, s, record, blue); err != nil {
			return p, err
		}
		if err := h.scaleIn(ctx, s, record, described[d.Blue]); err != nil {
			return p, err
		}
	}
	return p.Finished(deploy.Done, fmt.Sprintf("the point of no return is passed: green %s is live; blue %s is scaled in from %s%s",
		d.Green, d.Blue, deploy.Counted(len(blue.Instances), "instance"), d.Drain.Adds())), nil
}

// forward are the stages that a deployment may be committed at.
var forward = []ledger.Stage{ledger.Creating, ledger.Switching, ledger.Leaving}

// commit gives green the sizes that people want of blue, then writes that green is live. From there on nothing moves
// traffic back, and green's sizes are people's: finishing again leaves them alone.
func (h handler) commit(ctx context.Context, s *step.Step, blueGroup, greenGroup types.AutoScalingGroup) (ledger.Record, error) {
	d, blue, green := s.Deployment, fleet.Of(blueGroup), fleet.Of(greenGroup)
	record, err := s.Record(ctx, append(forward, ledger.Committed)...)
	if err != nil {
		return record, err
	}
	if record.Lock.Stage == ledger.Committed {
		d.Warnings = record.Lock.Deployment.Warnings
		return record, h.follow(ctx, s, record, blue, green)
	}
	if green.Name == "" || green.Deleting {
		return record, fault.New(fault.TrafficDiverged, "green %s was deleted by somebody else", d.Green)
	}
	strategy, err := h.strategies.Of(d)
	if err != nil {
		return record, err
	}
	if err := strategy.Diverged(d, blue); err != nil {
		return record, err
	}
	if err := alarm.Heed(ctx, h.alarms, d.Watch); err != nil {
		return record, err
	}
	if err := strategy.Moved(ctx, d, record.Lock); err != nil {
		return record, err
	}
	whole, own, err := h.compare(ctx, s, record, blueGroup, greenGroup)
	if err != nil {
		return record, err
	}
	suspended := capacity.Suspended(record.Lock, blue)
	capacity.Take(record.Lock, blue, capacity.Actions(whole.Schedule, s.Now()), s.Now().Add(capacity.Lead))
	capacity.Take(record.Lock, green, capacity.Actions(own.Schedule, s.Now()), s.Now().Add(capacity.Lead))
	want := capacity.Wanted(record.Lock, blue, green)
	live := capacity.Live(record, blue, green, want)
	capacity.Succeed(record.Lock, blue, green, capacity.Actions(own.Schedule, s.Now()))
	if err := h.resize(ctx, s, green.Name, capacity.Hand(record.Lock, green, live), "giving it the sizes that people want", forward...); err != nil {
		return record, err
	}
	if green.Sizes.Desired == 0 && live.Desired == 0 {
		d.Warn("nothing was tried: %s is at size 0, as %s was, so no instance of it was ever seen to serve", d.Green, d.Blue)
	}
	replaced := &ledger.Previous{
		Name: d.Blue, Sizes: want, Suspended: suspended, Template: cmp.Or(d.Ran, record.Template),
		Own: record.Own, Made: record.Made, Quieted: clone.Quieting(whole),
	}
	if d.Strategy.MovesRecords() {
		replaced.Strategy, replaced.Aliases = d.Strategy, d.Were()
	}
	succeed(s, &record, replaced)
	return record, put(ctx, s, record)
}

// succeed has the record say that green is live, and blue what it replaced.
func succeed(s *step.Step, record *ledger.Record, replaced *ledger.Previous) {
	d := s.Deployment
	record.Made = record.Lock.Made
	if d.Revives && record.Previous != nil {
		record.Made = record.Previous.Made
	} else {
		s.Supersede(record)
	}
	if d.Build != nil && d.Own != nil && !d.Revives {
		made := ledger.Image{ID: d.Own.ImageID, Name: d.Build.Name, Inputs: d.Build.Inputs, Green: d.Green, Execution: d.Execution, At: s.Entered}
		record.Images = append([]ledger.Image{made}, record.Images...)
	}
	if !d.Strategy.MovesRecords() { // green serves behind what blue did: that goes with green
		record.Made, replaced.Made = handOn(record.Made, replaced.Made)
	}
	record.Live, record.Template, record.Own, record.Previous = d.Green, d.Template, d.Own, replaced
	alone := s.Entered.Add(-d.Watch.Bake()) // while blue stood by it took nothing
	record.Lock.Stage, record.Lock.Alone, record.Lock.Deployment.Warnings = ledger.Committed, &alone, d.Warnings
}

// handOn gives green what blue's traffic comes through, of what was made for either.
func handOn(green, blue []ledger.Made) (greens, blues []ledger.Made) {
	greens = slices.Clone(green)
	for _, made := range blue {
		if made.Serves() {
			greens = append(greens, made)
		} else {
			blues = append(blues, made)
		}
	}
	return greens, blues
}

func put(ctx context.Context, s *step.Step, record ledger.Record) error {
	_, err := s.Ledger.Put(ctx, record)
	if errors.Is(err, ledger.ErrChanged) {
		return fault.New(fault.Unavailable, "the record of %s was changed by another call of this execution", record.Lineage)
	}
	return err
}

// resize makes a fleet's sizes what they are to become, at one of the stages.
func (h handler) resize(ctx context.Context, s *step.Step, group string, u capacity.Update, what string, stages ...ledger.Stage) error {
	if u.Nothing() {
		return nil
	}
	if _, err := step.Write(ctx, h.writes, s.Holder.At(stages...), writes.UpdateAutoScalingGroup, u.Of(group)); err != nil {
		return fmt.Errorf("%s: %s: %w", group, what, err)
	}
	return nil
}

// quiet suspends what would give blue instances again.
func (h handler) quiet(ctx context.Context, s *step.Step, record ledger.Record, blue deploy.Fleet) error {
	if previous := record.Previous; previous != nil && previous.Name == blue.Name {
		if err := h.copier.Quiet(ctx, s, blue.Name, previous.Quieted, ledger.Committed); err != nil {
			return err
		}
	}
	active := blue.Active()
	if len(active) == 0 {
		return nil
	}
	_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Committed), writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: &blue.Name, ScalingProcesses: active,
	})
	if err != nil {
		return fmt.Errorf("suspending %v of %s: %w", active, blue.Name, err)
	}
	return nil
}

// scaleIn asks for no instances of blue, and has it name the versions of its launch templates as people named them.
func (h handler) scaleIn(ctx context.Context, s *step.Step, record ledger.Record, group types.AutoScalingGroup) error {
	d, blue := s.Deployment, fleet.Of(group)
	if blue.Sizes == (deploy.Sizes{}) && clone.StillPinned(record.Lock, blue) == "" {
		return nil
	}
	refused, err := clone.Unpin(record.Lock, group, capacity.Empty().Of(blue.Name), func(input *autoscaling.UpdateAutoScalingGroupInput) error {
		_, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Committed), writes.UpdateAutoScalingGroup, input)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s: scaling it in: %w", blue.Name, err)
	}
	if refused != "" {
		d.Warn("%s stands by pinned to the launch template version that its instances ran, since AWS refuses what it named before: %s", d.Blue, refused)
	}
	return nil
}
