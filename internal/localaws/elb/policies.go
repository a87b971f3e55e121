package elb

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/localaws/wire"
)

// The types of policies. The model keeps them all, and routes by none: which instance of a load balancer a client meets
// matters to nothing that it measures.
const (
	lbCookie      = "LBCookieStickinessPolicyType"
	appCookie     = "AppCookieStickinessPolicyType"
	negotiation   = "SSLNegotiationPolicyType"
	publicKey     = "PublicKeyPolicyType"
	backendServer = "BackendServerAuthenticationPolicyType"
	proxyProtocol = "ProxyProtocolPolicyType"
)

// attributesOf are the attributes that the types of policies must have, and may have several times.
var attributesOf = map[string][]string{
	lbCookie: {"CookieExpirationPeriod"}, appCookie: {"CookieName"}, publicKey: {"PublicKey"},
	backendServer: {"PublicKeyPolicyName"}, proxyProtocol: {"ProxyProtocol"}, negotiation: nil,
}

// defaultPolicy is what a secure listener negotiates by until it is given another policy.
func defaultPolicy() types.PolicyDescription {
	return policy("ELBSecurityPolicy-2016-08", negotiation, "Reference-Security-Policy", "ELBSecurityPolicy-2016-08")
}

// policy is a policy with one attribute, or none if its name is empty.
func policy(name, kind, attribute, value string) types.PolicyDescription {
	p := types.PolicyDescription{PolicyName: &name, PolicyTypeName: &kind, PolicyAttributeDescriptions: []types.PolicyAttributeDescription{}}
	if attribute != "" {
		p.PolicyAttributeDescriptions = append(p.PolicyAttributeDescriptions, types.PolicyAttributeDescription{AttributeName: &attribute, AttributeValue: &value})
	}
	return p
}

func (b *balancer) policy(name string) *types.PolicyDescription {
	at := slices.IndexFunc(b.policies, func(p types.PolicyDescription) bool { return *p.PolicyName == name })
	if at < 0 {
		return nil
	}
	return &b.policies[at]
}

// addPolicy adds a policy unless it is there.
func (b *balancer) addPolicy(p types.PolicyDescription) {
	if b.policy(*p.PolicyName) == nil {
		b.policies = append(b.policies, p)
	}
}

// newPolicy adds a policy under a name that no other has.
func (l *LoadBalancers) newPolicy(balancerName *string, p types.PolicyDescription) error {
	b, err := l.balancerNamed(balancerName)
	if err != nil {
		return err
	}
	if b.policy(*p.PolicyName) != nil {
		return wire.Errorf("DuplicatePolicyName", "Policy name %s already exists for load balancer %s", *p.PolicyName, b.name)
	}
	if *p.PolicyTypeName == backendServer {
		for _, a := range p.PolicyAttributeDescriptions {
			if key := b.policy(*a.AttributeValue); key == nil || *key.PolicyTypeName != publicKey {
				return wire.Errorf("PolicyNotFound", "There is no policy with name %s for load balancer %s", *a.AttributeValue, b.name)
			}
		}
	}
	b.policies = append(b.policies, p)
	return nil
}

func (l *LoadBalancers) createPolicy(_ *wire.Call, in *sdk.CreateLoadBalancerPolicyInput) (*sdk.CreateLoadBalancerPolicyOutput, error) {
	p := policy(*in.PolicyName, *in.PolicyTypeName, "", "")
	must, known := attributesOf[*in.PolicyTypeName]
	if !known {
		return nil, wire.Errorf("PolicyTypeNotFound", "Policy type %s does not exist.", *in.PolicyTypeName)
	}
	for _, a := range in.PolicyAttributes {
		p.PolicyAttributeDescriptions = append(p.PolicyAttributeDescriptions, types.PolicyAttributeDescription(a))
	}
	for _, name := range must {
		if !slices.ContainsFunc(in.PolicyAttributes, func(a types.PolicyAttribute) bool { return aws.ToString(a.AttributeName) == name }) {
			return nil, misconfigured("The policy type %s needs the attribute %s", *in.PolicyTypeName, name)
		}
	}
	return &sdk.CreateLoadBalancerPolicyOutput{}, l.newPolicy(in.LoadBalancerName, p)
}

func (l *LoadBalancers) createCookiePolicy(_ *wire.Call, in *sdk.CreateLBCookieStickinessPolicyInput) (*sdk.CreateLBCookieStickinessPolicyOutput, error) {
	period := aws.ToInt64(in.CookieExpirationPeriod) // 0: as long as the browser runs
	if period < 0 {
		return nil, misconfigured("CookieExpirationPeriod must not be negative")
	}
	p := policy(*in.PolicyName, lbCookie, "CookieExpirationPeriod", strconv.FormatInt(period, 10))
	return &sdk.CreateLBCookieStickinessPolicyOutput{}, l.newPolicy(in.LoadBalancerName, p)
}

func (l *LoadBalancers) createAppCookiePolicy(_ *wire.Call, in *sdk.CreateAppCookieStickinessPolicyInput) (*sdk.CreateAppCookieStickinessPolicyOutput, error) {
	p := policy(*in.PolicyName, appCookie, "CookieName", *in.CookieName)
	return &sdk.CreateAppCookieStickinessPolicyOutput{}, l.newPolicy(in.LoadBalancerName, p)
}

// deletePolicy deletes a policy that no listener or instance port has.
func (l *LoadBalancers) deletePolicy(_ *wire.Call, in *sdk.DeleteLoadBalancerPolicyInput) (*sdk.DeleteLoadBalancerPolicyOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	used := slices.ContainsFunc(b.listeners, func(x *listener) bool { return slices.Contains(x.policies, *in.PolicyName) })
	for _, names := range b.servers {
		used = used || slices.Contains(names, *in.PolicyName)
	}
	if used {
		return nil, misconfigured("Policy %s is in use", *in.PolicyName)
	}
	b.policies = slices.DeleteFunc(b.policies, func(p types.PolicyDescription) bool { return *p.PolicyName == *in.PolicyName })
	return &sdk.DeleteLoadBalancerPolicyOutput{}, nil
}

// policiesNamed checks that the load balancer has policies.
func (b *balancer) policiesNamed(names []string) error {
	for _, name := range names {
		if b.policy(name) == nil {
			return wire.Errorf("PolicyNotFound", "There is no policy with name %s for load balancer %s", name, b.name)
		}
	}
	return nil
}

// setListenerPolicies replaces a listener's policies; an empty list takes all of them away.
func (l *LoadBalancers) setListenerPolicies(_ *wire.Call, in *sdk.SetLoadBalancerPoliciesOfListenerInput) (*sdk.SetLoadBalancerPoliciesOfListenerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	x, err := b.listenerAt(in.LoadBalancerPort)
	if err != nil {
		return nil, err
	}
	if err := b.policiesNamed(in.PolicyNames); err != nil {
		return nil, err
	}
	for _, name := range in.PolicyNames {
		switch kind := *b.policy(name).PolicyTypeName; {
		case (kind == lbCookie || kind == appCookie) && layer(x.Protocol) != 7:
			return nil, misconfigured("Stickiness policies are only for HTTP and HTTPS listeners: %s", name)
		case kind == negotiation && !secure(x.Protocol):
			return nil, misconfigured("SSL negotiation policies are only for HTTPS and SSL listeners: %s", name)
		case kind == publicKey || kind == backendServer || kind == proxyProtocol:
			return nil, misconfigured("Policies of type %s cannot be set on a listener: %s", kind, name)
		}
	}
	x.policies = slices.Clone(in.PolicyNames)
	return &sdk.SetLoadBalancerPoliciesOfListenerOutput{}, nil
}

// setServerPolicies replaces the policies towards an instance port; an empty list takes all of them away.
func (l *LoadBalancers) setServerPolicies(_ *wire.Call, in *sdk.SetLoadBalancerPoliciesForBackendServerInput) (*sdk.SetLoadBalancerPoliciesForBackendServerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(b.listeners, func(x *listener) bool { return x.InstancePort == *in.InstancePort }) {
		return nil, misconfigured("No listener of %s has the instance port %d", b.name, *in.InstancePort)
	}
	if err := b.policiesNamed(in.PolicyNames); err != nil {
		return nil, err
	}
	for _, name := range in.PolicyNames {
		if kind := *b.policy(name).PolicyTypeName; kind != backendServer && kind != proxyProtocol {
			return nil, misconfigured("Policies of type %s cannot be set on an instance port: %s", kind, name)
		}
	}
	if len(in.PolicyNames) == 0 {
		delete(b.servers, *in.InstancePort)
	} else {
		b.servers[*in.InstancePort] = slices.Clone(in.PolicyNames)
	}
	return &sdk.SetLoadBalancerPoliciesForBackendServerOutput{}, nil
}

func (l *LoadBalancers) describePolicies(_ *wire.Call, in *sdk.DescribeLoadBalancerPoliciesInput) (*sdk.DescribeLoadBalancerPoliciesOutput, error) {
	if in.LoadBalancerName == nil {
		return nil, wire.NotModelled("the sample policies of Classic Load Balancers: name a load balancer")
	}
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if err := b.policiesNamed(in.PolicyNames); err != nil {
		return nil, err
	}
	out := &sdk.DescribeLoadBalancerPoliciesOutput{PolicyDescriptions: []types.PolicyDescription{}}
	for _, p := range b.policies {
		if len(in.PolicyNames) == 0 || slices.Contains(in.PolicyNames, *p.PolicyName) {
			out.PolicyDescriptions = append(out.PolicyDescriptions, p)
		}
	}
	return out, nil
}

// describePolicies is what DescribeLoadBalancers says of the policies: those of cookies with what they say.
func (b *balancer) describePolicies() *types.Policies {
	described := &types.Policies{
		AppCookieStickinessPolicies: []types.AppCookieStickinessPolicy{}, LBCookieStickinessPolicies: []types.LBCookieStickinessPolicy{},
		OtherPolicies: []string{},
	}
	for _, p := range b.policies {
		switch *p.PolicyTypeName {
		case appCookie:
			described.AppCookieStickinessPolicies = append(described.AppCookieStickinessPolicies,
				types.AppCookieStickinessPolicy{PolicyName: p.PolicyName, CookieName: aws.String(valueOf(p, "CookieName"))})
		case lbCookie:
			cookie := types.LBCookieStickinessPolicy{PolicyName: p.PolicyName}
			if period, _ := strconv.ParseInt(valueOf(p, "CookieExpirationPeriod"), 10, 64); period > 0 {
				cookie.CookieExpirationPeriod = &period
			}
			described.LBCookieStickinessPolicies = append(described.LBCookieStickinessPolicies, cookie)
		default:
			described.OtherPolicies = append(described.OtherPolicies, *p.PolicyName)
		}
	}
	return described
}

func valueOf(p types.PolicyDescription, attribute string) string {
	for _, a := range p.PolicyAttributeDescriptions {
		if aws.ToString(a.AttributeName) == attribute {
			return aws.ToString(a.AttributeValue)
		}
	}
	return ""
}

func (b *balancer) describeServers() []types.BackendServerDescription {
	described := []types.BackendServerDescription{}
	for port, names := range b.servers {
		described = append(described, types.BackendServerDescription{InstancePort: aws.Int32(port), PolicyNames: names})
	}
	slices.SortFunc(described, func(x, y types.BackendServerDescription) int { return cmp.Compare(*x.InstancePort, *y.InstancePort) })
	return described
}
