package elbv2

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// placement is where a load balancer is: its subnets, and the addresses of its own that it has there.
type placement struct {
	subnets   []localec2.Subnet // one a zone
	addresses map[string]types.LoadBalancerAddress
}

// placementOf is where a request puts a load balancer. Addresses of its own are a Network Load Balancer's: elastic ones where
// it faces the internet, private ones inside. The model knows no elastic addresses: any id of one is one.
func (l *LoadBalancers) placementOf(b *balancer, ids []string, mappings []types.SubnetMapping) (placement, error) {
	if len(ids) > 0 && len(mappings) > 0 {
		return placement{}, invalid("You can specify either subnets or subnet mappings, not both")
	}
	p := placement{addresses: make(map[string]types.LoadBalancerAddress)}
	for _, m := range mappings {
		id, elastic, private := aws.ToString(m.SubnetId), aws.ToString(m.AllocationId), aws.ToString(m.PrivateIPv4Address)
		ids = append(ids, id)
		switch {
		case elastic == "" && private == "":
			continue
		case b.kind != network:
			return placement{}, wire.Errorf("InvalidConfigurationRequest", "Addresses can only be specified for network load balancers")
		case elastic != "" && b.scheme != string(types.LoadBalancerSchemeEnumInternetFacing), private != "" && b.scheme != string(types.LoadBalancerSchemeEnumInternal):
			return placement{}, wire.Errorf("InvalidConfigurationRequest", "Elastic IP addresses are for internet-facing load balancers, private addresses for internal ones")
		case elastic != "" && !strings.HasPrefix(elastic, "eipalloc-"):
			return placement{}, wire.Errorf("AllocationIdNotFound", "The allocation IDs '%s' are not valid", elastic)
		}
		if l.addressTaken(b, elastic, private) {
			return placement{}, wire.Errorf("ResourceInUse", "The address '%s' is already in use", elastic+private)
		}
		p.addresses[id] = types.LoadBalancerAddress{AllocationId: m.AllocationId, PrivateIPv4Address: m.PrivateIPv4Address}
	}
	var err error
	p.subnets, err = l.subnetsOf(ids, b.kind)
	return p, err
}

func (l *LoadBalancers) addressTaken(b *balancer, elastic, private string) bool {
	return slices.ContainsFunc(l.balancers, func(other *balancer) bool {
		for _, a := range other.addresses {
			if other.name != b.name && (elastic != "" && aws.ToString(a.AllocationId) == elastic || private != "" && aws.ToString(a.PrivateIPv4Address) == private) {
				return true
			}
		}
		return false
	})
}

func (b *balancer) describeZones() []types.AvailabilityZone {
	var zones []types.AvailabilityZone
	for _, subnet := range b.subnets {
		zone := types.AvailabilityZone{ZoneName: aws.String(subnet.Zone), SubnetId: aws.String(subnet.ID), LoadBalancerAddresses: []types.LoadBalancerAddress{}}
		if address, own := b.addresses[subnet.ID]; own {
			zone.LoadBalancerAddresses = append(zone.LoadBalancerAddresses, address)
		}
		zones = append(zones, zone)
	}
	return zones
}

func (l *LoadBalancers) setSubnets(_ *wire.Call, in *sdk.SetSubnetsInput) (*sdk.SetSubnetsOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	kind, err := l.addressTypeOf(b, in.IpAddressType)
	if err != nil {
		return nil, err
	}
	placed, err := l.placementOf(b, in.Subnets, in.SubnetMappings)
	if err != nil {
		return nil, err
	}
	b.placement, b.addressType = placed, kind
	for _, group := range l.groups {
		if group.user == b {
			group.rezone()
		}
	}
	l.changed()
	return &sdk.SetSubnetsOutput{AvailabilityZones: b.describeZones(), IpAddressType: kind}, nil
}

// rezone begins again with targets whose zone has been enabled or disabled.
func (g *TargetGroup) rezone() {
	for _, t := range slices.Clone(g.targets) {
		if g.user.covers(t.zone) == (t.health == otherZone) && t.health != draining {
			t.begin()
		}
	}
}

// addressTypeOf is what a request makes of a load balancer's address type. For IPv6 its subnets must have such addresses.
func (l *LoadBalancers) addressTypeOf(b *balancer, wanted types.IpAddressType) (types.IpAddressType, error) {
	switch {
	case wanted == "":
		return cmp.Or(b.addressType, types.IpAddressTypeIpv4), nil
	case wanted == types.IpAddressTypeIpv4:
	case wanted == types.IpAddressTypeDualstackWithoutPublicIpv4 && (b.kind != application || b.scheme != string(types.LoadBalancerSchemeEnumInternetFacing)):
		return "", wire.Errorf("InvalidConfigurationRequest", "The IP address type '%s' is only for internet-facing application load balancers", wanted)
	case !slices.Contains(wanted.Values(), wanted):
		return "", invalid("'%s' is not a valid IP address type", wanted)
	case !l.compute.IPv6():
		return "", wire.Errorf("InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block.")
	}
	return wanted, nil
}

func (l *LoadBalancers) setIPAddressType(_ *wire.Call, in *sdk.SetIpAddressTypeInput) (*sdk.SetIpAddressTypeOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	kind, err := l.addressTypeOf(b, in.IpAddressType)
	if err != nil {
		return nil, err
	}
	b.addressType = kind
	return &sdk.SetIpAddressTypeOutput{IpAddressType: kind}, nil
}

// setSecurityGroups replaces the security groups. A Network Load Balancer that was made without never gets one (SDK).
func (l *LoadBalancers) setSecurityGroups(_ *wire.Call, in *sdk.SetSecurityGroupsInput) (*sdk.SetSecurityGroupsOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if b.kind == network && len(b.securityGroups) == 0 {
		return nil, wire.Errorf("InvalidConfigurationRequest", "Security groups cannot be set on the load balancer '%s', which was created without", b.arn)
	}
	if len(in.SecurityGroups) == 0 {
		return nil, wire.Errorf("InvalidConfigurationRequest", "At least one security group must be specified")
	}
	if err := l.checkSecurityGroups(in.SecurityGroups); err != nil {
		return nil, err
	}
	b.securityGroups = in.SecurityGroups
	if in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != "" {
		if b.kind != network {
			return nil, wire.Errorf("InvalidConfigurationRequest", "Rules on traffic of PrivateLink are for network load balancers")
		}
		b.privateLinkRules = string(in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)
	}
	return &sdk.SetSecurityGroupsOutput{SecurityGroupIds: b.securityGroups,
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: types.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum(b.privateLinkRules)}, nil
}

func (l *LoadBalancers) checkSecurityGroups(ids []string) error {
	for _, id := range ids {
		if !l.compute.SecurityGroup(id) {
			return wire.Errorf("InvalidSecurityGroup", "The security group '%s' does not exist", id)
		}
	}
	return nil
}
