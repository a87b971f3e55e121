package elb

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// maxTags is how many tags a load balancer can have.
const maxTags = 50

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
	if len(values) > maxTags {
		return nil, tooManyTags()
	}
	return values, nil
}

func tooManyTags() error {
	return wire.Errorf("TooManyTags", "The quota for the number of tags that can be assigned to a load balancer has been reached.")
}

// Tags are a load balancer's tags; none if there is no load balancer of the name.
func (l *LoadBalancers) Tags(name string) map[string]string {
	if b := l.balancer(name); b != nil {
		return b.tags
	}
	return nil
}

func (l *LoadBalancers) addTags(_ *wire.Call, in *sdk.AddTagsInput) (*sdk.AddTagsOutput, error) {
	added, err := tagMap(in.Tags)
	if err != nil {
		return nil, err
	}
	for _, name := range in.LoadBalancerNames {
		b, err := l.balancerNamed(&name)
		if err != nil {
			return nil, err
		}
		together := maps.Clone(b.tags)
		maps.Copy(together, added)
		if len(together) > maxTags {
			return nil, tooManyTags()
		}
		b.tags = together
	}
	return &sdk.AddTagsOutput{}, nil
}

func (l *LoadBalancers) removeTags(_ *wire.Call, in *sdk.RemoveTagsInput) (*sdk.RemoveTagsOutput, error) {
	for _, name := range in.LoadBalancerNames {
		b, err := l.balancerNamed(&name)
		if err != nil {
			return nil, err
		}
		for _, tag := range in.Tags {
			delete(b.tags, aws.ToString(tag.Key))
		}
	}
	return &sdk.RemoveTagsOutput{}, nil
}

func (l *LoadBalancers) describeTags(_ *wire.Call, in *sdk.DescribeTagsInput) (*sdk.DescribeTagsOutput, error) {
	if len(in.LoadBalancerNames) > 20 {
		return nil, invalid("The maximum number of load balancers that can be described is '20'")
	}
	out := &sdk.DescribeTagsOutput{TagDescriptions: []types.TagDescription{}}
	for _, name := range in.LoadBalancerNames {
		b, err := l.balancerNamed(&name)
		if err != nil {
			return nil, err
		}
		described := types.TagDescription{LoadBalancerName: &name, Tags: []types.Tag{}}
		for _, key := range slices.Sorted(maps.Keys(b.tags)) {
			described.Tags = append(described.Tags, types.Tag{Key: aws.String(key), Value: aws.String(b.tags[key])})
		}
		out.TagDescriptions = append(out.TagDescriptions, described)
	}
	return out, nil
}
