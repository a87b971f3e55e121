// Package balancer is what EC2 Auto Scaling attaches groups to so that they take traffic: what it shows of their instances, how it treats
// those that come and go, and attaching and detaching a group.
package balancer

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/step"
)

// reads is what is read of target groups.
type reads interface {
	DescribeTargetGroups(context.Context, *elb.DescribeTargetGroupsInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupsOutput, error)
	DescribeTargetGroupAttributes(context.Context, *elb.DescribeTargetGroupAttributesInput, ...func(*elb.Options)) (*elb.DescribeTargetGroupAttributesOutput, error)
	DescribeTargetHealth(context.Context, *elb.DescribeTargetHealthInput, ...func(*elb.Options)) (*elb.DescribeTargetHealthOutput, error)
}

// writes is what attaches and detaches groups.
type writes interface {
	AttachLoadBalancerTargetGroups(context.Context, *autoscaling.AttachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.AttachLoadBalancerTargetGroupsOutput, error)
	DetachLoadBalancerTargetGroups(context.Context, *autoscaling.DetachLoadBalancerTargetGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DetachLoadBalancerTargetGroupsOutput, error)
}

var (
	_ reads  = (*elb.Client)(nil)
	_ writes = (*autoscaling.Client)(nil)
)

// Balancers are an account's.
type Balancers struct {
	reads  reads
	writes step.Writes[writes]
}

// New makes them of an account.
func New(cfg aws.Config) Balancers {
	return Balancers{reads: elb.NewFromConfig(cfg), writes: step.Guard[writes](autoscaling.NewFromConfig(cfg))}
}
