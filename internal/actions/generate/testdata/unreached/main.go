// Command unreached declares much, and calls nothing.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

type groups interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
}

var _ groups = (*autoscaling.Client)(nil)

type handler struct{ groups groups }

func (h handler) Describe(ctx context.Context) { _, _ = h.groups.DescribeAutoScalingGroups(ctx, nil) }

func main() { _ = handler{&autoscaling.Client{}} }
