package ec2

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Options are what a launch template or configuration says of an instance beside what a LaunchRequest names. They are shown
// and have no effect here, but for how the instance ends.
type Options struct {
	Monitored, EBSOptimized bool
	TerminationProtected    bool   // no call of TerminateInstances ends it
	EndsByShutdown          bool   // it is terminated, not stopped, when its own system shuts down
	Kernel, RAMDisk         string // ids; empty: none
	Tenancy                 string // "" is default
	Metadata                Metadata
	Devices                 []Device // volumes

	interfaceStays       bool // when the instance ends
	interfaceDescription string
}

// Metadata are the options of an instance's metadata service, in EC2's words; what is empty is the API's default.
type Metadata struct {
	Tokens, Endpoint, IPv6, Tags string
	HopLimit                     *int32
}

// Device is a volume that an instance is launched with.
type Device struct {
	Name  string
	Size  int32 // GiB; 0: nobody has said it
	Stays bool  // when the instance ends
}

// options are what a launch template's data says of them.
func options(data *types.ResponseLaunchTemplateData) Options {
	o := Options{
		EBSOptimized: aws.ToBool(data.EbsOptimized), TerminationProtected: aws.ToBool(data.DisableApiTermination),
		EndsByShutdown: data.InstanceInitiatedShutdownBehavior == types.ShutdownBehaviorTerminate,
		Kernel:         aws.ToString(data.KernelId), RAMDisk: aws.ToString(data.RamDiskId),
	}
	if data.Monitoring != nil {
		o.Monitored = aws.ToBool(data.Monitoring.Enabled)
	}
	if data.Placement != nil {
		o.Tenancy = string(data.Placement.Tenancy)
	}
	if m := data.MetadataOptions; m != nil {
		o.Metadata = Metadata{
			Tokens: string(m.HttpTokens), Endpoint: string(m.HttpEndpoint), IPv6: string(m.HttpProtocolIpv6), Tags: string(m.InstanceMetadataTags),
			HopLimit: m.HttpPutResponseHopLimit,
		}
	}
	for _, device := range data.BlockDeviceMappings {
		if device.Ebs != nil {
			o.Devices = append(o.Devices, Device{
				Name: aws.ToString(device.DeviceName), Size: aws.ToInt32(device.Ebs.VolumeSize), Stays: stays(device.Ebs.DeleteOnTermination),
			})
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

// metadata are the options of the instance's metadata service, with the API's defaults for those that nobody has set. They
// take effect while the instance starts.
func (i *Instance) metadata() *types.InstanceMetadataOptionsResponse {
	m := i.options.Metadata
	described := &types.InstanceMetadataOptionsResponse{
		State:                   types.InstanceMetadataOptionsStateApplied,
		HttpTokens:              cmp.Or(types.HttpTokensState(m.Tokens), types.HttpTokensStateOptional),
		HttpEndpoint:            cmp.Or(types.InstanceMetadataEndpointState(m.Endpoint), types.InstanceMetadataEndpointStateEnabled),
		HttpProtocolIpv6:        cmp.Or(types.InstanceMetadataProtocolState(m.IPv6), types.InstanceMetadataProtocolStateDisabled),
		InstanceMetadataTags:    cmp.Or(types.InstanceMetadataTagsState(m.Tags), types.InstanceMetadataTagsStateDisabled),
		HttpPutResponseHopLimit: cmp.Or(m.HopLimit, aws.Int32(1)),
	}
	if i.State == Pending {
		described.State = types.InstanceMetadataOptionsStatePending
	}
	return described
}

func (o Options) monitoring() *types.Monitoring {
	if o.Monitored {
		return &types.Monitoring{State: types.MonitoringStateEnabled}
	}
	return &types.Monitoring{State: types.MonitoringStateDisabled}
}
