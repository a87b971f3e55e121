package autoscaling

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// subnets are where the group launches: its own, or the default subnets of its zones. One that does not exist is left
// out here; requests that name it are refused.
func (g *group) subnets() []localec2.Subnet {
	var subnets []localec2.Subnet
	if ids := splitList(aws.ToString(g.spec.VPCZoneIdentifier)); len(ids) > 0 {
		for _, id := range ids {
			if subnet, ok := g.in.compute.Subnet(id); ok {
				subnets = append(subnets, subnet)
			}
		}
		return subnets
	}
	for _, zone := range g.spec.AvailabilityZones {
		if subnet, ok := g.in.compute.DefaultSubnet(zone); ok {
			subnets = append(subnets, subnet)
		}
	}
	return subnets
}

// nextSubnet is where the next instance belongs: the zone with the fewest members and in it the subnet with the
// fewest, in the group's order when several have as few (AWS does not say how it chooses then).
func (g *group) nextSubnet(without map[string]bool) (localec2.Subnet, bool) {
	return g.subnetFor(staysInGroup, without)
}

// subnetFor is where the next of some members belongs.
func (g *group) subnetFor(among func(*member) bool, without map[string]bool) (localec2.Subnet, bool) {
	inZone, inSubnet := g.spread(among)
	var best localec2.Subnet
	found := false
	for _, subnet := range g.subnets() {
		if without[subnet.Zone] {
			continue
		}
		if !found || inZone[subnet.Zone] < inZone[best.Zone] ||
			subnet.Zone == best.Zone && inSubnet[subnet.ID] < inSubnet[best.ID] {
			best, found = subnet, true
		}
	}
	return best, found
}

func staysInGroup(m *member) bool { return m.counts() && !m.outgoing }

// spread counts some of the members, by zone and by subnet.
func (g *group) spread(among func(*member) bool) (inZone, inSubnet map[string]int) {
	inZone, inSubnet = make(map[string]int), make(map[string]int)
	for _, m := range g.members {
		if among(m) {
			inZone[m.zone]++
			inSubnet[m.subnet]++
		}
	}
	return inZone, inSubnet
}

// rebalance moves one member from a zone that has too many, or that is not the group's any more, to the emptiest zone:
// AWS launches first and terminates then, going above the maximum for a while by 10 % or one (aws-facts A4).
func (g *group) rebalance() {
	if g.isSuspended("AZRebalance") || g.isSuspended("Launch") || g.isSuspended("Terminate") || g.now().Before(g.rebalanceAt) {
		return
	}
	if g.surplus() > 0 || g.unavailable() > 0 {
		return
	}
	target, ok := g.nextSubnet(nil)
	if !ok {
		return
	}
	from := g.overfull(target.Zone)
	if from == nil {
		return
	}
	have := g.capacity()
	cause := g.cause(
		fmt.Sprintf("instances were launched to balance instances in zones %s with other zones resulting in more than desired number of instances in the group.", target.Zone),
		fmt.Sprintf("an instance was started in response to a difference between desired and actual capacity, increasing the capacity from %d to %d.", have, have+1))
	if !g.launch(target, cause) {
		g.rebalanceAt = g.now().Add(g.in.settings.Rebalance)
		g.scheduleAt(g.rebalanceAt)
		return
	}
	from.outgoing = true
}

// overfull returns the member to move to the zone, nil when the zones are even enough: one instance more than another
// is even.
func (g *group) overfull(to string) *member {
	inZone, _ := g.spread(staysInGroup)
	own := make(map[string]bool)
	for _, subnet := range g.subnets() {
		own[subnet.Zone] = true
	}
	var from *member
	for _, m := range g.members {
		if m.state != types.LifecycleStateInService || m.protected || m.outgoing {
			continue
		}
		if !own[m.zone] {
			return m
		}
		if inZone[m.zone] > inZone[to]+1 && (from == nil || inZone[m.zone] > inZone[from.zone]) {
			from = m
		}
	}
	return from
}
