package autoscaling

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// completedPolicy fills a mixed instances policy with the documented defaults.
func (in *Groups) completedPolicy(policy *types.MixedInstancesPolicy) *types.MixedInstancesPolicy {
	if policy == nil {
		return nil
	}
	full := *policy
	if policy.LaunchTemplate != nil {
		launch := *policy.LaunchTemplate
		launch.LaunchTemplateSpecification = in.completed(policy.LaunchTemplate.LaunchTemplateSpecification)
		launch.Overrides = append([]types.LaunchTemplateOverrides(nil), launch.Overrides...)
		for k, override := range launch.Overrides {
			launch.Overrides[k].LaunchTemplateSpecification = in.completed(override.LaunchTemplateSpecification)
		}
		full.LaunchTemplate = &launch
	}
	distribution := types.InstancesDistribution{}
	if policy.InstancesDistribution != nil {
		distribution = *policy.InstancesDistribution
	}
	onDemand := "prioritized"
	if attributeBased(policy) {
		onDemand = "lowest-price"
	}
	distribution.OnDemandAllocationStrategy = cmp.Or(distribution.OnDemandAllocationStrategy, &onDemand)
	distribution.OnDemandBaseCapacity = cmp.Or(distribution.OnDemandBaseCapacity, aws.Int32(0))
	distribution.OnDemandPercentageAboveBaseCapacity = cmp.Or(distribution.OnDemandPercentageAboveBaseCapacity, aws.Int32(100))
	distribution.SpotAllocationStrategy = cmp.Or(distribution.SpotAllocationStrategy, aws.String("lowest-price"))
	if *distribution.SpotAllocationStrategy == "lowest-price" {
		distribution.SpotInstancePools = cmp.Or(distribution.SpotInstancePools, aws.Int32(2))
	}
	if aws.ToString(distribution.SpotMaxPrice) == "" { // an empty one takes the price away
		distribution.SpotMaxPrice = nil
	}
	full.InstancesDistribution = &distribution
	return &full
}

// attributeBased reports whether the policy chooses types by what they have.
func attributeBased(policy *types.MixedInstancesPolicy) bool {
	return policy != nil && policy.LaunchTemplate != nil && slices.ContainsFunc(policy.LaunchTemplate.Overrides,
		func(o types.LaunchTemplateOverrides) bool { return o.InstanceRequirements != nil })
}

func (in *Groups) checkMixedPolicy(policy *types.MixedInstancesPolicy) error {
	if policy.LaunchTemplate == nil || policy.LaunchTemplate.LaunchTemplateSpecification == nil {
		return invalid("Launch template must be specified in MixedInstancesPolicy")
	}
	if err := in.checkMixedTemplate(policy.LaunchTemplate.LaunchTemplateSpecification); err != nil {
		return err
	}
	overrides := policy.LaunchTemplate.Overrides
	if err := cmp.Or(checkOverrides(overrides), checkDistribution(policy)); err != nil {
		return err
	}
	for _, override := range overrides {
		if override.LaunchTemplateSpecification != nil {
			if err := in.checkMixedTemplate(override.LaunchTemplateSpecification); err != nil {
				return err
			}
		}
		if override.InstanceRequirements == nil {
			continue
		}
		found, err := in.typesOf(policy, override)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return invalid("No instance type meets the InstanceRequirements")
		}
	}
	return nil
}

// checkOverrides checks how many overrides there are and what they name: types, with weights for all of them or none, or
// requirements, of which there are four sets at most (aws-facts H5). That requirements have no weights is not verified; the
// SDK knows weights of a list of types only.
func checkOverrides(overrides []types.LaunchTemplateOverrides) error {
	weighted, sets, templates := 0, 0, 1
	for _, o := range overrides {
		switch {
		case o.InstanceRequirements != nil && o.InstanceType != nil:
			return invalid("You cannot specify both InstanceType and InstanceRequirements in an override")
		case o.InstanceRequirements != nil && o.WeightedCapacity != nil:
			return invalid("WeightedCapacity is not supported with InstanceRequirements")
		}
		if o.LaunchTemplateSpecification != nil {
			templates++
		}
		if o.InstanceRequirements != nil {
			sets++
			if err := checkRequirements(o.InstanceRequirements); err != nil {
				return err
			}
		}
		if o.WeightedCapacity == nil {
			continue
		}
		weighted++
		if weight, err := strconv.Atoi(*o.WeightedCapacity); err != nil || weight < 1 || weight > 999 {
			return invalid("WeightedCapacity must be a number from 1 to 999: %s", *o.WeightedCapacity)
		}
	}
	switch {
	case weighted > 0 && weighted < len(overrides):
		return invalid("WeightedCapacity must be specified for all overrides, or for none")
	case sets > 0 && sets < len(overrides):
		return invalid("InstanceRequirements must be specified for all overrides, or for none")
	case sets > 4:
		return invalid("The number of InstanceRequirements is limited to 4")
	case len(overrides) > 40:
		return invalid("The number of instance types is limited to 40")
	case templates > 20:
		return invalid("The number of launch templates is limited to 20")
	}
	return nil
}

// The strategies by which types are chosen (SDK, InstancesDistribution).
var (
	onDemandStrategies = []string{"lowest-price", "prioritized"}
	spotStrategies     = []string{"lowest-price", "capacity-optimized", "capacity-optimized-prioritized", "price-capacity-optimized"}
)

func checkDistribution(policy *types.MixedInstancesPolicy) error {
	d := policy.InstancesDistribution // complete
	if d == nil {
		return nil
	}
	onDemand, spot := *d.OnDemandAllocationStrategy, *d.SpotAllocationStrategy
	switch {
	case attributeBased(policy) && onDemand == "prioritized": // recorded
		return invalid("The specified OnDemandAllocationStrategy is not valid. The prioritized allocation strategy is not compatible with " +
			"instance requirements. Valid options are [lowest-price].")
	case attributeBased(policy) && spot == "capacity-optimized-prioritized":
		return invalid("The specified SpotAllocationStrategy is not valid. The capacity-optimized-prioritized allocation strategy is not " +
			"compatible with instance requirements. Valid options are [lowest-price, capacity-optimized, price-capacity-optimized].")
	case !slices.Contains(onDemandStrategies, onDemand):
		return invalid("The specified OnDemandAllocationStrategy is not valid. Valid options are %v.", onDemandStrategies)
	case !slices.Contains(spotStrategies, spot):
		return invalid("The specified SpotAllocationStrategy is not valid. Valid options are %v.", spotStrategies)
	case d.SpotInstancePools != nil && spot != "lowest-price": // recorded
		return invalid("SpotInstancePools option is only available with the lowest-price allocation strategy.")
	case d.SpotInstancePools != nil && (*d.SpotInstancePools < 1 || *d.SpotInstancePools > 20):
		return invalid("SpotInstancePools must be from 1 to 20: %d", *d.SpotInstancePools)
	case *d.OnDemandBaseCapacity < 0:
		return invalid("OnDemandBaseCapacity must not be negative: %d", *d.OnDemandBaseCapacity)
	case *d.OnDemandPercentageAboveBaseCapacity < 0 || *d.OnDemandPercentageAboveBaseCapacity > 100:
		return invalid("OnDemandPercentageAboveBaseCapacity must be from 0 to 100: %d", *d.OnDemandPercentageAboveBaseCapacity)
	}
	return nil
}

// checkCapacityType checks what a group counts its capacity in: vCPUs and memory are for types that are chosen by what they
// have (SDK, DesiredCapacityType).
func checkCapacityType(spec *types.AutoScalingGroup) error {
	switch kind := aws.ToString(spec.DesiredCapacityType); kind {
	case "", "units":
		return nil
	case "vcpu", "memory-mib":
		if attributeBased(spec.MixedInstancesPolicy) {
			return nil
		}
		return invalid("The DesiredCapacityType %s is only supported with InstanceRequirements", kind)
	default:
		return invalid("Invalid DesiredCapacityType: %s. Valid values are: units, vcpu, memory-mib", kind)
	}
}

// typesOf are the types that an override with requirements can launch with its image.
func (in *Groups) typesOf(policy *types.MixedInstancesPolicy, override types.LaunchTemplateOverrides) ([]instanceType, error) {
	b, err := in.templateBlueprint(cmp.Or(override.LaunchTemplateSpecification, policy.LaunchTemplate.LaunchTemplateSpecification))
	if err != nil {
		return nil, err
	}
	image := aws.ToString(override.ImageId)
	if image == "" {
		found, err := in.compute.Template(b.request.TemplateID, b.request.TemplateVersion)
		if err != nil {
			return nil, err
		}
		image = found.ImageID
	}
	return meeting(override.InstanceRequirements, in.compute.Architecture(image)), nil
}
