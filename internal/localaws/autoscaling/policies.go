package autoscaling

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// Scaling policies are stored and shown. None fires by itself: the model has no metrics. ExecutePolicy runs a simple one.

func (in *Groups) putScalingPolicy(_ *wire.Call, input *autoscaling.PutScalingPolicyInput) (*autoscaling.PutScalingPolicyOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	policy := &types.ScalingPolicy{
		AutoScalingGroupName: aws.String(g.name), PolicyName: input.PolicyName, PolicyType: input.PolicyType,
		AdjustmentType: input.AdjustmentType, ScalingAdjustment: input.ScalingAdjustment, Cooldown: input.Cooldown,
		MinAdjustmentMagnitude: input.MinAdjustmentMagnitude,
		StepAdjustments:        input.StepAdjustments, MetricAggregationType: input.MetricAggregationType,
		EstimatedInstanceWarmup: input.EstimatedInstanceWarmup, TargetTrackingConfiguration: input.TargetTrackingConfiguration,
		PredictiveScalingConfiguration: input.PredictiveScalingConfiguration, Enabled: input.Enabled,
	}
	if err := completePolicy(policy); err != nil {
		return nil, err
	}
	policy.PolicyARN = aws.String(in.account.ARN("autoscaling",
		"scalingPolicy:"+in.account.UUID()+":autoScalingGroupName/"+g.name+":policyName/"+*policy.PolicyName))
	at := g.policy(*policy.PolicyName)
	if at < 0 && len(g.policies) >= in.settings.MaxPolicies {
		return nil, wire.Errorf("LimitExceeded", "Only %d scaling policies are allowed per AutoScalingGroup", in.settings.MaxPolicies)
	}
	if at >= 0 {
		policy.PolicyARN = g.policies[at].PolicyARN
		g.policies[at] = policy
	} else {
		g.policies = append(g.policies, policy)
	}
	return &autoscaling.PutScalingPolicyOutput{PolicyARN: policy.PolicyARN}, nil
}

// completePolicy checks a policy and fills its defaults.
func completePolicy(policy *types.ScalingPolicy) error {
	if policy.PolicyType == nil {
		policy.PolicyType = aws.String("SimpleScaling")
	}
	if policy.Enabled == nil {
		policy.Enabled = aws.Bool(true)
	}
	switch kind := *policy.PolicyType; kind {
	case "SimpleScaling":
		if policy.AdjustmentType == nil || policy.ScalingAdjustment == nil {
			return invalid("Both AdjustmentType and ScalingAdjustment are required for policy type SimpleScaling")
		}
	case "StepScaling":
		if policy.AdjustmentType == nil || len(policy.StepAdjustments) == 0 {
			return invalid("Both AdjustmentType and StepAdjustments are required for policy type StepScaling")
		}
	case "TargetTrackingScaling":
		if policy.TargetTrackingConfiguration == nil {
			return invalid("TargetTrackingConfiguration is required for policy type TargetTrackingScaling")
		}
	case "PredictiveScaling":
		if policy.PredictiveScalingConfiguration == nil {
			return invalid("PredictiveScalingConfiguration is required for policy type PredictiveScaling")
		}
	default:
		return invalid("Invalid policy type: %s. Valid values are: SimpleScaling, StepScaling, TargetTrackingScaling, PredictiveScaling", kind)
	}
	if kind := aws.ToString(policy.AdjustmentType); kind != "" && !slices.Contains([]string{"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"}, kind) {
		return invalid("Invalid adjustment type: %s. Valid values are: ChangeInCapacity, ExactCapacity, PercentChangeInCapacity", kind)
	}
	return nil
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
	var found []types.ScalingPolicy
	for _, g := range groups {
		for _, p := range g.policies {
			byName := len(input.PolicyNames) == 0 || slices.Contains(input.PolicyNames, *p.PolicyName) || slices.Contains(input.PolicyNames, *p.PolicyARN)
			if byName && (len(input.PolicyTypes) == 0 || slices.Contains(input.PolicyTypes, *p.PolicyType)) {
				found = append(found, *p)
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

func (in *Groups) deletePolicy(_ *wire.Call, input *autoscaling.DeletePolicyInput) (*autoscaling.DeletePolicyOutput, error) {
	g, at, err := in.policyOf(input.AutoScalingGroupName, input.PolicyName)
	if err != nil {
		return nil, err
	}
	if _, err := in.writable(&g.name); err != nil {
		return nil, err
	}
	g.policies = slices.Delete(g.policies, at, at+1)
	return &autoscaling.DeletePolicyOutput{}, nil
}

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
	if *p.PolicyType != "SimpleScaling" {
		return nil, wire.NotModelled("ExecutePolicy for the policy type %s", *p.PolicyType)
	}
	if aws.ToBool(input.HonorCooldown) {
		cooldown := aws.ToInt32(g.spec.DefaultCooldown)
		if p.Cooldown != nil {
			cooldown = *p.Cooldown
		}
		if err := g.coolingDown(cooldown); err != nil {
			return nil, err
		}
	}
	if wanted := min(max(g.adjusted(p), g.min()), g.max()); wanted != g.desired() {
		g.write()
		g.setDesired(wanted, "a user request executed policy "+*p.PolicyName)
		g.changed()
		g.schedule()
	}
	return &autoscaling.ExecutePolicyOutput{}, nil
}

// adjusted is the capacity that a simple policy asks for.
func (g *group) adjusted(p *types.ScalingPolicy) int {
	by := int(*p.ScalingAdjustment)
	switch *p.AdjustmentType {
	case "ExactCapacity":
		return by
	case "PercentChangeInCapacity":
		change := g.desired() * by / 100
		if least := int(max(aws.ToInt32(p.MinAdjustmentMagnitude), 1)); change < least && change > -least {
			change = least
			if by < 0 {
				change = -least
			}
		}
		return g.desired() + change
	}
	return g.desired() + by
}
