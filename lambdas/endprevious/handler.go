// Package endprevious passes the point of no return of a deployment in place: it commits it in the record, ends the previous instances some
// at a time, and gives the group back what was changed of it when none is left.
package endprevious

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/inplace"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// ends ends instances of a group, drained and held by its hooks as at any scale-in.
type ends interface {
	TerminateInstanceInAutoScalingGroup(context.Context, *autoscaling.TerminateInstanceInAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.TerminateInstanceInAutoScalingGroupOutput, error)
}

var _ ends = (*autoscaling.Client)(nil)

type handler struct {
	groups    groups
	compute   inplace.Compute
	ends      step.Writes[ends]
	changer   inplace.Changer
	balancers balancer.Balancers
}

// groups is what is read of the group.
type groups interface {
	fleet.Groups
	fleet.Hooks
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	group := autoscaling.NewFromConfig(cfg)
	h := handler{groups: group, compute: ec2.NewFromConfig(cfg), ends: step.Guard[ends](group), changer: inplace.NewChanger(cfg), balancers: balancer.New(cfg)}
	return step.Of(ledger.Open(cfg, env.LedgerTable), inplace.Ending(deploy.EndSucceeded, h.look))
}

// atOnce is how many instances are ended at once.
const atOnce = 20

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p := s.Begin()
	f, err := inplace.See(ctx, h.groups, h.compute, *s.Deployment)
	if err != nil && !f.Deleted {
		return p, err
	}
	record, wrong := f.Recall(ctx, s, ledger.Switching, ledger.Committed)
	if wrong != nil {
		return p, wrong
	}
	if f.Deleted && record.Lock.Stage == ledger.Committed { // there is no way back any more
		err = s.Ledger.WithoutGroup(fault.Refused, s.Deployment)
	}
	if err != nil {
		return p, err
	}
	serving, err := f.Serving(ctx, h.balancers, slices.Concat(f.Previous, f.New))
	if err != nil {
		return p, err
	}
	if record.Lock.Stage != ledger.Committed {
		if record, err = h.commit(ctx, s, f, serving); err != nil {
			return p, err
		}
	}
	switch {
	case len(f.Leaving) > 0:
		return p.Finished(deploy.Leaving, fmt.Sprintf("%s leave %s", deploy.Counted(len(f.Leaving), "instance"), f.Name)), nil
	case len(f.Previous) == 0:
		return h.settle(ctx, s, p, f, record)
	}
	return h.end(ctx, s, p, f, serving, record.Lock.Alone)
}

// commit writes that from here on the previous instances end. Right before it all new ones serve.
func (h handler) commit(ctx context.Context, s *step.Step, f inplace.Fleet, serving []deploy.Instance) (ledger.Record, error) {
	d, served := s.Deployment, 0
	for _, i := range f.New {
		if slices.Contains(serving, i) {
			served++
		}
	}
	if served < len(f.New) || len(f.New) < len(f.Previous) || len(f.New) == 0 {
		return ledger.Record{}, fault.New(fault.TrafficDiverged, "%d of %d new instances of %s serve, beside %d previous ones", served, len(f.New), f.Name, len(f.Previous))
	}
	if err := d.Diverged(f.Fleet); err != nil {
		return ledger.Record{}, err
	}
	hooks, err := fleet.DescribeHooks(ctx, h.groups, f.Name)
	if err != nil {
		return ledger.Record{}, err
	}
	if err := d.Drain.HeldBy(d.Blue, fleet.Terminating(hooks)); err != nil {
		return ledger.Record{}, err
	}
	return s.Holder.Change(ctx, func(r *ledger.Record) {
		if r.Lock.Stage == ledger.Committed { // by a call that came late
			return
		}
		r.Template = nil // what the group names by then is its owner's to resolve
		r.Lock.Stage, r.Lock.Alone, r.Lock.Deployment.Warnings = ledger.Committed, &s.Entered, d.Warnings
	}, ledger.Switching, ledger.Committed)
}

// end ends as many previous instances as can be spared: those in service are never fewer than the group's minimum, nor than it wants without
// those previous ones that are still there. One that protects itself from scale-in has as long as a drain may take.
func (h handler) end(ctx context.Context, s *step.Step, p deploy.Loop, f inplace.Fleet, serving []deploy.Instance, since *time.Time) (deploy.Loop, error) {
	busy := since != nil && s.Now().Sub(*since) < time.Duration(s.Deployment.Drain.TimeoutSeconds)*time.Second
	spare := len(serving) - max(f.Sizes.Min, f.Sizes.Desired-len(f.Previous))
	spare = min(spare, atOnce, f.Sizes.Desired-f.Sizes.Min)
	var next []string
	for _, i := range f.Previous {
		if len(next) < spare && i.Lifecycle == deploy.InService && !(i.Protected && busy) {
			next = append(next, i.ID)
		}
	}
	message := fmt.Sprintf("%d previous instances of %s are left, %d instances serve", len(f.Previous), f.Name, len(serving))
	if len(next) == 0 {
		return s.Wait(p, message+", and none can be spared"), nil
	}
	desired := f.Sizes.Desired
	for _, id := range next {
		lowered, err := h.endOne(ctx, s, id, desired)
		if err != nil {
			return p, fmt.Errorf("ending %s of %s: %w", id, f.Name, err)
		}
		if lowered {
			desired--
		}
	}
	return s.Again(p, fmt.Sprintf("%s; %s of them are ended", message, deploy.Counted(len(next), "instance"))), nil
}

// endOne ends a previous instance, which the record has right before, and reports whether that lowered the desired capacity, which was such
// before. One that has died meanwhile was not ended: another has come in its place.
func (h handler) endOne(ctx context.Context, s *step.Step, id string, desired int) (lowered bool, err error) {
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.InPlace.Ended = ledger.With(r.Lock.InPlace.Ended, id) }, ledger.Committed)
	if err != nil {
		return false, err
	}
	_, err = step.Write(ctx, h.ends, s.Holder.At(ledger.Committed), ends.TerminateInstanceInAutoScalingGroup, &autoscaling.TerminateInstanceInAutoScalingGroupInput{
		InstanceId: &id, ShouldDecrementDesiredCapacity: aws.Bool(true),
	})
	if err == nil || !gone(err) {
		return true, err
	}
	now, err := fleet.Read(ctx, h.groups, s.Deployment.Blue)
	if err != nil || now[s.Deployment.Blue].Sizes.Desired < desired { // by another call, which goes on meanwhile
		return true, err
	}
	_, err = s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.InPlace.Ended = ledger.Without(r.Lock.InPlace.Ended, id) }, ledger.Committed)
	return false, err
}

// gone recognises AWS's answer for an instance that is no member any more.
func gone(err error) bool { return strings.Contains(err.Error(), "No managed instance found") }
