package fleet

import "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

// Templates returns the launch templates that a group names: its own, then those of its policy's overrides.
func Templates(group types.AutoScalingGroup) []types.LaunchTemplateSpecification {
	var specs []types.LaunchTemplateSpecification
	if group.LaunchTemplate != nil {
		specs = append(specs, *group.LaunchTemplate)
	}
	if policy := group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		if base := policy.LaunchTemplate.LaunchTemplateSpecification; base != nil {
			specs = append(specs, *base)
		}
		for _, override := range policy.LaunchTemplate.Overrides {
			if override.LaunchTemplateSpecification != nil {
				specs = append(specs, *override.LaunchTemplateSpecification)
			}
		}
	}
	return specs
}
