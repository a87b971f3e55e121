package autoscaling

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// launchFailed ends the status message of every launch that failed.
const launchFailed = " Launching EC2 instance failed."

// scaleOut launches instances until the capacity is what is wanted. A zone that fails is left out for this time; when
// every zone has failed, the group pauses, longer each time.
func (g *group) scaleOut(have, wanted int) {
	if g.isSuspended("Launch") {
		return
	}
	if g.now().Before(g.retryAt) {
		g.scheduleAt(g.retryAt)
		return
	}
	failed := make(map[string]bool)
	cause := g.launchCause(have, wanted)
	for g.capacity() < wanted {
		if g.draw(cause) {
			continue
		}
		subnet, ok := g.nextSubnet(failed)
		if !ok {
			g.pauseLaunches()
			return
		}
		if !g.launch(subnet, cause) {
			failed[subnet.Zone] = true
			if g.spec.AvailabilityZoneDistribution != nil &&
				g.spec.AvailabilityZoneDistribution.CapacityDistributionStrategy == types.CapacityDistributionStrategyBalancedOnly {
				g.pauseLaunches()
				return
			}
		}
	}
	if len(failed) > 0 { // the zones are uneven now
		g.rebalanceAt = g.now().Add(g.in.settings.Rebalance)
		g.scheduleAt(g.rebalanceAt)
	}
}

func (g *group) launchCause(have, wanted int) string {
	if g.owed > 0 && len(g.causes) == 0 {
		return g.cause("an instance was launched in response to an unhealthy instance needing to be replaced.")
	}
	if g.activeRefresh() != nil && len(g.causes) == 0 {
		return g.cause("an instance was launched in response to an instance refresh.")
	}
	return g.cause(fmt.Sprintf("an instance was started in response to a difference between desired and actual capacity, "+
		"increasing the capacity from %d to %d.", have, wanted))
}

// pauseLaunches keeps the group from launching for a while, longer with each failure in a row. Launches that fail while
// it pauses were begun together with the one that it pauses for.
func (g *group) pauseLaunches() {
	if g.now().Before(g.retryAt) {
		return
	}
	pause := g.in.settings.LaunchRetry << min(g.failures, 10)
	g.failures++
	g.retryAt = g.now().Add(min(pause, g.in.settings.LaunchRetryMax))
	g.scheduleAt(g.retryAt)
}

// launch starts one instance; false when that failed, which the activities tell.
func (g *group) launch(subnet localec2.Subnet, cause string) bool {
	m := g.tryLaunch(subnet, cause)
	if m == nil {
		return false
	}
	g.owed = max(0, g.owed-1)
	m.warmUp()
	m.activity = g.begin("Launching a new EC2 instance: "+m.id, cause, m)
	m.progress(types.ScalingActivityStatusCodePreInService, 30)
	g.changed()
	return true
}

// tryLaunch starts the instance of a new member; nil when that failed, which the activities tell.
func (g *group) tryLaunch(subnet localec2.Subnet, cause string) *member {
	m, err := g.newInstance(subnet)
	if err == nil {
		return m
	}
	a := g.begin("Launching a new EC2 instance.", cause, nil)
	a.Details = g.details(subnet.ID, subnet.Zone)
	g.end(a, types.ScalingActivityStatusCodeFailed, launchMessage(err))
	g.tellActivity(a, nil)
	g.changed()
	return nil
}

func launchMessage(err error) string {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure.Message + launchFailed
	}
	return err.Error() + launchFailed
}

// newInstance launches an instance in the subnet and makes it a member: of the first type that has capacity there.
func (g *group) newInstance(subnet localec2.Subnet) (*member, error) {
	if err := g.checkAttachments(); err != nil {
		return nil, err
	}
	all, err := g.blueprints()
	if err != nil {
		return nil, err
	}
	for _, b := range all {
		var m *member
		if m, err = g.launchFrom(b, subnet); err == nil {
			return m, nil
		}
		var failure *wire.Error
		if !errors.As(err, &failure) || failure.Code != "InsufficientInstanceCapacity" {
			break
		}
	}
	return nil, err
}

func (g *group) launchFrom(b blueprint, subnet localec2.Subnet) (*member, error) {
	request := b.request
	request.SubnetID = subnet.ID
	request.Tags = g.instanceTags()
	i, err := g.in.compute.Launch(request)
	if err != nil {
		return nil, err
	}
	m := &member{
		group: g, id: i.ID, zone: i.Zone, subnet: i.SubnetID, instanceType: i.InstanceType, imageID: i.ImageID, spot: i.Spot,
		template: b.template, configuration: b.configuration, weightedCapacity: b.weightedCapacity, weight: 1,
		state: types.LifecycleStatePending, launched: g.now(),
	}
	if b.weightedCapacity != nil {
		m.weight, _ = strconv.Atoi(*b.weightedCapacity) // a number: checked when the policy was set
	}
	g.members = append(g.members, m)
	g.in.members[m.id] = m
	return m, nil
}

// warmUp marks a member that is launched because a policy added capacity.
func (m *member) warmUp() {
	g := m.group
	m.scaled = g.warming > 0
	g.warming = max(0, g.warming-m.weight)
}

// instanceTags are the tags that the group gives to the instances that it launches; they win over the template's.
func (g *group) instanceTags() map[string]string {
	tags := map[string]string{groupNameTag: g.name}
	for _, tag := range g.spec.Tags {
		if aws.ToBool(tag.PropagateAtLaunch) {
			tags[*tag.Key] = aws.ToString(tag.Value)
		}
	}
	return tags
}

// groupNameTag is the tag by which an instance shows its group.
const groupNameTag = "aws:autoscaling:groupName"

// runs goes on with a member whose instance runs now: its launch hooks, or into service.
func (m *member) runs() {
	m.begun = true
	m.waitForHooks(launching, func(abandoned string) {
		if abandoned != "" {
			m.failLaunch(types.ScalingActivityStatusCodeCancelled, abandoned)
			return
		}
		if m.state == types.LifecycleStatePendingWait {
			m.enterStep("Proceed")
			m.progress(types.ScalingActivityStatusCodePreInService, 80)
		}
		m.after(m.group.in.account.Draw(m.group.in.settings.Proceed), m.enterService)
	})
}

// enterService registers the member with the load balancers and puts it into service.
func (m *member) enterService() {
	g := m.group
	if !g.isSuspended("AddToLoadBalancer") {
		if err := m.register(); err != nil {
			m.failLaunch(types.ScalingActivityStatusCodeFailed, launchMessage(err))
			return
		}
	}
	m.inService = g.now()
	m.protected = m.protected || aws.ToBool(g.spec.NewInstancesProtectedFromScaleIn)
	m.enter(types.LifecycleStateInService)
	m.finish(types.ScalingActivityStatusCodeSuccessful, "")
	m.course = course{}
	if g.capacity() >= g.desired() { // nothing fails any more
		g.failures, g.retryAt = 0, time.Time{}
	}
	m.awaitAge()
	g.lookAtBalancers()
	g.schedule()
}

// failLaunch ends a launch that came to nothing, and the instance with it. Launches that keep failing are slowed down.
func (m *member) failLaunch(status types.ScalingActivityStatusCode, message string) {
	g := m.group
	m.finish(status, message)
	g.pauseLaunches()
	m.terminate(g.cause("an instance was taken out of service in response to a launch failure."))
}
