package autoscaling

import (
	"path"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Attribute-based instance type selection (SDK, InstanceRequirements). What a type costs, how fast its network and volumes
// are, and how its processor performs is not in the model: requirements of that are shown, and every type meets them.

// checkRequirements checks a set of requirements. Where no text of AWS's is known the error is in the model's own words.
func checkRequirements(r *types.InstanceRequirements) error {
	switch {
	case r.VCpuCount == nil || r.VCpuCount.Min == nil:
		return missing("instanceRequirements.vCpuCount.min")
	case r.MemoryMiB == nil || r.MemoryMiB.Min == nil:
		return missing("instanceRequirements.memoryMiB.min")
	case r.VCpuCount.Max != nil && *r.VCpuCount.Max < *r.VCpuCount.Min:
		return invalid("The maximum of VCpuCount must not be less than its minimum: %d, %d", *r.VCpuCount.Max, *r.VCpuCount.Min)
	case r.MemoryMiB.Max != nil && *r.MemoryMiB.Max < *r.MemoryMiB.Min:
		return invalid("The maximum of MemoryMiB must not be less than its minimum: %d, %d", *r.MemoryMiB.Max, *r.MemoryMiB.Min)
	case len(r.AllowedInstanceTypes) > 0 && len(r.ExcludedInstanceTypes) > 0:
		return invalid("You cannot specify both AllowedInstanceTypes and ExcludedInstanceTypes")
	case r.SpotMaxPricePercentageOverLowestPrice != nil && r.MaxSpotPriceAsPercentageOfOptimalOnDemandPrice != nil:
		return invalid("You cannot specify both SpotMaxPricePercentageOverLowestPrice and MaxSpotPriceAsPercentageOfOptimalOnDemandPrice")
	}
	return nil
}

// meeting are the types that meet requirements, the smallest first, for images of an architecture.
func meeting(r *types.InstanceRequirements, architecture string) []instanceType {
	var found []instanceType
	for _, t := range catalogue() {
		if (architecture == "" || t.arm() == (architecture == "arm64")) && meets(t, r) {
			found = append(found, t)
		}
	}
	return found
}

func meets(t instanceType, r *types.InstanceRequirements) bool {
	perVCPU := float64(t.memoryMiB) / 1024 / float64(t.vcpus)
	ratio := r.MemoryGiBPerVCpu
	switch {
	case !within(t.vcpus, r.VCpuCount.Min, r.VCpuCount.Max), !within(t.memoryMiB, r.MemoryMiB.Min, r.MemoryMiB.Max):
		return false
	case ratio != nil && (ratio.Min != nil && perVCPU < *ratio.Min || ratio.Max != nil && perVCPU > *ratio.Max):
		return false
	case len(r.CpuManufacturers) > 0 && !slices.Contains(r.CpuManufacturers, types.CpuManufacturer(t.maker)):
		return false
	case len(r.InstanceGenerations) > 0 && !slices.Contains(r.InstanceGenerations, types.InstanceGenerationCurrent):
		return false
	case t.burstable && (r.BurstablePerformance == "" || r.BurstablePerformance == types.BurstablePerformanceExcluded),
		!t.burstable && r.BurstablePerformance == types.BurstablePerformanceRequired:
		return false
	case r.BareMetal == types.BareMetalRequired, r.LocalStorage == types.LocalStorageRequired:
		return false
	case r.AcceleratorCount != nil && aws.ToInt32(r.AcceleratorCount.Min) > 0, len(r.AcceleratorTypes)+len(r.AcceleratorNames)+len(r.AcceleratorManufacturers) > 0:
		return false
	case len(r.AllowedInstanceTypes) > 0:
		return listed(t.name, r.AllowedInstanceTypes)
	}
	return !listed(t.name, r.ExcludedInstanceTypes)
}

func within(n int, least, most *int32) bool {
	return n >= int(aws.ToInt32(least)) && (most == nil || n <= int(*most))
}

// listed reports whether a list names the type, or a pattern of it such as c5*.
func listed(name string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		matched, err := path.Match(pattern, name)
		return err == nil && matched
	})
}
