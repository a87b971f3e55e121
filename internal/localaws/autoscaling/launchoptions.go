package autoscaling

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// launchOptions are what a launch configuration says of its instances beside what a launch request names.
func launchOptions(c *types.LaunchConfiguration) localec2.Options {
	o := localec2.Options{
		Monitored: c.InstanceMonitoring != nil && aws.ToBool(c.InstanceMonitoring.Enabled), EBSOptimized: aws.ToBool(c.EbsOptimized),
		Tenancy: aws.ToString(c.PlacementTenancy),
	}
	if m := c.MetadataOptions; m != nil {
		o.Metadata = localec2.Metadata{Tokens: string(m.HttpTokens), Endpoint: string(m.HttpEndpoint), HopLimit: m.HttpPutResponseHopLimit}
	}
	for _, device := range c.BlockDeviceMappings {
		if device.Ebs != nil {
			o.Devices = append(o.Devices, localec2.Device{
				Name: aws.ToString(device.DeviceName), Stays: device.Ebs.DeleteOnTermination != nil && !*device.Ebs.DeleteOnTermination,
			})
		}
	}
	return o
}
