// Package fleet declares what others embed.
package fleet

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

// Groups describes groups.
type Groups interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
}

// Worker works.
type Worker interface{ Work(context.Context) }

// Quiet suspends.
type Quiet struct{ client *autoscaling.Client }

// Work implements Worker.
func (q Quiet) Work(ctx context.Context) { _, _ = q.client.SuspendProcesses(ctx, nil) }

// Unmade resumes, and nobody makes one.
type Unmade struct{ client *autoscaling.Client }

// Work implements Worker.
func (l Unmade) Work(ctx context.Context) { _, _ = l.client.ResumeProcesses(ctx, nil) }
