package fleet

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

// Copy is what creates a copy of blue as it is now. Target groups are left out: SwitchTraffic adds them. While green
// stands outside of them, health checks of type ELB would have nothing to look at.
func Copy(blue types.AutoScalingGroup, d deploy.Deployment) *autoscaling.CreateAutoScalingGroupInput {
	input := &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName:             &d.Green,
		MinSize:                          blue.MinSize,
		MaxSize:                          blue.MaxSize,
		DesiredCapacity:                  blue.DesiredCapacity,
		DesiredCapacityType:              blue.DesiredCapacityType,
		VPCZoneIdentifier:                blue.VPCZoneIdentifier,
		AvailabilityZoneDistribution:     blue.AvailabilityZoneDistribution,
		AvailabilityZoneImpairmentPolicy: blue.AvailabilityZoneImpairmentPolicy,
		CapacityRebalance:                blue.CapacityRebalance,
		CapacityReservationSpecification: blue.CapacityReservationSpecification,
		Context:                          blue.Context,
		DefaultCooldown:                  blue.DefaultCooldown,
		DefaultInstanceWarmup:            blue.DefaultInstanceWarmup,
		DeletionProtection:               blue.DeletionProtection,
		HealthCheckGracePeriod:           blue.HealthCheckGracePeriod,
		HealthCheckType:                  blue.HealthCheckType,
		InstanceLifecyclePolicy:          blue.InstanceLifecyclePolicy,
		InstanceMaintenancePolicy:        blue.InstanceMaintenancePolicy,
		LaunchConfigurationName:          blue.LaunchConfigurationName,
		LaunchTemplate:                   Pinned(blue.LaunchTemplate, d.Template),
		MaxInstanceLifetime:              blue.MaxInstanceLifetime,
		MixedInstancesPolicy:             PinnedPolicy(blue.MixedInstancesPolicy, d.Template),
		NewInstancesProtectedFromScaleIn: blue.NewInstancesProtectedFromScaleIn,
		PlacementGroup:                   blue.PlacementGroup,
		ServiceLinkedRoleARN:             blue.ServiceLinkedRoleARN,
		Tags:                             tags(blue, d),
		TerminationPolicies:              blue.TerminationPolicies,
	}
	if aws.ToString(blue.VPCZoneIdentifier) == "" { // subnets say the zones; both together must agree
		input.AvailabilityZones = blue.AvailabilityZones
	}
	if aws.ToInt32(blue.MaxInstanceLifetime) == 0 {
		input.MaxInstanceLifetime = nil
	}
	if d.Strategy == deploy.StrategyAttach {
		input.HealthCheckType = aws.String("EC2")
		input.MinSize = blue.DesiredCapacity // pinned from its birth until the commit: SwitchTraffic need not do it
	}
	return input
}

// Pinned is the specification with its version as a number.
func Pinned(spec *types.LaunchTemplateSpecification, template *deploy.Template) *types.LaunchTemplateSpecification {
	if spec == nil || template == nil {
		return nil
	}
	return &types.LaunchTemplateSpecification{LaunchTemplateId: &template.ID, Version: &template.Version}
}

// PinnedPolicy is the policy with the version of every launch template that it names as a number.
func PinnedPolicy(policy *types.MixedInstancesPolicy, template *deploy.Template) *types.MixedInstancesPolicy {
	if policy == nil || policy.LaunchTemplate == nil {
		return policy
	}
	launch := *policy.LaunchTemplate
	launch.LaunchTemplateSpecification = Pinned(launch.LaunchTemplateSpecification, template)
	launch.Overrides = append([]types.LaunchTemplateOverrides(nil), launch.Overrides...)
	next := 0 // DescribeBlue pinned the overrides' templates in this order
	for i, override := range launch.Overrides {
		if override.LaunchTemplateSpecification == nil || template == nil || next >= len(template.Overrides) {
			continue
		}
		launch.Overrides[i].LaunchTemplateSpecification = Pinned(override.LaunchTemplateSpecification, &template.Overrides[next])
		next++
	}
	return &types.MixedInstancesPolicy{LaunchTemplate: &launch, InstancesDistribution: policy.InstancesDistribution}
}

// tags are blue's, less the reserved ones and those of the deployment that created blue, and this deployment's own.
func tags(blue types.AutoScalingGroup, d deploy.Deployment) []types.Tag {
	own := [][2]string{{deploy.TagProject, d.Project}, {deploy.TagLineage, d.Lineage}, {deploy.TagExecution, d.Execution}}
	var copied []types.Tag
	for _, tag := range blue.Tags {
		key := aws.ToString(tag.Key)
		if strings.HasPrefix(key, "aws:") || key == deploy.TagProject || key == deploy.TagLineage || key == deploy.TagExecution {
			continue
		}
		copied = append(copied, types.Tag{
			Key: tag.Key, Value: tag.Value, PropagateAtLaunch: tag.PropagateAtLaunch,
			ResourceId: &d.Green, ResourceType: aws.String("auto-scaling-group"),
		})
	}
	for _, tag := range own {
		copied = append(copied, types.Tag{
			Key: aws.String(tag[0]), Value: aws.String(tag[1]), PropagateAtLaunch: aws.Bool(true),
			ResourceId: &d.Green, ResourceType: aws.String("auto-scaling-group"),
		})
	}
	return copied
}
