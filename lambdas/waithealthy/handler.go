// Package waithealthy decides, once per poll, whether green may take traffic, and lets green follow blue upwards.
package waithealthy

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/announce"
	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/traffic/strategies"
)

// groups is what this state reads of the groups.
type groups interface {
	fleet.Groups
	fleet.Hooks
	DescribeScalingActivities(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
}

// writes are what this state may change of AWS.
type writes interface {
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
}

var (
	_ groups = (*autoscaling.Client)(nil)
	_ writes = (*autoscaling.Client)(nil)
)

type handler struct {
	groups     groups
	writes     step.Writes[writes]
	strategies strategies.Strategies
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, writes: step.Guard[writes](group), strategies: strategies.New(cfg)}
	return announce.ToPeople(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), h.look))
}

// usualInService is when instances are in service at the soonest, usually: pending alone took 16 to 18 s (aws-facts D).
const usualInService = 15 * time.Second

// lateCalls is how long a call of CreateGreen may still take effect. One that pins blue has to before blue is unpinned.
const lateCalls = deploy.LateCallSeconds * time.Second

// abortedWithin is how long it takes until a person's abort is heeded here: what is over sooner is heeded by SwitchTraffic, before it moves anything.
const abortedWithin = 2 * time.Minute

// creator is the state that creates green: right after it there is nothing to see yet.
const creator = "CreateGreen"

// look looks once. Pending is data that a Choice routes; an error means that looking again cannot help.
func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	d, p := s.Deployment, s.Begin()
	if created := s.Document.Progress; created != nil && created.State == creator && s.Entered.Sub(created.Since) < usualInService {
		return s.WaitUntil(p, created.Since.Add(usualInService), fmt.Sprintf("green %s was created a moment ago", d.Green)), nil
	}
	if p.Phase != deploy.Asking && s.Entered.Sub(p.Began) >= abortedWithin { // asking reads the record itself
		if _, err := s.Record(ctx, ledger.Creating); err != nil {
			return p, err
		}
	}
	fleets, err := fleet.Read(ctx, h.groups, d.Blue, d.Green)
	if err != nil {
		return p, err
	}
	blue, blueFound := fleets[d.Blue]
	if !blueFound {
		return p, fault.New(fault.TrafficDiverged, "blue %s was deleted by somebody else", d.Blue)
	}
	strategy, err := h.strategies.Of(d)
	if err != nil {
		return p, err
	}
	if err := strategy.Diverged(d, blue); err != nil {
		return p, err
	}
	green, greenFound := fleets[d.Green]
	sample := deploy.Sample{Message: fmt.Sprintf("green %s is not shown yet", d.Green)}
	if greenFound {
		if err := h.follow(ctx, s, blue, &green); err != nil {
			return p, err
		}
		sample = deploy.GreenInService(blue, green)
	}
	if p.Wanted > 0 && sample.Wanted > p.Wanted { // blue grew: what came last has the whole time as well
		p.Since = s.Entered
	}
	p = p.Count(sample)
	p, answered, err := h.ask(ctx, s, p)
	good := p.Good >= d.Health.Consecutive
	switch {
	case err != nil:
		return p, err
	case good && !answered:
		p.Since = s.Entered // what goes wrong from here on has the whole time
		return p, nil
	case good && d.PinnedAgain != nil && s.Entered.Before(d.PinnedAgain.Add(lateCalls)):
		return s.WaitUntil(p, d.PinnedAgain.Add(lateCalls), sample.Message+"; a call that pins blue may still be under way"), nil
	case good:
		return p.Finished(deploy.Done, sample.Message), nil
	case !sample.Good && s.Elapsed(p) >= time.Duration(d.Health.TimeoutSeconds)*time.Second:
		return p, h.expired(ctx, d, green, sample)
	case sample.Good:
		return s.Again(p, sample.Message), nil
	}
	return s.Wait(p, sample.Message), nil
}

// follow raises green's sizes to blue's, never lowers them: blue may have scaled out since green was created.
func (h handler) follow(ctx context.Context, s *step.Step, blue deploy.Fleet, green *deploy.Fleet) error {
	if green.Sizes.Desired >= blue.Sizes.Desired {
		return nil
	}
	var record ledger.Record
	if s.Deployment.Revives { // it may still be shown at the size at which it stood by
		var err error
		if record, err = s.Record(ctx, ledger.Creating); err != nil {
			return err
		}
	}
	u := capacity.Follow(blue, *green, capacity.Room(*s.Deployment, record, *green, blue, blue.Sizes.Desired))
	if _, err := step.Write(ctx, h.writes, s.Holder.At(ledger.Creating), writes.UpdateAutoScalingGroup, u.Of(green.Name)); err != nil {
		return fmt.Errorf("raising %s to %s, as many as blue has now: %w", green.Name, deploy.Counted(blue.Sizes.Desired, blue.Unit()), err)
	}
	green.Sizes.Desired, green.Sizes.Max = *u.Desired, *u.Max
	return nil
}
