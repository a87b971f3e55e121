package clone

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// group is the group itself.
type group struct{}

func (group) defaults() {}

// put creates green without any instance, or adopts what a call of this deployment has created. A group of that name that is
// not this deployment's is somebody else's.
func (group) put(ctx context.Context, to target, blue Whole) error {
	input := Copy(blue.Group, to.Deployment)
	to.launch.by(input)
	input.MinSize, input.DesiredCapacity = aws.Int32(0), aws.Int32(0)
	_, err := step.Write(ctx, to.writes, to.fence, writes.CreateAutoScalingGroup, input)
	var exists *types.AlreadyExistsFault
	if errors.As(err, &exists) {
		return adopt(ctx, to)
	}
	if to.launch.unseen(err) {
		return fault.New(fault.Unavailable, "creating green %s: what was made for it to launch from is not seen by EC2 Auto Scaling yet: %w", to.Green, err)
	}
	if err != nil {
		return fmt.Errorf("creating green %s: %w", to.Green, err)
	}
	return nil
}

func adopt(ctx context.Context, to target) error {
	fleets, err := fleet.Read(ctx, to.reads.groupReads, to.Green)
	if err != nil {
		return err
	}
	green, found := fleets[to.Green]
	switch {
	case !found: // a describe may lag the write
		return fault.New(fault.Unavailable, "group %s exists but is not shown yet", to.Green)
	case green.Tags[deploy.TagExecution] != to.Execution:
		return fault.New(fault.Refused, "a group %s exists already and is not of this deployment (its tag %s is %q): rename or delete it",
			to.Green, deploy.TagExecution, green.Tags[deploy.TagExecution])
	}
	return nil
}

// grow lets green launch as many instances as blue has.
func grow(ctx context.Context, to target, blue Whole) error {
	whole := Copy(blue.Group, to.Deployment)
	_, err := step.Write(ctx, to.writes, to.fence, writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName: &to.Green, MinSize: whole.MinSize, DesiredCapacity: whole.DesiredCapacity,
	})
	if err != nil {
		return fmt.Errorf("setting the sizes of %s: %w", to.Green, err)
	}
	return nil
}

// apart are members of a copy's input that are no traits of blue, or that are another piece's.
var apart = []string{"AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity", "HealthCheckType", "LaunchConfigurationName", "LaunchTemplate", "Tags"}

func (group) traits(w Whole, d deploy.Deployment) map[string]string {
	all := map[string]string{"HealthCheckType": aws.ToString(w.Group.HealthCheckType)}
	fields := reflect.ValueOf(*Copy(w.Group, d))
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if field.IsExported() && !slices.Contains(apart, field.Name) && !fields.Field(i).IsZero() {
			all[field.Name] = text(fields.Field(i).Interface())
		}
	}
	return all
}

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
		Tags:                             copyTags(blue, d),
		TerminationPolicies:              blue.TerminationPolicies,
	}
	if aws.ToString(blue.VPCZoneIdentifier) == "" { // subnets say the zones; both together must agree
		input.AvailabilityZones = blue.AvailabilityZones
	}
	if aws.ToInt32(blue.MaxInstanceLifetime) == 0 {
		input.MaxInstanceLifetime = nil
	}
	if d.Strategy.Waits() {
		input.HealthCheckType = aws.String("EC2")
		input.MinSize = blue.DesiredCapacity // pinned from its birth until the commit: SwitchTraffic need not do it
	}
	return input
}
