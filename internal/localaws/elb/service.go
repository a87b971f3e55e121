package elb

import (
	"bluegreen/internal/localaws/wire"
)

// Service is the API of Classic Load Balancers, as far as it is modelled. It shares its signing name, and so its endpoint,
// with elbv2: the query's Version tells them apart.
func (l *LoadBalancers) Service() wire.Service {
	service := wire.Service{
		SigningName: "elasticloadbalancing",
		Protocol:    wire.AWSQuery,
		Version:     "2012-06-01",
		Namespace:   "http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/",
		EmptyLists: map[string]wire.EmptyList{
			"LoadBalancerDescription.Instances": wire.There, "LoadBalancerDescription.BackendServerDescriptions": wire.There,
			"LoadBalancerDescription.ListenerDescriptions": wire.There, "ListenerDescription.PolicyNames": wire.There,
			"Policies.AppCookieStickinessPolicies": wire.There, "Policies.LBCookieStickinessPolicies": wire.There, "Policies.OtherPolicies": wire.There,
		},
	}
	service.Operations = append(service.Operations, l.balancerOperations()...)
	service.Operations = append(service.Operations, l.instanceOperations()...)
	service.Operations = append(service.Operations, l.policyOperations()...)
	return service
}

const name = "LoadBalancerName"

func (l *LoadBalancers) balancerOperations() []wire.Operation {
	const names = "LoadBalancerNames"
	return []wire.Operation{
		wire.Op("CreateLoadBalancer", l.createLoadBalancer, name, "Listeners", "AvailabilityZones", "Scheme", "SecurityGroups",
			"Subnets", "Tags").Requires(name, "Listeners"),
		wire.Op("DeleteLoadBalancer", l.deleteLoadBalancer, name).Requires(name),
		wire.Op("DescribeLoadBalancers", l.describeLoadBalancers, names, "Marker", "PageSize"),
		wire.Op("CreateLoadBalancerListeners", l.createListeners, name, "Listeners").Requires(name, "Listeners"),
		wire.Op("DeleteLoadBalancerListeners", l.deleteListeners, name, "LoadBalancerPorts").Requires(name, "LoadBalancerPorts"),
		wire.Op("SetLoadBalancerListenerSSLCertificate", l.setCertificate, name, "LoadBalancerPort", "SSLCertificateId").
			Requires(name, "SSLCertificateId"),
		wire.Op("EnableAvailabilityZonesForLoadBalancer", l.enableZones, name, "AvailabilityZones").Requires(name, "AvailabilityZones"),
		wire.Op("DisableAvailabilityZonesForLoadBalancer", l.disableZones, name, "AvailabilityZones").Requires(name, "AvailabilityZones"),
		wire.Op("AttachLoadBalancerToSubnets", l.attachToSubnets, name, "Subnets").Requires(name, "Subnets"),
		wire.Op("DetachLoadBalancerFromSubnets", l.detachFromSubnets, name, "Subnets").Requires(name, "Subnets"),
		wire.Op("ApplySecurityGroupsToLoadBalancer", l.applySecurityGroups, name, "SecurityGroups").Requires(name, "SecurityGroups"),
		wire.Op("ModifyLoadBalancerAttributes", l.modifyAttributes, name, "LoadBalancerAttributes").Requires(name, "LoadBalancerAttributes"),
		wire.Op("DescribeLoadBalancerAttributes", l.describeAttributes, name).Requires(name),
		wire.Op("DescribeAccountLimits", l.describeAccountLimits, "Marker"),
		wire.Op("AddTags", l.addTags, names, "Tags").Requires(names, "Tags"),
		wire.Op("RemoveTags", l.removeTags, names, "Tags").Requires(names, "Tags"),
		wire.Op("DescribeTags", l.describeTags, names).Requires(names),
	}
}

func (l *LoadBalancers) instanceOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("ConfigureHealthCheck", l.configureHealthCheck, name, "HealthCheck").Requires(name, "HealthCheck"),
		wire.Op("RegisterInstancesWithLoadBalancer", l.registerInstances, name, "Instances").Requires(name, "Instances"),
		wire.Op("DeregisterInstancesFromLoadBalancer", l.deregisterInstances, name, "Instances").Requires(name, "Instances"),
		wire.Op("DescribeInstanceHealth", l.describeInstanceHealth, name, "Instances").Requires(name),
	}
}

func (l *LoadBalancers) policyOperations() []wire.Operation {
	return []wire.Operation{
		wire.Op("CreateLoadBalancerPolicy", l.createPolicy, name, "PolicyName", "PolicyTypeName", "PolicyAttributes").
			Requires(name, "PolicyName", "PolicyTypeName"),
		wire.Op("CreateLBCookieStickinessPolicy", l.createCookiePolicy, name, "PolicyName", "CookieExpirationPeriod").
			Requires(name, "PolicyName"),
		wire.Op("CreateAppCookieStickinessPolicy", l.createAppCookiePolicy, name, "PolicyName", "CookieName").
			Requires(name, "PolicyName", "CookieName"),
		wire.Op("DeleteLoadBalancerPolicy", l.deletePolicy, name, "PolicyName").Requires(name, "PolicyName"),
		wire.Op("SetLoadBalancerPoliciesOfListener", l.setListenerPolicies, name, "LoadBalancerPort", "PolicyNames").Requires(name),
		wire.Op("SetLoadBalancerPoliciesForBackendServer", l.setServerPolicies, name, "InstancePort", "PolicyNames").
			Requires(name, "InstancePort"),
		wire.Op("DescribeLoadBalancerPolicies", l.describePolicies, name, "PolicyNames"),
	}
}
