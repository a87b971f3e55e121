// Package fleet reads fleets and target groups as AWS shows them into the domain's terms. It writes nothing.
package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// Groups describes Auto Scaling groups.
type Groups interface {
	DescribeAutoScalingGroups(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error)
}

var _ Groups = (*autoscaling.Client)(nil)

// Describe returns the named groups that exist, by name, as AWS describes them.
func Describe(ctx context.Context, groups Groups, names ...string) (map[string]types.AutoScalingGroup, error) {
	found := make(map[string]types.AutoScalingGroup, len(names))
	pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(groups, &autoscaling.DescribeAutoScalingGroupsInput{
		AutoScalingGroupNames: names,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing %v: %w", names, err)
		}
		for _, group := range page.AutoScalingGroups {
			found[aws.ToString(group.AutoScalingGroupName)] = group
		}
	}
	return found, nil
}

// Read returns the named groups that exist as fleets, by name.
func Read(ctx context.Context, groups Groups, names ...string) (map[string]deploy.Fleet, error) {
	described, err := Describe(ctx, groups, names...)
	if err != nil {
		return nil, err
	}
	fleets := make(map[string]deploy.Fleet, len(described))
	for name, group := range described {
		fleets[name] = Of(group)
	}
	return fleets, nil
}

// Of is the fleet that a described group is.
func Of(group types.AutoScalingGroup) deploy.Fleet {
	f := deploy.Fleet{
		Name: aws.ToString(group.AutoScalingGroupName),
		Sizes: deploy.Sizes{
			Min:     int(aws.ToInt32(group.MinSize)),
			Max:     int(aws.ToInt32(group.MaxSize)),
			Desired: int(aws.ToInt32(group.DesiredCapacity)),
		},
		HealthCheckType:         aws.ToString(group.HealthCheckType),
		HealthCheckGraceSeconds: int(aws.ToInt32(group.HealthCheckGracePeriod)),
		Tags:                    make(map[string]string, len(group.Tags)),
		Deleting:                aws.ToString(group.Status) != "",
		Pool:                    poolOf(group),
	}
	for _, spec := range Templates(group) {
		f.Launches = append(f.Launches, deploy.Template{ID: aws.ToString(spec.LaunchTemplateId), Version: aws.ToString(spec.Version)})
	}
	f.Sources = sources(group)
	for _, instance := range group.Instances {
		f.Instances = append(f.Instances, instanceOf(instance))
	}
	f.Weighted = weighted(group)
	for _, process := range group.SuspendedProcesses {
		f.Suspended = append(f.Suspended, aws.ToString(process.ProcessName))
	}
	for _, tag := range group.Tags {
		f.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return f
}
