package iam

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Operations of Classic Load Balancers and of elbv2 have the same actions; where they have the same name, the input says which
// is meant.

// balancing is the ARN of something of Elastic Load Balancing's.
func (a *asker) balancing(resource string) string { return a.arn("elasticloadbalancing", resource) }

// balancingKeys are the tags of what an ARN names, and those that a request sets, as condition keys.
func (a *asker) balancingKeys(arn string, requested map[string]string) Keys {
	of, set := tagKeys(func() map[string]string { return a.roles.world.BalancingTags(arn) }, "aws:resourcetag/", "elasticloadbalancing:resourcetag/"), requestedTags(requested)
	return func(key string) []string {
		if strings.HasPrefix(key, "aws:requesttag/") || key == "aws:tagkeys" {
			return set(key)
		}
		return of(key)
	}
}

// createBalancing asks for what is to be created, or what it is created in, and for AddTags too when it is to have tags.
func (a *asker) createBalancing(resource string, tags map[string]string) error {
	keys := a.balancingKeys(resource, tags)
	if err := a.may("elasticloadbalancing:"+a.call.Operation, resource, keys); err != nil || len(tags) == 0 {
		return err
	}
	return a.may("elasticloadbalancing:AddTags", resource, func(key string) []string {
		if key == "elasticloadbalancing:createaction" {
			return []string{a.call.Operation}
		}
		return keys(key)
	})
}

func tagsOfV2(tags []elbtypes.Tag) map[string]string {
	values := make(map[string]string, len(tags))
	for _, tag := range tags {
		values[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return values
}

func createBalancer(a *asker, input any) error {
	if in, ok := input.(*classic.CreateLoadBalancerInput); ok {
		tags := make(map[string]string, len(in.Tags))
		for _, tag := range in.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		return a.createBalancing(a.balancing("loadbalancer/"+aws.ToString(in.LoadBalancerName)), tags)
	}
	in := input.(*elbv2.CreateLoadBalancerInput)
	kind := "app"
	if in.Type == elbtypes.LoadBalancerTypeEnumNetwork {
		kind = "net"
	}
	return a.createBalancing(a.balancing("loadbalancer/"+kind+"/"+aws.ToString(in.Name)+"/*"), tagsOfV2(in.Tags))
}

func createListener(a *asker, input any) error {
	in := input.(*elbv2.CreateListenerInput)
	return a.createBalancing(aws.ToString(in.LoadBalancerArn), tagsOfV2(in.Tags))
}

func createRule(a *asker, input any) error {
	in := input.(*elbv2.CreateRuleInput)
	return a.createBalancing(aws.ToString(in.ListenerArn), tagsOfV2(in.Tags))
}

func createTargetGroup(a *asker, input any) error {
	in := input.(*elbv2.CreateTargetGroupInput)
	return a.createBalancing(a.balancing("targetgroup/"+aws.ToString(in.Name)+"/*"), tagsOfV2(in.Tags))
}

// onBalancing asks for what a call names: by an ARN, or a Classic Load Balancer by its name.
func onBalancing(a *asker, input any) error {
	for _, member := range []string{"RuleArn", "ListenerArn", "LoadBalancerArn", "TargetGroupArn", "LoadBalancerName"} {
		name := textIfAny(input, member)
		if name == "" {
			continue
		}
		if member == "LoadBalancerName" {
			name = a.balancing("loadbalancer/" + name)
		}
		return a.may("elasticloadbalancing:"+a.call.Operation, name, a.balancingKeys(name, nil))
	}
	return a.may("elasticloadbalancing:"+a.call.Operation, "*", nil)
}

// tagBalancing asks for each of what is to have tags, or to lose some.
func tagBalancing(a *asker, input any) error {
	var arns []string
	var tags map[string]string
	switch in := input.(type) {
	case *elbv2.AddTagsInput:
		arns, tags = in.ResourceArns, tagsOfV2(in.Tags)
	case *elbv2.RemoveTagsInput:
		arns = in.ResourceArns
	default:
		for _, name := range list(input, "LoadBalancerNames") {
			arns = append(arns, a.balancing("loadbalancer/"+name))
		}
		if in, ok := input.(*classic.AddTagsInput); ok {
			tags = make(map[string]string, len(in.Tags))
			for _, tag := range in.Tags {
				tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
			}
		}
	}
	for _, arn := range arns {
		if err := a.may("elasticloadbalancing:"+a.call.Operation, arn, a.balancingKeys(arn, tags)); err != nil {
			return err
		}
	}
	return nil
}

// balancingWrites are the operations that change one load balancer, listener or rule, which they name.
const balancingWrites = `AddListenerCertificates ApplySecurityGroupsToLoadBalancer AttachLoadBalancerToSubnets ConfigureHealthCheck
	CreateAppCookieStickinessPolicy CreateLBCookieStickinessPolicy CreateLoadBalancerListeners CreateLoadBalancerPolicy DeleteListener DeleteTargetGroup
	DeleteLoadBalancer DeleteLoadBalancerListeners DeleteLoadBalancerPolicy DeleteRule DeregisterInstancesFromLoadBalancer
	DetachLoadBalancerFromSubnets DisableAvailabilityZonesForLoadBalancer EnableAvailabilityZonesForLoadBalancer ModifyCapacityReservation ModifyListenerAttributes
	ModifyLoadBalancerAttributes ModifyTargetGroup ModifyTargetGroupAttributes RegisterInstancesWithLoadBalancer RemoveListenerCertificates SetIpAddressType
	SetLoadBalancerListenerSSLCertificate SetLoadBalancerPoliciesForBackendServer SetLoadBalancerPoliciesOfListener SetSecurityGroups
	SetSubnets`
