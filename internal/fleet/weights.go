package fleet

import (
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// weight is what an instance counts for in its group; 0 where AWS shows none.
func weight(instance types.Instance) int {
	n, err := strconv.Atoi(aws.ToString(instance.WeightedCapacity))
	if err != nil {
		return 0
	}
	return n
}

// weighted reports whether a group's sizes count something else than instances.
func weighted(group types.AutoScalingGroup) bool {
	if CountsAttribute(group) || slices.ContainsFunc(group.Instances, func(i types.Instance) bool { return weight(i) > 1 }) {
		return true
	}
	if group.MixedInstancesPolicy == nil || group.MixedInstancesPolicy.LaunchTemplate == nil {
		return false
	}
	return slices.ContainsFunc(group.MixedInstancesPolicy.LaunchTemplate.Overrides, func(o types.LaunchTemplateOverrides) bool {
		return o.WeightedCapacity != nil && *o.WeightedCapacity != "1"
	})
}

// CountsAttribute reports whether a group's sizes count vCPUs or memory. AWS gives each instance type its units then, as the user
// guide says of DesiredCapacityType; that a description shows them as weights is taken from there, and seen nowhere.
func CountsAttribute(group types.AutoScalingGroup) bool {
	unit := aws.ToString(group.DesiredCapacityType)
	return unit != "" && unit != "units"
}

// Weightless are the instances of a group that counts vCPUs or memory which do not show how many they are.
func Weightless(group types.AutoScalingGroup) []string {
	if !CountsAttribute(group) {
		return nil
	}
	var ids []string
	for _, instance := range group.Instances {
		if instance.WeightedCapacity == nil {
			ids = append(ids, aws.ToString(instance.InstanceId))
		}
	}
	return ids
}
