package autoscaling

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// createAutoScalingGroup creates a group. Its hooks exist before anything launches, and its target groups are shown in
// service at once, which says nothing about health (aws-facts A1, A2).
func (in *Groups) createAutoScalingGroup(call *wire.Call, input *autoscaling.CreateAutoScalingGroupInput) (*autoscaling.CreateAutoScalingGroupOutput, error) {
	name := aws.ToString(input.AutoScalingGroupName)
	if err := in.checkNewName(name); err != nil {
		return nil, err
	}
	if err := cmp.Or(checkZoneLists(input.AvailabilityZones, input.AvailabilityZoneIds),
		checkTemplateNames(input.LaunchTemplate, input.MixedInstancesPolicy)); err != nil {
		return nil, err
	}
	g := &group{in: in, name: name, suspended: make(map[string]string), spec: in.newSpec(input)}
	if err := in.checkSpec(&g.spec); err != nil {
		return nil, err
	}
	if err := g.addHooks(input.LifecycleHookSpecificationList); err != nil {
		return nil, err
	}
	if err := g.addAttachments(input); err != nil {
		return nil, err
	}
	tags, err := in.checkTags(input.Tags, &name)
	if err != nil {
		return nil, err
	}
	if err := g.checkTagLimit(tags); err != nil {
		return nil, err
	}
	g.setTags(tags)
	for _, hook := range g.hooks {
		if err := g.testTarget(hook, call.RequestID); err != nil {
			return nil, err
		}
	}
	in.remember(name, nil)
	in.groups[name] = g
	g.setDesiredAtBirth()
	g.changed()
	g.schedule()
	return &autoscaling.CreateAutoScalingGroupOutput{}, nil
}

func (g *group) setDesiredAtBirth() {
	wanted := g.desired()
	g.spec.DesiredCapacity = aws.Int32(0)
	g.setDesired(wanted, "a user request created an AutoScalingGroup")
}

func (in *Groups) checkNewName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if g, ok := in.groups[name]; ok {
		message := "AutoScalingGroup by this name already exists - A group with the name " + name + " already exists"
		if g.deleting {
			message += " and is pending delete.  Please wait until Autoscaling completes the deletion process before creating another group with the same name."
		}
		return wire.Errorf("AlreadyExists", "%s", message)
	}
	if len(in.groups) >= in.settings.MaxGroups {
		return wire.Errorf("LimitExceeded", "You have already created the maximum number of AutoScalingGroups: %d", in.settings.MaxGroups)
	}
	return nil
}

// newSpec is the group that a request describes, with AWS's defaults (SDK documentation of CreateAutoScalingGroup).
func (in *Groups) newSpec(input *autoscaling.CreateAutoScalingGroupInput) types.AutoScalingGroup {
	name := aws.ToString(input.AutoScalingGroupName)
	spec := types.AutoScalingGroup{
		AutoScalingGroupName:             aws.String(name),
		AutoScalingGroupARN:              aws.String(in.account.ARN("autoscaling", "autoScalingGroup:"+in.account.UUID()+":autoScalingGroupName/"+name)),
		CreatedTime:                      aws.Time(in.account.Now().Truncate(time.Millisecond)),
		MinSize:                          input.MinSize,
		MaxSize:                          input.MaxSize,
		DesiredCapacity:                  cmp.Or(input.DesiredCapacity, input.MinSize),
		DesiredCapacityType:              input.DesiredCapacityType,
		DefaultCooldown:                  cmp.Or(input.DefaultCooldown, aws.Int32(300)),
		DefaultInstanceWarmup:            unlessMinusOne(input.DefaultInstanceWarmup),
		HealthCheckType:                  cmp.Or(input.HealthCheckType, aws.String("EC2")),
		HealthCheckGracePeriod:           cmp.Or(input.HealthCheckGracePeriod, aws.Int32(0)),
		LaunchTemplate:                   in.completed(input.LaunchTemplate),
		LaunchConfigurationName:          input.LaunchConfigurationName,
		MixedInstancesPolicy:             in.completedPolicy(input.MixedInstancesPolicy),
		AvailabilityZones:                input.AvailabilityZones,
		VPCZoneIdentifier:                cmp.Or(input.VPCZoneIdentifier, aws.String("")),
		TerminationPolicies:              input.TerminationPolicies,
		NewInstancesProtectedFromScaleIn: aws.Bool(aws.ToBool(input.NewInstancesProtectedFromScaleIn)),
		CapacityRebalance:                input.CapacityRebalance,
		MaxInstanceLifetime:              unlessZero(input.MaxInstanceLifetime),
		PlacementGroup:                   input.PlacementGroup,
		Context:                          input.Context,
		ServiceLinkedRoleARN: cmp.Or(input.ServiceLinkedRoleARN,
			aws.String("arn:aws:iam::"+in.account.ID+":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")),
		InstanceMaintenancePolicy:        input.InstanceMaintenancePolicy,
		InstanceLifecyclePolicy:          input.InstanceLifecyclePolicy,
		AvailabilityZoneDistribution:     input.AvailabilityZoneDistribution,
		AvailabilityZoneImpairmentPolicy: input.AvailabilityZoneImpairmentPolicy,
		CapacityReservationSpecification: input.CapacityReservationSpecification,
		DeletionProtection:               cmp.Or(input.DeletionProtection, types.DeletionProtectionNone),
		Operator:                         input.Operator,
	}
	if len(spec.TerminationPolicies) == 0 {
		spec.TerminationPolicies = []string{"Default"}
	}
	if spec.AvailabilityZoneDistribution == nil {
		spec.AvailabilityZoneDistribution = &types.AvailabilityZoneDistribution{
			CapacityDistributionStrategy: types.CapacityDistributionStrategyBalancedBestEffort}
	}
	return spec
}

// unlessMinusOne is nil for -1, which takes a setting away.
func unlessMinusOne(n *int32) *int32 {
	if n != nil && *n == -1 {
		return nil
	}
	return n
}

func unlessZero(n *int32) *int32 {
	if n != nil && *n == 0 {
		return nil
	}
	return n
}

// completed names a launch template by id and name both, as describes show it. A version that was not given stays out.
func (in *Groups) completed(spec *types.LaunchTemplateSpecification) *types.LaunchTemplateSpecification {
	if spec == nil {
		return nil
	}
	full := *spec
	if found, err := in.compute.Template(idOrName(spec), "$Default"); err == nil {
		full.LaunchTemplateId, full.LaunchTemplateName = aws.String(found.ID), aws.String(found.Name)
	}
	return &full
}

// addHooks gives a new group its hooks; those of one request share target and role (aws-facts A1).
func (g *group) addHooks(wanted []types.LifecycleHookSpecification) error {
	if len(wanted) > g.in.settings.MaxHooks {
		return wire.Errorf("LimitExceeded", "Only %d lifecycle hooks are allowed per AutoScalingGroup", g.in.settings.MaxHooks)
	}
	for _, specification := range wanted {
		first := wanted[0]
		if aws.ToString(specification.NotificationTargetARN) != aws.ToString(first.NotificationTargetARN) ||
			aws.ToString(specification.RoleARN) != aws.ToString(first.RoleARN) {
			return invalid("All lifecycle hooks in LifecycleHookSpecificationList must have the same NotificationTargetARN and RoleARN")
		}
		hook, err := g.in.newHook(g.name, specification)
		if err != nil {
			return err
		}
		g.hooks = append(g.hooks, hook)
	}
	return nil
}

// addAttachments gives a new group its target groups and load balancers.
func (g *group) addAttachments(input *autoscaling.CreateAutoScalingGroupInput) error {
	named, err := sourcesNamed(input.TrafficSources)
	if err != nil {
		return err
	}
	byFamily := slices.Concat(sourcesOf(ofTargetGroup, input.TargetGroupARNs), sourcesOf(ofClassic, input.LoadBalancerNames))
	all := slices.Concat(byFamily, named)
	if err := g.checkLimit(all); err != nil {
		return err
	}
	if err := g.in.checkSources(all); err != nil {
		return err
	}
	if err := g.in.checkZonalShift(g.spec.AvailabilityZoneImpairmentPolicy, input.SkipZonalShiftValidation, all); err != nil {
		return err
	}
	for k, s := range all {
		g.attachments = append(g.attachments, &attachment{source: s, trafficSource: k >= len(byFamily), state: inService})
	}
	return nil
}
