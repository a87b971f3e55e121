package elbv2

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// protocols are those that target groups of each kind of load balancer can have.
var protocols = map[string][]string{
	application: {"HTTP", "HTTPS"},
	network:     {"TCP", "TLS", "UDP", "TCP_UDP"},
}

func (l *LoadBalancers) createTargetGroup(call *wire.Call, in *sdk.CreateTargetGroupInput) (*sdk.CreateTargetGroupOutput, error) {
	group, err := l.newTargetGroup(in)
	if err != nil {
		return nil, err
	}
	for _, other := range l.groups {
		if other.Name != group.Name {
			continue
		}
		if !other.sameAs(group) {
			return nil, wire.Errorf("DuplicateTargetGroupName",
				"A target group with the same name '%s' exists, but with different settings", group.Name)
		}
		return &sdk.CreateTargetGroupOutput{TargetGroups: []types.TargetGroup{other.describe()}}, nil
	}
	if err := checkQuota(len(l.groups), "target-groups", "TooManyTargetGroups", "target groups"); err != nil {
		return nil, err
	}
	group.ARN = l.account.ARN("elasticloadbalancing", "targetgroup/"+group.Name+"/"+l.account.Hex(16))
	group.attributes = attributeDefaults(group)
	l.groups = append(l.groups, group)
	l.byARN[group.ARN] = group
	return &sdk.CreateTargetGroupOutput{TargetGroups: []types.TargetGroup{group.describe()}}, nil
}

func (g *TargetGroup) sameAs(other *TargetGroup) bool {
	return g.Protocol == other.Protocol && g.Port == other.Port && g.VPCID == other.VPCID && g.version == other.version &&
		g.check == other.check && (len(other.tags) == 0 || maps.Equal(g.tags, other.tags))
}

func (l *LoadBalancers) newTargetGroup(in *sdk.CreateTargetGroupInput) (*TargetGroup, error) {
	name := aws.ToString(in.Name)
	if err := checkName("Target group", name); err != nil {
		return nil, err
	}
	if in.TargetType != "" && in.TargetType != types.TargetTypeEnumInstance {
		return nil, notModelled("target groups of type %s", in.TargetType)
	}
	if in.IpAddressType != "" && in.IpAddressType != types.TargetGroupIpAddressTypeEnumIpv4 {
		return nil, notModelled("target groups of IP address type %s", in.IpAddressType)
	}
	group := &TargetGroup{Name: name, Protocol: string(in.Protocol), Port: aws.ToInt32(in.Port), VPCID: aws.ToString(in.VpcId)}
	if !slices.Contains(protocols[application], group.Protocol) && !slices.Contains(protocols[network], group.Protocol) {
		if group.Protocol == "" {
			return nil, invalid("A protocol must be specified")
		}
		return nil, notModelled("target groups of protocol %s", group.Protocol)
	}
	if in.Port == nil {
		return nil, invalid("A port must be specified")
	}
	if group.Port < 1 || group.Port > 65535 {
		return nil, invalid("Port '%d' must be between 1 and 65535", group.Port)
	}
	if group.VPCID != l.compute.VPCID() {
		if group.VPCID == "" {
			return nil, invalid("A VPC ID must be specified")
		}
		return nil, invalid("The VPC ID '%s' is not found", group.VPCID)
	}
	if group.kind() == application {
		group.version = "HTTP1"
	}
	if in.ProtocolVersion != nil && *in.ProtocolVersion != group.version {
		return nil, notModelled("protocol version %s", *in.ProtocolVersion)
	}
	var err error
	if group.tags, err = tagMap(in.Tags); err != nil {
		return nil, err
	}
	group.check = defaultCheck(group)
	return group, group.changeCheck(checkChange{
		enabled: in.HealthCheckEnabled, protocol: in.HealthCheckProtocol, port: in.HealthCheckPort, path: in.HealthCheckPath,
		interval: in.HealthCheckIntervalSeconds, timeout: in.HealthCheckTimeoutSeconds,
		healthy: in.HealthyThresholdCount, unhealthy: in.UnhealthyThresholdCount, matcher: in.Matcher,
	})
}

var nameCharacters = regexp.MustCompile(`^[a-zA-Z0-9-]+$`)

func checkName(what, name string) error {
	switch {
	case len(name) > 32:
		return invalid("%s name '%s' cannot be longer than '32' characters", what, name)
	case !nameCharacters.MatchString(name):
		return invalid("%s name '%s' can only contain characters that are alphanumeric characters and hyphens(-)", what, name)
	case strings.HasPrefix(name, "-") || strings.HasSuffix(name, "-"):
		return invalid("%s name '%s' cannot begin or end with '-'", what, name)
	}
	return nil
}

func (l *LoadBalancers) modifyTargetGroup(call *wire.Call, in *sdk.ModifyTargetGroupInput) (*sdk.ModifyTargetGroupOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	if err := group.changeCheck(checkChange{
		enabled: in.HealthCheckEnabled, protocol: in.HealthCheckProtocol, port: in.HealthCheckPort, path: in.HealthCheckPath,
		interval: in.HealthCheckIntervalSeconds, timeout: in.HealthCheckTimeoutSeconds,
		healthy: in.HealthyThresholdCount, unhealthy: in.UnhealthyThresholdCount, matcher: in.Matcher,
	}); err != nil {
		return nil, err
	}
	l.changed()
	return &sdk.ModifyTargetGroupOutput{TargetGroups: []types.TargetGroup{group.describe()}}, nil
}

func (l *LoadBalancers) deleteTargetGroup(call *wire.Call, in *sdk.DeleteTargetGroupInput) (*sdk.DeleteTargetGroupOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	if group.user != nil {
		return nil, wire.Errorf("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", group.ARN)
	}
	for _, t := range slices.Clone(group.targets) {
		t.leave()
	}
	l.groups = slices.DeleteFunc(l.groups, func(g *TargetGroup) bool { return g == group })
	delete(l.byARN, group.ARN)
	l.changed()
	return &sdk.DeleteTargetGroupOutput{}, nil
}

func (l *LoadBalancers) describeTargetGroups(call *wire.Call, in *sdk.DescribeTargetGroupsInput) (*sdk.DescribeTargetGroupsOutput, error) {
	for _, arn := range in.TargetGroupArns {
		if _, err := l.groupNamed(&arn); err != nil {
			return nil, err
		}
	}
	found, ok := chosen(l.groups, in.TargetGroupArns, func(g *TargetGroup) string { return g.ARN })
	if ok {
		found, ok = chosen(found, in.Names, func(g *TargetGroup) string { return g.Name })
	}
	if !ok {
		return nil, groupNotFound()
	}
	if in.LoadBalancerArn != nil {
		if _, err := l.balancerNamed(in.LoadBalancerArn); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(g *TargetGroup) bool { return g.LoadBalancerARN() != *in.LoadBalancerArn })
	}
	found, next, err := page(found, in.PageSize, in.Marker)
	out := &sdk.DescribeTargetGroupsOutput{TargetGroups: []types.TargetGroup{}, NextMarker: next}
	for _, group := range found {
		out.TargetGroups = append(out.TargetGroups, group.describe())
	}
	return out, err
}

func (g *TargetGroup) describe() types.TargetGroup {
	described := types.TargetGroup{
		TargetGroupArn: aws.String(g.ARN), TargetGroupName: aws.String(g.Name), Protocol: types.ProtocolEnum(g.Protocol),
		Port: aws.Int32(g.Port), VpcId: aws.String(g.VPCID), TargetType: types.TargetTypeEnumInstance,
		IpAddressType: types.TargetGroupIpAddressTypeEnumIpv4, LoadBalancerArns: []string{},
		HealthCheckEnabled: aws.Bool(true), HealthCheckProtocol: types.ProtocolEnum(g.check.protocol),
		HealthCheckPort: aws.String(g.check.port), HealthCheckIntervalSeconds: seconds(g.check.interval),
		HealthCheckTimeoutSeconds: seconds(g.check.timeout), HealthyThresholdCount: aws.Int32(g.check.healthy),
		UnhealthyThresholdCount: aws.Int32(g.check.unhealthy),
	}
	if g.user != nil {
		described.LoadBalancerArns = []string{g.user.arn}
	}
	if g.version != "" {
		described.ProtocolVersion = aws.String(g.version)
	}
	if g.check.path != "" {
		described.HealthCheckPath = aws.String(g.check.path)
		described.Matcher = &types.Matcher{HttpCode: aws.String(g.check.httpCode)}
	}
	return described
}

func seconds(d time.Duration) *int32 { return aws.Int32(int32(d / time.Second)) }
