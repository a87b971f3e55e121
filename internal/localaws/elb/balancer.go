package elb

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/account"
	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// The schemes of load balancers.
const (
	internetFacing = "internet-facing"
	internal       = "internal"
)

// balancer is a Classic Load Balancer.
type balancer struct {
	of             *LoadBalancers
	name, scheme   string
	dnsName        string
	named          bool // in the DNS
	createdAt      time.Time
	subnets        []localec2.Subnet // one a zone
	securityGroups []string
	listeners      []*listener // by port
	servers        map[int32][]string
	policies       []types.PolicyDescription // as created
	check          healthCheck
	attributes     types.LoadBalancerAttributes
	tags           map[string]string
	members        []*member // as registered
	gone           []*member // not registered any more, but readers may still see them
}

// covers reports whether a zone is enabled for the load balancer.
func (b *balancer) covers(zone string) bool {
	return slices.ContainsFunc(b.subnets, func(s localec2.Subnet) bool { return s.Zone == zone })
}

// createLoadBalancer creates a load balancer, which works at once; its name gets into the DNS later. Asked for again it is
// no error, if the settings are the same.
func (l *LoadBalancers) createLoadBalancer(_ *wire.Call, in *sdk.CreateLoadBalancerInput) (*sdk.CreateLoadBalancerOutput, error) {
	b, err := l.newBalancer(in)
	if err != nil {
		return nil, err
	}
	if other := l.balancer(b.name); other != nil {
		if !other.sameAs(b) {
			return nil, wire.Errorf("DuplicateLoadBalancerName",
				"Load Balancer named %s already exists and it is configured with different parameters.", b.name)
		}
		return &sdk.CreateLoadBalancerOutput{DNSName: &other.dnsName}, nil
	}
	if len(l.balancers) >= l.settings.MaxLoadBalancers {
		return nil, wire.Errorf("TooManyLoadBalancers", "Exceeded quota of account %s", l.account.ID)
	}
	b.dnsName = b.name + "-" + l.digits() + "." + l.account.Region + ".elb.amazonaws.com"
	if b.scheme == internal {
		b.dnsName = "internal-" + b.dnsName
	}
	b.createdAt = l.account.Now()
	l.balancers = append(l.balancers, b)
	l.account.After(l.account.Draw(l.settings.Naming), func() { b.named = true; l.changed() })
	l.changed()
	return &sdk.CreateLoadBalancerOutput{DNSName: &b.dnsName}, nil
}

// digits are the number in a DNS name.
func (l *LoadBalancers) digits() string {
	return strconv.Itoa(1_000_000_000 + int(l.account.Float()*1_000_000_000))
}

func (b *balancer) sameAs(other *balancer) bool {
	sameSubnet := func(x, y localec2.Subnet) bool { return x.ID == y.ID }
	sameListener := func(x, y *listener) bool { return x.Listener == y.Listener }
	return b.scheme == other.scheme && slices.EqualFunc(b.subnets, other.subnets, sameSubnet) &&
		slices.Equal(b.securityGroups, other.securityGroups) && slices.EqualFunc(b.listeners, other.listeners, sameListener)
}

var nameCharacters = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$`)

func (l *LoadBalancers) newBalancer(in *sdk.CreateLoadBalancerInput) (*balancer, error) {
	b := &balancer{
		of: l, name: *in.LoadBalancerName, scheme: cmp.Or(aws.ToString(in.Scheme), internetFacing),
		servers: make(map[int32][]string), attributes: defaultAttributes(),
	}
	switch {
	case len(b.name) > 32:
		return nil, invalid("LoadBalancer name cannot be longer than 32 characters")
	case !nameCharacters.MatchString(b.name):
		return nil, invalid("LoadBalancer name must only contain alphanumeric characters or hyphens, and must not begin or end with a hyphen")
	case b.scheme != internetFacing && b.scheme != internal:
		return nil, wire.Errorf("InvalidScheme", "'%s' is not a valid scheme", b.scheme)
	case len(in.Listeners) == 0:
		return nil, invalid("Listeners cannot be empty")
	}
	for _, wanted := range in.Listeners {
		if err := b.addListener(wanted); err != nil {
			return nil, err
		}
	}
	b.check = defaultCheck(b.listeners[0])
	var err error
	if b.subnets, err = l.subnetsOf(in.AvailabilityZones, in.Subnets); err != nil {
		return nil, err
	}
	if b.securityGroups, err = l.securityGroupsOf(in.SecurityGroups); err != nil {
		return nil, err
	}
	b.tags, err = tagMap(in.Tags)
	return b, err
}

// deleteLoadBalancer deletes a load balancer; one that does not exist is no error.
func (l *LoadBalancers) deleteLoadBalancer(_ *wire.Call, in *sdk.DeleteLoadBalancerInput) (*sdk.DeleteLoadBalancerOutput, error) {
	if b := l.balancer(*in.LoadBalancerName); b != nil {
		for _, m := range slices.Clone(b.members) {
			m.leave()
		}
		l.balancers = slices.DeleteFunc(l.balancers, func(other *balancer) bool { return other == b })
		l.changed()
	}
	return &sdk.DeleteLoadBalancerOutput{}, nil
}

func (l *LoadBalancers) describeLoadBalancers(_ *wire.Call, in *sdk.DescribeLoadBalancersInput) (*sdk.DescribeLoadBalancersOutput, error) {
	found := l.balancers
	if len(in.LoadBalancerNames) > 0 {
		found = nil
		for _, wanted := range in.LoadBalancerNames {
			b, err := l.balancerNamed(&wanted)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(found, b) {
				found = append(found, b)
			}
		}
	}
	found, next, err := page(found, in.PageSize, in.Marker)
	out := &sdk.DescribeLoadBalancersOutput{LoadBalancerDescriptions: []types.LoadBalancerDescription{}, NextMarker: next}
	for _, b := range found {
		out.LoadBalancerDescriptions = append(out.LoadBalancerDescriptions, b.describe())
	}
	return out, err
}

// page cuts out the page that a request asks for, of 400 if it does not say, and returns the marker of the next one.
func page(found []*balancer, size *int32, marker *string) ([]*balancer, *string, error) {
	if marker != nil {
		at := slices.IndexFunc(found, func(b *balancer) bool { return b.name == *marker })
		if at < 0 {
			return nil, nil, invalid("Marker '%s' is invalid", *marker)
		}
		found = found[at:]
	}
	count := 400
	if size != nil {
		if count = int(*size); count < 1 || count > 400 {
			return nil, nil, invalid("Page size '%d' must be between '1' and '400'", count)
		}
	}
	if len(found) <= count {
		return found, nil, nil
	}
	return found[:count], &found[count].name, nil
}

func (b *balancer) describe() types.LoadBalancerDescription {
	described := types.LoadBalancerDescription{
		LoadBalancerName: &b.name, DNSName: &b.dnsName, Scheme: &b.scheme, CreatedTime: &b.createdAt,
		CanonicalHostedZoneName: &b.dnsName, CanonicalHostedZoneNameID: aws.String(account.HostedZone(b.of.account.Region, "application")),
		VPCId: aws.String(b.of.compute.VPCID()), SecurityGroups: b.securityGroups, HealthCheck: b.check.describe(),
		SourceSecurityGroup: &types.SourceSecurityGroup{OwnerAlias: aws.String(b.of.account.ID), GroupName: aws.String("default")},
		Policies:            b.describePolicies(), BackendServerDescriptions: b.describeServers(),
		Instances: []types.Instance{}, ListenerDescriptions: []types.ListenerDescription{},
	}
	if b.scheme == internal { // only an internet-facing one has it
		described.CanonicalHostedZoneName = nil
	}
	for _, subnet := range b.subnets {
		described.AvailabilityZones = append(described.AvailabilityZones, subnet.Zone)
		described.Subnets = append(described.Subnets, subnet.ID)
	}
	for _, x := range b.listeners {
		described.ListenerDescriptions = append(described.ListenerDescriptions, x.describe())
	}
	for _, m := range b.members {
		if !m.draining() {
			described.Instances = append(described.Instances, types.Instance{InstanceId: &m.id})
		}
	}
	return described
}

// DNSName is where clients find a load balancer, and whether the DNS knows the name already.
func (l *LoadBalancers) DNSName(name string) (dnsName string, known bool) {
	if b := l.balancer(name); b != nil {
		return b.dnsName, b.named
	}
	return "", false
}

// Resolve is the load balancer with a DNS name that the DNS knows, in any case and with the prefix dualstack. or without.
func (l *LoadBalancers) Resolve(dnsName string) (name string, ok bool) {
	dnsName = strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(dnsName), "."), "dualstack.")
	for _, b := range l.balancers {
		if b.named && strings.ToLower(b.dnsName) == dnsName {
			return b.name, true
		}
	}
	return "", false
}
