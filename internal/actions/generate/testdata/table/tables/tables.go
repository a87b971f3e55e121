// Package tables holds functions in variables.
package tables

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

type groups interface {
	DeleteAutoScalingGroup(context.Context, *autoscaling.DeleteAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteAutoScalingGroupOutput, error)
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
	DescribeInstanceRefreshes(context.Context, *autoscaling.DescribeInstanceRefreshesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeInstanceRefreshesOutput, error)
	DescribeLifecycleHooks(context.Context, *autoscaling.DescribeLifecycleHooksInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLifecycleHooksOutput, error)
	DescribePolicies(context.Context, *autoscaling.DescribePoliciesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribePoliciesOutput, error)
	DescribeScalingActivities(context.Context, *autoscaling.DescribeScalingActivitiesInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeScalingActivitiesOutput, error)
	EnableMetricsCollection(context.Context, *autoscaling.EnableMetricsCollectionInput, ...func(*autoscaling.Options)) (*autoscaling.EnableMetricsCollectionOutput, error)
}

var client groups = &autoscaling.Client{}

// Entry is one of a table's.
type Entry struct {
	Name string
	Run  func(context.Context)
}

// Slice holds a declared function and, in what a function makes, a literal.
var Slice = []Entry{{"groups", describe}, made("metrics")}

// Map holds a method value.
var Map = map[string]func(context.Context){"hooks": hooks{}.describe}

// Struct is one entry.
var Struct = Entry{Run: func(ctx context.Context) { _, _ = client.DescribePolicies(ctx, nil) }}

// Array holds one function.
var Array = [...]func(context.Context){func(ctx context.Context) { _, _ = client.DescribeScalingActivities(ctx, nil) }}

// Registered is filled when the package is loaded.
var Registered []func(context.Context)

// Unused is a table that nobody mentions.
var Unused = []func(context.Context){func(ctx context.Context) { _, _ = client.DeleteAutoScalingGroup(ctx, nil) }}

func init() {
	Registered = append(Registered, func(ctx context.Context) { _, _ = client.DescribeInstanceRefreshes(ctx, nil) })
}

func describe(ctx context.Context) { _, _ = client.DescribeAutoScalingGroups(ctx, nil) }

func made(name string) Entry {
	return Entry{name, func(ctx context.Context) { _, _ = client.EnableMetricsCollection(ctx, nil) }}
}

type hooks struct{}

func (hooks) describe(ctx context.Context) { _, _ = client.DescribeLifecycleHooks(ctx, nil) }
