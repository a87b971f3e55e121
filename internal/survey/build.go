package survey

import (
	"cmp"
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// build decides how the image is made that a request asks for, if it asks for one. Where one is taken that was made of the same before,
// green's image is known, and nothing is made.
func (h Surveyor) build(ctx context.Context, base contents, group types.AutoScalingGroup, asked *deploy.Build, record ledger.Record, own *deploy.Own, d *deploy.Deployment) ([]string, error) {
	if asked == nil {
		return nil, nil
	}
	if !h.Builds {
		return []string{"green.image.build asks for an image to be built, and this deployer builds none: set build_images to true among the parameters of the Deployer stack, or give green.image.id"}, nil
	}
	m := deploy.Making{Name: asked.Name, Source: base.image, Type: builderType(base, group), Subnets: h.Subnets}
	if parameter, named := strings.CutPrefix(base.image, aliased); named {
		found, finding, err := h.parameter(ctx, parameter, "its launch template")
		if err != nil || finding != "" {
			return one(finding), err
		}
		m.Source = aws.ToString(found.Value)
	}
	switch {
	case m.Source == "":
		return []string{"green.image.build makes an image from the one that blue launches from, and what blue launches from names none: name one there"}, nil
	case m.Type == "":
		return []string{"green.image.build launches a builder of the type that blue launches, and blue has no instance that shows one: name a type in its launch template"}, nil
	}
	if subnets := aws.ToString(group.VPCZoneIdentifier); len(m.Subnets) == 0 && subnets != "" {
		for _, subnet := range strings.Split(subnets, ",") {
			m.Subnets = append(m.Subnets, strings.TrimSpace(subnet))
		}
	}
	m.Inputs, own.Built = asked.Inputs(m.Source), true
	if asked.Reuse {
		id, err := h.madeOfSame(ctx, record, m.Inputs)
		if err != nil || id != "" {
			own.ImageID = id
			return nil, err
		}
	}
	d.Build = &m
	return nil, nil
}

// madeOfSame is the image that a deployment of the lineage has made of the same, if it can still be launched; of several the latest.
func (h Surveyor) madeOfSame(ctx context.Context, record ledger.Record, inputs string) (string, error) {
	for _, made := range record.Images {
		if made.Inputs != inputs {
			continue
		}
		image, finding, err := h.describeImage(ctx, made.ID)
		if err != nil {
			return "", err
		}
		if finding == "" && tagged(image.Tags, deploy.TagLineage) == record.Lineage {
			return made.ID, nil
		}
	}
	return "", nil
}

func tagged(tags []ec2types.Tag, key string) string {
	for _, tag := range tags {
		if aws.ToString(tag.Key) == key {
			return aws.ToString(tag.Value)
		}
	}
	return ""
}

// builderType is the type that a builder is launched as: the template's own, or where overrides say the types, or attributes do, that
// of an instance that runs, or the first that an override names.
func builderType(base contents, group types.AutoScalingGroup) string {
	kind := base.instanceType
	for _, instance := range group.Instances {
		kind = cmp.Or(kind, aws.ToString(instance.InstanceType))
	}
	if policy := group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		for _, override := range policy.LaunchTemplate.Overrides {
			kind = cmp.Or(kind, aws.ToString(override.InstanceType))
		}
	}
	return kind
}
