package fleet_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// weighing is a policy whose types have these weights; "" is none.
func weighing(weights ...string) *types.MixedInstancesPolicy {
	launch := &types.LaunchTemplate{}
	for _, weight := range weights {
		override := types.LaunchTemplateOverrides{InstanceType: aws.String("t3.micro")}
		if weight != "" {
			override.WeightedCapacity = &weight
		}
		launch.Overrides = append(launch.Overrides, override)
	}
	return &types.MixedInstancesPolicy{LaunchTemplate: launch}
}

// holding are instances of these weights; "" is none.
func holding(weights ...string) []types.Instance {
	var all []types.Instance
	for _, weight := range weights {
		instance := types.Instance{}
		if weight != "" {
			instance.WeightedCapacity = &weight
		}
		all = append(all, instance)
	}
	return all
}

// What a group's sizes count, how much of it its instances are, and how many of those it is to have.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		name  string
		group types.AutoScalingGroup
		unit  string
		units int
		count int
	}{
		{"instances", types.AutoScalingGroup{Instances: holding("", "")}, "instance", 2, 6},
		{"said so", types.AutoScalingGroup{DesiredCapacityType: aws.String("units"), Instances: holding("", "")}, "instance", 2, 6},
		{"a policy without a template", types.AutoScalingGroup{MixedInstancesPolicy: &types.MixedInstancesPolicy{}}, "instance", 0, 6},
		{"no weights", types.AutoScalingGroup{MixedInstancesPolicy: weighing("", "")}, "instance", 0, 6},
		{"weights of one", types.AutoScalingGroup{MixedInstancesPolicy: weighing("1", "1"), Instances: holding("1", "1")}, "instance", 2, 6},
		{"weights", types.AutoScalingGroup{MixedInstancesPolicy: weighing("1", "8"), Instances: holding("8", "1", "8")}, "unit", 17, 3},
		{"a weight that the policy has no more", types.AutoScalingGroup{MixedInstancesPolicy: weighing("1"), Instances: holding("4", "1")}, "unit", 5, 2},
		{"vCPUs, without an instance", types.AutoScalingGroup{DesiredCapacityType: aws.String("vcpu")}, "unit", 0, 0},
		{"memory", types.AutoScalingGroup{DesiredCapacityType: aws.String("memory-mib"), Instances: holding("4096")}, "unit", 4096, 1},
	} {
		c.group.DesiredCapacity = aws.Int32(6)
		f := fleet.Of(c.group)
		if f.Unit() != c.unit || deploy.Units(f.Instances) != c.units || f.Count() != c.count {
			t.Errorf("%s: %d %ss, %d instances; want %d %ss, %d instances", c.name, deploy.Units(f.Instances), f.Unit(), f.Count(), c.units, c.unit, c.count)
		}
	}
}
