package ec2

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// idOf is the id of something that comes and goes with the instance: it follows from the instance's own.
func (i *Instance) idOf(prefix, what string) string {
	digest := sha256.Sum256([]byte(i.ID + " " + prefix + " " + what))
	return prefix + hex.EncodeToString(digest[:])[:17]
}

// attached is how far the attachment is of what an instance has from its start.
func (i *Instance) attached() types.AttachmentStatus {
	if i.State == Pending {
		return types.AttachmentStatusAttaching
	}
	return types.AttachmentStatusAttached
}

// blockDevices are the instance's volumes: its image's root device, and those that its template names. One that starts has
// none yet.
func (i *Instance) blockDevices() []types.InstanceBlockDeviceMapping {
	if i.State == Pending {
		return nil
	}
	devices := i.devices()
	mappings := make([]types.InstanceBlockDeviceMapping, len(devices))
	for k, device := range devices {
		mappings[k] = types.InstanceBlockDeviceMapping{DeviceName: aws.String(device.Name), Ebs: &types.EbsInstanceBlockDevice{
			VolumeId: aws.String(i.idOf("vol-", device.Name)), AttachTime: aws.Time(i.LaunchedAt), DeleteOnTermination: aws.Bool(!device.Stays),
			Status: types.AttachmentStatusAttached,
		}}
	}
	return mappings
}

func (i *Instance) devices() []Device {
	devices := i.options.Devices
	if !slices.ContainsFunc(devices, func(d Device) bool { return d.Name == i.rootDevice }) {
		devices = append([]Device{{Name: i.rootDevice}}, devices...)
	}
	return devices
}

// networkInterface is the instance's one, with its address and security groups.
func (c *Compute) networkInterface(i *Instance, groups []types.GroupIdentifier, dnsName string) types.InstanceNetworkInterface {
	return types.InstanceNetworkInterface{
		NetworkInterfaceId: aws.String(i.idOf("eni-", "0")), InterfaceType: aws.String("interface"), Status: types.NetworkInterfaceStatusInUse,
		Description: aws.String(i.options.interfaceDescription), OwnerId: aws.String(c.account.ID), Groups: groups,
		VpcId: aws.String(c.network.vpcID), SubnetId: aws.String(i.SubnetID), SourceDestCheck: aws.Bool(true),
		PrivateIpAddress: aws.String(i.PrivateIP), PrivateDnsName: aws.String(dnsName),
		PrivateIpAddresses: []types.InstancePrivateIpAddress{{
			Primary: aws.Bool(true), PrivateIpAddress: aws.String(i.PrivateIP), PrivateDnsName: aws.String(dnsName),
		}},
		Attachment: &types.InstanceNetworkInterfaceAttachment{
			AttachmentId: aws.String(i.idOf("eni-attach-", "0")), AttachTime: aws.Time(i.LaunchedAt), DeleteOnTermination: aws.Bool(!i.options.interfaceStays),
			DeviceIndex: aws.Int32(0), NetworkCardIndex: aws.Int32(0), Status: i.attached(),
		},
	}
}
