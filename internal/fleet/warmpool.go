package fleet

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

// WarmPools describes warm pools.
type WarmPools interface {
	DescribeWarmPool(context.Context, *autoscaling.DescribeWarmPoolInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeWarmPoolOutput, error)
}

var _ WarmPools = (*autoscaling.Client)(nil)

// Pooled are the instances of a group's warm pool, on their way into it and out of it too. The group's own description leaves
// them out.
func Pooled(ctx context.Context, pools WarmPools, group string) ([]deploy.Instance, error) {
	described, err := warm(ctx, pools, group)
	if err != nil {
		return nil, err
	}
	var pooled []deploy.Instance
	for _, instance := range described {
		pooled = append(pooled, instanceOf(instance))
	}
	return pooled, nil
}

// warm is Pooled as AWS describes them.
func warm(ctx context.Context, pools WarmPools, group string) ([]types.Instance, error) {
	var pooled []types.Instance
	pages := autoscaling.NewDescribeWarmPoolPaginator(pools, &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing the warm pool of %s: %w", group, err)
		}
		pooled = append(pooled, page.Instances...)
	}
	return pooled, nil
}

// Otherwise says which instances of a fleet's warm pool run another version of these launch templates than it is to launch: they would serve
// with those that it launches. Empty: none does.
func Otherwise(ctx context.Context, pools WarmPools, f deploy.Fleet, launches []deploy.Template) (string, error) {
	if f.Pool == nil {
		return "", nil
	}
	pooled, err := warm(ctx, pools, f.Name)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, instance := range pooled {
		ran := instance.LaunchTemplate
		if ran == nil || strings.HasPrefix(string(instance.LifecycleState), string(types.LifecycleStateWarmedTerminating)) {
			continue
		}
		var of []string
		for _, template := range launches {
			if template.ID == aws.ToString(ran.LaunchTemplateId) && deploy.IsVersion(template.Version) {
				of = append(of, template.Version)
			}
		}
		if len(of) > 0 && !slices.Contains(of, aws.ToString(ran.Version)) {
			ids = append(ids, fmt.Sprintf("%s runs version %s", aws.ToString(instance.InstanceId), aws.ToString(ran.Version)))
		}
	}
	if len(ids) == 0 {
		return "", nil
	}
	return fmt.Sprintf("the warm pool of %s holds %s of another launch template version than that fleet ran, which would serve with it (%s): %s",
		f.Name, deploy.Counted(len(ids), "instance"), text.Few(ids), text.EndWarmPool(f.Name)), nil
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
