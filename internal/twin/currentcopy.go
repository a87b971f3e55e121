package twin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// copyBalancer is what makes a load balancer like another.
func copyBalancer(b types.LoadBalancer) *elb.CreateLoadBalancerInput {
	input := &elb.CreateLoadBalancerInput{
		Type: b.Type, Scheme: b.Scheme, IpAddressType: b.IpAddressType, SecurityGroups: b.SecurityGroups,
		CustomerOwnedIpv4Pool: b.CustomerOwnedIpv4Pool, EnablePrefixForIpv6SourceNat: b.EnablePrefixForIpv6SourceNat, IpamPools: b.IpamPools,
	}
	for _, zone := range b.AvailabilityZones {
		input.Subnets = append(input.Subnets, aws.ToString(zone.SubnetId))
	}
	return input
}

// copyGroup is what makes a target group like another.
func copyGroup(g types.TargetGroup) *elb.CreateTargetGroupInput {
	return &elb.CreateTargetGroupInput{
		HealthCheckEnabled: g.HealthCheckEnabled, HealthCheckIntervalSeconds: g.HealthCheckIntervalSeconds, HealthCheckPath: g.HealthCheckPath,
		HealthCheckPort: g.HealthCheckPort, HealthCheckProtocol: g.HealthCheckProtocol, HealthCheckTimeoutSeconds: g.HealthCheckTimeoutSeconds,
		HealthyThresholdCount: g.HealthyThresholdCount, UnhealthyThresholdCount: g.UnhealthyThresholdCount, IpAddressType: g.IpAddressType,
		Matcher: g.Matcher, Port: g.Port, Protocol: g.Protocol, ProtocolVersion: g.ProtocolVersion, TargetControlPort: g.TargetControlPort,
		TargetType: g.TargetType, VpcId: g.VpcId,
	}
}

// copyListener is what makes a listener like another, that forwards to the target groups that groups names for those which the other forwards to.
// Mutual authentication that is off is what a new one has, and of any other there is no copy.
func copyListener(x types.Listener, groups map[string]string) *elb.CreateListenerInput {
	input := &elb.CreateListenerInput{
		Port: x.Port, Protocol: x.Protocol, SslPolicy: x.SslPolicy, AlpnPolicy: x.AlpnPolicy, DefaultActions: copyActions(x.DefaultActions, groups),
	}
	for _, c := range x.Certificates { // the default one
		input.Certificates = append(input.Certificates, types.Certificate{CertificateArn: c.CertificateArn})
	}
	return input
}

// copyRule is what makes a rule like another.
func copyRule(r types.Rule, groups map[string]string) *elb.CreateRuleInput {
	input := &elb.CreateRuleInput{Actions: copyActions(r.Actions, groups), Transforms: r.Transforms}
	if priority, err := strconv.ParseInt(aws.ToString(r.Priority), 10, 32); err == nil {
		input.Priority = aws.Int32(int32(priority))
	}
	for _, condition := range r.Conditions {
		input.Conditions = append(input.Conditions, copyCondition(condition))
	}
	return input
}

// copyCondition says what a condition is to match once: AWS shows it in the member of its field too.
func copyCondition(c types.RuleCondition) types.RuleCondition {
	if c.HostHeaderConfig != nil || c.PathPatternConfig != nil || c.HttpHeaderConfig != nil || c.HttpRequestMethodConfig != nil || c.QueryStringConfig != nil || c.SourceIpConfig != nil {
		c.Values, c.RegexValues = nil, nil
	}
	return c
}

func copyActions(actions []types.Action, groups map[string]string) []types.Action {
	var copied []types.Action
	for _, action := range actions {
		if action.ForwardConfig != nil || action.TargetGroupArn != nil {
			action.TargetGroupArn, action.ForwardConfig = copyForward(action, groups)
		}
		copied = append(copied, action)
	}
	return copied
}

// copyForward says once where an action forwards to; AWS shows a single target group in two ways.
func copyForward(action types.Action, groups map[string]string) (*string, *types.ForwardActionConfig) {
	config := action.ForwardConfig
	if config == nil || len(config.TargetGroups) == 0 {
		return other(action.TargetGroupArn, groups), config
	}
	sticky := config.TargetGroupStickinessConfig
	if only := config.TargetGroups[0]; len(config.TargetGroups) == 1 && (only.Weight == nil || *only.Weight > 0) && (sticky == nil || !aws.ToBool(sticky.Enabled)) {
		return other(only.TargetGroupArn, groups), nil
	}
	copied := &types.ForwardActionConfig{TargetGroupStickinessConfig: sticky}
	for _, tuple := range config.TargetGroups {
		copied.TargetGroups = append(copied.TargetGroups, types.TargetGroupTuple{TargetGroupArn: other(tuple.TargetGroupArn, groups), Weight: tuple.Weight})
	}
	slices.SortStableFunc(copied.TargetGroups, func(a, b types.TargetGroupTuple) int { return compare(a.TargetGroupArn, b.TargetGroupArn) })
	return nil, copied
}

func other(arn *string, groups map[string]string) *string {
	return aws.String(cmp.Or(groups[aws.ToString(arn)], aws.ToString(arn)))
}

// traits are those of a copy's inputs, and of what is set once it is made. Target groups have the names of blue's.
func (c *current) traits() map[string]string {
	all := make(map[string]string)
	groups := make(map[string]string)
	for _, g := range c.groups {
		groups[aws.ToString(g.TargetGroupArn)] = g.of
		of := "target group " + g.of
		members(of, copyGroup(g.TargetGroup), all)
		keyed(of, g.attributes, all)
		tagTraits(of, g.tags, all)
	}
	if c.balancer.LoadBalancerArn == nil {
		return all
	}
	input := copyBalancer(c.balancer)
	input.SecurityGroups, input.Subnets = set(input.SecurityGroups), set(input.Subnets)
	members("it:", input, all)
	keyed("it:", c.attributes, all)
	delete(all, "it: attribute "+protection) // Protect's
	tagTraits("it:", c.tags, all)
	all["it: rules for PrivateLink"] = aws.ToString(c.balancer.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)
	all["it: capacity reserved"] = fmt.Sprint(c.reserved)
	for _, x := range c.listeners {
		of := fmt.Sprintf("listener %d", aws.ToInt32(x.Port))
		members(of, copyListener(x.Listener, groups), all)
		keyed(of, x.attributes, all)
		all[of+" further certificates"] = strings.Join(x.further, ", ")
		tagTraits(of, x.tags, all)
		for _, r := range x.rules {
			of := of + " rule " + aws.ToString(r.Priority)
			members(of, copyRule(r.Rule, groups), all)
			tagTraits(of, r.tags, all)
		}
	}
	return all
}

// keyed are the traits of attributes.
func keyed(of string, attributes, into map[string]string) {
	for key, value := range attributes {
		into[of+" attribute "+key] = value
	}
}

// changed are the attributes that are to be set so that something has those of another: the keys that AWS shows, whichever those are.
func changed(want, has map[string]string, but func(key string) bool) map[string]string {
	differ := make(map[string]string)
	for key, value := range want {
		if has[key] != value && !but(key) {
			differ[key] = value
		}
	}
	return differ
}

// attributesOf are attributes as a call takes them.
func attributesOf[T any](values map[string]string, attribute func(key, value *string) T) []T {
	var all []T
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, attribute(aws.String(key), aws.String(values[key])))
	}
	return all
}

// set is a list whose order means nothing.
func set(names []string) []string { return slices.Sorted(slices.Values(names)) }
