//lint:file-ignore SA1019 MinAdjustmentStep is deprecated, and policies that have it are shown with it.

package clone

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// policies are the scaling policies. They are put disabled where green waits for its traffic; where it does not they are put as blue's
// from the start, so that a call which comes late changes nothing. AWS takes one that looks at a target group only once the group is
// attached to it (aws-facts H1): those are put when they may act.
type policies struct{}

// policyLister is what is read of groups' scaling policies.
type policyLister interface {
	DescribePolicies(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
}

func (policies) read(ctx context.Context, from reads, w *Whole) (err error) {
	w.Policies, err = describePolicies(ctx, from, aws.ToString(w.Group.AutoScalingGroupName))
	return err
}

func describePolicies(ctx context.Context, from reads, group string) ([]types.ScalingPolicy, error) {
	var all []types.ScalingPolicy
	pages := autoscaling.NewDescribePoliciesPaginator(from.groupReads, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the scaling policies of %s: %w", group, err)
		}
		all = append(all, page.ScalingPolicies...)
	}
	return all, nil
}

func (policies) put(ctx context.Context, to target, blue Whole) error {
	for _, policy := range blue.Policies {
		if label(policy) != "" {
			continue
		}
		input := copyPolicy(policy, rewritten(blue, to.Deployment))
		if to.Strategy.Waits() {
			input.Enabled = aws.Bool(false)
		}
		if err := to.putPolicy(ctx, input); err != nil {
			return err
		}
	}
	return nil
}

// arm puts the policies again as blue has them: what is left out of a call may count as what it was, or as AWS's default
// (aws-facts H1).
func (policies) arm(ctx context.Context, to target, blue Whole, when Moment) error {
	for _, policy := range blue.Policies {
		mine := Joining
		if label(policy) != "" {
			mine = Joined
		}
		if when&mine == 0 {
			continue
		}
		if err := to.putPolicy(ctx, copyPolicy(policy, rewritten(blue, to.Deployment))); err != nil {
			return err
		}
	}
	return nil
}

func (to target) putPolicy(ctx context.Context, input *autoscaling.PutScalingPolicyInput) error {
	input.AutoScalingGroupName = &to.name
	if _, err := step.Write(ctx, to.writes, to.fence, writes.PutScalingPolicy, input); err != nil {
		return fmt.Errorf("putting scaling policy %s on %s: %w", aws.ToString(input.PolicyName), to.name, err)
	}
	return nil
}

// label is the resource label of a policy whose metric is a target group's; empty for any other.
func label(policy types.ScalingPolicy) string {
	var labels []*string
	if tracking := policy.TargetTrackingConfiguration; tracking != nil && tracking.PredefinedMetricSpecification != nil {
		labels = append(labels, tracking.PredefinedMetricSpecification.ResourceLabel)
	}
	if forecast := policy.PredictiveScalingConfiguration; forecast != nil {
		for _, metric := range forecast.MetricSpecifications {
			if pair := metric.PredefinedMetricPairSpecification; pair != nil {
				labels = append(labels, pair.ResourceLabel)
			}
			if load := metric.PredefinedLoadMetricSpecification; load != nil {
				labels = append(labels, load.ResourceLabel)
			}
			if scaling := metric.PredefinedScalingMetricSpecification; scaling != nil {
				labels = append(labels, scaling.ResourceLabel)
			}
		}
	}
	for _, label := range labels {
		if aws.ToString(label) != "" {
			return *label
		}
	}
	return ""
}

// copyPolicy is what puts a policy on another group. MinAdjustmentStep is the name that MinAdjustmentMagnitude had before.
func copyPolicy(policy types.ScalingPolicy, r rewriting) *autoscaling.PutScalingPolicyInput {
	input := new(autoscaling.PutScalingPolicyInput)
	r.onto(input, policy)
	if input.MinAdjustmentMagnitude == nil {
		input.MinAdjustmentMagnitude = input.MinAdjustmentStep
	}
	input.AutoScalingGroupName, input.MinAdjustmentStep = nil, nil
	return input
}

func (policies) traits(w Whole, d deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for _, policy := range w.Policies {
		input := copyPolicy(policy, rewritten(w, d))
		input.PolicyName = nil
		all["scaling policy "+aws.ToString(policy.PolicyName)] = given(input)
	}
	return all
}

func forecasts(policy types.ScalingPolicy) bool {
	return policy.PredictiveScalingConfiguration != nil
}

// acts reports whether a policy changes a group's size by a forecast.
func acts(policy types.ScalingPolicy) bool {
	return forecasts(policy) && policy.PredictiveScalingConfiguration.Mode == types.PredictiveScalingModeForecastAndScale
}

func (policies) kinds() []ledger.Kind { return []ledger.Kind{ledger.KindForecast} }

// quiet has policies forecast without scaling: alarms are kept from acting by the group's processes and their own switch.
func (policies) quiet(w Whole) []ledger.Change {
	var changes []ledger.Change
	for _, policy := range w.Policies {
		if acts(policy) {
			changes = append(changes, ledger.Change{
				Kind: ledger.KindForecast, Of: aws.ToString(policy.PolicyName),
				Was: string(types.PredictiveScalingModeForecastAndScale), Set: []string{string(types.PredictiveScalingModeForecastOnly)},
			})
		}
	}
	return changes
}

func (policies) still(ctx context.Context, to target, changes []ledger.Change) error {
	return to.setModes(ctx, changes, func(c ledger.Change) string { return c.Set[len(c.Set)-1] })
}

func (policies) wake(ctx context.Context, to target, changes []ledger.Change) error {
	return to.setModes(ctx, changes, func(c ledger.Change) string { return c.Was })
}

// setModes puts predictive policies again with another mode.
func (to target) setModes(ctx context.Context, changes []ledger.Change, mode func(ledger.Change) string) error {
	modes := make(map[string]string)
	for _, change := range changes {
		modes[change.Of] = mode(change)
	}
	found, err := describePolicies(ctx, to.reads, to.name)
	if err != nil {
		return err
	}
	for _, policy := range found {
		mode, named := modes[aws.ToString(policy.PolicyName)]
		if !named || !forecasts(policy) {
			continue
		}
		input := copyPolicy(policy, rewriting{})
		input.PredictiveScalingConfiguration.Mode = types.PredictiveScalingMode(mode)
		if err := to.putPolicy(ctx, input); err != nil {
			return err
		}
	}
	return nil
}
