package elbv2

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// tagsOf are the tags of the resource with an ARN.
func (l *LoadBalancers) tagsOf(arn string) (map[string]string, error) {
	switch {
	case strings.Contains(arn, ":targetgroup/"):
		group, err := l.groupNamed(&arn)
		if err != nil {
			return nil, err
		}
		return group.tags, nil
	case strings.Contains(arn, ":loadbalancer/"):
		b, err := l.balancerNamed(&arn)
		if err != nil {
			return nil, err
		}
		return b.tags, nil
	case strings.Contains(arn, ":listener/"):
		found, err := l.listenerNamed(&arn)
		if err != nil {
			return nil, err
		}
		return found.tags, nil
	case strings.Contains(arn, ":listener-rule/"):
		_, r, err := l.ruleNamed(&arn)
		if err != nil {
			return nil, err
		}
		return r.tags, nil
	}
	return nil, invalid("'%s' is not a valid ARN", arn)
}

// Tags are the tags of the resource with an ARN; false if there is none.
func (l *LoadBalancers) Tags(arn string) (map[string]string, bool) {
	tags, err := l.tagsOf(arn)
	return tags, err == nil
}

func (l *LoadBalancers) addTags(call *wire.Call, in *sdk.AddTagsInput) (*sdk.AddTagsOutput, error) {
	added, err := tagMap(in.Tags)
	if err != nil {
		return nil, err
	}
	for _, arn := range in.ResourceArns {
		tags, err := l.tagsOf(arn)
		if err != nil {
			return nil, err
		}
		if len(tags)+len(added) > 50 {
			return nil, wire.Errorf("TooManyTags", "You've reached the limit on the number of tags for this resource.")
		}
		maps.Copy(tags, added)
	}
	return &sdk.AddTagsOutput{}, nil
}

func (l *LoadBalancers) removeTags(call *wire.Call, in *sdk.RemoveTagsInput) (*sdk.RemoveTagsOutput, error) {
	for _, arn := range in.ResourceArns {
		tags, err := l.tagsOf(arn)
		if err != nil {
			return nil, err
		}
		for _, key := range in.TagKeys {
			delete(tags, key)
		}
	}
	return &sdk.RemoveTagsOutput{}, nil
}

func (l *LoadBalancers) describeTags(call *wire.Call, in *sdk.DescribeTagsInput) (*sdk.DescribeTagsOutput, error) {
	if len(in.ResourceArns) > 20 {
		return nil, invalid("The maximum number of resources that can be described is '20'")
	}
	out := &sdk.DescribeTagsOutput{TagDescriptions: []types.TagDescription{}}
	for _, arn := range in.ResourceArns {
		tags, err := l.tagsOf(arn)
		if err != nil {
			return nil, err
		}
		described := types.TagDescription{ResourceArn: aws.String(arn), Tags: []types.Tag{}}
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			described.Tags = append(described.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
		}
		out.TagDescriptions = append(out.TagDescriptions, described)
	}
	return out, nil
}

func tagMap(tags []types.Tag) (map[string]string, error) {
	values := make(map[string]string, len(tags))
	for _, tag := range tags {
		key := aws.ToString(tag.Key)
		if _, twice := values[key]; twice {
			return nil, wire.Errorf("DuplicateTagKeys", "A tag key was specified more than once.")
		}
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return nil, invalid("Tag keys starting with 'aws:' are reserved for internal use")
		}
		values[key] = aws.ToString(tag.Value)
	}
	return values, nil
}
