package autoscaling

import (
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

// blueprint resolves what the group launches from, at each launch again: $Latest and $Default mean what they mean then.
// A mixed instances policy launches the first override's type; the model has no Spot prices to choose another by.
func (g *group) blueprint() (blueprint, error) {
	template, policy := g.spec.LaunchTemplate, g.spec.MixedInstancesPolicy
	if r := g.activeRefresh(); r != nil && r.desired != nil {
		template, policy = r.desired.LaunchTemplate, r.desired.MixedInstancesPolicy
	}
	switch {
	case policy != nil:
		b, err := g.in.mixedBlueprint(policy)
		b.request.Spot = g.launchesSpot(policy)
		return b, err
	case template != nil:
		return g.in.templateBlueprint(template)
	}
	return g.in.configurationBlueprint(*g.spec.LaunchConfigurationName)
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

func (in *Groups) mixedBlueprint(policy *types.MixedInstancesPolicy) (blueprint, error) {
	spec := policy.LaunchTemplate.LaunchTemplateSpecification
	if len(policy.LaunchTemplate.Overrides) == 0 {
		return in.templateBlueprint(spec)
	}
	first := policy.LaunchTemplate.Overrides[0]
	if first.LaunchTemplateSpecification != nil {
		spec = first.LaunchTemplateSpecification
	}
	b, err := in.templateBlueprint(spec)
	if err != nil {
		return b, err
	}
	b.request.InstanceType, b.request.ImageID = aws.ToString(first.InstanceType), aws.ToString(first.ImageId)
	b.weightedCapacity = first.WeightedCapacity
	return b, nil
}

func (in *Groups) configurationBlueprint(name string) (blueprint, error) {
	c, ok := in.configurations[name]
	if !ok {
		return blueprint{}, configurationNotFound(name)
	}
	return blueprint{
		configuration: name,
		request: localec2.LaunchRequest{
			ImageID: aws.ToString(c.ImageId), InstanceType: aws.ToString(c.InstanceType), KeyName: aws.ToString(c.KeyName),
			UserData: aws.ToString(c.UserData), InstanceProfile: aws.ToString(c.IamInstanceProfile), SecurityGroupIDs: c.SecurityGroups,
			Spot: c.SpotPrice != nil,
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
