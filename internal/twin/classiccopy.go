package twin

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// The types of policies that are made in a way of their own.
const (
	appCookie = "AppCookieStickinessPolicyType"
	lbCookie  = "LBCookieStickinessPolicyType"
	publicKey = "PublicKeyPolicyType"

	reference = "Reference-Security-Policy" // the attribute of a security policy that is one of AWS's
)

// copyClassic is what makes a Classic Load Balancer like another.
func copyClassic(c types.LoadBalancerDescription) *elb.CreateLoadBalancerInput {
	input := &elb.CreateLoadBalancerInput{Scheme: c.Scheme, SecurityGroups: c.SecurityGroups, Subnets: c.Subnets}
	if len(input.Subnets) == 0 { // AWS takes one of both
		input.AvailabilityZones = c.AvailabilityZones
	}
	for _, x := range c.ListenerDescriptions {
		if x.Listener != nil {
			input.Listeners = append(input.Listeners, *x.Listener)
		}
	}
	return input
}

// copyPolicy is what makes a policy like another. One that refers to a security policy of AWS's is described with all that this says.
func copyPolicy(p types.PolicyDescription) *elb.CreateLoadBalancerPolicyInput {
	input := &elb.CreateLoadBalancerPolicyInput{PolicyName: p.PolicyName, PolicyTypeName: p.PolicyTypeName}
	refers := func(a types.PolicyAttributeDescription) bool {
		return aws.ToString(a.AttributeName) == reference && aws.ToString(a.AttributeValue) != ""
	}
	only := slices.ContainsFunc(p.PolicyAttributeDescriptions, refers)
	for _, a := range p.PolicyAttributeDescriptions {
		if !only || refers(a) {
			input.PolicyAttributes = append(input.PolicyAttributes, types.PolicyAttribute(a))
		}
	}
	return input
}

// copyClassicAttributes are the attributes of another, but for where its logs go: a bucket may refuse them.
func copyClassicAttributes(all types.LoadBalancerAttributes) *types.LoadBalancerAttributes {
	all.AccessLog = nil
	return &all
}

func (c *classic) traits() map[string]string {
	all := make(map[string]string)
	input := copyClassic(c.LoadBalancerDescription)
	input.Listeners, input.SecurityGroups = nil, set(input.SecurityGroups)
	input.Subnets, input.AvailabilityZones = set(input.Subnets), set(input.AvailabilityZones)
	members("it:", input, all)
	members("it: attribute", copyClassicAttributes(c.attributes), all)
	members("it: attribute AccessLog", c.attributes.AccessLog, all)
	members("it: health check", c.HealthCheck, all)
	tagTraits("it:", c.tags, all)
	for _, x := range c.ListenerDescriptions {
		of := fmt.Sprintf("listener %d", port(x))
		members(of, x.Listener, all)
		all[of+" policies"] = given(set(x.PolicyNames))
	}
	for _, server := range c.BackendServerDescriptions {
		all[fmt.Sprintf("instance port %d policies", aws.ToInt32(server.InstancePort))] = given(set(server.PolicyNames))
	}
	c.policyTraits(all)
	return all
}

// policyTraits are those of policies that something uses: a secure listener is made with one of AWS's, which stays when it is given another.
func (c *classic) policyTraits(all map[string]string) {
	used := make(map[string]bool)
	for _, x := range c.ListenerDescriptions {
		for _, name := range x.PolicyNames {
			used[name] = true
		}
	}
	for _, server := range c.BackendServerDescriptions {
		for _, name := range server.PolicyNames {
			used[name] = true
		}
	}
	add := func(name *string, policy any) {
		if used[aws.ToString(name)] {
			all["policy "+aws.ToString(name)] = given(policy)
		}
	}
	if c.Policies != nil {
		for _, p := range c.Policies.AppCookieStickinessPolicies {
			add(p.PolicyName, p)
		}
		for _, p := range c.Policies.LBCookieStickinessPolicies {
			add(p.PolicyName, p)
		}
	}
	for _, p := range c.policies {
		if aws.ToString(p.PolicyTypeName) == publicKey { // others name it
			used[aws.ToString(p.PolicyName)] = true
		}
		add(p.PolicyName, copyPolicy(p))
	}
}
