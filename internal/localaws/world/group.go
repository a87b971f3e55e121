package world

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// launchConfiguration creates the launch configuration of a fleet that has one.
func (s Seeder) launchConfiguration(ctx context.Context, plan Plan, w *World) error {
	if plan.Source != FromConfiguration {
		return nil
	}
	_, err := s.autoscaling.CreateLaunchConfiguration(ctx, &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: &w.TemplateName, ImageId: &w.BlueImage, InstanceType: &w.InstanceType,
		IamInstanceProfile: &w.InstanceProfile,
	})
	return err
}

func (s Seeder) group(ctx context.Context, plan Plan, w *World) error {
	_, subnets, err := s.subnets(ctx)
	if err != nil {
		return err
	}
	if plan.Zones > 0 && plan.Zones < len(subnets) {
		subnets = subnets[:plan.Zones]
	}
	input := &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: &w.GroupName,
		MinSize:              &plan.Min, MaxSize: &plan.Max, DesiredCapacity: &plan.Desired,
		VPCZoneIdentifier:              aws.String(strings.Join(subnets, ",")),
		TargetGroupARNs:                w.TargetGroupARNs,
		LoadBalancerNames:              w.LoadBalancerNames,
		Tags:                           plan.tags(w),
		LifecycleHookSpecificationList: plan.hooks(),
		TerminationPolicies:            plan.TerminationPolicies,
	}
	if plan.TrafficSources {
		input.TargetGroupARNs, input.LoadBalancerNames, input.TrafficSources = nil, nil, w.trafficSources()
	}
	if plan.Protected {
		input.NewInstancesProtectedFromScaleIn = aws.Bool(true)
	}
	if kind := plan.healthCheckType(); kind != "" {
		input.HealthCheckType = &kind
		input.HealthCheckGracePeriod = aws.Int32(seconds(cmp.Or(plan.Grace, time.Minute)))
	}
	template := &asgtypes.LaunchTemplateSpecification{
		LaunchTemplateName: &w.TemplateName, Version: aws.String(cmp.Or(plan.TemplateVersion, "$Latest")),
	}
	switch plan.Source {
	case FromConfiguration:
		input.LaunchConfigurationName = &w.TemplateName
	case FromPolicy, FromRequirements:
		input.MixedInstancesPolicy = &asgtypes.MixedInstancesPolicy{LaunchTemplate: &asgtypes.LaunchTemplate{
			LaunchTemplateSpecification: template, Overrides: plan.overrides(w),
		}}
		if plan.CapacityType != "" {
			input.DesiredCapacityType = &plan.CapacityType
		}
	default:
		input.LaunchTemplate = template
	}
	_, err = s.autoscaling.CreateAutoScalingGroup(ctx, input)
	return err
}

// trafficSources are the fleet's target groups and Classic Load Balancers.
func (w *World) trafficSources() []asgtypes.TrafficSourceIdentifier {
	var sources []asgtypes.TrafficSourceIdentifier
	for _, arn := range w.TargetGroupARNs {
		sources = append(sources, asgtypes.TrafficSourceIdentifier{Identifier: &arn, Type: aws.String("elbv2")})
	}
	for _, name := range w.LoadBalancerNames {
		sources = append(sources, asgtypes.TrafficSourceIdentifier{Identifier: &name, Type: aws.String("elb")})
	}
	return sources
}

// heavier are types of the policy whose types have weights, after the template's own.
var heavier = []string{"t3.small", "t3.medium", "t3.large", "t3.xlarge", "t3.2xlarge"}

// overrides are those of the group's mixed instances policy.
func (p Plan) overrides(w *World) []asgtypes.LaunchTemplateOverrides {
	if p.Source == FromRequirements {
		return []asgtypes.LaunchTemplateOverrides{{InstanceRequirements: &asgtypes.InstanceRequirements{
			VCpuCount:             &asgtypes.VCpuCountRequest{Min: aws.Int32(2), Max: aws.Int32(4)},
			MemoryMiB:             &asgtypes.MemoryMiBRequest{Min: aws.Int32(4096)},
			ExcludedInstanceTypes: []string{"m5a.*"},
		}}}
	}
	overrides := []asgtypes.LaunchTemplateOverrides{{InstanceType: &w.InstanceType}}
	for i, weight := range p.Weights {
		if i > 0 {
			overrides = append(overrides, asgtypes.LaunchTemplateOverrides{InstanceType: &heavier[i-1]})
		}
		overrides[i].WeightedCapacity = &weight
	}
	return overrides
}

// equip gives the group what no creation takes.
func (s Seeder) equip(ctx context.Context, plan Plan, w *World) error {
	if len(plan.Suspended)+len(plan.Metrics) == 0 && plan.Equipped == nil {
		return nil
	}
	if err := putProcesses(ctx, s.autoscaling, w.GroupName, plan.Suspended, plan.Metrics); err != nil {
		return err
	}
	if plan.Equipped != nil {
		if err := plan.Equipped(*w, s.Clock.Now()).Put(ctx, s.Config, w.GroupName); err != nil {
			return err
		}
	}
	return s.Clock.Sleep(ctx, longestLag)
}

// longestLag is how long a description may not show what was written.
const longestLag = 5 * time.Second

func (p Plan) healthCheckType() string {
	if p.HealthCheckType == "" && p.Balanced {
		return "ELB"
	}
	return p.HealthCheckType
}

func (p Plan) tags(w *World) []asgtypes.Tag {
	pairs := p.labels()
	pairs["Name"] = p.prefix()
	maps.Copy(pairs, p.Tags)
	var tags []asgtypes.Tag
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		tags = append(tags, asgtypes.Tag{
			Key: aws.String(key), Value: aws.String(pairs[key]), PropagateAtLaunch: aws.Bool(true),
			ResourceId: aws.String(w.GroupName), ResourceType: aws.String("auto-scaling-group"),
		})
	}
	return tags
}

func (p Plan) hooks() []asgtypes.LifecycleHookSpecification {
	var specs []asgtypes.LifecycleHookSpecification
	for _, hook := range p.Hooks {
		transition := "autoscaling:EC2_INSTANCE_TERMINATING"
		if hook.Launching {
			transition = "autoscaling:EC2_INSTANCE_LAUNCHING"
		}
		specs = append(specs, asgtypes.LifecycleHookSpecification{
			LifecycleHookName: &hook.Name, LifecycleTransition: &transition,
			DefaultResult: aws.String(cmp.Or(hook.Default, "CONTINUE")), HeartbeatTimeout: aws.Int32(seconds(hook.Heartbeat)),
		})
	}
	return specs
}
