package launch

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// CopyConfiguration is what makes a copy of a launch configuration under another name. AWS describes what is not set as an empty
// text, which it does not take.
func CopyConfiguration(of asgtypes.LaunchConfiguration, name string) *autoscaling.CreateLaunchConfigurationInput {
	return &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName:      &name,
		AssociatePublicIpAddress:     of.AssociatePublicIpAddress,
		BlockDeviceMappings:          of.BlockDeviceMappings,
		ClassicLinkVPCId:             set(of.ClassicLinkVPCId),
		ClassicLinkVPCSecurityGroups: of.ClassicLinkVPCSecurityGroups,
		EbsOptimized:                 of.EbsOptimized,
		IamInstanceProfile:           set(of.IamInstanceProfile),
		ImageId:                      set(of.ImageId),
		InstanceMonitoring:           of.InstanceMonitoring,
		InstanceType:                 set(of.InstanceType),
		KernelId:                     set(of.KernelId),
		KeyName:                      set(of.KeyName),
		MetadataOptions:              of.MetadataOptions,
		PlacementTenancy:             set(of.PlacementTenancy),
		RamdiskId:                    set(of.RamdiskId),
		SecurityGroups:               of.SecurityGroups,
		SpotPrice:                    set(of.SpotPrice),
		UserData:                     set(of.UserData),
	}
}

// set is a text that says something, or nil.
func set(text *string) *string {
	if aws.ToString(text) == "" {
		return nil
	}
	return text
}

// FromConfiguration is what makes a launch template whose instances are as those of a launch configuration, where an account may
// make no configurations any more. What a configuration means by saying nothing is said: a template means something else by it.
// ClassicLink is left out: EC2-Classic, which it links to, has gone.
func FromConfiguration(of asgtypes.LaunchConfiguration) *ec2types.RequestLaunchTemplateData {
	data := &ec2types.RequestLaunchTemplateData{
		EbsOptimized: of.EbsOptimized,
		ImageId:      set(of.ImageId),
		InstanceType: ec2types.InstanceType(aws.ToString(of.InstanceType)),
		KernelId:     set(of.KernelId),
		KeyName:      set(of.KeyName),
		RamDiskId:    set(of.RamdiskId),
		UserData:     set(of.UserData),
		Monitoring:   &ec2types.LaunchTemplatesMonitoringRequest{Enabled: aws.Bool(true)}, // detailed by default; a template's is basic
	}
	if of.InstanceMonitoring != nil && of.InstanceMonitoring.Enabled != nil {
		data.Monitoring.Enabled = of.InstanceMonitoring.Enabled
	}
	if profile := set(of.IamInstanceProfile); profile != nil {
		data.IamInstanceProfile = &ec2types.LaunchTemplateIamInstanceProfileSpecificationRequest{Name: profile}
		if strings.HasPrefix(*profile, "arn:") {
			data.IamInstanceProfile = &ec2types.LaunchTemplateIamInstanceProfileSpecificationRequest{Arn: profile}
		}
	}
	if tenancy := set(of.PlacementTenancy); tenancy != nil {
		data.Placement = &ec2types.LaunchTemplatePlacementRequest{Tenancy: ec2types.Tenancy(*tenancy)}
	}
	if price := set(of.SpotPrice); price != nil {
		data.InstanceMarketOptions = &ec2types.LaunchTemplateInstanceMarketOptionsRequest{
			MarketType: ec2types.MarketTypeSpot, SpotOptions: &ec2types.LaunchTemplateSpotMarketOptionsRequest{MaxPrice: price},
		}
	}
	if options := of.MetadataOptions; options != nil {
		data.MetadataOptions = &ec2types.LaunchTemplateInstanceMetadataOptionsRequest{
			HttpEndpoint:            ec2types.LaunchTemplateInstanceMetadataEndpointState(options.HttpEndpoint),
			HttpPutResponseHopLimit: options.HttpPutResponseHopLimit,
			HttpTokens:              ec2types.LaunchTemplateHttpTokensState(options.HttpTokens),
		}
	}
	for _, device := range of.BlockDeviceMappings {
		data.BlockDeviceMappings = append(data.BlockDeviceMappings, fromDevice(device))
	}
	fillNetwork(data, of)
	return data
}

// fillNetwork gives a template a network interface where the configuration says whether instances get public addresses. The
// security groups are the interface's then: AWS takes no others beside one.
func fillNetwork(data *ec2types.RequestLaunchTemplateData, of asgtypes.LaunchConfiguration) {
	if of.AssociatePublicIpAddress == nil {
		data.SecurityGroupIds = of.SecurityGroups
		return
	}
	data.NetworkInterfaces = []ec2types.LaunchTemplateInstanceNetworkInterfaceSpecificationRequest{{
		DeviceIndex: aws.Int32(0), AssociatePublicIpAddress: of.AssociatePublicIpAddress, DeleteOnTermination: aws.Bool(true), Groups: of.SecurityGroups,
	}}
}

func fromDevice(device asgtypes.BlockDeviceMapping) ec2types.LaunchTemplateBlockDeviceMappingRequest {
	made := ec2types.LaunchTemplateBlockDeviceMappingRequest{DeviceName: device.DeviceName, VirtualName: set(device.VirtualName)}
	if aws.ToBool(device.NoDevice) {
		made.NoDevice = aws.String("") // a template says it by naming the member
	}
	if volume := device.Ebs; volume != nil {
		made.Ebs = &ec2types.LaunchTemplateEbsBlockDeviceRequest{
			DeleteOnTermination: aws.Bool(true), // by default
			Encrypted:           volume.Encrypted,
			Iops:                volume.Iops,
			SnapshotId:          set(volume.SnapshotId),
			Throughput:          volume.Throughput,
			VolumeSize:          volume.VolumeSize,
			VolumeType:          ec2types.VolumeType(aws.ToString(volume.VolumeType)),
		}
		if volume.DeleteOnTermination != nil {
			made.Ebs.DeleteOnTermination = volume.DeleteOnTermination
		}
	}
	return made
}
