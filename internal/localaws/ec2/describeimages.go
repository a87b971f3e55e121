package ec2

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

var imageName = regexp.MustCompile(`^[A-Za-z0-9()\[\] ./\-'@_]{3,128}$`)

func (c *Compute) registerImage(call *wire.Call, in *sdk.RegisterImageInput) (*sdk.RegisterImageOutput, error) {
	image, err := c.newImage(aws.ToString(in.Name), aws.ToString(in.Description), in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	image.available = true
	image.architecture = cmp.Or(in.Architecture, types.ArchitectureValuesI386) // the API's default, still
	image.rootDevice = cmp.Or(aws.ToString(in.RootDeviceName), image.rootDevice)
	return &sdk.RegisterImageOutput{ImageId: aws.String(image.id)}, nil
}

// createImage makes an image of an instance. An image of a sick application is sick.
func (c *Compute) createImage(call *wire.Call, in *sdk.CreateImageInput) (*sdk.CreateImageOutput, error) {
	instance, ok := c.instances[aws.ToString(in.InstanceId)]
	if !ok {
		return nil, instanceNotFound(aws.ToString(in.InstanceId))
	}
	if instance.State != Running && instance.State != Stopped {
		return nil, wire.Errorf("IncorrectState", "Instance is not in state 'running' or 'stopped'.")
	}
	image, err := c.newImage(aws.ToString(in.Name), aws.ToString(in.Description), in.TagSpecifications)
	if err != nil {
		return nil, err
	}
	image.sick, image.architecture, image.rootDevice = instance.sick, instance.architecture, instance.rootDevice
	c.account.After(c.account.Draw(c.settings.ImageAvailable), func() { image.available = true })
	return &sdk.CreateImageOutput{ImageId: aws.String(image.id)}, nil
}

func (c *Compute) newImage(name, description string, specifications []types.TagSpecification) (*image, error) {
	if !imageName.MatchString(name) {
		return nil, wire.Errorf("InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long, and may contain "+
			"letters, numbers, '(', ')', '.', '-', '/' and '_'")
	}
	for _, other := range c.images {
		if other.name == name {
			return nil, wire.Errorf("InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s", name, other.id)
		}
	}
	tags, err := specifiedTags(specifications, types.ResourceTypeImage)
	if err != nil {
		return nil, err
	}
	image := &image{
		id: "ami-" + c.account.Hex(17), name: name, description: description, rootDevice: "/dev/xvda",
		architecture: types.ArchitectureValuesX8664, createdAt: c.account.Now(), tags: tags,
	}
	c.images[image.id] = image
	return image, nil
}

func (c *Compute) deregisterImage(call *wire.Call, in *sdk.DeregisterImageInput) (*sdk.DeregisterImageOutput, error) {
	id := aws.ToString(in.ImageId)
	if _, ok := c.images[id]; !ok {
		return nil, imageNotFound(id)
	}
	delete(c.images, id)
	return &sdk.DeregisterImageOutput{Return: aws.Bool(true)}, nil
}

var imageFields = fields[*image]{
	of: map[string]func(*image) []string{
		"image-id":         func(i *image) []string { return []string{i.id} },
		"name":             func(i *image) []string { return []string{i.name} },
		"description":      func(i *image) []string { return []string{i.description} },
		"state":            func(i *image) []string { return []string{string(i.state())} },
		"architecture":     func(i *image) []string { return []string{string(i.architecture)} },
		"root-device-name": func(i *image) []string { return []string{i.rootDevice} },
	},
	tags: func(i *image) map[string]string { return i.tags },
}

func (c *Compute) describeImages(call *wire.Call, in *sdk.DescribeImagesInput) (*sdk.DescribeImagesOutput, error) {
	if err := checkPage(in.MaxResults, in.ImageIds, 1, 1000, "imageIdsSet"); err != nil {
		return nil, err
	}
	if err := imageIDs.check(in.ImageIds...); err != nil {
		return nil, err
	}
	for _, id := range in.ImageIds {
		if _, ok := c.images[id]; !ok {
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

func (i *image) state() types.ImageState {
	if i.available {
		return types.ImageStateAvailable
	}
	return types.ImageStatePending
}

func (c *Compute) describeImage(i *image) types.Image {
	return types.Image{
		ImageId: aws.String(i.id), Name: aws.String(i.name), Description: aws.String(i.description), State: i.state(),
		Architecture: i.architecture, OwnerId: aws.String(c.account.ID), ImageLocation: aws.String(c.account.ID + "/" + i.name),
		ImageType: types.ImageTypeValuesMachine, Public: aws.Bool(false), RootDeviceName: aws.String(i.rootDevice),
		RootDeviceType: types.DeviceTypeEbs, VirtualizationType: types.VirtualizationTypeHvm, Hypervisor: types.HypervisorTypeXen,
		EnaSupport: aws.Bool(true), CreationDate: aws.String(i.createdAt.Format("2006-01-02T15:04:05.000Z")), Tags: tagList(i.tags),
	}
}

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
