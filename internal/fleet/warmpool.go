package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// WarmPools describes warm pools.
type WarmPools interface {
	DescribeWarmPool(context.Context, *autoscaling.DescribeWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeWarmPoolOutput, error)
}

var _ WarmPools = (*autoscaling.Client)(nil)

// Pooled are the instances of a group's warm pool, on their way into it and out of it too. The group's own description leaves
// them out.
func Pooled(ctx context.Context, pools WarmPools, group string) ([]deploy.Instance, error) {
	var pooled []deploy.Instance
	pages := autoscaling.NewDescribeWarmPoolPaginator(pools, &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the warm pool of %s: %w", group, err)
		}
		for _, instance := range page.Instances {
			pooled = append(pooled, instanceOf(instance))
		}
	}
	return pooled, nil
}

// instanceOf is the member of a fleet that a described instance is.
func instanceOf(instance types.Instance) deploy.Instance {
	return deploy.Instance{
		ID:        aws.ToString(instance.InstanceId),
		Zone:      aws.ToString(instance.AvailabilityZone),
		Lifecycle: string(instance.LifecycleState),
		Healthy:   aws.ToString(instance.HealthStatus) == "Healthy",
		Protected: aws.ToBool(instance.ProtectedFromScaleIn),
		Weight:    weight(instance),
	}
}

// poolOf is a group's warm pool; nil: it has none.
func poolOf(group types.AutoScalingGroup) *deploy.Pool {
	configuration := group.WarmPoolConfiguration
	if configuration == nil {
		return nil
	}
	pool := &deploy.Pool{Min: int(aws.ToInt32(configuration.MinSize)), Deleting: configuration.Status == types.WarmPoolStatusPendingDelete}
	if prepared := configuration.MaxGroupPreparedCapacity; prepared != nil {
		most := int(*prepared)
		pool.Prepared = &most
	}
	return pool
}
