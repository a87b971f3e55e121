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
		Operations: slices.Concat(l.groupOperations(), l.balancerOperations(), l.listenerOperations()),
	}
}

func (l *LoadBalancers) balancerOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("CreateLoadBalancer", l.createLoadBalancer, "Name", "Type", "Scheme", "IpAddressType", "Subnets",
			"SubnetMappings.SubnetId", "SubnetMappings.AllocationId", "SubnetMappings.PrivateIPv4Address", "SecurityGroups", "Tags").Requires("Name"),
		wire.Op("ModifyLoadBalancerAttributes", l.modifyBalancerAttributes, "LoadBalancerArn", "Attributes").Requires("LoadBalancerArn", "Attributes"),
		wire.Op("DescribeLoadBalancerAttributes", l.describeBalancerAttributes, "LoadBalancerArn").Requires("LoadBalancerArn"),
		wire.Op("SetSubnets", l.setSubnets, "LoadBalancerArn", "Subnets", "IpAddressType",
			"SubnetMappings.SubnetId", "SubnetMappings.AllocationId", "SubnetMappings.PrivateIPv4Address").Requires("LoadBalancerArn"),
		wire.Op("SetSecurityGroups", l.setSecurityGroups, "LoadBalancerArn", "SecurityGroups",
			"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic").Requires("LoadBalancerArn", "SecurityGroups"),
		wire.Op("SetIpAddressType", l.setIPAddressType, "LoadBalancerArn", "IpAddressType").Requires("LoadBalancerArn", "IpAddressType"),
		wire.Op("ModifyCapacityReservation", l.modifyReservation, "LoadBalancerArn", "MinimumLoadBalancerCapacity", "ResetCapacityReservation").
			Requires("LoadBalancerArn"),
		wire.Op("DescribeCapacityReservation", l.describeReservation, "LoadBalancerArn").Requires("LoadBalancerArn"),
		wire.Op("DeleteLoadBalancer", l.deleteLoadBalancer, "LoadBalancerArn").Requires("LoadBalancerArn"),
		wire.Op("DescribeLoadBalancers", l.describeLoadBalancers, "LoadBalancerArns", "Names", "PageSize", "Marker"),
		wire.Op("DescribeAccountLimits", l.describeAccountLimits, "PageSize", "Marker"),
		wire.Op("AddTags", l.addTags, "ResourceArns", "Tags").Requires("ResourceArns", "Tags"),
		wire.Op("RemoveTags", l.removeTags, "ResourceArns", "TagKeys").Requires("ResourceArns", "TagKeys"),
		wire.Op("DescribeTags", l.describeTags, "ResourceArns").Requires("ResourceArns"),
	}
}

func (l *LoadBalancers) listenerOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("AddListenerCertificates", l.addListenerCertificates, "ListenerArn", "Certificates").Requires("ListenerArn", "Certificates"),
		wire.Op("RemoveListenerCertificates", l.removeListenerCertificates, "ListenerArn", "Certificates").Requires("ListenerArn", "Certificates"),
		wire.Op("DescribeListenerCertificates", l.describeListenerCertificates, "ListenerArn", "PageSize", "Marker").Requires("ListenerArn"),
		wire.Op("ModifyListenerAttributes", l.modifyListenerAttributes, "ListenerArn", "Attributes").Requires("ListenerArn", "Attributes"),
		wire.Op("DescribeListenerAttributes", l.describeListenerAttributes, "ListenerArn").Requires("ListenerArn"),
		wire.Op("CreateListener", l.createListener, "LoadBalancerArn", "Port", "Protocol", "Certificates", "SslPolicy",
			"AlpnPolicy", "MutualAuthentication", "DefaultActions", "Tags").Requires("LoadBalancerArn", "DefaultActions"),
		wire.Op("ModifyListener", l.modifyListener, "ListenerArn", "Port", "Protocol", "Certificates", "SslPolicy",
			"AlpnPolicy", "MutualAuthentication", "DefaultActions").Requires("ListenerArn"),
		wire.Op("DeleteListener", l.deleteListener, "ListenerArn").Requires("ListenerArn"),
		wire.Op("DescribeListeners", l.describeListeners, "LoadBalancerArn", "ListenerArns", "PageSize", "Marker"),
		wire.Op("CreateRule", l.createRule, "ListenerArn", "Priority", "Conditions", "Actions", "Transforms", "Tags").
			Requires("ListenerArn", "Priority", "Conditions", "Actions"),
		wire.Op("ModifyRule", l.modifyRule, "RuleArn", "Conditions", "Actions", "Transforms", "ResetTransforms").Requires("RuleArn"),
		wire.Op("DeleteRule", l.deleteRule, "RuleArn").Requires("RuleArn"),
		wire.Op("DescribeRules", l.describeRules, "ListenerArn", "RuleArns", "PageSize", "Marker"),
	}
}

func (l *LoadBalancers) groupOperations() []wire.Operation {
	check := []string{
		"HealthCheckEnabled", "HealthCheckProtocol", "HealthCheckPort", "HealthCheckPath", "HealthCheckIntervalSeconds",
		"HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "Matcher.HttpCode",
	}
	return []wire.Operation{
		wire.Op("CreateTargetGroup", l.createTargetGroup,
			slices.Concat(check, []string{"Name", "Protocol", "ProtocolVersion", "Port", "VpcId", "TargetType", "IpAddressType", "Tags"})...).Requires("Name"),
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
