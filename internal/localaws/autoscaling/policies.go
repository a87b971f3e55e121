//lint:file-ignore SA1019 MinAdjustmentStep is deprecated, and policies that have it are shown with it.

package autoscaling

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// putScalingPolicy makes a policy, or replaces one of the same name as a whole: sources disagree whether members that are
// left out stay as they were (aws-facts H1), and a caller that relies on neither is right with both.
func (in *Groups) putScalingPolicy(_ *wire.Call, input *autoscaling.PutScalingPolicyInput) (*autoscaling.PutScalingPolicyOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	policy := newPolicy(g.name, input)
	if err := g.checkPolicy(policy); err != nil {
		return nil, err
	}
	at := g.policy(*policy.PolicyName)
	if at < 0 && len(g.policies) >= in.settings.MaxPolicies {
		return nil, wire.Errorf("LimitExceeded", "Only %d scaling policies are allowed per AutoScalingGroup", in.settings.MaxPolicies)
	}
	var before *types.ScalingPolicy
	if at >= 0 {
		before = g.policies[at]
		policy.PolicyARN = before.PolicyARN
	} else {
		policy.PolicyARN = aws.String(in.account.ARN("autoscaling",
			"scalingPolicy:"+in.account.UUID()+":autoScalingGroupName/"+g.name+":policyName/"+*policy.PolicyName))
	}
	if err := g.alarm(policy, before); err != nil {
		return nil, err
	}
	if at >= 0 {
		g.policies[at] = policy
	} else {
		g.policies = append(g.policies, policy)
	}
	return &autoscaling.PutScalingPolicyOutput{PolicyARN: policy.PolicyARN, Alarms: policy.Alarms}, nil
}

// newPolicy is the policy that a request describes, with AWS's defaults.
func newPolicy(group string, input *autoscaling.PutScalingPolicyInput) *types.ScalingPolicy {
	policy := &types.ScalingPolicy{
		AutoScalingGroupName: aws.String(group), PolicyName: input.PolicyName, PolicyType: cmp.Or(input.PolicyType, aws.String(simpleScaling)),
		AdjustmentType: input.AdjustmentType, ScalingAdjustment: input.ScalingAdjustment, Cooldown: input.Cooldown,
		MinAdjustmentMagnitude: input.MinAdjustmentMagnitude, MinAdjustmentStep: input.MinAdjustmentStep,
		StepAdjustments: append([]types.StepAdjustment{}, input.StepAdjustments...), MetricAggregationType: input.MetricAggregationType,
		EstimatedInstanceWarmup: input.EstimatedInstanceWarmup, TargetTrackingConfiguration: input.TargetTrackingConfiguration,
		PredictiveScalingConfiguration: input.PredictiveScalingConfiguration, Enabled: cmp.Or(input.Enabled, aws.Bool(true)),
		Alarms: []types.Alarm{}, // both lists are shown even when they are empty (aws-facts H1)
	}
	switch *policy.PolicyType {
	case stepScaling:
		policy.MetricAggregationType = cmp.Or(policy.MetricAggregationType, aws.String("Average"))
	case targetTracking:
		if tracking := policy.TargetTrackingConfiguration; tracking != nil && tracking.DisableScaleIn == nil {
			full := *tracking
			full.DisableScaleIn = aws.Bool(false)
			policy.TargetTrackingConfiguration = &full
		}
	case predictiveScaling:
		policy.PredictiveScalingConfiguration = completedForecast(policy.PredictiveScalingConfiguration)
	}
	return policy
}

// policy is where a policy is, by its name or ARN; -1 if it is not.
func (g *group) policy(nameOrARN string) int {
	return slices.IndexFunc(g.policies, func(p *types.ScalingPolicy) bool { return *p.PolicyName == nameOrARN || *p.PolicyARN == nameOrARN })
}

func (in *Groups) describePolicies(_ *wire.Call, input *autoscaling.DescribePoliciesInput) (*autoscaling.DescribePoliciesOutput, error) {
	groups := in.sorted()
	if input.AutoScalingGroupName != nil {
		g, err := in.find(input.AutoScalingGroupName)
		if err != nil {
			return nil, err
		}
		groups = []*group{g}
	}
	if n := len(input.PolicyNames); n > 50 {
		return nil, invalid("The number of policy names that may be passed in is limited to 50")
	}
	var found []types.ScalingPolicy
	for _, g := range groups {
		for _, p := range g.policies {
			byName := len(input.PolicyNames) == 0 || slices.Contains(input.PolicyNames, *p.PolicyName) || slices.Contains(input.PolicyNames, *p.PolicyARN)
			if byName && (len(input.PolicyTypes) == 0 || slices.Contains(input.PolicyTypes, *p.PolicyType)) {
				found = append(found, in.shownPolicy(p))
			}
		}
	}
	found, next, err := page(found, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribePoliciesOutput{ScalingPolicies: found, NextToken: next}, err
}

// policyOf finds the policy that a request means; an ARN needs no group.
func (in *Groups) policyOf(groupName, nameOrARN *string) (*group, int, error) {
	for _, g := range in.sorted() {
		if groupName != nil && g.name != *groupName {
			continue
		}
		if at := g.policy(aws.ToString(nameOrARN)); at >= 0 {
			return g, at, nil
		}
	}
	return nil, 0, invalid("PolicyARN not found for request - Group: %s, Policy: %s", aws.ToString(groupName), aws.ToString(nameOrARN))
}

// deletePolicy deletes a policy. Its own alarms go with it; alarms that people made stay, without their action (SDK,
// DeletePolicy).
func (in *Groups) deletePolicy(_ *wire.Call, input *autoscaling.DeletePolicyInput) (*autoscaling.DeletePolicyOutput, error) {
	g, at, err := in.policyOf(input.AutoScalingGroupName, input.PolicyName)
	if err != nil {
		return nil, err
	}
	if _, err := in.writable(&g.name); err != nil {
		return nil, err
	}
	in.disarm(g.policies[at])
	g.policies = slices.Delete(g.policies, at, at+1)
	return &autoscaling.DeletePolicyOutput{}, nil
}

// executePolicy runs a simple or a step policy for its caller, whatever alarms say.
func (in *Groups) executePolicy(_ *wire.Call, input *autoscaling.ExecutePolicyInput) (*autoscaling.ExecutePolicyOutput, error) {
	found, at, err := in.policyOf(input.AutoScalingGroupName, input.PolicyName)
	if err != nil {
		return nil, err
	}
	g, err := in.writable(&found.name)
	if err != nil {
		return nil, err
	}
	p := g.policies[at]
	cause := "a user request executed policy " + *p.PolicyName
	out := &autoscaling.ExecutePolicyOutput{}
	switch *p.PolicyType {
	case simpleScaling:
		if input.MetricValue != nil || input.BreachThreshold != nil {
			return nil, invalid("MetricValue and BreachThreshold are not supported for policy type SimpleScaling")
		}
		if aws.ToBool(input.HonorCooldown) {
			if err := g.coolingDown(g.cooldownOf(p)); err != nil {
				return nil, err
			}
		}
		g.scaleTo(adjusted(p, *p.ScalingAdjustment, g.desired()), cause)
		return out, nil
	case stepScaling:
		if input.MetricValue == nil || input.BreachThreshold == nil {
			return nil, invalid("MetricValue and BreachThreshold are required for policy type StepScaling")
		}
		if input.HonorCooldown != nil {
			return nil, invalid("HonorCooldown is not supported for policy type StepScaling")
		}
		step, ok := stepFor(p.StepAdjustments, *input.MetricValue-*input.BreachThreshold)
		if !ok { // an error by the SDK's documentation; how AWS words it is not verified
			return nil, invalid("Metric value %v does not correspond to a step adjustment of policy %s", *input.MetricValue, *p.PolicyName)
		}
		g.takeStep(p, step, cause)
		return out, nil
	}
	return nil, invalid("ExecutePolicy is not supported for policy type %s", *p.PolicyType)
}
