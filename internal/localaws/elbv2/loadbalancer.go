package elbv2

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// The kinds of load balancers that are modelled, by ELB's names.
const (
	application = "application"
	network     = "network"
)

// balancer is a load balancer.
type balancer struct {
	arn, name, kind, scheme string
	dnsName                 string
	createdAt               time.Time
	active                  bool
	placement
	securityGroups   []string
	privateLinkRules string // whether the groups' rules hold for PrivateLink: on or off; of a Network Load Balancer that has some
	attributes       map[string]string
	addressType      types.IpAddressType
	reservation      *sdk.ModifyCapacityReservationOutput // nil: never any
	tags             map[string]string
}

// covers reports whether the zone is enabled for the load balancer.
func (b *balancer) covers(zone string) bool {
	return slices.ContainsFunc(b.subnets, func(s localec2.Subnet) bool { return s.Zone == zone })
}

// path is the part of the ARN that load balancers, listeners and rules share, e.g. app/name/50dc6c495c0c9188.
func (b *balancer) path() string {
	_, path, _ := strings.Cut(b.arn, ":loadbalancer/")
	return path
}

func (l *LoadBalancers) createLoadBalancer(call *wire.Call, in *sdk.CreateLoadBalancerInput) (*sdk.CreateLoadBalancerOutput, error) {
	b, err := l.newBalancer(in)
	if err != nil {
		return nil, err
	}
	for _, other := range l.balancers {
		if other.name != b.name {
			continue
		}
		if !other.sameAs(b) {
			return nil, wire.Errorf("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", b.name)
		}
		return &sdk.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{l.describeBalancer(other)}}, nil
	}
	if err := l.checkBalancerQuota(b.kind); err != nil {
		return nil, err
	}
	id := l.account.Hex(16)
	prefix := "app"
	b.dnsName = b.name + "-" + l.account.Hex(10) + "." + l.account.Region + ".elb.amazonaws.com"
	if b.scheme == string(types.LoadBalancerSchemeEnumInternal) {
		b.dnsName = "internal-" + b.dnsName
	}
	if b.kind == network {
		prefix = "net"
		b.dnsName = b.name + "-" + id + ".elb." + l.account.Region + ".amazonaws.com"
	}
	b.arn = l.account.ARN("elasticloadbalancing", "loadbalancer/"+prefix+"/"+b.name+"/"+id)
	b.createdAt = l.account.Now()
	l.balancers = append(l.balancers, b)
	l.account.After(l.account.Draw(l.settings.Provisioning), func() { l.activate(b) })
	return &sdk.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{l.describeBalancer(b)}}, nil
}

func (l *LoadBalancers) checkBalancerQuota(kind string) error {
	there := 0
	for _, other := range l.balancers {
		if other.kind == kind {
			there++
		}
	}
	return checkQuota(there, kind+"-load-balancers", "TooManyLoadBalancers", "load balancers")
}

// activate lets a load balancer that was provisioned begin its work.
func (l *LoadBalancers) activate(b *balancer) {
	b.active = true
	for _, group := range l.groups {
		if group.user == b {
			group.restart()
		}
	}
	l.changed()
}

func (b *balancer) sameAs(other *balancer) bool {
	sameSubnet := func(x, y localec2.Subnet) bool { return x.ID == y.ID }
	return b.kind == other.kind && b.scheme == other.scheme && b.addressType == other.addressType && slices.EqualFunc(b.subnets, other.subnets, sameSubnet) &&
		slices.Equal(b.securityGroups, other.securityGroups)
}

func (l *LoadBalancers) newBalancer(in *sdk.CreateLoadBalancerInput) (*balancer, error) {
	b := &balancer{
		name: aws.ToString(in.Name), securityGroups: in.SecurityGroups,
		kind:   cmp.Or(string(in.Type), application),
		scheme: cmp.Or(string(in.Scheme), string(types.LoadBalancerSchemeEnumInternetFacing)),
	}
	if err := checkName("The load balancer", b.name); err != nil {
		return nil, err
	}
	if strings.HasPrefix(b.name, "internal-") {
		return nil, invalid("The load balancer name '%s' cannot begin with 'internal-'", b.name)
	}
	if b.kind != application && b.kind != network {
		return nil, notModelled("load balancers of type %s", b.kind)
	}
	var err error
	if b.addressType, err = l.addressTypeOf(b, in.IpAddressType); err != nil {
		return nil, err
	}
	b.attributes = balancerAttributes.of(b.kind).defaults()
	if b.scheme == string(types.LoadBalancerSchemeEnumInternal) {
		b.attributes["ipv6.deny_all_igw_traffic"] = "true"
	}
	if b.placement, err = l.placementOf(b, in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	if len(b.securityGroups) == 0 && b.kind == application {
		b.securityGroups = []string{l.compute.DefaultSecurityGroup()}
	}
	if err := l.checkSecurityGroups(b.securityGroups); err != nil {
		return nil, err
	}
	if len(b.securityGroups) > 0 && b.kind == network {
		b.privateLinkRules = "on"
	}
	b.tags, err = tagMap(in.Tags)
	return b, err
}

func (l *LoadBalancers) subnetsOf(ids []string, kind string) ([]localec2.Subnet, error) {
	var subnets []localec2.Subnet
	for _, id := range ids {
		subnet, ok := l.compute.Subnet(id)
		if !ok {
			return nil, wire.Errorf("SubnetNotFound", "The subnet ID '%s' is not valid", id)
		}
		if slices.ContainsFunc(subnets, func(s localec2.Subnet) bool { return s.Zone == subnet.Zone }) {
			return nil, wire.Errorf("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
		}
		subnets = append(subnets, subnet)
	}
	if len(subnets) == 0 {
		return nil, invalid("At least one subnet must be specified")
	}
	if len(subnets) < 2 && kind == application {
		return nil, invalid("At least two subnets in two different Availability Zones must be specified")
	}
	return subnets, nil
}

// deleteLoadBalancer deletes a load balancer with its listeners; one that does not exist is no error.
func (l *LoadBalancers) deleteLoadBalancer(call *wire.Call, in *sdk.DeleteLoadBalancerInput) (*sdk.DeleteLoadBalancerOutput, error) {
	if err := checkARN(*in.LoadBalancerArn, "load balancer", "loadbalancer"); err != nil {
		return nil, err
	}
	if b, err := l.balancerNamed(in.LoadBalancerArn); err == nil && b.attributes["deletion_protection.enabled"] == "true" {
		return nil, wire.Errorf("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", b.arn)
	}
	l.balancers = slices.DeleteFunc(l.balancers, func(b *balancer) bool { return b.arn == *in.LoadBalancerArn })
	l.listeners = slices.DeleteFunc(l.listeners, func(x *listener) bool { return x.balancer.arn == *in.LoadBalancerArn })
	l.refreshUse()
	return &sdk.DeleteLoadBalancerOutput{}, nil
}

func (l *LoadBalancers) describeLoadBalancers(call *wire.Call, in *sdk.DescribeLoadBalancersInput) (*sdk.DescribeLoadBalancersOutput, error) {
	for _, arn := range in.LoadBalancerArns {
		if _, err := l.balancerNamed(&arn); err != nil {
			return nil, err
		}
	}
	found, _ := chosen(l.balancers, in.LoadBalancerArns, func(b *balancer) string { return b.arn })
	found, ok := chosen(found, in.Names, func(b *balancer) string { return b.name })
	if !ok {
		missing := slices.DeleteFunc(slices.Clone(in.Names), func(name string) bool {
			return slices.ContainsFunc(found, func(b *balancer) bool { return b.name == name })
		})
		return nil, wire.Errorf("LoadBalancerNotFound", "Load balancers '[%s]' not found", strings.Join(missing, ", "))
	}
	found, next, err := page(found, in.PageSize, in.Marker)
	out := &sdk.DescribeLoadBalancersOutput{LoadBalancers: []types.LoadBalancer{}, NextMarker: next}
	for _, b := range found {
		out.LoadBalancers = append(out.LoadBalancers, l.describeBalancer(b))
	}
	return out, err
}

func (l *LoadBalancers) describeBalancer(b *balancer) types.LoadBalancer {
	described := types.LoadBalancer{
		LoadBalancerArn: aws.String(b.arn), LoadBalancerName: aws.String(b.name), Type: types.LoadBalancerTypeEnum(b.kind),
		Scheme: types.LoadBalancerSchemeEnum(b.scheme), DNSName: aws.String(b.dnsName), CreatedTime: aws.Time(b.createdAt),
		VpcId: aws.String(l.compute.VPCID()), IpAddressType: b.addressType, SecurityGroups: b.securityGroups,
		CanonicalHostedZoneId: aws.String(account.HostedZone(l.account.Region, b.kind)),
		State:                 &types.LoadBalancerState{Code: types.LoadBalancerStateEnumProvisioning},
	}
	if b.active {
		described.State.Code = types.LoadBalancerStateEnumActive
	}
	described.AvailabilityZones = b.describeZones()
	if b.privateLinkRules != "" {
		described.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic = aws.String(b.privateLinkRules)
	}
	return described
}
