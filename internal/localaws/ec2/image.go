package ec2

import (
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
	available             bool
	sick                  bool // the application on it never answers
	tags                  map[string]string
}

// Image reports whether an image exists, also one that is not available yet.
func (c *Compute) Image(id string) bool {
	_, ok := c.images[id]
	return ok
}

func (c *Compute) usableImage(id string) (*image, error) {
	image, ok := c.images[id]
	if !ok {
		return nil, imageNotFound(id)
	}
	if !image.available {
		return nil, wire.Errorf("InvalidAMIID.Unavailable", "The image id '[%s]' is not available", id)
	}
	return image, nil
}

func imageNotFound(id string) error {
	return wire.Errorf("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", id)
}
