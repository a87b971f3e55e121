package elb

import (
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// subnetsOf are the subnets that a new load balancer is put into: those that are named, or the default ones of zones.
func (l *LoadBalancers) subnetsOf(zones, ids []string) ([]localec2.Subnet, error) {
	switch {
	case len(zones) > 0 && len(ids) > 0:
		return nil, invalid("Only one of SubnetIds or AvailabilityZones parameter may be specified")
	case len(zones) == 0 && len(ids) == 0:
		return nil, invalid("Either AvailabilityZones or SubnetIds must be specified")
	case len(zones) > 0:
		return l.defaultSubnets(zones)
	}
	return l.withSubnets(nil, ids)
}

func (l *LoadBalancers) defaultSubnets(zones []string) ([]localec2.Subnet, error) {
	var subnets []localec2.Subnet
	for _, zone := range zones {
		subnet, ok := l.compute.DefaultSubnet(zone)
		if !ok {
			return nil, invalid("Availability Zone '%s' is not valid", zone)
		}
		subnets = append(subnets, subnet)
	}
	return subnets, nil
}

// withSubnets are subnets with further ones, of which each has a zone for itself.
func (l *LoadBalancers) withSubnets(subnets []localec2.Subnet, ids []string) ([]localec2.Subnet, error) {
	subnets = slices.Clone(subnets)
	for _, id := range ids {
		subnet, ok := l.compute.Subnet(id)
		if !ok {
			return nil, wire.Errorf("SubnetNotFound", "The subnet ID '%s' does not exist", id)
		}
		if at := slices.IndexFunc(subnets, func(s localec2.Subnet) bool { return s.Zone == subnet.Zone }); at >= 0 {
			if subnets[at].ID == id {
				continue
			}
			return nil, misconfigured("ELB cannot be attached to multiple subnets in the same AZ.")
		}
		subnets = append(subnets, subnet)
	}
	return subnets, nil
}

func (l *LoadBalancers) securityGroupsOf(ids []string) ([]string, error) {
	for _, id := range ids {
		if !l.compute.SecurityGroup(id) {
			return nil, wire.Errorf("InvalidSecurityGroup", "One or more security groups are invalid: %s", id)
		}
	}
	if len(ids) == 0 {
		return []string{l.compute.DefaultSecurityGroup()}, nil
	}
	return slices.Clone(ids), nil
}

// setSubnets changes where the load balancer is: it goes on checking instances in zones that it covers only.
func (b *balancer) setSubnets(subnets []localec2.Subnet) error {
	if len(subnets) == 0 {
		return misconfigured("There must be at least one subnet attached to the load balancer '%s'", b.name)
	}
	b.subnets = subnets
	for _, m := range slices.Clone(b.members) {
		if covered := b.covers(m.zone); covered == (m.health == otherZone) && !m.draining() {
			m.begin()
		}
	}
	b.of.changed()
	return nil
}

func (b *balancer) zones() []string {
	var zones []string
	for _, subnet := range b.subnets {
		zones = append(zones, subnet.Zone)
	}
	return zones
}

func (l *LoadBalancers) attachToSubnets(_ *wire.Call, in *sdk.AttachLoadBalancerToSubnetsInput) (*sdk.AttachLoadBalancerToSubnetsOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	subnets, err := l.withSubnets(b.subnets, in.Subnets)
	if err != nil {
		return nil, err
	}
	return &sdk.AttachLoadBalancerToSubnetsOutput{Subnets: idsOf(subnets)}, b.setSubnets(subnets)
}

func idsOf(subnets []localec2.Subnet) []string {
	var ids []string
	for _, subnet := range subnets {
		ids = append(ids, subnet.ID)
	}
	return ids
}

func (l *LoadBalancers) detachFromSubnets(_ *wire.Call, in *sdk.DetachLoadBalancerFromSubnetsInput) (*sdk.DetachLoadBalancerFromSubnetsOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(b.subnets), func(s localec2.Subnet) bool { return slices.Contains(in.Subnets, s.ID) })
	return &sdk.DetachLoadBalancerFromSubnetsOutput{Subnets: idsOf(left)}, b.setSubnets(left)
}

// enableZones puts the load balancer into the default subnets of further zones: the model's VPC is the default one.
func (l *LoadBalancers) enableZones(_ *wire.Call, in *sdk.EnableAvailabilityZonesForLoadBalancerInput) (*sdk.EnableAvailabilityZonesForLoadBalancerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	further := slices.DeleteFunc(slices.Clone(in.AvailabilityZones), b.covers)
	subnets, err := l.defaultSubnets(further)
	if err != nil {
		return nil, err
	}
	err = b.setSubnets(append(slices.Clone(b.subnets), subnets...))
	return &sdk.EnableAvailabilityZonesForLoadBalancerOutput{AvailabilityZones: b.zones()}, err
}

func (l *LoadBalancers) disableZones(_ *wire.Call, in *sdk.DisableAvailabilityZonesForLoadBalancerInput) (*sdk.DisableAvailabilityZonesForLoadBalancerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(b.subnets), func(s localec2.Subnet) bool { return slices.Contains(in.AvailabilityZones, s.Zone) })
	err = b.setSubnets(left)
	return &sdk.DisableAvailabilityZonesForLoadBalancerOutput{AvailabilityZones: b.zones()}, err
}

func (l *LoadBalancers) applySecurityGroups(_ *wire.Call, in *sdk.ApplySecurityGroupsToLoadBalancerInput) (*sdk.ApplySecurityGroupsToLoadBalancerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if len(in.SecurityGroups) == 0 {
		return nil, misconfigured("There must be at least one security group for the load balancer '%s'", b.name)
	}
	groups, err := l.securityGroupsOf(in.SecurityGroups)
	if err != nil {
		return nil, err
	}
	b.securityGroups = groups
	return &sdk.ApplySecurityGroupsToLoadBalancerOutput{SecurityGroups: groups}, nil
}
