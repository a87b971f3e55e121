package clone

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// distribution is a mixed instances policy's, less the defaults that AWS shows in a description and refuses in a request (recorded,
// aws-facts H5). Nothing is lost with them: a strategy that no group can be made with is none that somebody has chosen.
func distribution(policy types.MixedInstancesPolicy) *types.InstancesDistribution {
	if policy.InstancesDistribution == nil {
		return nil
	}
	d := *policy.InstancesDistribution
	if aws.ToString(d.SpotAllocationStrategy) != "lowest-price" {
		d.SpotInstancePools = nil
	}
	if requires(policy.LaunchTemplate) && aws.ToString(d.OnDemandAllocationStrategy) == "prioritized" {
		d.OnDemandAllocationStrategy = nil
	}
	return &d
}

// requires reports whether a policy says what its instance types must have, in place of naming them.
func requires(launch *types.LaunchTemplate) bool {
	return launch != nil && slices.ContainsFunc(launch.Overrides, func(o types.LaunchTemplateOverrides) bool { return o.InstanceRequirements != nil })
}
