// Package joingroup has the new instances join the group that stays: some at a time, each batch in service there and healthy in all that
// the group takes traffic from before the next. When the first batch serves the group launches the new image too.
package joingroup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/announce"
	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/inplace"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// joins adds instances to a group.
type joins interface {
	AttachInstances(context.Context, *autoscaling.AttachInstancesInput, ...func(*autoscaling.Options)) (*autoscaling.AttachInstancesOutput, error)
}

var _ joins = (*autoscaling.Client)(nil)

type handler struct {
	groups    fleet.Groups
	compute   inplace.Compute
	joins     step.Writes[joins]
	changer   inplace.Changer
	balancers balancer.Balancers
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, compute: ec2.NewFromConfig(cfg), joins: step.Guard[joins](group), changer: inplace.NewChanger(cfg), balancers: balancer.New(cfg)}
	return announce.OnBus(cfg, env, step.Of(ledger.Open(cfg, env.LedgerTable), h.look))
}

// atOnce is how many instances join in one call (aws-facts A5).
const atOnce = 20

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p, d := s.Begin(), s.Deployment
	f, err := inplace.See(ctx, h.groups, h.compute, *d)
	if err != nil {
		return p, err
	}
	record, err := s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Switching }, ledger.Creating, ledger.Switching)
	if err != nil {
		return p, err
	}
	if record, err = f.RecallFrom(ctx, s, record, ledger.Switching); err != nil {
		return p, err
	}
	if err := d.Diverged(f.Fleet); err != nil {
		return p, err
	}
	serving, err := f.Serving(ctx, h.balancers, f.New)
	if err != nil {
		return p, err
	}
	sample := deploy.Sample{
		Good: len(serving) == len(f.New), Serving: len(serving), Wanted: len(f.New) + len(f.Apart),
		Message: fmt.Sprintf("%d of %d new instances serve in %s beside %d previous ones", len(serving), len(f.New)+len(f.Apart), f.Name, len(f.Previous)),
	}
	p = p.Count(sample)
	switch lost := f.Joined - len(f.New); {
	case lost > len(f.New):
		return p, fault.New(fault.GreenUnhealthy, "%d of %d new instances that have joined %s are gone again: look at its activities", lost, f.Joined, f.Name)
	case !sample.Good && s.Elapsed(p) >= time.Duration(d.Health.TimeoutSeconds)*time.Second:
		return p, fault.New(fault.GreenUnhealthy, "after %d s %s: look at the health checks of %s", d.Health.TimeoutSeconds, sample.Message, strings.Join(deploy.IDs(f.Sources), ", "))
	case !sample.Good:
		return s.Wait(p, sample.Message), nil
	}
	if err := h.settle(ctx, s, f, record.Lock.InPlace.Version); err != nil {
		return p, err
	}
	if len(f.Apart) > 0 {
		return h.join(ctx, s, p, f)
	}
	return h.joined(s, p, f, sample)
}

// settle protects those that serve from scale-in, and has the group launch the new image once some do.
func (h handler) settle(ctx context.Context, s *step.Step, f inplace.Fleet, version string) error {
	if len(f.New) == 0 {
		return nil
	}
	if f.Names() != version {
		if err := h.changer.Name(ctx, s, f, version, ledger.Switching); err != nil {
			return err
		}
	}
	return h.changer.Guard(ctx, s, f, f.New, true, ledger.Switching)
}

// join has the next ones join. What joins raises the desired capacity, so there must be room for it.
func (h handler) join(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet) (deploy.Loop, error) {
	var next []string
	for _, i := range f.Apart {
		if !inplace.Running(i) {
			return p, fault.New(fault.GreenUnhealthy, "the new instance %s is %s: somebody else stops it", aws.ToString(i.InstanceId), i.State.Name)
		}
		next = append(next, aws.ToString(i.InstanceId))
	}
	if err := h.changer.Room(ctx, s, f, f.Sizes.Desired+len(next), ledger.Switching); err != nil {
		return p, err
	}
	batch := next[:min(len(next), atOnce)]
	_, err := s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.InPlace.Joined = ledger.With(r.Lock.InPlace.Joined, batch...) }, ledger.Switching)
	if err != nil {
		return p, err
	}
	_, err = step.Write(ctx, h.joins, s.Holder.At(ledger.Switching), joins.AttachInstances, &autoscaling.AttachInstancesInput{AutoScalingGroupName: &f.Name, InstanceIds: batch})
	if err != nil && !joinedBefore(err) {
		return p, fmt.Errorf("having %s join %s: %w", deploy.Counted(len(batch), "instance"), f.Name, err)
	}
	p.Since, p.Good = s.Entered, 0
	return s.Again(p, fmt.Sprintf("%d of %d new instances join %s", len(batch), len(next), f.Name)), nil
}

// joinedBefore recognises AWS's answer for an instance that an earlier call, whose answer was lost, has made a member (aws-facts I6).
func joinedBefore(err error) bool { return strings.Contains(err.Error(), "already part of") }

// joined ends the loop once all serve for long enough, and there are as many as previous ones: the group may have grown meanwhile.
func (h handler) joined(s *step.Step, p deploy.Loop, f inplace.Fleet, sample deploy.Sample) (deploy.Loop, error) {
	switch {
	case len(f.Previous) > len(f.New):
		return p.Finished(deploy.More, fmt.Sprintf("%s has %d previous instances by now, and %d new ones", f.Name, len(f.Previous), len(f.New))), nil
	case p.Good < s.Deployment.Health.Consecutive, slices.ContainsFunc(f.New, func(i deploy.Instance) bool { return !i.Protected }):
		return s.Again(p, sample.Message), nil
	}
	return p.Finished(deploy.Done, sample.Message), nil
}
