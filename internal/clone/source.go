package clone

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// source is what instances are launched from, which the call that creates a group takes.
type source struct{}

// traits: a copy may name what it was pinned to, where that is resolved again at each deployment. Green that launches from
// something else than blue, as it was asked for, stands for what blue launched from when that was decided.
func (source) traits(w Whole, d deploy.Deployment) map[string]string {
	kind, named := Source(w.Group, w.Pinned)
	if d.Named != "" && aws.ToString(w.Group.AutoScalingGroupName) == d.Green {
		named = d.Named
		if kind = template; d.Template == nil {
			kind = configuration
		}
	}
	return map[string]string{kind: named}
}

// The kinds of what a group launches from.
const (
	template      = "launch template"
	configuration = "launch configuration"
)

// Source is what a group launches from, in words. pinned is what a deployment has pinned it to; nil: it is no copy.
func Source(group types.AutoScalingGroup, pinned *deploy.Template) (kind, named string) {
	spec := group.LaunchTemplate
	if policy := group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		spec = policy.LaunchTemplate.LaunchTemplateSpecification
	}
	if spec == nil {
		return configuration, aws.ToString(group.LaunchConfigurationName)
	}
	id, version := aws.ToString(spec.LaunchTemplateId), aws.ToString(spec.Version)
	if before := pinned.Pinned(id, version); before != nil {
		version = before.Specifier
	}
	if version == "" {
		version = "$Default"
	}
	return template, id + " version " + version
}

// Pinned is the specification in the template's version; empty: it names none.
func Pinned(spec *types.LaunchTemplateSpecification, template *deploy.Template) *types.LaunchTemplateSpecification {
	if spec == nil || template == nil {
		return nil
	}
	pinned := &types.LaunchTemplateSpecification{LaunchTemplateId: &template.ID}
	if template.Version != "" {
		pinned.Version = &template.Version
	}
	return pinned
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
