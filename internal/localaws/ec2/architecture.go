package ec2

// Architecture is an image's processor architecture, e.g. x86_64; empty for an image that does not exist.
func (c *Compute) Architecture(imageID string) string {
	if image, ok := c.images[imageID]; ok {
		return string(image.architecture)
	}
	return ""
}
