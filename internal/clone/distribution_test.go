package clone_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
)

// A description shows defaults that a request may not have: those are left out of a copy, and nothing else is.
func TestDefaultsThatAWSRefuses(t *testing.T) {
	for _, c := range []struct {
		name                 string
		required             bool
		onDemand, spot, want string
	}{
		{"lowest price", false, "prioritized", "lowest-price", "prioritized lowest-price 2"},
		{"capacity optimized", false, "prioritized", "capacity-optimized", "prioritized capacity-optimized 0"},
		{"requirements", true, "lowest-price", "lowest-price", "lowest-price lowest-price 2"},
		{"requirements, prioritized", true, "prioritized", "price-capacity-optimized", " price-capacity-optimized 0"},
	} {
		blue := policy(named("lt-1", "1"), nil)
		blue.InstancesDistribution = &types.InstancesDistribution{
			OnDemandAllocationStrategy: &c.onDemand, SpotAllocationStrategy: &c.spot, SpotInstancePools: aws.Int32(2), OnDemandBaseCapacity: aws.Int32(1),
		}
		if c.required {
			blue.LaunchTemplate.Overrides[0] = types.LaunchTemplateOverrides{InstanceRequirements: &types.InstanceRequirements{}}
		}
		d := clone.PinnedPolicy(blue, &deploy.Template{ID: "lt-1", Version: "1"}).InstancesDistribution
		got := fmt.Sprint(aws.ToString(d.OnDemandAllocationStrategy), " ", aws.ToString(d.SpotAllocationStrategy), " ", aws.ToInt32(d.SpotInstancePools))
		if got != c.want || aws.ToInt32(d.OnDemandBaseCapacity) != 1 || aws.ToInt32(blue.InstancesDistribution.SpotInstancePools) != 2 {
			t.Errorf("%s: %q of %d, want %q; blue's own has %d pools", c.name, got, aws.ToInt32(d.OnDemandBaseCapacity), c.want, aws.ToInt32(blue.InstancesDistribution.SpotInstancePools))
		}
	}
}
