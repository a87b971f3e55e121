package ec2

import (
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

// image is a machine image of the account.
type image struct {
	id, name, description string
	architecture          types.ArchitectureValues
	rootDevice            string
	createdAt             time.Time
	state                 types.ImageState // pending, available or failed
	failure               string           // why it failed, behind a code and a colon
	sick                  bool             // the application on it never answers
	tags                  map[string]string
	source                string // the instance that it was made of; empty: it was registered
	snapshots             []*snapshot
}

// Image reports whether an image exists, also one that is not available yet.
func (c *Compute) Image(id string) bool {
	_, ok := c.images[id]
	return ok
}

// ImageView is an image as others see it.
type ImageView struct {
	ID, Name, State string
	Sick            bool
	Tags            map[string]string
}

// Images are all images, oldest first.
func (c *Compute) Images() []ImageView {
	var all []ImageView
	for _, i := range c.sortedImages() {
		all = append(all, ImageView{ID: i.id, Name: i.name, State: string(i.state), Sick: i.sick, Tags: maps.Clone(i.tags)})
	}
	return all
}

// ResolveImagesBy has f say which image's id a parameter of Systems Manager stands for, by its name or ARN, and by a version
// or a label behind a colon.
func (c *Compute) ResolveImagesBy(f func(reference string) (image string, err error)) { c.alias = f }

// aliasPrefix begins an image's name that is a parameter of Systems Manager.
const aliasPrefix = "resolve:ssm:"

// Alias is the parameter that an image is named by: its name or ARN, with a version or a label behind a colon or without. Of an
// image that is named by its id there is none: "".
func Alias(image string) string {
	reference, named := strings.CutPrefix(image, aliasPrefix)
	if !named {
		return ""
	}
	return reference
}

// ImageNamed is the id of an image that is named by its id, or by a parameter (resolve:ssm:…): what that stands for now. The
// error is EC2's own. The image need not exist.
func (c *Compute) ImageNamed(name string) (string, error) {
	reference := Alias(name)
	if reference == "" {
		return name, nil
	}
	if c.alias == nil {
		return "", wire.NotModelled("images named by parameters, where there is no Systems Manager: name the image's id")
	}
	return c.alias(reference)
}

func (c *Compute) usableImage(id string) (*image, error) {
	id, err := c.ImageNamed(id)
	if err != nil {
		return nil, err
	}
	image, ok := c.images[id]
	if !ok {
		return nil, imageNotFound(id)
	}
	if image.state != types.ImageStateAvailable { // packer issue 12162; of one that failed: likewise
		return nil, wire.Errorf("InvalidAMIID.Unavailable", "AMI '%s' is %s, and cannot be run", id, image.state)
	}
	return image, nil
}
