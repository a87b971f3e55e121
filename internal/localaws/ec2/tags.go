package ec2

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// tagged is a resource with its tags.
type tagged struct {
	id   string
	kind types.ResourceType
	tags map[string]string
	made time.Time // zero: before all
}

// Tags are the tags of a resource, by its id, and when it was made; of one that is not there, none.
func (c *Compute) Tags(id string) (tags map[string]string, made time.Time) {
	if i, ok := c.instances[id]; ok {
		return i.Tags, i.LaunchedAt
	}
	for _, resource := range c.taggedResources() {
		if resource.id == id {
			return resource.tags, resource.made
		}
	}
	return nil, time.Time{}
}

// taggedResources are all resources that can have tags, in a stable order.
func (c *Compute) taggedResources() []tagged {
	all := []tagged{{id: c.network.vpcID, kind: types.ResourceTypeVpc, tags: c.network.tags}}
	for _, subnet := range c.network.subnets {
		all = append(all, tagged{id: subnet.ID, kind: types.ResourceTypeSubnet, tags: subnet.tags})
	}
	for _, group := range c.network.groups {
		all = append(all, tagged{id: group.id, kind: types.ResourceTypeSecurityGroup, tags: group.tags})
	}
	for _, image := range c.sortedImages() {
		all = append(all, tagged{image.id, types.ResourceTypeImage, image.tags, image.createdAt})
	}
	for _, s := range c.snapshots {
		all = append(all, tagged{s.id, types.ResourceTypeSnapshot, s.tags, s.startedAt})
	}
	for _, template := range c.sortedTemplates() {
		all = append(all, tagged{template.id, types.ResourceTypeLaunchTemplate, template.tags, template.createdAt})
	}
	for _, i := range c.order {
		all = append(all, tagged{i.ID, types.ResourceTypeInstance, i.Tags, i.LaunchedAt})
	}
	return all
}

// resourcesToTag finds the named resources, or says of the first one that does not exist what EC2 says.
func (c *Compute) resourcesToTag(ids []string) ([]tagged, error) {
	all := c.taggedResources()
	found := make([]tagged, 0, len(ids))
	for _, id := range ids {
		at := slices.IndexFunc(all, func(r tagged) bool { return r.id == id })
		if at < 0 {
			return nil, resourceNotFound(id)
		}
		found = append(found, all[at])
	}
	return found, nil
}

func resourceNotFound(id string) error {
	prefix, _, _ := strings.Cut(id, "-")
	switch prefix {
	case "i":
		return instanceNotFound(id)
	case "ami":
		return imageNotFound(id)
	case "snap":
		return snapshotNotFound(id)
	case "lt":
		return wire.Errorf("InvalidLaunchTemplateId.NotFound", "The launch template ID '%s' does not exist", id)
	case "sg":
		return groupNotFound(id)
	case "subnet":
		return subnetNotFound(id)
	case "vpc":
		return vpcNotFound(id)
	}
	return wire.Errorf("InvalidID", "The ID '%s' is not valid", id)
}

func (c *Compute) createTags(call *wire.Call, in *sdk.CreateTagsInput) (*sdk.CreateTagsOutput, error) {
	resources, err := c.resourcesToTag(in.Resources)
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	for _, resource := range resources {
		maps.Copy(resource.tags, tagMap(in.Tags))
		if len(resource.tags) > 50 {
			return nil, wire.Errorf("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
		}
	}
	return &sdk.CreateTagsOutput{}, nil
}

func (c *Compute) deleteTags(call *wire.Call, in *sdk.DeleteTagsInput) (*sdk.DeleteTagsOutput, error) {
	resources, err := c.resourcesToTag(in.Resources)
	if err != nil {
		return nil, err
	}
	for _, resource := range resources {
		for key, value := range resource.tags {
			if deletesTag(in.Tags, key, value) {
				delete(resource.tags, key)
			}
		}
	}
	return &sdk.DeleteTagsOutput{}, nil
}

// deletesTag reports whether a tag is meant: no tags mean all of the user's; one without a value means any value.
func deletesTag(meant []types.Tag, key, value string) bool {
	if len(meant) == 0 {
		return !strings.HasPrefix(key, "aws:")
	}
	return slices.ContainsFunc(meant, func(tag types.Tag) bool {
		return aws.ToString(tag.Key) == key && (tag.Value == nil || *tag.Value == value)
	})
}

var tagFields = fields[types.TagDescription]{of: map[string]func(types.TagDescription) []string{
	"key":           func(t types.TagDescription) []string { return []string{*t.Key} },
	"value":         func(t types.TagDescription) []string { return []string{*t.Value} },
	"resource-id":   func(t types.TagDescription) []string { return []string{*t.ResourceId} },
	"resource-type": func(t types.TagDescription) []string { return []string{string(t.ResourceType)} },
}}

func (c *Compute) describeTags(call *wire.Call, in *sdk.DescribeTagsInput) (*sdk.DescribeTagsOutput, error) {
	if err := checkPage(in.MaxResults, nil, 5, 1000, ""); err != nil {
		return nil, err
	}
	var all []types.TagDescription
	for _, resource := range c.taggedResources() {
		for _, tag := range tagList(resource.tags) {
			all = append(all, types.TagDescription{Key: tag.Key, Value: tag.Value, ResourceId: &resource.id, ResourceType: resource.kind})
		}
	}
	kept, err := tagFields.keep(all, in.Filters)
	if err != nil {
		return nil, err
	}
	out := &sdk.DescribeTagsOutput{}
	out.Tags, out.NextToken, err = page(kept, in.MaxResults, in.NextToken)
	return out, err
}

// specifiedTags are the tags that a request gives to resources of a kind, the only one that it makes.
func specifiedTags(specifications []types.TagSpecification, kind types.ResourceType) (map[string]string, error) {
	tags, err := tagsByKind(specifications, kind)
	return tags[kind], err
}

// tagsByKind are the tags that a request gives to what it makes, which is of these kinds. Every kind has a map.
func tagsByKind(specifications []types.TagSpecification, kinds ...types.ResourceType) (map[types.ResourceType]map[string]string, error) {
	tags := make(map[types.ResourceType]map[string]string)
	for _, kind := range kinds {
		tags[kind] = make(map[string]string)
	}
	for _, specification := range specifications {
		if !slices.Contains(kinds, specification.ResourceType) {
			return tags, wire.Errorf("InvalidParameterValue",
				"'%s' is not a valid taggable resource type for this operation.", specification.ResourceType)
		}
		if err := checkTags(specification.Tags); err != nil {
			return tags, err
		}
		maps.Copy(tags[specification.ResourceType], tagMap(specification.Tags))
	}
	return tags, nil
}

func checkTags(tags []types.Tag) error {
	for _, tag := range tags {
		key, value := aws.ToString(tag.Key), aws.ToString(tag.Value)
		switch {
		case key == "":
			return wire.Errorf("InvalidParameterValue", "Tag key cannot be null or empty")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return wire.Errorf("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
		case len(key) > 127:
			return wire.Errorf("InvalidParameterValue", "Tag key exceeds the maximum length of 127 characters")
		case len(value) > 255:
			return wire.Errorf("InvalidParameterValue", "Tag value exceeds the maximum length of 255 characters")
		}
	}
	return nil
}

func tagMap(tags []types.Tag) map[string]string {
	values := make(map[string]string, len(tags))
	for _, tag := range tags {
		values[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return values
}

// tagList are tags by key.
func tagList(tags map[string]string) []types.Tag {
	list := make([]types.Tag, 0, len(tags))
	for _, key := range sortedKeys(tags) {
		list = append(list, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return list
}
