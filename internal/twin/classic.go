package twin

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// classicReads is what is read of Classic Load Balancers.
type classicReads interface {
	DescribeLoadBalancers(context.Context, *elb.DescribeLoadBalancersInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancersOutput, error)
	DescribeLoadBalancerAttributes(context.Context, *elb.DescribeLoadBalancerAttributesInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancerAttributesOutput, error)
	DescribeLoadBalancerPolicies(context.Context, *elb.DescribeLoadBalancerPoliciesInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancerPoliciesOutput, error)
	DescribeAccountLimits(context.Context, *elb.DescribeAccountLimitsInput, ...func(*elb.Options)) (*elb.DescribeAccountLimitsOutput, error)
	DescribeTags(context.Context, *elb.DescribeTagsInput, ...func(*elb.Options)) (*elb.DescribeTagsOutput, error)
}

// classicWrites are what makes and deletes them.
type classicWrites interface {
	CreateLoadBalancer(context.Context, *elb.CreateLoadBalancerInput, ...func(*elb.Options)) (*elb.CreateLoadBalancerOutput, error)
	CreateAppCookieStickinessPolicy(context.Context, *elb.CreateAppCookieStickinessPolicyInput, ...func(*elb.Options)) (*elb.CreateAppCookieStickinessPolicyOutput, error)
	CreateLBCookieStickinessPolicy(context.Context, *elb.CreateLBCookieStickinessPolicyInput, ...func(*elb.Options)) (*elb.CreateLBCookieStickinessPolicyOutput, error)
	CreateLoadBalancerPolicy(context.Context, *elb.CreateLoadBalancerPolicyInput, ...func(*elb.Options)) (*elb.CreateLoadBalancerPolicyOutput, error)
	SetLoadBalancerPoliciesOfListener(context.Context, *elb.SetLoadBalancerPoliciesOfListenerInput, ...func(*elb.Options)) (*elb.SetLoadBalancerPoliciesOfListenerOutput, error)
	SetLoadBalancerPoliciesForBackendServer(context.Context, *elb.SetLoadBalancerPoliciesForBackendServerInput, ...func(*elb.Options)) (*elb.SetLoadBalancerPoliciesForBackendServerOutput, error)
	ConfigureHealthCheck(context.Context, *elb.ConfigureHealthCheckInput, ...func(*elb.Options)) (*elb.ConfigureHealthCheckOutput, error)
	ModifyLoadBalancerAttributes(context.Context, *elb.ModifyLoadBalancerAttributesInput, ...func(*elb.Options)) (*elb.ModifyLoadBalancerAttributesOutput, error)
	DeleteLoadBalancer(context.Context, *elb.DeleteLoadBalancerInput, ...func(*elb.Options)) (*elb.DeleteLoadBalancerOutput, error)
}

var (
	_ classicReads  = (*elb.Client)(nil)
	_ classicWrites = (*elb.Client)(nil)
)

// classicAPI is that of Classic Load Balancers, with which instances are registered themselves.
type classicAPI struct {
	reads  classicReads
	writes step.Writes[classicWrites]
}

func newClassic(cfg aws.Config) classicAPI {
	client := elb.NewFromConfig(cfg)
	return classicAPI{client, step.Guard[classicWrites](client)}
}

// classic is a Classic Load Balancer with all that hangs on it.
type classic struct {
	types.LoadBalancerDescription
	attributes types.LoadBalancerAttributes
	policies   []types.PolicyDescription // but for those of cookies, which the description has itself
	tags       map[string]string
}

func (c *classic) things() []ledger.Made {
	return []ledger.Made{{What: ledger.MadeClassic, Name: aws.ToString(c.LoadBalancerName)}}
}

// resolvable is after how long the name of a new Classic Load Balancer answers. It has no state that says so, and no figure is published:
// users see a minute or more.
const resolvable = 3 * time.Minute

func (c *classic) state() state { return state{until: aws.ToTime(c.CreatedTime).Add(resolvable)} }

// protected: there is no such thing as a Classic Load Balancer that cannot be deleted.
func (c *classic) protected() bool { return false }

func (a classicAPI) protect(context.Context, *look, Balancer) error { return nil }
