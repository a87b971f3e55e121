package ec2

import (
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

var imageName = regexp.MustCompile(`^[A-Za-z0-9()\[\] ./\-'@_]{3,128}$`)

// createImage makes an image of an instance, with what is on its disk then, and a snapshot of each volume. Unless NoReboot says
// otherwise a running instance reboots for it. It knows no client token: a second call is refused for the name (SDK,
// CreateImageInput). An image of a sick application is sick.
func (c *Compute) createImage(call *wire.Call, in *sdk.CreateImageInput) (*sdk.CreateImageOutput, error) {
	id := aws.ToString(in.InstanceId)
	if err := instanceIDs.check(id); err != nil {
		return nil, err
	}
	i, ok := c.instances[id]
	if !ok {
		return nil, instanceNotFound(id)
	}
	if i.State != Running && i.State != Stopped { // packer PR 9579
		return nil, wire.Errorf("InvalidParameterValue", "Invalid value '%s' for instanceId. Instance is not in state 'running' or 'stopped'", id)
	}
	tags, err := tagsByKind(in.TagSpecifications, types.ResourceTypeImage, types.ResourceTypeSnapshot)
	if err != nil {
		return nil, err
	}
	image, err := c.newImage(aws.ToString(in.Name), aws.ToString(in.Description), tags[types.ResourceTypeImage])
	if err != nil {
		return nil, err
	}
	image.source, image.sick, image.architecture, image.rootDevice = i.ID, i.sick, i.architecture, i.rootDevice
	for _, device := range i.devices() {
		c.takeSnapshot(image, i, device, tags[types.ResourceTypeSnapshot])
	}
	for _, f := range c.imaged {
		f(i, image.id)
	}
	if !aws.ToBool(in.NoReboot) {
		c.reboot(i)
	}
	failure := c.imageFailure()
	c.account.After(c.account.Draw(c.settings.ImageAvailable), func() { c.completeImage(image, i, failure) })
	return &sdk.CreateImageOutput{ImageId: aws.String(image.id)}, nil
}

func (c *Compute) newImage(name, description string, tags map[string]string) (*image, error) {
	if !imageName.MatchString(name) {
		return nil, wire.Errorf("InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long, and may contain "+
			"letters, numbers, '(', ')', '.', '-', '/' and '_'")
	}
	for _, other := range c.images {
		if other.name == name {
			return nil, wire.Errorf("InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s", name, other.id)
		}
	}
	image := &image{
		id: "ami-" + c.account.Hex(17), name: name, description: description, rootDevice: "/dev/xvda",
		architecture: types.ArchitectureValuesX8664, createdAt: c.account.Now(), state: types.ImageStatePending, tags: tags,
	}
	c.images[image.id] = image
	return image, nil
}

// completeImage ends an image's pending time, unless it was deregistered meanwhile. What becomes of one whose instance ends while
// it is pending is not published; the cautious reading is that it fails.
func (c *Compute) completeImage(image *image, i *Instance, failure string) {
	if c.images[image.id] != image {
		return
	}
	if failure == "" && (i.State == ShuttingDown || i.State == Terminated) {
		failure = internalError
	}
	image.state, image.failure = types.ImageStateAvailable, failure
	if failure != "" {
		image.state = types.ImageStateFailed
	}
	for _, s := range image.snapshots {
		s.completed = true
	}
}

// internalError is the reason that AWS gives for most images that fail (boto/boto3 issue 1698).
const internalError = "Server.InternalError: Internal error"

// FailImages lets the next n images that are made of instances fail when their pending time is over.
func (c *Compute) FailImages(n int) { c.failing = n }

func (c *Compute) imageFailure() string {
	if c.failing == 0 {
		return ""
	}
	c.failing--
	return internalError
}

// SetImageAvailable sets how long images are pending that are made from now on.
func (c *Compute) SetImageAvailable(d account.Duration) { c.settings.ImageAvailable = d }

// OnImage calls f, with the lock held, when an image is made of an instance: its disk then is the image's.
func (c *Compute) OnImage(f func(i *Instance, imageID string)) { c.imaged = append(c.imaged, f) }

// OnImageGone calls f, with the lock held, when an image is deregistered.
func (c *Compute) OnImageGone(f func(imageID string)) { c.imageGone = append(c.imageGone, f) }

// deregisterImage takes an image away, and its snapshots where the call says so. Those that belong to several images stay (SDK,
// DeregisterImageInput). One that was deregistered before is told from one that never was (ansible/ansible issue 24945).
func (c *Compute) deregisterImage(call *wire.Call, in *sdk.DeregisterImageInput) (*sdk.DeregisterImageOutput, error) {
	id := aws.ToString(in.ImageId)
	image, ok := c.images[id]
	if !ok {
		if _, was := c.deregistered[id]; was {
			return nil, wire.Errorf("InvalidAMIID.Unavailable", "The image ID '%s' is no longer available", id)
		}
		return nil, imageNotFound(id)
	}
	delete(c.images, id)
	c.deregistered[id] = c.account.Now()
	for _, f := range c.imageGone {
		f(id)
	}
	out := &sdk.DeregisterImageOutput{Return: aws.Bool(true)}
	if !aws.ToBool(in.DeleteAssociatedSnapshots) {
		return out, nil
	}
	for _, s := range image.snapshots {
		if c.snapshot(s.id) == nil {
			continue
		}
		c.forgetSnapshot(s)
		out.DeleteSnapshotResults = append(out.DeleteSnapshotResults, types.DeleteSnapshotReturnCode{
			SnapshotId: aws.String(s.id), ReturnCode: types.SnapshotReturnCodesSuccess,
		})
	}
	return out, nil
}
