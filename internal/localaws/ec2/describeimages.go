package ec2

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

func (c *Compute) registerImage(call *wire.Call, in *sdk.RegisterImageInput) (*sdk.RegisterImageOutput, error) {
	tags, err := specifiedTags(in.TagSpecifications, types.ResourceTypeImage)
	if err != nil {
		return nil, err
	}
	image, err := c.newImage(aws.ToString(in.Name), aws.ToString(in.Description), tags)
	if err != nil {
		return nil, err
	}
	image.state = types.ImageStateAvailable
	image.architecture = cmp.Or(in.Architecture, types.ArchitectureValuesI386) // the API's default, still
	image.rootDevice = cmp.Or(aws.ToString(in.RootDeviceName), image.rootDevice)
	return &sdk.RegisterImageOutput{ImageId: aws.String(image.id)}, nil
}

var imageFields = fields[*image]{
	of: map[string]func(*image) []string{
		"image-id":                         func(i *image) []string { return []string{i.id} },
		"name":                             func(i *image) []string { return []string{i.name} },
		"description":                      func(i *image) []string { return []string{i.description} },
		"state":                            func(i *image) []string { return []string{string(i.state)} },
		"block-device-mapping.snapshot-id": func(i *image) []string { return i.shownSnapshots() },
		"source-instance-id":               func(i *image) []string { return []string{i.source} },
		"creation-date":                    func(i *image) []string { return []string{i.created()} },
		"image-type":                       constantly(string(types.ImageTypeValuesMachine)),
		"is-public":                        constantly("false"),
		"root-device-type":                 constantly(string(types.DeviceTypeEbs)),
		"virtualization-type":              constantly(string(types.VirtualizationTypeHvm)),
		"architecture":                     func(i *image) []string { return []string{string(i.architecture)} },
		"root-device-name":                 func(i *image) []string { return []string{i.rootDevice} },
	},
	tags: func(i *image) map[string]string { return i.tags },
}

func constantly(value string) func(*image) []string {
	return func(*image) []string { return []string{value} }
}

// describeImages leaves out what was deregistered within the hour, where its id is named: there is no error then
// (boto/botocore issue 2194; for how long is not published).
func (c *Compute) describeImages(call *wire.Call, in *sdk.DescribeImagesInput) (*sdk.DescribeImagesOutput, error) {
	if err := checkPage(in.MaxResults, in.ImageIds, 1, 1000, "imageIdsSet"); err != nil {
		return nil, err
	}
	if err := imageIDs.check(in.ImageIds...); err != nil {
		return nil, err
	}
	for _, id := range in.ImageIds {
		if _, ok := c.images[id]; !ok && !c.account.Now().Before(c.deregistered[id].Add(time.Hour)) {
			return nil, imageNotFound(id)
		}
	}
	mine := len(in.Owners) == 0 || slices.Contains(in.Owners, "self") || slices.Contains(in.Owners, c.account.ID)
	kept, err := imageFields.keep(slices.DeleteFunc(c.sortedImages(), func(i *image) bool {
		return !mine || len(in.ImageIds) > 0 && !slices.Contains(in.ImageIds, i.id)
	}), in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	out := &sdk.DescribeImagesOutput{Images: []types.Image{}, NextToken: next}
	for _, image := range kept {
		out.Images = append(out.Images, c.describeImage(image))
	}
	return out, err
}

func (c *Compute) describeImage(i *image) types.Image {
	described := types.Image{
		ImageId: aws.String(i.id), Name: aws.String(i.name), Description: aws.String(i.description), State: i.state,
		Architecture: i.architecture, OwnerId: aws.String(c.account.ID), ImageLocation: aws.String(c.account.ID + "/" + i.name),
		ImageType: types.ImageTypeValuesMachine, Public: aws.Bool(false), RootDeviceName: aws.String(i.rootDevice),
		RootDeviceType: types.DeviceTypeEbs, VirtualizationType: types.VirtualizationTypeHvm, Hypervisor: types.HypervisorTypeXen,
		EnaSupport: aws.Bool(true), CreationDate: aws.String(i.created()), Tags: tagList(i.tags),
		PlatformDetails: aws.String("Linux/UNIX"), UsageOperation: aws.String("RunInstances"), BlockDeviceMappings: i.blockDevices(),
	}
	if i.source != "" {
		described.SourceInstanceId = aws.String(i.source)
	}
	if i.failure != "" {
		code, _, _ := strings.Cut(i.failure, ":")
		described.StateReason = &types.StateReason{Code: aws.String(code), Message: aws.String(i.failure)}
	}
	return described
}

func (i *image) created() string { return i.createdAt.Format("2006-01-02T15:04:05.000Z") }

func (c *Compute) sortedImages() []*image {
	images := make([]*image, 0, len(c.images))
	for _, image := range c.images {
		images = append(images, image)
	}
	slices.SortFunc(images, func(a, b *image) int {
		return cmp.Or(a.createdAt.Compare(b.createdAt), cmp.Compare(a.id, b.id))
	})
	return images
}
