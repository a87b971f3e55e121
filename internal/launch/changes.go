package launch

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/deploy"
)

// Changes are what green's instances are to have otherwise than blue's. What is empty stays.
type Changes struct {
	ImageID      string
	RootDevice   string // name of the image's root device, e.g. /dev/xvda
	InstanceType string
	UserData     string // as it is run, not encoded
}

// ChangesOf are those that a deployment has decided on. The user data is the request's.
func ChangesOf(own deploy.Own, userData string) Changes {
	c := Changes{ImageID: own.ImageID, RootDevice: own.RootDevice, InstanceType: own.InstanceType}
	if own.UserData {
		c.UserData = userData
	}
	return c
}

// Any reports whether anything is to be otherwise.
func (c Changes) Any() bool { return c.ImageID != "" || c.InstanceType != "" || c.UserData != "" }

// Template changes what a launch template is made with. A snapshot that it names for the root device is that of the image before:
// an instance would start from it, and not from the image that is asked for.
func (c Changes) Template(data *ec2types.RequestLaunchTemplateData) {
	if c.ImageID != "" {
		data.ImageId = &c.ImageID
		for i, device := range data.BlockDeviceMappings {
			if device.Ebs != nil && aws.ToString(device.DeviceName) == c.RootDevice {
				volume := *device.Ebs
				volume.SnapshotId = nil
				data.BlockDeviceMappings[i].Ebs = &volume
			}
		}
	}
	if c.InstanceType != "" {
		data.InstanceType, data.InstanceRequirements = ec2types.InstanceType(c.InstanceType), nil // AWS takes one of them
	}
	if c.UserData != "" {
		data.UserData = c.userData()
	}
}

// Configuration changes what a launch configuration is made with, as Template does.
func (c Changes) Configuration(input *autoscaling.CreateLaunchConfigurationInput) {
	if c.ImageID != "" {
		input.ImageId = &c.ImageID
		devices := append([]asgtypes.BlockDeviceMapping(nil), input.BlockDeviceMappings...)
		for i, device := range devices {
			if device.Ebs != nil && aws.ToString(device.DeviceName) == c.RootDevice {
				volume := *device.Ebs
				volume.SnapshotId = nil
				devices[i].Ebs = &volume
			}
		}
		input.BlockDeviceMappings = devices
	}
	if c.InstanceType != "" {
		input.InstanceType = &c.InstanceType
	}
	if c.UserData != "" {
		input.UserData = c.userData()
	}
}

func (c Changes) userData() *string {
	return aws.String(base64.StdEncoding.EncodeToString([]byte(c.UserData)))
}

// Overridden finds what the overrides of a mixed instances policy decide instead of its template: changed there, it would mean
// nothing, or something else for a part of the instances.
func (c Changes) Overridden(policy *asgtypes.MixedInstancesPolicy) []string {
	if policy == nil || policy.LaunchTemplate == nil || !c.Any() {
		return nil
	}
	var images, types, templates []string
	for _, override := range policy.LaunchTemplate.Overrides {
		if override.ImageId != nil {
			images = append(images, *override.ImageId)
		}
		if override.InstanceType != nil {
			types = append(types, *override.InstanceType)
		}
		if override.InstanceRequirements != nil {
			types = append(types, "instance requirements")
		}
		if spec := override.LaunchTemplateSpecification; spec != nil {
			name := aws.ToString(spec.LaunchTemplateId)
			if name == "" {
				name = aws.ToString(spec.LaunchTemplateName)
			}
			templates = append(templates, name)
		}
	}
	var findings []string
	if c.ImageID != "" && len(images) > 0 {
		findings = append(findings, fmt.Sprintf("green.image would mean nothing where overrides of its mixed instances policy name an image themselves (%s): "+
			"take it out of them, or leave green.image out", strings.Join(images, ", ")))
	}
	if c.InstanceType != "" && len(types) > 0 {
		findings = append(findings, fmt.Sprintf("green.instance_type would mean nothing: the overrides of its mixed instances policy say which types it launches (%s): "+
			"change them, or leave green.instance_type out", strings.Join(types, ", ")))
	}
	if len(templates) > 0 {
		findings = append(findings, fmt.Sprintf("what green is to have otherwise would be in the template of its mixed instances policy only, and overrides name "+
			"others (%s): change those, and leave it out of the request", strings.Join(templates, ", ")))
	}
	return findings
}
