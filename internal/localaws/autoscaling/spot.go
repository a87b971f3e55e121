package autoscaling

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// followSpot does what Capacity Rebalancing does for a Spot Instance in service. On a rebalance recommendation its
// replacement is launched first, and it is terminated when that is in service; on the interruption notice it is terminated,
// its hooks with it, and replaced at once, whether it will last so long or not (user guide, Capacity Rebalancing). A group
// without it replaces the instance once its health check finds it gone, and its termination hooks run only then. Scale-in
// protection keeps no instance from this (aws-facts A4). The texts of these activities are not published.
func (m *member) followSpot(i *localec2.Instance) {
	g := m.group
	if !aws.ToBool(g.spec.CapacityRebalance) || m.state != types.LifecycleStateInService {
		return
	}
	switch {
	case i.Interrupting():
		m.terminate(g.cause("an instance was taken out of service in response to an EC2 Spot Instance interruption notice."))
	case !m.outgoing:
		m.outgoing = true
		g.changed()
	default:
		return
	}
	g.schedule()
}

// launchesSpot reports whether the next instance of a mixed instances policy is a Spot Instance: on-demand capacity is
// filled up to its base first, then up to its share of the rest, rounded up (SDK, InstancesDistribution).
func (g *group) launchesSpot(policy *types.MixedInstancesPolicy) bool {
	distribution := policy.InstancesDistribution
	if distribution == nil || distribution.OnDemandPercentageAboveBaseCapacity == nil {
		return false
	}
	onDemand := 0
	for _, m := range g.counting() {
		if !m.spot {
			onDemand += m.weight
		}
	}
	total := g.capacity() + 1
	base := min(total, int(aws.ToInt32(distribution.OnDemandBaseCapacity)))
	share := ((total-base)*int(*distribution.OnDemandPercentageAboveBaseCapacity) + 99) / 100
	return onDemand >= base+share
}

// checkMixedTemplate checks the template of a mixed instances policy, which alone says what is bought on the Spot market, and
// takes no image that is named by a parameter (aws-facts H7).
func (in *Groups) checkMixedTemplate(spec *types.LaunchTemplateSpecification) error {
	if err := in.checkTemplate(spec); err != nil {
		return err
	}
	found, err := in.compute.Template(idOrName(spec), aws.ToString(spec.Version))
	if localec2.Alias(found.ImageID) != "" {
		return invalid("Invalid id: \"%s\" expecting ami-....", found.ImageID)
	}
	if err == nil && found.Spot {
		err = invalid("Incompatible launch template: You cannot use a launch template that is set to request Spot Instances " +
			"(InstanceMarketOptions) when you configure an Auto Scaling group with a mixed instances policy. " +
			"Add a different launch template to the group and try again.")
	}
	return err
}
