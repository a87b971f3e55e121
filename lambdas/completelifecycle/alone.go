package completelifecycle

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/step"
)

// alone drains one instance that a lifecycle hook holds, after whatever scale-in of its fleet: the graceful-shutdown machine has
// no deployment and needs no lock. It completes only the hook that the lineage's drain names. An instance that ends in
// the warm pool is not in service, and mostly stopped, so that it could run no command: its hook is completed at once.
func (h handler) alone(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	action := s.Document.Action
	p := s.Begin()
	policy, deployed, err := policyOf(ctx, s, action.Group)
	if err != nil {
		return p, err
	}
	if !policy.Completes(action.Hook) {
		return p.Finished(deploy.Done, fmt.Sprintf("lifecycle hook %s of %s is not the one that a drain of ours completes: it is left to its owner", action.Hook, action.Group)), nil
	}
	f, err := h.member(ctx, *action)
	if err != nil {
		return p, err
	}
	switch {
	case len(f.In(heldFromPool)) > 0:
		l := lifecycle{handler: h, group: action.Group, hook: action.Hook, left: 1}
		return p.Finished(deploy.Done, fmt.Sprintf("%s ends in the warm pool of %s, where it has no work: lifecycle hook %s is completed with %s",
			action.Instance, action.Group, action.Hook, deploy.DrainContinue)), l.complete(ctx, string(deploy.DrainContinue), []string{action.Instance})
	case len(f.In(held, heldToPool)) == 0:
		p = p.Count(deploy.Sample{Good: true})
		if p.Good < goneFor {
			return s.Again(p, fmt.Sprintf("%s is not held by a lifecycle hook", action.Instance)), nil
		}
		return p.Finished(deploy.Done, fmt.Sprintf("%s has gone on: its lifecycle action is over", action.Instance)), nil
	}
	if p.Phase == "" {
		p.Phase = deploy.DrainsItself
		if deployed {
			p.Phase = deploy.DrainsBeside
		}
	}
	s.Drained = &deploy.Drained{Status: cmp.Or(s.Drained, &deploy.Drained{}).Status, ToPool: len(f.In(heldToPool)) > 0}
	slowest, err := h.drain(ctx, s, m, f, draining{
		policy: *policy,
		key:    action.DrainKey(s.Drained.ToPool),
		toPool: true,
		since:  p.Since.Add(-time.Hour), // a deployment may have begun the same drain before
		fence:  func() error { return nil },
	})
	if err != nil {
		return p, err
	}
	return s.WaitAtMost(p.Count(deploy.Sample{}), m.nextWithin(), action.Instance+" is held"+slowest), nil
}

// member is the fleet with only the instance of a lifecycle action, if that is a member of it. It is described by itself:
// the group's description leaves out who is in the warm pool.
func (h handler) member(ctx context.Context, action deploy.Lifecycle) (deploy.Fleet, error) {
	f := deploy.Fleet{Name: action.Group}
	out, err := h.groups.DescribeAutoScalingInstances(ctx, &autoscaling.DescribeAutoScalingInstancesInput{InstanceIds: []string{action.Instance}})
	if err != nil {
		return f, fmt.Errorf("describing %s of %s: %w", action.Instance, action.Group, err)
	}
	for _, instance := range out.AutoScalingInstances {
		if aws.ToString(instance.AutoScalingGroupName) == action.Group {
			f.Instances = append(f.Instances, deploy.Instance{ID: action.Instance, Lifecycle: aws.ToString(instance.LifecycleState)})
		}
	}
	return f, nil
}

// goneFor is how many looks in a row must not show the instance held: what is described may lag the event.
const goneFor = 2

// policyOf is the drain of the lineage that a group belongs to, or nil, and whether a deployment of it is under way.
func policyOf(ctx context.Context, s *step.Step, group string) (policy *deploy.DrainPolicy, deployed bool, err error) {
	keys := []string{group}
	if key, _, ok := deploy.SplitName(group); ok {
		keys = append(keys, key)
	}
	for _, key := range keys {
		record, found, err := s.Ledger.Get(ctx, key)
		if err != nil {
			return nil, false, err
		}
		if found {
			return record.Drain, record.Lock != nil, nil
		}
	}
	return nil, false, nil
}
