// Command embedded calls what its interfaces and structs embed.
package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/actions/generate/testdata/embedded/fleet"
)

type groups interface {
	fleet.Groups
	UpdateAutoScalingGroup(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	DeleteAutoScalingGroup(context.Context, *autoscaling.DeleteAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteAutoScalingGroupOutput, error)
}

// whole has all of a client's methods, and of what it embeds besides.
type whole struct {
	*autoscaling.Client
	fleet.Worker
}

func main() {
	ctx := context.Background()
	w := whole{&autoscaling.Client{}, fleet.Quiet{}}
	var g groups = w
	_, _ = g.DescribeAutoScalingGroups(ctx, nil)
	_, _ = w.PutLifecycleHook(ctx, nil)
	var worker fleet.Worker = w
	worker.Work(ctx)
}
