package ec2

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Options are what a launch template or configuration says of an instance beside what a LaunchRequest names. They are shown
// and have no effect here.
type Options struct {
	Monitored, EBSOptimized bool
	Tenancy                 types.Tenancy // "" is default
	Metadata                types.InstanceMetadataOptionsResponse
	Devices                 []Device // volumes

	interfaceStays       bool // when the instance ends
	interfaceDescription string
}

// Device is a volume that an instance is launched with.
type Device struct {
	Name  string
	Stays bool // when the instance ends
}

// options are what a launch template's data says of them.
func options(data *types.ResponseLaunchTemplateData) Options {
	o := Options{EBSOptimized: aws.ToBool(data.EbsOptimized)}
	if data.Monitoring != nil {
		o.Monitored = aws.ToBool(data.Monitoring.Enabled)
	}
	if data.Placement != nil {
		o.Tenancy = data.Placement.Tenancy
	}
	if m := data.MetadataOptions; m != nil {
		o.Metadata = types.InstanceMetadataOptionsResponse{
			HttpTokens: types.HttpTokensState(m.HttpTokens), HttpPutResponseHopLimit: m.HttpPutResponseHopLimit,
			HttpEndpoint: types.InstanceMetadataEndpointState(m.HttpEndpoint), HttpProtocolIpv6: types.InstanceMetadataProtocolState(m.HttpProtocolIpv6),
			InstanceMetadataTags: types.InstanceMetadataTagsState(m.InstanceMetadataTags),
		}
	}
	for _, device := range data.BlockDeviceMappings {
		if device.Ebs != nil {
			o.Devices = append(o.Devices, Device{Name: aws.ToString(device.DeviceName), Stays: stays(device.Ebs.DeleteOnTermination)})
		}
	}
	if len(data.NetworkInterfaces) > 0 {
		first := data.NetworkInterfaces[0]
		o.interfaceStays, o.interfaceDescription = stays(first.DeleteOnTermination), aws.ToString(first.Description)
	}
	return o
}

// stays reads DeleteOnTermination, which is true where nobody says otherwise.
func stays(deleted *bool) bool { return deleted != nil && !*deleted }

// metadata are the options of the instance's metadata service, with the API's defaults for those that nobody has set.
func (o Options) metadata() types.InstanceMetadataOptionsResponse {
	m := o.Metadata
	m.HttpTokens = cmp.Or(m.HttpTokens, types.HttpTokensStateOptional)
	m.HttpEndpoint = cmp.Or(m.HttpEndpoint, types.InstanceMetadataEndpointStateEnabled)
	m.HttpProtocolIpv6 = cmp.Or(m.HttpProtocolIpv6, types.InstanceMetadataProtocolStateDisabled)
	m.InstanceMetadataTags = cmp.Or(m.InstanceMetadataTags, types.InstanceMetadataTagsStateDisabled)
	if m.HttpPutResponseHopLimit == nil {
		m.HttpPutResponseHopLimit = aws.Int32(1)
	}
	return m
}

func (o Options) monitoring() *types.Monitoring {
	if o.Monitored {
		return &types.Monitoring{State: types.MonitoringStateEnabled}
	}
	return &types.Monitoring{State: types.MonitoringStateDisabled}
}
