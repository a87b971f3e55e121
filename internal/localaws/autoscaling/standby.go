package autoscaling

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// enterStandby takes instances out of service that stay in the group: they drain, get no health checks and do not count
// towards the capacity.
func (in *Groups) enterStandby(_ *wire.Call, input *autoscaling.EnterStandbyInput) (*autoscaling.EnterStandbyOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	decrement := aws.ToBool(input.ShouldDecrementDesiredCapacity)
	members, err := g.movable(input.InstanceIds, decrement, "To place into standby %d instance(s)")
	if err != nil {
		return nil, err
	}
	g.write()
	out := &autoscaling.EnterStandbyOutput{}
	for _, m := range members {
		if m.state == types.LifecycleStateStandby {
			continue
		}
		m.activity = g.begin("Moving EC2 instance to Standby: "+m.id, g.removed(m, decrement, "moved to standby"), m)
		m.progress(types.ScalingActivityStatusCodeInProgress, 50)
		out.Activities = append(out.Activities, *m.activity)
		m.enter(types.LifecycleStateEnteringStandby)
		m.deregister(types.ScalingActivityStatusCodeWaitingForELBConnectionDraining, func() {
			m.enter(types.LifecycleStateStandby)
			m.finish(types.ScalingActivityStatusCodeSuccessful, "")
		})
	}
	g.schedule()
	return out, nil
}

// exitStandby puts instances back into service, and raises the desired capacity by them.
func (in *Groups) exitStandby(_ *wire.Call, input *autoscaling.ExitStandbyInput) (*autoscaling.ExitStandbyOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	members, err := g.membersNamed(input.InstanceIds, maxInstancesPerAttach)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.state != types.LifecycleStateStandby {
			return nil, invalid("The instance %s is not in Standby.", m.id)
		}
	}
	units := 0
	for _, m := range members {
		units += m.weight
	}
	if g.desired()+units > g.max() {
		return nil, g.sizesForbid(fmt.Sprintf("To put back in service %d instance(s)", len(members)))
	}
	g.write()
	out := &autoscaling.ExitStandbyOutput{}
	for _, m := range members {
		from := g.desired()
		g.spec.DesiredCapacity = aws.Int32(int32(from + m.weight))
		m.activity = g.begin("Moving EC2 instance out of Standby: "+m.id, fmt.Sprintf(
			"At %s instance %s was moved out of standby in response to a user request, increasing the capacity from %d to %d.",
			stamp(g.now()), m.id, from, from+m.weight), m)
		m.progress(types.ScalingActivityStatusCodePreInService, 30)
		out.Activities = append(out.Activities, *m.activity)
		m.enter(types.LifecycleStatePending)
		m.after(in.account.Draw(in.settings.Proceed), m.enterService)
	}
	return out, nil
}
