package states

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/localaws/wire"
)

func tagMap(tags []types.Tag) map[string]string {
	byKey := make(map[string]string)
	for _, tag := range tags {
		byKey[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return byKey
}

func (m *Machines) tagged(arn string) (*machine, error) {
	found, ok := m.byARN[arn]
	if !ok {
		return nil, wire.Errorf("ResourceNotFound", "Resource not found: '%s'", arn)
	}
	return found, nil
}

func (m *Machines) tagResource(_ *wire.Call, in *sfn.TagResourceInput) (*sfn.TagResourceOutput, error) {
	found, err := m.tagged(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	maps.Copy(found.tags, tagMap(in.Tags))
	return &sfn.TagResourceOutput{}, nil
}

func (m *Machines) untagResource(_ *wire.Call, in *sfn.UntagResourceInput) (*sfn.UntagResourceOutput, error) {
	found, err := m.tagged(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(found.tags, key)
	}
	return &sfn.UntagResourceOutput{}, nil
}

func (m *Machines) listTagsForResource(_ *wire.Call, in *sfn.ListTagsForResourceInput) (*sfn.ListTagsForResourceOutput, error) {
	found, err := m.tagged(*in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &sfn.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(found.tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(found.tags[key])})
	}
	return out, nil
}
