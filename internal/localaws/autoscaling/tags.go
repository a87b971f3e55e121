package autoscaling

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// Limits of tags (aws-facts A5).
const (
	maxTags        = 50
	maxTagsPerCall = 25
	tagResource    = "auto-scaling-group"
)

// checkTags checks the tags of a request; group is the one that a create request makes, nil otherwise.
func (in *Groups) checkTags(tags []types.Tag, group *string) ([]types.TagDescription, error) {
	if group == nil && len(tags) > maxTagsPerCall {
		return nil, invalid("The number of tags must be less than or equal to %d", maxTagsPerCall)
	}
	described := make([]types.TagDescription, 0, len(tags))
	for k, tag := range tags {
		key := aws.ToString(tag.Key)
		switch {
		case key == "":
			return nil, missing("Tags.member.Key")
		case len(key) > 128:
			return nil, checkLength(fmt.Sprintf("tags.%d.member.key", k+1), &key, 128)
		case len(aws.ToString(tag.Value)) > 256:
			return nil, checkLength(fmt.Sprintf("tags.%d.member.value", k+1), tag.Value, 256)
		case strings.HasPrefix(key, "aws:"):
			return nil, invalid("Caller is not allowed to use reserved prefix aws: in the tag key %s", key)
		case group == nil && (tag.ResourceId == nil || aws.ToString(tag.ResourceType) != tagResource):
			return nil, invalid("Tag %s: ResourceId is the name of a group and ResourceType is %s", key, tagResource)
		}
		described = append(described, types.TagDescription{
			Key: tag.Key, Value: cmp.Or(tag.Value, aws.String("")), PropagateAtLaunch: aws.Bool(aws.ToBool(tag.PropagateAtLaunch)),
			ResourceId: cmp.Or(group, tag.ResourceId), ResourceType: aws.String(tagResource),
		})
	}
	return described, nil
}

// checkTagLimit checks how many tags a group would have; AWS's own do not count (aws-facts H5).
func (g *group) checkTagLimit(added []types.TagDescription) error {
	keys := make(map[string]bool)
	for _, tag := range slices.Concat(g.spec.Tags, added) {
		if !strings.HasPrefix(*tag.Key, "aws:") {
			keys[*tag.Key] = true
		}
	}
	if len(keys) > maxTags {
		return wire.Errorf("LimitExceeded", "Only %d tags are allowed per AutoScalingGroup", maxTags)
	}
	return nil
}

// setTags adds tags to the group, or replaces those with the same keys.
func (g *group) setTags(tags []types.TagDescription) {
	next := slices.Clone(g.spec.Tags)
	for _, tag := range tags {
		next = append(withoutTag(next, *tag.Key), tag)
	}
	sortTags(next)
	g.spec.Tags = next
}

func withoutTag(tags []types.TagDescription, key string) []types.TagDescription {
	return slices.DeleteFunc(tags, func(tag types.TagDescription) bool { return *tag.Key == key })
}

// sortTags keeps tags in the order in which AWS shows them.
func sortTags(tags []types.TagDescription) {
	slices.SortFunc(tags, func(a, b types.TagDescription) int { return cmp.Compare(*a.Key, *b.Key) })
}

// taggedGroups are the groups that the tags of a request name.
func (in *Groups) taggedGroups(tags []types.Tag) (map[string]*group, error) {
	groups := make(map[string]*group)
	for _, tag := range tags {
		name := aws.ToString(tag.ResourceId)
		if _, ok := in.groups[name]; !ok {
			return nil, invalid("AutoScalingGroup not found - AutoScaling Group %s not found", name)
		}
		g, err := in.writable(&name)
		if err != nil {
			return nil, err
		}
		groups[name] = g
	}
	return groups, nil
}

func (in *Groups) createOrUpdateTags(_ *wire.Call, input *autoscaling.CreateOrUpdateTagsInput) (*autoscaling.CreateOrUpdateTagsOutput, error) {
	tags, err := in.checkTags(input.Tags, nil)
	if err != nil {
		return nil, err
	}
	groups, err := in.taggedGroups(input.Tags)
	if err != nil {
		return nil, err
	}
	for _, g := range inOrder(groups) {
		own := slices.DeleteFunc(slices.Clone(tags), func(tag types.TagDescription) bool { return *tag.ResourceId != g.name })
		if err := g.checkTagLimit(own); err != nil {
			return nil, err
		}
	}
	for _, g := range inOrder(groups) {
		g.write()
		for _, tag := range tags {
			if *tag.ResourceId == g.name {
				g.setTags([]types.TagDescription{tag})
			}
		}
		g.changed()
	}
	return &autoscaling.CreateOrUpdateTagsOutput{}, nil
}

func (in *Groups) deleteTags(_ *wire.Call, input *autoscaling.DeleteTagsInput) (*autoscaling.DeleteTagsOutput, error) {
	groups, err := in.taggedGroups(input.Tags)
	if err != nil {
		return nil, err
	}
	for _, g := range inOrder(groups) {
		g.write()
		for _, tag := range input.Tags {
			if *tag.ResourceId == g.name {
				g.spec.Tags = withoutTag(slices.Clone(g.spec.Tags), aws.ToString(tag.Key))
			}
		}
		g.changed()
	}
	return &autoscaling.DeleteTagsOutput{}, nil
}

// describeTags shows the tags of all groups; filters are auto-scaling-group, key, value and propagate-at-launch.
func (in *Groups) describeTags(_ *wire.Call, input *autoscaling.DescribeTagsInput) (*autoscaling.DescribeTagsOutput, error) {
	var tags []types.TagDescription
	for _, v := range in.allSeen() {
		for _, tag := range v.group.Tags {
			matches, err := matchesTag(tag, input.Filters)
			if err != nil {
				return nil, err
			}
			if matches {
				tags = append(tags, tag)
			}
		}
	}
	tags, next, err := page(tags, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeTagsOutput{Tags: tags, NextToken: next}, err
}

func matchesTag(tag types.TagDescription, filters []types.Filter) (bool, error) {
	for _, filter := range filters {
		var value string
		switch name := aws.ToString(filter.Name); name {
		case "auto-scaling-group":
			value = *tag.ResourceId
		case "key":
			value = *tag.Key
		case "value":
			value = aws.ToString(tag.Value)
		case "propagate-at-launch":
			value = "false"
			if aws.ToBool(tag.PropagateAtLaunch) {
				value = "true"
			}
		default:
			return false, invalid("Filter type %s is not correct. Allowed Filter types are: auto-scaling-group, key, value, propagate-at-launch", name)
		}
		if !slices.Contains(filter.Values, value) {
			return false, nil
		}
	}
	return true, nil
}
