package balancer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// writes is what attaches and detaches groups: three families of calls, of which each detaches only what it has attached
// (aws-facts A2).
type writes interface {
	AttachLoadBalancerTargetGroups(context.Context, *autoscaling.AttachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error)
	DetachLoadBalancerTargetGroups(context.Context, *autoscaling.DetachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error)
	AttachLoadBalancers(context.Context, *autoscaling.AttachLoadBalancersInput, ...func(*autoscaling.Options)) (*autoscaling.AttachLoadBalancersOutput, error)
	DetachLoadBalancers(context.Context, *autoscaling.DetachLoadBalancersInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancersOutput, error)
	AttachTrafficSources(context.Context, *autoscaling.AttachTrafficSourcesInput, ...func(*autoscaling.Options)) (*autoscaling.AttachTrafficSourcesOutput, error)
	DetachTrafficSources(context.Context, *autoscaling.DetachTrafficSourcesInput, ...func(*autoscaling.Options)) (*autoscaling.DetachTrafficSourcesOutput, error)
}

var _ writes = (*autoscaling.Client)(nil)

// AtOnce is how many sources one call of Auto Scaling may name, and how many of a group may be on their way in or out at a
// time (aws-facts A5, H5).
const AtOnce = 10

// Attach attaches a group to sources. What is too many at once is left to the next look: then it reports false.
func (b Balancers) Attach(ctx context.Context, fence ledger.Fence, group string, sources []deploy.Source) (all bool, err error) {
	for batch := range batches(sources) {
		switch ids := deploy.IDs(batch); {
		case batch[0].Named:
			_, err = step.Write(ctx, b.writes, fence, writes.AttachTrafficSources, &autoscaling.AttachTrafficSourcesInput{AutoScalingGroupName: &group, TrafficSources: named(batch)})
		case batch[0].Type == deploy.ClassicBalancer:
			_, err = step.Write(ctx, b.writes, fence, writes.AttachLoadBalancers, &autoscaling.AttachLoadBalancersInput{AutoScalingGroupName: &group, LoadBalancerNames: ids})
		default:
			_, err = step.Write(ctx, b.writes, fence, writes.AttachLoadBalancerTargetGroups, &autoscaling.AttachLoadBalancerTargetGroupsInput{AutoScalingGroupName: &group, TargetGroupARNs: ids})
		}
		if tooManyAtOnce(err) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("attaching %s to its %ss: %w", group, deploy.Noun(batch), err)
		}
	}
	return true, nil
}

// Detach takes a group out of sources, as it is attached to each. What an earlier call has detached is detached.
func (b Balancers) Detach(ctx context.Context, fence ledger.Fence, group string, sources []deploy.Source) (all bool, err error) {
	for batch := range batches(sources) {
		switch ids := deploy.IDs(batch); {
		case batch[0].Named:
			_, err = step.Write(ctx, b.writes, fence, writes.DetachTrafficSources, &autoscaling.DetachTrafficSourcesInput{AutoScalingGroupName: &group, TrafficSources: named(batch)})
		case batch[0].Type == deploy.ClassicBalancer:
			_, err = step.Write(ctx, b.writes, fence, writes.DetachLoadBalancers, &autoscaling.DetachLoadBalancersInput{AutoScalingGroupName: &group, LoadBalancerNames: ids})
		default:
			_, err = step.Write(ctx, b.writes, fence, writes.DetachLoadBalancerTargetGroups, &autoscaling.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: &group, TargetGroupARNs: ids})
		}
		if tooManyAtOnce(err) {
			return false, nil
		}
		if err != nil && !detachedBefore(err) {
			return false, fmt.Errorf("detaching %s from its %ss: %w", group, deploy.Noun(batch), err)
		}
	}
	return true, nil
}

// batches are sources as one call each may name them: of one family, and no more than AtOnce.
func batches(sources []deploy.Source) iter.Seq[[]deploy.Source] {
	var asGroups, asBalancers, asSources []deploy.Source
	for _, s := range sources {
		switch {
		case s.Named:
			asSources = append(asSources, s)
		case s.Type == deploy.ClassicBalancer:
			asBalancers = append(asBalancers, s)
		default:
			asGroups = append(asGroups, s)
		}
	}
	return func(yield func([]deploy.Source) bool) {
		for _, family := range [][]deploy.Source{asGroups, asBalancers, asSources} {
			for batch := range slices.Chunk(family, AtOnce) {
				if !yield(batch) {
					return
				}
			}
		}
	}
}

// named are sources as the calls for traffic sources name them.
func named(sources []deploy.Source) []types.TrafficSourceIdentifier {
	var all []types.TrafficSourceIdentifier
	for _, s := range sources {
		all = append(all, types.TrafficSourceIdentifier{Identifier: &s.ID, Type: aws.String(string(s.Type))})
	}
	return all
}

// tooManyAtOnce recognises the refusal to change more sources of a group while others are on their way in or out.
func tooManyAtOnce(err error) bool {
	return refused(err, "Trying to update too many Load Balancers/Target Groups at once")
}

// detachedBefore recognises the refusal to detach what an earlier call, whose answer was lost or whose effect is not shown
// yet, has detached.
func detachedBefore(err error) bool { return refused(err, "not part of the group") }

func refused(err error, text string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), text)
}
