package ec2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"bluegreen/internal/localaws/wire"
)

var vpcFields = fields[types.Vpc]{
	of: map[string]func(types.Vpc) []string{
		"vpc-id":     func(v types.Vpc) []string { return []string{*v.VpcId} },
		"is-default": func(v types.Vpc) []string { return []string{"true"} },
		"isDefault":  func(v types.Vpc) []string { return []string{"true"} },
		"cidr":       func(v types.Vpc) []string { return []string{*v.CidrBlock} },
		"state":      func(v types.Vpc) []string { return []string{string(v.State)} },
	},
	tags: func(v types.Vpc) map[string]string { return tagMap(v.Tags) },
}

func (c *Compute) describeVpcs(call *wire.Call, in *sdk.DescribeVpcsInput) (*sdk.DescribeVpcsOutput, error) {
	if err := checkPage(in.MaxResults, nil, 5, 1000, ""); err != nil {
		return nil, err
	}
	if err := vpcIDs.check(in.VpcIds...); err != nil {
		return nil, err
	}
	for _, id := range in.VpcIds {
		if id != c.network.vpcID {
			return nil, vpcNotFound(id)
		}
	}
	vpc := types.Vpc{
		VpcId: aws.String(c.network.vpcID), CidrBlock: aws.String("172.31.0.0/16"), IsDefault: aws.Bool(true),
		State: types.VpcStateAvailable, OwnerId: aws.String(c.account.ID), InstanceTenancy: types.TenancyDefault,
		Tags: tagList(c.network.tags),
	}
	kept, err := vpcFields.keep([]types.Vpc{vpc}, in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	return &sdk.DescribeVpcsOutput{Vpcs: kept, NextToken: next}, err
}

var subnetFields = fields[types.Subnet]{
	of: map[string]func(types.Subnet) []string{
		"subnet-id":         func(s types.Subnet) []string { return []string{*s.SubnetId} },
		"vpc-id":            func(s types.Subnet) []string { return []string{*s.VpcId} },
		"availability-zone": func(s types.Subnet) []string { return []string{*s.AvailabilityZone} },
		"availabilityZone":  func(s types.Subnet) []string { return []string{*s.AvailabilityZone} },
		"default-for-az":    func(s types.Subnet) []string { return []string{"true"} },
		"defaultForAz":      func(s types.Subnet) []string { return []string{"true"} },
		"cidr-block":        func(s types.Subnet) []string { return []string{*s.CidrBlock} },
		"state":             func(s types.Subnet) []string { return []string{string(s.State)} },
	},
	tags: func(s types.Subnet) map[string]string { return tagMap(s.Tags) },
}

func (c *Compute) describeSubnets(call *wire.Call, in *sdk.DescribeSubnetsInput) (*sdk.DescribeSubnetsOutput, error) {
	if err := checkPage(in.MaxResults, nil, 5, 1000, ""); err != nil {
		return nil, err
	}
	if err := subnetIDs.check(in.SubnetIds...); err != nil {
		return nil, err
	}
	for _, id := range in.SubnetIds {
		if _, ok := c.Subnet(id); !ok {
			return nil, subnetNotFound(id)
		}
	}
	var all []types.Subnet
	for _, subnet := range c.network.subnets {
		if len(in.SubnetIds) == 0 || slices.Contains(in.SubnetIds, subnet.ID) {
			all = append(all, c.describeSubnet(subnet))
		}
	}
	kept, err := subnetFields.keep(all, in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	return &sdk.DescribeSubnetsOutput{Subnets: kept, NextToken: next}, err
}

func (c *Compute) describeSubnet(s *Subnet) types.Subnet {
	used := int32(0)
	for _, i := range c.order {
		if i.SubnetID == s.ID && i.State != Terminated {
			used++
		}
	}
	return types.Subnet{
		SubnetId: aws.String(s.ID), VpcId: aws.String(s.VPCID), AvailabilityZone: aws.String(s.Zone),
		CidrBlock: aws.String(s.CIDR), DefaultForAz: aws.Bool(true), State: types.SubnetStateAvailable,
		MapPublicIpOnLaunch: aws.Bool(false), AvailableIpAddressCount: aws.Int32(hostsPerSubnet - used),
		OwnerId: aws.String(c.account.ID), SubnetArn: aws.String(c.account.ARN("ec2", "subnet/"+s.ID)),
		Tags: tagList(s.tags),
	}
}

var zoneFields = fields[types.AvailabilityZone]{of: map[string]func(types.AvailabilityZone) []string{
	"zone-name":     func(z types.AvailabilityZone) []string { return []string{*z.ZoneName} },
	"state":         func(z types.AvailabilityZone) []string { return []string{string(z.State)} },
	"region-name":   func(z types.AvailabilityZone) []string { return []string{*z.RegionName} },
	"zone-type":     func(z types.AvailabilityZone) []string { return []string{*z.ZoneType} },
	"opt-in-status": func(z types.AvailabilityZone) []string { return []string{string(z.OptInStatus)} },
}}

func (c *Compute) describeZones(call *wire.Call, in *sdk.DescribeAvailabilityZonesInput) (*sdk.DescribeAvailabilityZonesOutput, error) {
	for _, name := range in.ZoneNames {
		if !slices.Contains(c.Zones(), name) {
			return nil, wire.Errorf("InvalidParameterValue", "Invalid availability zone: [%s]", name)
		}
	}
	var all []types.AvailabilityZone
	for _, name := range c.Zones() {
		if len(in.ZoneNames) == 0 || slices.Contains(in.ZoneNames, name) {
			all = append(all, types.AvailabilityZone{
				ZoneName: aws.String(name), ZoneId: aws.String(c.ZoneID(name)), RegionName: aws.String(c.account.Region), GroupName: aws.String(c.account.Region),
				NetworkBorderGroup: aws.String(c.account.Region), State: types.AvailabilityZoneStateAvailable,
				ZoneType: aws.String("availability-zone"), OptInStatus: types.AvailabilityZoneOptInStatusOptInNotRequired,
			})
		}
	}
	kept, err := zoneFields.keep(all, in.Filters)
	return &sdk.DescribeAvailabilityZonesOutput{AvailabilityZones: kept}, err
}

func (c *Compute) createSecurityGroup(call *wire.Call, in *sdk.CreateSecurityGroupInput) (*sdk.CreateSecurityGroupOutput, error) {
	name := aws.ToString(in.GroupName)
	if in.VpcId != nil && *in.VpcId != c.network.vpcID {
		return nil, vpcNotFound(*in.VpcId)
	}
	if slices.ContainsFunc(c.network.groups, func(g *securityGroup) bool { return g.name == name }) {
		return nil, wire.Errorf("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, c.network.vpcID)
	}
	tags, err := specifiedTags(in.TagSpecifications, types.ResourceTypeSecurityGroup)
	if err != nil {
		return nil, err
	}
	group := &securityGroup{id: "sg-" + c.account.Hex(17), name: name, description: aws.ToString(in.Description), tags: tags}
	c.network.groups = append(c.network.groups, group)
	return &sdk.CreateSecurityGroupOutput{
		GroupId: aws.String(group.id), Tags: tagList(tags),
		SecurityGroupArn: aws.String(c.account.ARN("ec2", "security-group/"+group.id)),
	}, nil
}

var securityGroupFields = fields[types.SecurityGroup]{
	of: map[string]func(types.SecurityGroup) []string{
		"group-id":    func(g types.SecurityGroup) []string { return []string{*g.GroupId} },
		"group-name":  func(g types.SecurityGroup) []string { return []string{*g.GroupName} },
		"vpc-id":      func(g types.SecurityGroup) []string { return []string{*g.VpcId} },
		"description": func(g types.SecurityGroup) []string { return []string{*g.Description} },
	},
	tags: func(g types.SecurityGroup) map[string]string { return tagMap(g.Tags) },
}

func (c *Compute) describeSecurityGroups(call *wire.Call, in *sdk.DescribeSecurityGroupsInput) (*sdk.DescribeSecurityGroupsOutput, error) {
	if err := checkPage(in.MaxResults, nil, 5, 1000, ""); err != nil {
		return nil, err
	}
	if err := groupIDs.check(in.GroupIds...); err != nil {
		return nil, err
	}
	for _, id := range in.GroupIds {
		if _, ok := c.securityGroup(id); !ok {
			return nil, groupNotFound(id)
		}
	}
	for _, name := range in.GroupNames {
		if !slices.ContainsFunc(c.network.groups, func(g *securityGroup) bool { return g.name == name }) {
			return nil, wire.Errorf("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC '%s'", name, c.network.vpcID)
		}
	}
	var all []types.SecurityGroup
	for _, group := range c.network.groups {
		wanted := len(in.GroupIds)+len(in.GroupNames) == 0 ||
			slices.Contains(in.GroupIds, group.id) || slices.Contains(in.GroupNames, group.name)
		if wanted {
			all = append(all, types.SecurityGroup{
				GroupId: aws.String(group.id), GroupName: aws.String(group.name), Description: aws.String(group.description),
				OwnerId: aws.String(c.account.ID), VpcId: aws.String(c.network.vpcID), Tags: tagList(group.tags),
				SecurityGroupArn: aws.String(c.account.ARN("ec2", "security-group/"+group.id)),
			})
		}
	}
	kept, err := securityGroupFields.keep(all, in.Filters)
	if err != nil {
		return nil, err
	}
	kept, next, err := page(kept, in.MaxResults, in.NextToken)
	return &sdk.DescribeSecurityGroupsOutput{SecurityGroups: kept, NextToken: next}, err
}
