package iam

import (
	"maps"
	"slices"
	"strings"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// runInstances asks for all that the call launches from, makes and uses (Service Authorization Reference, RunInstances; where
// resources meet conditions: their tags, and of what is made the tags that it gets). What the operation itself refuses is asked
// for no more than that.
func runInstances(a *asker, input any) error {
	launch, ok := a.roles.world.Launch(input)
	if !ok {
		return a.may("ec2:RunInstances", a.arn("ec2", "instance/*"), nil)
	}
	return a.launch(launch)
}

// launch asks for one launch.
func (a *asker) launch(launch Launch) error {
	for _, resource := range a.launchResources(launch) {
		if err := a.may("ec2:RunInstances", resource.arn, a.launchKeys(launch, resource)); err != nil {
			return err
		}
	}
	if launch.ImageParameter != "" { // who sets such a template must be allowed to read the parameter (aws-facts H7)
		if err := a.may("ssm:GetParameters", a.parameter(launch.ImageParameter), nil); err != nil {
			return err
		}
	}
	for _, kind := range launch.taggedKinds() {
		if err := a.tagsNew("RunInstances", a.arn("ec2", kind+"/*"), launch.Tags[ec2types.ResourceType(kind)]); err != nil {
			return err
		}
	}
	return a.passProfile(launch.InstanceProfile)
}

// taggedKinds are the kinds of resources that a launch tags.
func (l Launch) taggedKinds() []string {
	kinds := slices.Clone(l.Tagged)
	for _, kind := range slices.Sorted(maps.Keys(l.Tags)) {
		if len(l.Tags[kind]) > 0 && !slices.Contains(kinds, string(kind)) {
			kinds = append(kinds, string(kind))
		}
	}
	return kinds
}

// tagsNew asks for the tags that what is made by an operation gets with its creation.
func (a *asker) tagsNew(operation, resource string, tags map[string]string) error {
	requested := requestedTags(tags)
	return a.may("ec2:CreateTags", resource, func(key string) []string {
		if key == "ec2:createaction" {
			return []string{operation}
		}
		return requested(key)
	})
}

// launchResource is one that a launch makes or uses. What is not there yet has * for its id.
type launchResource struct {
	arn string
	id  string                // of one that is there; empty: the launch makes it
	new ec2types.ResourceType // of one that the launch makes
}

func (a *asker) launchResources(l Launch) []launchResource {
	var all []launchResource
	there := func(kind string, ids ...string) {
		for _, id := range ids {
			if id != "" {
				all = append(all, launchResource{arn: a.arn("ec2", kind+"/"+id), id: id})
			}
		}
	}
	there("launch-template", l.TemplateID)
	for _, kind := range []ec2types.ResourceType{ec2types.ResourceTypeInstance, ec2types.ResourceTypeNetworkInterface, ec2types.ResourceTypeVolume} {
		all = append(all, launchResource{arn: a.arn("ec2", string(kind)+"/*"), new: kind})
	}
	if l.ImageID != "" {
		all = append(all, launchResource{arn: a.image(l.ImageID), id: l.ImageID})
	}
	there("key-pair", l.KeyName)
	there("security-group", l.SecurityGroupIDs...)
	there("subnet", l.SubnetIDs...)
	return all
}

// image is an image's ARN, and snapshot a snapshot's: they belong to no account there.
func (a *asker) image(id string) string {
	return "arn:aws:ec2:" + a.roles.account.Region + "::image/" + id
}

func (a *asker) snapshot(id string) string {
	return "arn:aws:ec2:" + a.roles.account.Region + "::snapshot/" + id
}

// launchKeys are the condition keys of one resource of a launch.
func (a *asker) launchKeys(l Launch, resource launchResource) Keys {
	tags := requestedTags(l.Tags[resource.new])
	if resource.id != "" {
		tags = a.computeKeys(resource.id)
	}
	return func(key string) []string {
		switch {
		case key == "ec2:launchtemplate" && l.TemplateID != "":
			return []string{a.arn("ec2", "launch-template/"+l.TemplateID)}
		case key == "ec2:instancetype" && resource.new == ec2types.ResourceTypeInstance && l.InstanceType != "":
			return []string{l.InstanceType}
		case key == "ec2:instanceprofile" && resource.new == ec2types.ResourceTypeInstance && l.InstanceProfile != "":
			return []string{a.profileARN(l.InstanceProfile)}
		}
		return tags(key)
	}
}

// computeKeys are the tags of a resource of EC2, by its id.
func (a *asker) computeKeys(id string) Keys {
	return tagKeys(func() map[string]string { return a.seen(a.roles.world.ComputeTags(id)) }, "aws:resourcetag/", "ec2:resourcetag/")
}

func (a *asker) profileARN(profile string) string {
	if strings.HasPrefix(profile, "arn:") {
		return profile
	}
	return "arn:aws:iam::" + a.roles.account.ID + ":instance-profile/" + profile
}
