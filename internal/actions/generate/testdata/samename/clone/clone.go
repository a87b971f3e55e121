// Package clone has another method Put.
package clone

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

type client interface {
	DescribePolicies(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	PutScalingPolicy(context.Context, *autoscaling.PutScalingPolicyInput, ...func(*autoscaling.Options)) (*autoscaling.PutScalingPolicyOutput, error)
}

// Part is something that is copied.
type Part interface {
	Read(ctx context.Context) error
	Put(ctx context.Context, group *string) error
}

// Parts are all of them.
func Parts(c client) []Part { return []Part{policies{c}} }

type policies struct{ client client }

// Read implements Part.
func (p policies) Read(ctx context.Context) error {
	_, err := p.client.DescribePolicies(ctx, nil)
	return err
}

// Put implements Part.
func (p policies) Put(ctx context.Context, group *string) error {
	_, err := p.client.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{AutoScalingGroupName: group})
	return err
}
