package autoscaling

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

// How many instances one call may name (aws-facts A4, A5).
const (
	maxInstancesPerAttach     = 20
	maxInstancesPerProtection = 50
	maxInstancesPerTerminate  = 100
)

// managed returns the member with an instance id, whatever its group.
func (in *Groups) managed(id *string) (*member, error) {
	m, ok := in.members[aws.ToString(id)]
	if !ok {
		return nil, invalid("Instance Id not found - No managed instance found for instance ID: %s", aws.ToString(id))
	}
	return m, nil
}

// setInstanceHealth takes a user's word for an instance's health. An unhealthy one is replaced at once, but within the
// grace period the call has no effect unless it says otherwise.
func (in *Groups) setInstanceHealth(_ *wire.Call, input *autoscaling.SetInstanceHealthInput) (*autoscaling.SetInstanceHealthOutput, error) {
	m, err := in.managed(input.InstanceId)
	if err != nil {
		return nil, err
	}
	if _, err := in.writable(&m.group.name); err != nil {
		return nil, err
	}
	out := &autoscaling.SetInstanceHealthOutput{}
	switch status := aws.ToString(input.HealthStatus); status {
	case "Healthy":
		m.group.write()
		m.sickness, m.urgent, m.outgoing = "", false, false
		m.group.changed()
	case "Unhealthy":
		respects := input.ShouldRespectGracePeriod == nil || *input.ShouldRespectGracePeriod
		if respects && m.state == types.LifecycleStateInService && m.inGrace() {
			return out, nil
		}
		m.group.write()
		m.fallIll(userSaysSo, true)
	default:
		return nil, invalid("Invalid health status: %s. Valid values are: Healthy, Unhealthy", status)
	}
	return out, nil
}

func (in *Groups) setInstanceProtection(_ *wire.Call, input *autoscaling.SetInstanceProtectionInput) (*autoscaling.SetInstanceProtectionOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	members, err := g.membersNamed(input.InstanceIds, maxInstancesPerProtection)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.leaving() || m.warm() {
			return nil, invalid("The instance %s is not in InService or EnteringStandby or Standby.", m.id)
		}
	}
	g.write()
	for _, m := range members {
		m.protected = aws.ToBool(input.ProtectedFromScaleIn)
	}
	g.changed()
	g.schedule()
	return &autoscaling.SetInstanceProtectionOutput{}, nil
}

func (in *Groups) terminateInstances(_ *wire.Call, input *autoscaling.TerminateInstanceInAutoScalingGroupInput) (*autoscaling.TerminateInstanceInAutoScalingGroupOutput, error) {
	ids := input.InstanceIds
	if input.InstanceId != nil {
		ids = []string{*input.InstanceId}
	}
	if len(ids) == 0 {
		return nil, missing("InstanceId")
	}
	first, err := in.managed(&ids[0])
	if err != nil {
		return nil, err
	}
	g, err := in.writable(&first.group.name)
	if err != nil {
		return nil, err
	}
	members, err := g.membersNamed(ids, maxInstancesPerTerminate)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(members, (*member).warm) { // SDK documentation; how AWS words it is not verified
		return nil, invalid("This operation cannot be called on instances in a warm pool.")
	}
	decrement := aws.ToBool(input.ShouldDecrementDesiredCapacity)
	if units := weigh(members); decrement && g.desired()-units < g.min() {
		return nil, invalid("Currently, desiredSize equals minSize (%d). Terminating instance without replacement will violate group's min size constraint. "+
			"Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.", g.min())
	}
	g.write()
	out := &autoscaling.TerminateInstanceInAutoScalingGroupOutput{}
	for _, m := range members {
		if a := g.terminateOnRequest(m, decrement); a != nil {
			out.Activities = append(out.Activities, *a)
		}
	}
	if input.InstanceId != nil && len(out.Activities) == 1 {
		out.Activity, out.Activities = &out.Activities[0], nil
	}
	g.schedule()
	return out, nil
}

func weigh(members []*member) int {
	units := 0
	for _, m := range members {
		if m.counts() {
			units += m.weight
		}
	}
	return units
}

// terminateOnRequest terminates a member that a user names, one that is retained too, and tells the activity.
func (g *group) terminateOnRequest(m *member, decrement bool) *types.Activity {
	cause := fmt.Sprintf("At %s instance %s was taken out of service in response to a user request", stamp(g.now()), m.id)
	if decrement && m.counts() {
		cause += fmt.Sprintf(", shrinking the capacity from %d to %d", g.desired(), g.desired()-m.weight)
		g.spec.DesiredCapacity = aws.Int32(int32(g.desired() - m.weight))
	}
	cause += "."
	if m.state == types.LifecycleStateTerminatingRetained {
		m.activity = g.begin("Terminating EC2 instance: "+m.id, cause, m)
		a := *m.activity
		m.proceedToEnd()
		return &a
	}
	m.terminate(cause)
	if m.activity == nil {
		return nil
	}
	a := *m.activity
	return &a
}

func (in *Groups) attachInstances(_ *wire.Call, input *autoscaling.AttachInstancesInput) (*autoscaling.AttachInstancesOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if len(input.InstanceIds) == 0 || len(input.InstanceIds) > maxInstancesPerAttach {
		return nil, invalid("A call attaches 1 to %d instances, not %d", maxInstancesPerAttach, len(input.InstanceIds))
	}
	var instances []*localec2.Instance
	for _, id := range sortedSet(input.InstanceIds) {
		i, err := g.attachable(id)
		if err != nil {
			return nil, err
		}
		instances = append(instances, i)
	}
	if n := len(instances); g.desired()+n > g.max() {
		return nil, g.sizesForbid(fmt.Sprintf("To attach %d more instance(s)", n))
	}
	g.write()
	g.spec.DesiredCapacity = aws.Int32(int32(g.desired() + len(instances)))
	for _, i := range instances {
		g.adopt(i)
	}
	return &autoscaling.AttachInstancesOutput{}, nil
}

// attachable checks an instance that is to join: running, in a zone of the group, in no other group (aws-facts A4).
func (g *group) attachable(id string) (*localec2.Instance, error) {
	i, ok := g.in.compute.Instance(id)
	if !ok {
		return nil, invalid("Invalid Instance ID(s): [%s]", id)
	}
	if m, ok := g.in.members[id]; ok {
		return nil, invalid("Instance %s is already part of AutoScalingGroup:%s.", id, m.group.name)
	}
	if i.State != localec2.Running {
		return nil, invalid("Instance %s is not in correct state. Instance(s) must be in 'running' state.", id)
	}
	if !slices.Contains(g.spec.AvailabilityZones, i.Zone) {
		return nil, invalid("Instance %s is in Availability Zone %s, which is not one of the AutoScalingGroup's", id, i.Zone)
	}
	return i, nil
}

func (g *group) sizesForbid(purpose string) error {
	return invalid("AutoScalingGroup %s has min-size=%d, max-size=%d, and desired-size=%d. %s, please update the AutoScalingGroup sizes appropriately.",
		g.name, g.min(), g.max(), g.desired(), purpose)
}

// adopt makes a running instance a member. No hook holds it (aws-facts A1).
func (g *group) adopt(i *localec2.Instance) {
	m := &member{
		group: g, id: i.ID, zone: i.Zone, subnet: i.SubnetID, instanceType: i.InstanceType, imageID: i.ImageID, spot: i.Spot, weight: 1,
		state: types.LifecycleStatePending, launched: g.now(), begun: true,
	}
	if i.TemplateID != "" {
		m.template = &types.LaunchTemplateSpecification{LaunchTemplateId: aws.String(i.TemplateID),
			LaunchTemplateName: aws.String(i.TemplateName), Version: aws.String(i.TemplateVersion)}
	}
	g.members = append(g.members, m)
	g.in.members[m.id] = m
	i.Tags[groupNameTag] = g.name
	m.activity = g.begin("Attaching an existing EC2 instance: "+m.id, fmt.Sprintf(
		"At %s an instance was attached in response to a user request, increasing the capacity from %d to %d.",
		stamp(g.now()), g.capacity()-1, g.capacity()), m)
	g.changed()
	m.after(g.in.account.Draw(g.in.settings.Proceed), m.enterService)
}

// movable are members that may leave service on request.
func (g *group) movable(ids []string, decrement bool, purpose string) ([]*member, error) {
	members, err := g.membersNamed(ids, maxInstancesPerAttach)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.state != types.LifecycleStateInService && m.state != types.LifecycleStateStandby {
			return nil, invalid("The instance %s is not in InService or Standby.", m.id)
		}
	}
	if decrement && g.desired()-weigh(members) < g.min() {
		return nil, g.sizesForbid(fmt.Sprintf(purpose, len(members)))
	}
	return members, nil
}

// removed notes that members leave service, and lowers the desired capacity by them if asked to.
func (g *group) removed(m *member, decrement bool, deed string) string {
	cause := fmt.Sprintf("At %s instance %s was %s in response to a user request", stamp(g.now()), m.id, deed)
	if decrement && m.counts() {
		cause += fmt.Sprintf(", shrinking the capacity from %d to %d", g.desired(), g.desired()-m.weight)
		g.spec.DesiredCapacity = aws.Int32(int32(g.desired() - m.weight))
	}
	return cause + "."
}

// detachInstances takes instances out of the group that go on running. They drain first; no hook holds them, and of
// their tags only the group's name goes (aws-facts A4).
func (in *Groups) detachInstances(_ *wire.Call, input *autoscaling.DetachInstancesInput) (*autoscaling.DetachInstancesOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	decrement := aws.ToBool(input.ShouldDecrementDesiredCapacity)
	members, err := g.movable(input.InstanceIds, decrement, "To detach %d instance(s)")
	if err != nil {
		return nil, err
	}
	g.write()
	out := &autoscaling.DetachInstancesOutput{}
	for _, m := range members {
		m.activity = g.begin("Detaching EC2 instance: "+m.id, g.removed(m, decrement, "detached"), m)
		m.progress(types.ScalingActivityStatusCodeInProgress, 50)
		out.Activities = append(out.Activities, *m.activity)
		m.enter(types.LifecycleStateDetaching)
		m.deregister(types.ScalingActivityStatusCodeWaitingForELBConnectionDraining, func() {
			m.finish(types.ScalingActivityStatusCodeSuccessful, "")
			m.untag()
			m.leave()
		})
	}
	g.schedule()
	return out, nil
}

// untag takes the group's name off the instance.
func (m *member) untag() {
	if i, ok := m.group.in.compute.Instance(m.id); ok {
		delete(i.Tags, groupNameTag)
	}
}
