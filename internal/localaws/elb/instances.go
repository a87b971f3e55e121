package elb

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	localec2 "bluegreen/internal/localaws/ec2"
	"bluegreen/internal/localaws/wire"
)

func (l *LoadBalancers) registerInstances(_ *wire.Call, in *sdk.RegisterInstancesWithLoadBalancerInput) (*sdk.RegisterInstancesWithLoadBalancerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	err = l.register(b, instanceIDs(in.Instances))
	return &sdk.RegisterInstancesWithLoadBalancerOutput{Instances: b.describe().Instances}, err
}

// deregisterInstances takes instances out; one that is not registered is no error, one that does not exist is.
func (l *LoadBalancers) deregisterInstances(_ *wire.Call, in *sdk.DeregisterInstancesFromLoadBalancerInput) (*sdk.DeregisterInstancesFromLoadBalancerOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	ids := instanceIDs(in.Instances)
	for _, id := range ids {
		if _, ok := l.compute.Instance(id); !ok && b.member(id) == nil {
			return nil, wire.Errorf("InvalidInstance", "Could not find EC2 instance %s.", id)
		}
	}
	for _, id := range ids {
		b.deregister(id)
	}
	return &sdk.DeregisterInstancesFromLoadBalancerOutput{Instances: b.describe().Instances}, nil
}

func instanceIDs(instances []types.Instance) []string {
	ids := make([]string, len(instances))
	for k, i := range instances {
		ids[k] = aws.ToString(i.InstanceId)
	}
	return ids
}

// describeInstanceHealth shows registered instances as they were Settings.DescribeLag ago, and of others that are asked for
// that they are not registered. The state of terminated instances is not returned when they are named (SDK documentation).
func (l *LoadBalancers) describeInstanceHealth(_ *wire.Call, in *sdk.DescribeInstanceHealthInput) (*sdk.DescribeInstanceHealthOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	shown := make(map[string]Health)
	var order []string
	then := l.account.Now().Add(-l.settings.DescribeLag)
	for _, m := range slices.Concat(b.members, b.gone) {
		if state := m.seen.At(then); state.registered {
			if _, twice := shown[m.id]; !twice {
				order = append(order, m.id)
				shown[m.id] = state.health
			}
		}
	}
	if wanted := instanceIDs(in.Instances); len(wanted) > 0 {
		order = nil
		for _, id := range wanted {
			i, ok := l.compute.Instance(id)
			if !ok {
				return nil, wire.Errorf("InvalidInstance", "Could not find EC2 instance %s.", id)
			}
			if _, registered := shown[id]; !registered {
				shown[id] = notRegistered
			}
			if i.State != localec2.Terminated {
				order = append(order, id)
			}
		}
	}
	out := &sdk.DescribeInstanceHealthOutput{InstanceStates: []types.InstanceState{}}
	for _, id := range order {
		h := shown[id]
		out.InstanceStates = append(out.InstanceStates, types.InstanceState{
			InstanceId: aws.String(id), State: aws.String(h.State), ReasonCode: aws.String(h.Reason), Description: aws.String(h.Description),
		})
	}
	return out, nil
}
