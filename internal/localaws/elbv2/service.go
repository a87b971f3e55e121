package elbv2

import (
	"slices"

	"bluegreen/internal/localaws/wire"
)

// Service is the API of Elastic Load Balancing version 2, as far as it is modelled.
func (l *LoadBalancers) Service() wire.Service {
	return wire.Service{
		SigningName: "elasticloadbalancing",
		Protocol:    wire.AWSQuery,
		Version:     "2015-12-01",
		Namespace:   "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
		EmptyLists: map[string]wire.EmptyList{
			"TargetGroup.LoadBalancerArns": wire.There, "AvailabilityZone.LoadBalancerAddresses": wire.There,
			"Rule.Conditions": wire.There,
		},
		Operations: append(l.groupOperations(),
			wire.Op("CreateLoadBalancer", l.createLoadBalancer, "Name", "Type", "Scheme", "IpAddressType", "Subnets",
				"SubnetMappings.SubnetId", "SecurityGroups", "Tags").Requires("Name"),
			wire.Op("DeleteLoadBalancer", l.deleteLoadBalancer, "LoadBalancerArn").Requires("LoadBalancerArn"),
			wire.Op("DescribeLoadBalancers", l.describeLoadBalancers, "LoadBalancerArns", "Names", "PageSize", "Marker"),
			wire.Op("CreateListener", l.createListener, "LoadBalancerArn", "Port", "Protocol", "Certificates", "SslPolicy",
				"DefaultActions", "Tags").Requires("LoadBalancerArn", "DefaultActions"),
			wire.Op("ModifyListener", l.modifyListener, "ListenerArn", "Port", "Protocol", "Certificates", "SslPolicy",
				"DefaultActions").Requires("ListenerArn"),
			wire.Op("DeleteListener", l.deleteListener, "ListenerArn").Requires("ListenerArn"),
			wire.Op("DescribeListeners", l.describeListeners, "LoadBalancerArn", "ListenerArns", "PageSize", "Marker"),
			wire.Op("CreateRule", l.createRule, slices.Concat(ruleConditions, []string{"ListenerArn", "Priority", "Actions", "Tags"})...).
				Requires("ListenerArn", "Priority", "Conditions", "Actions"),
			wire.Op("ModifyRule", l.modifyRule, slices.Concat(ruleConditions, []string{"RuleArn", "Actions"})...).Requires("RuleArn"),
			wire.Op("DeleteRule", l.deleteRule, "RuleArn").Requires("RuleArn"),
			wire.Op("DescribeRules", l.describeRules, "ListenerArn", "RuleArns", "PageSize", "Marker"),
			wire.Op("DescribeListenerCertificates", l.describeListenerCertificates, "ListenerArn", "PageSize", "Marker").
				Requires("ListenerArn"),
			wire.Op("DescribeAccountLimits", l.describeAccountLimits, "PageSize", "Marker"),
			wire.Op("AddTags", l.addTags, "ResourceArns", "Tags").Requires("ResourceArns", "Tags"),
			wire.Op("RemoveTags", l.removeTags, "ResourceArns", "TagKeys").Requires("ResourceArns", "TagKeys"),
			wire.Op("DescribeTags", l.describeTags, "ResourceArns").Requires("ResourceArns"),
		),
	}
}

// ruleConditions are the modelled members of a rule's conditions; regular expressions are not.
var ruleConditions = []string{
	"Conditions.Field", "Conditions.Values", "Conditions.PathPatternConfig.Values", "Conditions.HostHeaderConfig.Values",
	"Conditions.HttpRequestMethodConfig.Values", "Conditions.HttpHeaderConfig.HttpHeaderName", "Conditions.HttpHeaderConfig.Values",
	"Conditions.QueryStringConfig", "Conditions.SourceIpConfig",
}

func (l *LoadBalancers) groupOperations() []wire.Operation {
	check := []string{
		"HealthCheckEnabled", "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "HealthCheckIntervalSeconds",
		"HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "Matcher.HttpCode",
	}
	return []wire.Operation{
		wire.Op("CreateTargetGroup", l.createTargetGroup,
			slices.Concat(check, []string{"Name", "Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "Tags"})...).Requires("Name"),
		wire.Op("ModifyTargetGroup", l.modifyTargetGroup, slices.Concat(check, []string{"TargetGroupArn"})...).Requires("TargetGroupArn"),
		wire.Op("DeleteTargetGroup", l.deleteTargetGroup, "TargetGroupArn").Requires("TargetGroupArn"),
		wire.Op("DescribeTargetGroups", l.describeTargetGroups, "TargetGroupArns", "Names", "LoadBalancerArn", "PageSize", "Marker"),
		wire.Op("ModifyTargetGroupAttributes", l.modifyAttributes, "TargetGroupArn", "Attributes").
			Requires("TargetGroupArn", "Attributes"),
		wire.Op("DescribeTargetGroupAttributes", l.describeAttributes, "TargetGroupArn").Requires("TargetGroupArn"),
		wire.Op("RegisterTargets", l.registerTargets, "TargetGroupArn", "Targets.Id", "Targets.Port").
			Requires("TargetGroupArn", "Targets"),
		wire.Op("DeregisterTargets", l.deregisterTargets, "TargetGroupArn", "Targets.Id", "Targets.Port").
			Requires("TargetGroupArn", "Targets"),
		wire.Op("DescribeTargetHealth", l.describeTargetHealth, "TargetGroupArn", "Targets.Id", "Targets.Port").
			Requires("TargetGroupArn"),
	}
}
