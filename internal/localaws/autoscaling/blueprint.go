package autoscaling

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// blueprint is what the group's next instance is made of.
type blueprint struct {
	request          localec2.LaunchRequest
	template         *types.LaunchTemplateSpecification // with the version as a number
	configuration    string
	weightedCapacity *string
}

// blueprints resolve what the group launches from, in the order in which it tries them, at each launch again: $Latest and
// $Default mean what they mean then. A mixed instances policy has one for each type: a type without capacity leaves the
// launch to the next. Types that requirements choose are tried by their size; the model has no prices, and takes types of a
// list in their order whatever the strategy.
func (g *group) blueprints() ([]blueprint, error) {
	template, policy := g.spec.LaunchTemplate, g.spec.MixedInstancesPolicy
	if r := g.activeRefresh(); r != nil && r.desired != nil {
		template, policy = r.desired.LaunchTemplate, r.desired.MixedInstancesPolicy
	}
	if policy != nil {
		return g.mixedBlueprints(policy)
	}
	b, err := g.in.configurationBlueprint(g.spec.LaunchConfigurationName)
	if template != nil {
		b, err = g.in.templateBlueprint(template)
	}
	return []blueprint{b}, err
}

// Templates are the launch templates that a group launches from now, by id, with their versions as numbers; none of a group that does
// not exist.
func (in *Groups) Templates(name string) []types.LaunchTemplateSpecification {
	g, ok := in.groups[name]
	if !ok {
		return nil
	}
	all, err := g.blueprints()
	var templates []types.LaunchTemplateSpecification
	for _, b := range all {
		if err == nil && b.template != nil {
			templates = append(templates, *b.template)
		}
	}
	return templates
}

func (in *Groups) templateBlueprint(spec *types.LaunchTemplateSpecification) (blueprint, error) {
	found, err := in.compute.Template(idOrName(spec), aws.ToString(spec.Version))
	if err != nil {
		return blueprint{}, err
	}
	number := strconv.FormatInt(found.Number, 10)
	return blueprint{
		request: localec2.LaunchRequest{TemplateID: found.ID, TemplateVersion: number},
		template: &types.LaunchTemplateSpecification{
			LaunchTemplateId: aws.String(found.ID), LaunchTemplateName: aws.String(found.Name), Version: aws.String(number),
		},
	}, nil
}

func idOrName(spec *types.LaunchTemplateSpecification) string {
	if spec.LaunchTemplateId != nil {
		return *spec.LaunchTemplateId
	}
	return aws.ToString(spec.LaunchTemplateName)
}

func (g *group) mixedBlueprints(policy *types.MixedInstancesPolicy) ([]blueprint, error) {
	spec, spot := policy.LaunchTemplate.LaunchTemplateSpecification, g.launchesSpot(policy)
	var all []blueprint
	for _, override := range policy.LaunchTemplate.Overrides {
		b, err := g.in.templateBlueprint(cmp.Or(override.LaunchTemplateSpecification, spec))
		if err != nil {
			return nil, err
		}
		b.request.ImageID, b.request.Spot = aws.ToString(override.ImageId), spot
		b.request.InstanceType, b.weightedCapacity = aws.ToString(override.InstanceType), override.WeightedCapacity
		if override.InstanceRequirements == nil {
			all = append(all, b)
			continue
		}
		found, err := g.in.typesOf(policy, override)
		if err != nil {
			return nil, err
		}
		for _, t := range found {
			b.request.InstanceType, b.weightedCapacity = t.name, g.weightOf(t)
			all = append(all, b)
		}
	}
	if len(policy.LaunchTemplate.Overrides) > 0 {
		return all, nil
	}
	b, err := g.in.templateBlueprint(spec)
	b.request.Spot = spot
	return []blueprint{b}, err
}

// weightOf is what a type counts for in a group that counts vCPUs or memory; nil where instances are counted. That describes
// show it as a weight is not verified.
func (g *group) weightOf(t instanceType) *string {
	switch aws.ToString(g.spec.DesiredCapacityType) {
	case "vcpu":
		return aws.String(strconv.Itoa(t.vcpus))
	case "memory-mib":
		return aws.String(strconv.Itoa(t.memoryMiB))
	}
	return nil
}

func (in *Groups) configurationBlueprint(name *string) (blueprint, error) {
	c, ok := in.configurations[aws.ToString(name)]
	if !ok {
		return blueprint{}, configurationNotFound(aws.ToString(name))
	}
	return blueprint{
		configuration: *name,
		request: localec2.LaunchRequest{
			ImageID: aws.ToString(c.ImageId), InstanceType: aws.ToString(c.InstanceType), KeyName: aws.ToString(c.KeyName),
			UserData: aws.ToString(c.UserData), InstanceProfile: aws.ToString(c.IamInstanceProfile), SecurityGroupIDs: c.SecurityGroups,
			Spot: c.SpotPrice != nil, Options: launchOptions(c),
		},
	}, nil
}

// splitList splits a list that the API writes with commas.
func splitList(list string) []string {
	var items []string
	for _, item := range strings.Split(list, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
