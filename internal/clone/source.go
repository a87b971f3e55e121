package clone

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// source is what instances are launched from, which the call that creates a group takes.
type source struct{}

// traits: a copy may name what it was pinned to, where that is resolved again at each deployment.
func (source) traits(w Whole, _ deploy.Deployment) map[string]string {
	spec := w.Group.LaunchTemplate
	if policy := w.Group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		spec = policy.LaunchTemplate.LaunchTemplateSpecification
	}
	if spec == nil {
		return nil
	}
	id, version := aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)
	if pinned := w.Pinned.Pinned(id, version); pinned != nil {
		version = pinned.Specifier
	}
	if version == "" {
		version = "$Default"
	}
	return map[string]string{"launch template": id + " version " + version}
}

// Pinned is the specification with its version as a number.
func Pinned(spec *types.LaunchTemplateSpecification, template *deploy.Template) *types.LaunchTemplateSpecification {
	if spec == nil || template == nil {
		return nil
	}
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &template.ID, Version: &template.Version}
}

// PinnedPolicy is the policy with the version of every launch template that it names as a number.
func PinnedPolicy(policy *types.MixedInstancesPolicy, template *deploy.Template) *types.MixedInstancesPolicy {
	if policy == nil || policy.LaunchTemplate == nil {
		return policy
	}
	launch := *policy.LaunchTemplate
	launch.LaunchTemplateSpecification = Pinned(launch.LaunchTemplateSpecification, template)
	launch.Overrides = append([]types.LaunchTemplateOverrides(nil), launch.Overrides...)
	next := 0 // DescribeBlue pinned the overrides' templates in this order
	for i, override := range launch.Overrides {
		if override.LaunchTemplateSpecification == nil || template == nil || next >= len(template.Overrides) {
			continue
		}
		launch.Overrides[i].LaunchTemplateSpecification = Pinned(override.LaunchTemplateSpecification, &template.Overrides[next])
		next++
	}
	return &types.MixedInstancesPolicy{LaunchTemplate: &launch, InstancesDistribution: distribution(*policy)}
}
