package twin

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// currentReads is what is read of application and network load balancers.
type currentReads interface {
	DescribeLoadBalancers(context.Context, *elb.DescribeLoadBalancersInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancersOutput, error)
	DescribeLoadBalancerAttributes(context.Context, *elb.DescribeLoadBalancerAttributesInput, ...func(*elb.Options)) (*elb.DescribeLoadBalancerAttributesOutput, error)
	DescribeCapacityReservation(context.Context, *elb.DescribeCapacityReservationInput, ...func(*elb.Options)) (*elb.DescribeCapacityReservationOutput, error)
	DescribeListeners(context.Context, *elb.DescribeListenersInput, ...func(*elb.Options)) (*elb.DescribeListenersOutput, error)
	DescribeListenerAttributes(context.Context, *elb.DescribeListenerAttributesInput, ...func(*elb.Options)) (*elb.DescribeListenerAttributesOutput, error)
	DescribeListenerCertificates(context.Context, *elb.DescribeListenerCertificatesInput, ...func(*elb.Options)) (*elb.DescribeListenerCertificatesOutput, error)
	DescribeRules(context.Context, *elb.DescribeRulesInput, ...func(*elb.Options)) (*elb.DescribeRulesOutput, error)
	DescribeTargetGroups(context.Context, *elb.DescribeTargetGroupsInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupsOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
	DescribeAccountLimits(context.Context, *elb.DescribeAccountLimitsInput, ...func(*elb.Options)) (*elb.DescribeAccountLimitsOutput, error)
	DescribeTags(context.Context, *elb.DescribeTagsInput, ...func(*elb.Options)) (*elb.DescribeTagsOutput, error)
}

// currentWrites are what makes and deletes them.
type currentWrites interface {
	CreateLoadBalancer(context.Context, *elb.CreateLoadBalancerInput, ...func(*elb.Options)) (*elb.CreateLoadBalancerOutput, error)
	ModifyLoadBalancerAttributes(context.Context, *elb.ModifyLoadBalancerAttributesInput, ...func(*elb.Options)) (*elb.ModifyLoadBalancerAttributesOutput, error)
	ModifyCapacityReservation(context.Context, *elb.ModifyCapacityReservationInput, ...func(*elb.Options)) (*elb.ModifyCapacityReservationOutput, error)
	SetSecurityGroups(context.Context, *elb.SetSecurityGroupsInput, ...func(*elb.Options)) (*elb.SetSecurityGroupsOutput, error)
	CreateTargetGroup(context.Context, *elb.CreateTargetGroupInput, ...func(*elb.Options)) (*elb.CreateTargetGroupOutput, error)
	ModifyTargetGroupAttributes(context.Context, *elb.ModifyTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.ModifyTargetGroupAttributesOutput, error)
	CreateListener(context.Context, *elb.CreateListenerInput, ...func(*elb.Options)) (*elb.CreateListenerOutput, error)
	ModifyListenerAttributes(context.Context, *elb.ModifyListenerAttributesInput, ...func(*elb.Options)) (*elb.ModifyListenerAttributesOutput, error)
	AddListenerCertificates(context.Context, *elb.AddListenerCertificatesInput, ...func(*elb.Options)) (*elb.AddListenerCertificatesOutput, error)
	CreateRule(context.Context, *elb.CreateRuleInput, ...func(*elb.Options)) (*elb.CreateRuleOutput, error)
	DeleteLoadBalancer(context.Context, *elb.DeleteLoadBalancerInput, ...func(*elb.Options)) (*elb.DeleteLoadBalancerOutput, error)
	DeleteTargetGroup(context.Context, *elb.DeleteTargetGroupInput, ...func(*elb.Options)) (*elb.DeleteTargetGroupOutput, error)
}

var (
	_ currentReads  = (*elb.Client)(nil)
	_ currentWrites = (*elb.Client)(nil)
)

// currentAPI is that of application and network load balancers, in whose target groups instances are.
type currentAPI struct {
	reads  currentReads
	writes step.Writes[currentWrites]
}

func newCurrent(cfg aws.Config) currentAPI {
	client := elb.NewFromConfig(cfg)
	return currentAPI{client, step.Guard[currentWrites](client)}
}

// current is an application or network load balancer with all that hangs on it.
type current struct {
	balancer   types.LoadBalancer
	attributes map[string]string
	reserved   int32 // capacity units
	tags       map[string]string
	listeners  []listener
	groups     []group // of the twin, as far as they are made, in the order of blue's
}

// listener is one with its rules, but for the default one, which it has itself.
type listener struct {
	types.Listener
	attributes map[string]string
	further    []string // ARNs of certificates besides the default one
	tags       map[string]string
	rules      []rule
}

type rule struct {
	types.Rule
	tags map[string]string
}

type group struct {
	types.TargetGroup
	of         string // name of blue's that it is the copy of; blue's own name
	attributes map[string]string
	tags       map[string]string
}

func (c *current) things() []ledger.Made {
	made := []ledger.Made{{What: ledger.MadeBalancer, Name: aws.ToString(c.balancer.LoadBalancerName)}}
	for _, g := range c.groups {
		made = append(made, ledger.Made{What: ledger.MadeTargetGroup, Name: g.of})
	}
	return made
}

func (c *current) state() state {
	is := c.balancer.State
	switch {
	case is == nil:
		return state{waits: "AWS does not say whether it is active"}
	case is.Code == types.LoadBalancerStateEnumActive:
		return state{}
	case is.Code == types.LoadBalancerStateEnumFailed:
		return state{failed: aws.ToString(is.Reason)}
	}
	said := "it is " + string(is.Code)
	if reason := aws.ToString(is.Reason); reason != "" {
		said += ": " + reason
	}
	return state{waits: said}
}

// protection is the attribute that keeps a load balancer from being deleted.
const protection = "deletion_protection.enabled"

func (c *current) protected() bool { return c.attributes[protection] == "true" }
