package elbv2

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// groupAttributes are those of target groups (source: the SDK's TargetGroupAttribute).
var groupAttributes = attributes{
	{"deregistration_delay.timeout_seconds", "300", "", number(0, 3600)},
	{"stickiness.enabled", "false", "", oneOf("true", "false")},
	{"stickiness.type", "lb_cookie", application, oneOf("lb_cookie", "app_cookie")},
	{"stickiness.type", "source_ip", network, oneOf("source_ip")},
	{"load_balancing.cross_zone.enabled", "use_load_balancer_configuration", "", oneOf("true", "false", "use_load_balancer_configuration")},
	{"target_group_health.dns_failover.minimum_healthy_targets.count", "1", "", orOff(number(1, 1000))},
	{"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off", "", orOff(number(1, 100))},
	{"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1", "", number(1, 1000)},
	{"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off", "", orOff(number(1, 100))},
	{"load_balancing.algorithm.type", "round_robin", application, oneOf("round_robin", "least_outstanding_requests", "weighted_random")},
	{"load_balancing.algorithm.anomaly_mitigation", "off", application, oneOf("on", "off")},
	{"slow_start.duration_seconds", "0", application, func(v string) bool { return v == "0" || number(30, 900)(v) }},
	{"stickiness.app_cookie.cookie_name", "", application, anything},
	{"stickiness.app_cookie.duration_seconds", "86400", application, number(1, 604800)},
	{"stickiness.lb_cookie.duration_seconds", "86400", application, number(1, 604800)},
	{"deregistration_delay.connection_termination.enabled", "false", network, oneOf("true", "false")},
	{"preserve_client_ip.enabled", "true", network, oneOf("true", "false")},
	{"proxy_protocol_v2.enabled", "false", network, oneOf("true", "false")},
	{"target_health_state.unhealthy.connection_termination.enabled", "true", network, oneOf("true", "false")},
	{"target_health_state.unhealthy.draining_interval_seconds", "0", network, number(0, 360000)},
}

// stickinessTypes are those that some target group can have.
var stickinessTypes = []string{"lb_cookie", "app_cookie", "source_ip"}

func attributeDefaults(g *TargetGroup) map[string]string {
	values := groupAttributes.of(g.kind()).defaults()
	if g.Protocol == "UDP" || g.Protocol == "TCP_UDP" {
		values["deregistration_delay.connection_termination.enabled"] = "true"
	}
	return values
}

func (l *LoadBalancers) modifyAttributes(call *wire.Call, in *sdk.ModifyTargetGroupAttributesInput) (*sdk.ModifyTargetGroupAttributesOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	var changes [][2]string
	for _, change := range in.Attributes {
		key, value := aws.ToString(change.Key), aws.ToString(change.Value)
		if own := groupAttributes.of(group.kind()); key == "stickiness.type" && !own.takes(key, value) && slices.Contains(stickinessTypes, value) {
			return nil, wire.Errorf("InvalidConfigurationRequest", "Stickiness type '%s' is not supported for target groups with the %s protocol", value, group.Protocol)
		}
		changes = append(changes, [2]string{key, value})
	}
	values, err := groupAttributes.of(group.kind()).change(group.attributes, changes, "Target group")
	if err != nil {
		return nil, err
	}
	if values["stickiness.enabled"] == "true" && group.Protocol == "TLS" {
		return nil, wire.Errorf("InvalidConfigurationRequest", "You cannot enable stickiness on target groups with the TLS protocol")
	}
	if values["slow_start.duration_seconds"] != "0" && values["load_balancing.algorithm.type"] == "least_outstanding_requests" {
		return nil, wire.Errorf("InvalidConfigurationRequest", "Slow start mode can't be used with the least outstanding requests algorithm")
	}
	if interval := values["target_health_state.unhealthy.draining_interval_seconds"]; interval != "" && interval != "0" {
		return nil, notModelled("the state unhealthy.draining (target_health_state.unhealthy.draining_interval_seconds)")
	}
	group.attributes = values
	l.changed()
	return &sdk.ModifyTargetGroupAttributesOutput{Attributes: group.describeAttributes()}, nil
}

func (l *LoadBalancers) describeAttributes(call *wire.Call, in *sdk.DescribeTargetGroupAttributesInput) (*sdk.DescribeTargetGroupAttributesOutput, error) {
	group, err := l.groupNamed(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	return &sdk.DescribeTargetGroupAttributesOutput{Attributes: group.describeAttributes()}, nil
}

func (g *TargetGroup) describeAttributes() []types.TargetGroupAttribute {
	var described []types.TargetGroupAttribute
	for _, a := range groupAttributes.of(g.kind()) {
		described = append(described, types.TargetGroupAttribute{Key: aws.String(a.key), Value: aws.String(g.attributes[a.key])})
	}
	return described
}
