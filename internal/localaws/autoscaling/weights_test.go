package autoscaling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// mixed is a request for a group of n units of a mixed instances policy with overrides: types with or without a weight,
// such as "m5.large=2".
func (w *world) mixed(name string, n int32, overrides ...string) *sdk.CreateAutoScalingGroupInput {
	input := w.group(name, n, 1)
	policy := &types.MixedInstancesPolicy{LaunchTemplate: &types.LaunchTemplate{LaunchTemplateSpecification: input.LaunchTemplate}}
	for _, o := range overrides {
		kind, weight, weighted := strings.Cut(o, "=")
		override := types.LaunchTemplateOverrides{InstanceType: &kind}
		if weighted {
			override.WeightedCapacity = &weight
		}
		policy.LaunchTemplate.Overrides = append(policy.LaunchTemplate.Overrides, override)
	}
	input.LaunchTemplate, input.MixedInstancesPolicy = nil, policy
	return input
}

// requiring is a request for a group that chooses its types itself.
func (w *world) requiring(name string, n int32, requirements ...types.InstanceRequirements) *sdk.CreateAutoScalingGroupInput {
	input := w.mixed(name, n)
	input.MaxSize = aws.Int32(100000)
	for _, r := range requirements {
		input.MixedInstancesPolicy.LaunchTemplate.Overrides = append(input.MixedInstancesPolicy.LaunchTemplate.Overrides,
			types.LaunchTemplateOverrides{InstanceRequirements: &r})
	}
	return input
}

func requires(vcpus, memoryMiB int32) types.InstanceRequirements {
	return types.InstanceRequirements{VCpuCount: &types.VCpuCountRequest{Min: &vcpus}, MemoryMiB: &types.MemoryMiBRequest{Min: &memoryMiB}}
}

// holds are the instances that a describe shows of a group: type and weight of each.
func (w *world) holds(name string) string {
	w.Helper()
	var all []string
	for _, i := range do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}}).AutoScalingGroups[0].Instances {
		text := *i.InstanceType
		if i.WeightedCapacity != nil {
			text += "=" + *i.WeightedCapacity
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// Capacity is counted in weights: a group launches until it has what is desired, which may be exceeded by less than one
// weight, and takes away only what fits.
func TestWeights(t *testing.T) {
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.mixed("blue", 5, "m5.xlarge=2", "m5.large=1"))
		w.locked(func() { w.compute.SetCapacity(w.compute.Zones()[0], "m5.xlarge", 2) })
		holds := func(want string) {
			t.Helper()
			if got := w.holds("blue"); got != want {
				t.Errorf("the group has %s, want %s", got, want)
			}
		}
		w.until(time.Minute)
		holds("m5.large=1 m5.xlarge=2 m5.xlarge=2") // the next type when the first has no capacity
		w.locked(func() { w.compute.SetCapacity(w.compute.Zones()[0], "m5.xlarge", -1) })
		set := func(n int32) {
			do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: &n})
		}
		set(6)
		w.until(2 * time.Minute)
		holds("m5.xlarge=2 m5.xlarge=2 m5.xlarge=2") // the small one, which was too much then, is gone
		set(7)
		w.until(3 * time.Minute)
		holds("m5.xlarge=2 m5.xlarge=2 m5.xlarge=2 m5.xlarge=2") // 8 units of 7
		set(6)
		w.until(4 * time.Minute)
		holds("m5.xlarge=2 m5.xlarge=2 m5.xlarge=2")
		set(5)
		w.until(5 * time.Minute)
		holds("m5.xlarge=2 m5.xlarge=2 m5.xlarge=2") // 5 desired; without one there would be 4
		if got := w.activities("blue"); strings.Contains(got, "protected") {
			t.Errorf("activities: %s", got)
		}
	})
}

// A group that requires attributes takes the smallest type that has them, of its image's architecture, and may count
// vCPUs or memory.
func TestInstanceRequirements(t *testing.T) {
	run(t, nil, func(w *world) {
		burstable := requires(2, 1024)
		burstable.BurstablePerformance = types.BurstablePerformanceIncluded
		memory := requires(2, 1024)
		memory.MemoryGiBPerVCpu, memory.ExcludedInstanceTypes = &types.MemoryGiBPerVCpuRequest{Min: aws.Float64(8)}, []string{"r5*"}
		amd := requires(3, 1024)
		amd.CpuManufacturers = []types.CpuManufacturer{types.CpuManufacturerAmd}
		for k, test := range []struct {
			unit         string
			requirements types.InstanceRequirements
			want         string
		}{
			{"units", requires(2, 1024), "c5.large c5.large c5.large c5.large"},
			{"units", burstable, "t3.micro t3.micro t3.micro t3.micro"},
			{"units", memory, "r6i.large r6i.large r6i.large r6i.large"},
			{"vcpu", amd, "m5a.xlarge=4"},
			{"memory-mib", requires(2, 1024), "c5.large=4096"},
		} {
			name := fmt.Sprint("g", k)
			input := w.requiring(name, 4, test.requirements)
			input.DesiredCapacityType = &test.unit
			do(w, w.client.CreateAutoScalingGroup, input)
			w.until(time.Duration(k+1) * time.Minute)
			if got := w.holds(name); got != test.want {
				t.Errorf("%s: %s, want %s", name, got, test.want)
			}
		}
		shown := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"g3"}}).AutoScalingGroups[0]
		if d := shown.MixedInstancesPolicy.InstancesDistribution; *d.OnDemandAllocationStrategy != "lowest-price" || *d.OnDemandBaseCapacity != 0 ||
			*d.OnDemandPercentageAboveBaseCapacity != 100 || *d.SpotAllocationStrategy != "lowest-price" || *d.SpotInstancePools != 2 {
			t.Errorf("distribution: %+v", d)
		}
		if *shown.DesiredCapacityType != "vcpu" {
			t.Errorf("capacity is counted in %s", *shown.DesiredCapacityType)
		}
	})
}

// Every type that requirements can choose is one of EC2's.
func TestCatalogueExists(t *testing.T) {
	run(t, nil, func(w *world) {
		all := requires(1, 1)
		all.BurstablePerformance = types.BurstablePerformanceIncluded
		known := ec2types.InstanceType("").Values()
		for size := int32(2); size <= 64; size *= 2 {
			all.VCpuCount = &types.VCpuCountRequest{Min: &size, Max: &size}
			name := fmt.Sprint("g", size)
			do(w, w.client.CreateAutoScalingGroup, w.requiring(name, 1, all))
			w.until(time.Duration(size) * time.Minute)
			if got := w.holds(name); !slices.Contains(known, ec2types.InstanceType(got)) {
				t.Errorf("%d vCPUs: %q is not a type of EC2's", size, got)
			}
		}
	})
}

func TestRefusedMixedPolicies(t *testing.T) {
	run(t, nil, func(w *world) {
		distributed := func(input *sdk.CreateAutoScalingGroupInput, d types.InstancesDistribution) *sdk.CreateAutoScalingGroupInput {
			input.MixedInstancesPolicy.InstancesDistribution = &d
			return input
		}
		counting := func(input *sdk.CreateAutoScalingGroupInput, unit string) *sdk.CreateAutoScalingGroupInput {
			input.DesiredCapacityType = &unit
			return input
		}
		many := make([]string, 41)
		for k := range many {
			many[k] = "m5.large"
		}
		both := requires(2, 1)
		both.AllowedInstanceTypes, both.ExcludedInstanceTypes = []string{"m5*"}, []string{"c5*"}
		for _, test := range []struct {
			input   *sdk.CreateAutoScalingGroupInput
			message string
		}{
			{w.mixed("blue", 0, "m5.large=1", "m5.xlarge"), "WeightedCapacity must be specified for all overrides, or for none"},
			{w.mixed("blue", 0, "m5.large=1000"), "WeightedCapacity must be a number from 1 to 999: 1000"},
			{w.mixed("blue", 0, many...), "The number of instance types is limited to 40"},
			{w.requiring("blue", 0, requires(2, 1), requires(2, 1), requires(2, 1), requires(2, 1), requires(2, 1)), "The number of InstanceRequirements is limited to 4"},
			{w.requiring("blue", 0, requires(1024, 1)), "No instance type meets the InstanceRequirements"},
			{w.requiring("blue", 0, both), "You cannot specify both AllowedInstanceTypes and ExcludedInstanceTypes"},
			{counting(w.mixed("blue", 0, "m5.large"), "vcpu"), "The DesiredCapacityType vcpu is only supported with InstanceRequirements"},
			{distributed(w.mixed("blue", 0, "m5.large"), types.InstancesDistribution{SpotAllocationStrategy: aws.String("capacity-optimized"), SpotInstancePools: aws.Int32(2)}),
				"SpotInstancePools option is only available with the lowest-price allocation strategy."},
			{distributed(w.requiring("blue", 0, requires(2, 1)), types.InstancesDistribution{OnDemandAllocationStrategy: aws.String("prioritized")}),
				"The specified OnDemandAllocationStrategy is not valid. The prioritized allocation strategy is not compatible with instance requirements. Valid options are [lowest-price]."},
			{distributed(w.mixed("blue", 0, "m5.large"), types.InstancesDistribution{OnDemandPercentageAboveBaseCapacity: aws.Int32(101)}),
				"OnDemandPercentageAboveBaseCapacity must be from 0 to 100: 101"},
		} {
			refused(w, w.client.CreateAutoScalingGroup, test.input, "ValidationError", test.message)
		}
	})
}

// A warm pool of a mixed instances policy counts in weights, as the sizes do that its own follows from.
func TestWarmPoolOfWeights(t *testing.T) {
	run(t, nil, func(w *world) {
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.mixed("blue", 4, "m5.xlarge=2"))
		do(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: name, MaxGroupPreparedCapacity: aws.Int32(7)})
		w.until(2 * time.Minute)
		pool := do(w, w.client.DescribeWarmPool, &sdk.DescribeWarmPoolInput{AutoScalingGroupName: name}).Instances
		if len(pool) != 2 || *pool[0].WeightedCapacity != "2" {
			t.Errorf("pool: %+v", pool)
		}
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: name, DesiredCapacity: aws.Int32(8)})
		w.until(4 * time.Minute)
		if got := w.holds("blue"); got != "m5.xlarge=2 m5.xlarge=2 m5.xlarge=2 m5.xlarge=2" {
			t.Errorf("the group has %s", got)
		}
		for _, id := range w.instances("blue")[2:] {
			if !slices.ContainsFunc(pool, func(i types.Instance) bool { return *i.InstanceId == id }) {
				t.Errorf("%s was not taken from the pool", id)
			}
		}
		spot := w.mixed("spot", 0, "m5.large")
		spot.MixedInstancesPolicy.InstancesDistribution = &types.InstancesDistribution{OnDemandPercentageAboveBaseCapacity: aws.Int32(50)}
		do(w, w.client.CreateAutoScalingGroup, spot)
		refused(w, w.client.PutWarmPool, &sdk.PutWarmPoolInput{AutoScalingGroupName: aws.String("spot")}, "NotModelled", "localaws does not model a warm pool of Spot Instances")
	})
}
