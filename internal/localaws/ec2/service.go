package ec2

import "bluegreen/internal/localaws/wire"

//go:generate go run bluegreen/internal/localaws/wire/wirenames -service ec2 -operations DescribeVpcs,DescribeSubnets,DescribeAvailabilityZones,CreateSecurityGroup,DescribeSecurityGroups,CreateTags,DeleteTags,DescribeTags,RegisterImage,CreateImage,DescribeImages,DeregisterImage,DescribeSnapshots,DeleteSnapshot,CreateLaunchTemplate,CreateLaunchTemplateVersion,ModifyLaunchTemplate,DescribeLaunchTemplates,DescribeLaunchTemplateVersions,DeleteLaunchTemplate,DeleteLaunchTemplateVersions,RunInstances,DescribeInstances,DescribeInstanceStatus,DescribeInstanceTypes,TerminateInstances,StopInstances,StartInstances,CreateVpcEndpointServiceConfiguration,DescribeVpcEndpointServiceConfigurations -out names.go

// Service is the API of EC2, as far as it is modelled.
func (c *Compute) Service() wire.Service {
	return wire.Service{
		SigningName:  "ec2",
		Protocol:     wire.EC2Query,
		Version:      "2016-11-15",
		Namespace:    "http://ec2.amazonaws.com/doc/2016-11-15/",
		RequestNames: requestNames, ResponseNames: responseNames,
		EmptyLists: map[string]wire.EmptyList{
			"Reservation.Groups": wire.There, "Instance.BlockDeviceMappings": wire.There, "Instance.NetworkInterfaces": wire.There,
			"Instance.SecurityGroups": wire.There, "Instance.ProductCodes": wire.There,
			"InstanceNetworkInterface.Ipv6Addresses": wire.There, "Subnet.Ipv6CidrBlockAssociationSet": wire.There,
			"AvailabilityZone.Messages": wire.There, "Image.BlockDeviceMappings": wire.There,
			"SecurityGroup.IpPermissions": wire.There, "SecurityGroup.IpPermissionsEgress": wire.There,
			"IpPermission.IpRanges": wire.There, "IpPermission.Ipv6Ranges": wire.There, "IpPermission.PrefixListIds": wire.There,
			"IpPermission.UserIdGroupPairs": wire.There, "CreateSecurityGroupOutput.Tags": wire.LeftOut,
		},
		Operations: append(append(c.instanceOperations(), c.keyPairOperations()...),
			wire.Op("DescribeVpcs", c.describeVpcs, "VpcIds", "Filters", "MaxResults", "NextToken"),
			wire.Op("CreateVpcEndpointServiceConfiguration", c.createEndpointService, "NetworkLoadBalancerArns", "AcceptanceRequired", "ClientToken"),
			wire.Op("DescribeVpcEndpointServiceConfigurations", c.describeEndpointServices, "ServiceIds", "MaxResults", "NextToken"),
			wire.Op("DescribeSubnets", c.describeSubnets, "SubnetIds", "Filters", "MaxResults", "NextToken"),
			wire.Op("DescribeAvailabilityZones", c.describeZones, "ZoneNames", "Filters"),
			wire.Op("CreateSecurityGroup", c.createSecurityGroup, "GroupName", "Description", "VpcId", "TagSpecifications").
				Requires("GroupName", "Description"),
			wire.Op("DescribeSecurityGroups", c.describeSecurityGroups, "GroupIds", "GroupNames", "Filters", "MaxResults", "NextToken"),
			wire.Op("CreateTags", c.createTags, "Resources", "Tags").Requires("Resources", "Tags"),
			wire.Op("DeleteTags", c.deleteTags, "Resources", "Tags").Requires("Resources"),
			wire.Op("DescribeTags", c.describeTags, "Filters", "MaxResults", "NextToken"),
			wire.Op("RegisterImage", c.registerImage, "Name", "Description", "Architecture", "RootDeviceName",
				"BlockDeviceMappings", "VirtualizationType", "EnaSupport", "ImageLocation", "TagSpecifications").Requires("Name"),
			wire.Op("CreateImage", c.createImage, "InstanceId", "Name", "Description", "NoReboot", "TagSpecifications").
				Requires("InstanceId", "Name"),
			wire.Op("DescribeImages", c.describeImages, "ImageIds", "Owners", "Filters", "MaxResults", "NextToken"),
			wire.Op("DeregisterImage", c.deregisterImage, "ImageId", "DeleteAssociatedSnapshots").Requires("ImageId"),
			wire.Op("DescribeSnapshots", c.describeSnapshots, "SnapshotIds", "OwnerIds", "Filters", "MaxResults", "NextToken"),
			wire.Op("DeleteSnapshot", c.deleteSnapshot, "SnapshotId").Requires("SnapshotId"),
			wire.Op("CreateLaunchTemplate", c.createTemplate, "LaunchTemplateName", "LaunchTemplateData", "VersionDescription",
				"ClientToken", "TagSpecifications").Requires("LaunchTemplateName"),
			wire.Op("CreateLaunchTemplateVersion", c.createTemplateVersion, "LaunchTemplateId", "LaunchTemplateName",
				"LaunchTemplateData", "SourceVersion", "VersionDescription", "ClientToken"),
			wire.Op("ModifyLaunchTemplate", c.modifyTemplate, "LaunchTemplateId", "LaunchTemplateName", "DefaultVersion", "ClientToken"),
			wire.Op("DescribeLaunchTemplates", c.describeTemplates, "LaunchTemplateIds", "LaunchTemplateNames", "Filters",
				"MaxResults", "NextToken"),
			wire.Op("DescribeLaunchTemplateVersions", c.describeTemplateVersions, "LaunchTemplateId", "LaunchTemplateName",
				"Versions", "MinVersion", "MaxVersion", "Filters", "ResolveAlias", "MaxResults", "NextToken"),
			wire.Op("DeleteLaunchTemplate", c.deleteTemplate, "LaunchTemplateId", "LaunchTemplateName"),
			wire.Op("DeleteLaunchTemplateVersions", c.deleteTemplateVersions, "LaunchTemplateId", "LaunchTemplateName", "Versions").
				Requires("Versions"),
		),
	}
}

func (c *Compute) instanceOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("RunInstances", c.runInstances, "MinCount", "MaxCount", "ClientToken", "ImageId", "InstanceType", "KeyName",
			"UserData", "SecurityGroupIds", "SecurityGroups", "SubnetId", "NetworkInterfaces", "Placement.AvailabilityZone", "Placement.Tenancy",
			"IamInstanceProfile", "LaunchTemplate", "InstanceMarketOptions", "TagSpecifications", "BlockDeviceMappings", "Monitoring",
			"EbsOptimized", "MetadataOptions", "InstanceInitiatedShutdownBehavior", "DisableApiTermination", "CreditSpecification",
			"KernelId", "RamdiskId").Requires("MinCount", "MaxCount"),
		wire.Op("DescribeInstances", c.describeInstances, "InstanceIds", "Filters", "MaxResults", "NextToken"),
		wire.Op("DescribeInstanceStatus", c.describeInstanceStatus, "InstanceIds", "IncludeAllInstances", "Filters",
			"MaxResults", "NextToken"),
		wire.Op("DescribeInstanceTypes", c.describeInstanceTypes, "InstanceTypes").Requires("InstanceTypes"),
		wire.Op("TerminateInstances", c.terminateInstances, "InstanceIds").Requires("InstanceIds"),
		wire.Op("StopInstances", c.stopInstances, "InstanceIds").Requires("InstanceIds"),
		wire.Op("StartInstances", c.startInstances, "InstanceIds").Requires("InstanceIds"),
	}
}
