package autoscaling

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

func (in *Groups) updateAutoScalingGroup(_ *wire.Call, input *autoscaling.UpdateAutoScalingGroupInput) (*autoscaling.UpdateAutoScalingGroupOutput, error) {
	g, err := in.settable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(checkZoneLists(input.AvailabilityZones, input.AvailabilityZoneIds),
		checkTemplateNames(input.LaunchTemplate, input.MixedInstancesPolicy)); err != nil {
		return nil, err
	}
	next := g.spec
	applySizes(&next, input)
	in.applyLaunchSource(&next, input)
	applySettings(&next, input)
	if err := in.checkSpec(&next); err != nil {
		return nil, err
	}
	if input.AvailabilityZoneImpairmentPolicy != nil {
		if err := in.checkZonalShift(next.AvailabilityZoneImpairmentPolicy, input.SkipZonalShiftValidation, g.sources()); err != nil {
			return nil, err
		}
	}
	g.write()
	wanted := int(*next.DesiredCapacity)
	next.DesiredCapacity = g.spec.DesiredCapacity
	g.spec = next
	if wanted != g.desired() {
		g.setDesired(wanted, fmt.Sprintf("a user request update of AutoScalingGroup constraints to min: %d, max: %d, desired: %d", g.min(), g.max(), wanted))
	}
	g.changed()
	g.schedule()
	g.lookAtBalancers()
	if input.MaxInstanceLifetime != nil {
		for _, m := range g.members {
			m.awaitAge()
		}
	}
	return &autoscaling.UpdateAutoScalingGroupOutput{}, nil
}

// override sets a member of the group that the request names.
func override[T any](member **T, with *T) {
	if with != nil {
		*member = with
	}
}

// applySizes changes the sizes. A minimum above the desired capacity, or a maximum below it, takes it along.
func applySizes(spec *types.AutoScalingGroup, input *autoscaling.UpdateAutoScalingGroupInput) {
	override(&spec.MinSize, input.MinSize)
	override(&spec.MaxSize, input.MaxSize)
	switch {
	case input.DesiredCapacity != nil:
		spec.DesiredCapacity = input.DesiredCapacity
	case input.MinSize != nil && *input.MinSize > *spec.DesiredCapacity:
		spec.DesiredCapacity = input.MinSize
	case input.MaxSize != nil && *input.MaxSize < *spec.DesiredCapacity:
		spec.DesiredCapacity = input.MaxSize
	}
}

// applyLaunchSource changes what the group launches from: one kind takes the others' place.
func (in *Groups) applyLaunchSource(spec *types.AutoScalingGroup, input *autoscaling.UpdateAutoScalingGroupInput) {
	if input.LaunchTemplate == nil && input.LaunchConfigurationName == nil && input.MixedInstancesPolicy == nil {
		return
	}
	before := spec.MixedInstancesPolicy
	spec.LaunchTemplate = in.completed(input.LaunchTemplate)
	spec.LaunchConfigurationName = input.LaunchConfigurationName
	spec.MixedInstancesPolicy = nil
	if policy := input.MixedInstancesPolicy; policy != nil {
		merged := *policy
		if before != nil { // it may name only what changes
			merged.LaunchTemplate = cmp.Or(policy.LaunchTemplate, before.LaunchTemplate)
			merged.InstancesDistribution = cmp.Or(policy.InstancesDistribution, before.InstancesDistribution)
		}
		spec.MixedInstancesPolicy = in.completedPolicy(&merged)
	}
}

func applySettings(spec *types.AutoScalingGroup, input *autoscaling.UpdateAutoScalingGroupInput) {
	if input.VPCZoneIdentifier != nil {
		spec.VPCZoneIdentifier, spec.AvailabilityZones = input.VPCZoneIdentifier, nil
	}
	if len(input.AvailabilityZones) > 0 {
		spec.AvailabilityZones = input.AvailabilityZones
	}
	if len(input.TerminationPolicies) > 0 {
		spec.TerminationPolicies = input.TerminationPolicies
	}
	if input.DefaultInstanceWarmup != nil {
		spec.DefaultInstanceWarmup = unlessMinusOne(input.DefaultInstanceWarmup)
	}
	if input.MaxInstanceLifetime != nil {
		spec.MaxInstanceLifetime = unlessZero(input.MaxInstanceLifetime)
	}
	if input.DeletionProtection != "" {
		spec.DeletionProtection = input.DeletionProtection
	}
	override(&spec.DefaultCooldown, input.DefaultCooldown)
	override(&spec.HealthCheckType, input.HealthCheckType)
	override(&spec.HealthCheckGracePeriod, input.HealthCheckGracePeriod)
	override(&spec.NewInstancesProtectedFromScaleIn, input.NewInstancesProtectedFromScaleIn)
	override(&spec.CapacityRebalance, input.CapacityRebalance)
	override(&spec.PlacementGroup, input.PlacementGroup)
	override(&spec.Context, input.Context)
	override(&spec.DesiredCapacityType, input.DesiredCapacityType)
	override(&spec.ServiceLinkedRoleARN, input.ServiceLinkedRoleARN)
	override(&spec.InstanceMaintenancePolicy, input.InstanceMaintenancePolicy)
	override(&spec.InstanceLifecyclePolicy, input.InstanceLifecyclePolicy)
	override(&spec.AvailabilityZoneDistribution, input.AvailabilityZoneDistribution)
	override(&spec.AvailabilityZoneImpairmentPolicy, input.AvailabilityZoneImpairmentPolicy)
	override(&spec.CapacityReservationSpecification, input.CapacityReservationSpecification)
}

func (in *Groups) setDesiredCapacity(_ *wire.Call, input *autoscaling.SetDesiredCapacityInput) (*autoscaling.SetDesiredCapacityOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if input.DesiredCapacity == nil {
		return nil, missing("DesiredCapacity")
	}
	wanted := int(*input.DesiredCapacity)
	switch {
	case wanted > g.max():
		return nil, invalid("New SetDesiredCapacity value %d is above max value %d for the AutoScalingGroup.", wanted, g.max())
	case wanted < g.min():
		return nil, invalid("New SetDesiredCapacity value %d is below min value %d for the AutoScalingGroup.", wanted, g.min())
	}
	if aws.ToBool(input.HonorCooldown) {
		if err := g.coolingDown(aws.ToInt32(g.spec.DefaultCooldown)); err != nil {
			return nil, err
		}
	}
	if wanted == g.desired() {
		return &autoscaling.SetDesiredCapacityOutput{}, nil
	}
	g.write()
	g.setDesired(wanted, "a user request explicitly set group desired capacity")
	g.changed()
	g.schedule()
	return &autoscaling.SetDesiredCapacityOutput{}, nil
}

// coolingDown is an error while an activity is under way, and for the cooldown after the last.
func (g *group) coolingDown(cooldownSeconds int32) error {
	blocking, ok := g.underWay()
	if !ok && !g.lastScaled.IsZero() && g.now().Before(g.lastScaled.Add(time.Duration(cooldownSeconds)*time.Second)) {
		blocking, ok = g.activities[len(g.activities)-1], true
	}
	if !ok {
		return nil
	}
	return wire.Errorf("ScalingActivityInProgress", "Scaling activity %s is in progress and blocks this action", *blocking.ActivityId)
}
