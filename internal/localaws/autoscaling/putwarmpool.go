package autoscaling

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

func (in *Groups) warmPoolOperations() []wire.Operation {
	const name = "AutoScalingGroupName"
	return []wire.Operation{
		wire.Op("PutWarmPool", in.putWarmPool, name, "MinSize", "MaxGroupPreparedCapacity", "PoolState", "InstanceReusePolicy"),
		wire.Op("DescribeWarmPool", in.describeWarmPool, name, "NextToken", "MaxRecords"),
		wire.Op("DeleteWarmPool", in.deleteWarmPool, name, "ForceDelete"),
	}
}

// putWarmPool makes a warm pool, or changes of it what it names (SDK, PutWarmPool: -1 takes a MaxGroupPreparedCapacity
// away). Instances that are in the pool keep the state that they rest in. Hibernation, Spot Instances and capacity in
// weights are not modelled.
func (in *Groups) putWarmPool(_ *wire.Call, input *autoscaling.PutWarmPoolInput) (*autoscaling.PutWarmPoolOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if err := checkPool(input); err != nil {
		return nil, err
	}
	if err := g.canWarm(); err != nil {
		return nil, err
	}
	pool := types.WarmPoolConfiguration{MinSize: aws.Int32(0), PoolState: types.WarmPoolStateStopped}
	if before := g.spec.WarmPoolConfiguration; before != nil {
		if before.Status == types.WarmPoolStatusPendingDelete {
			return nil, wire.NotModelled("a change of a warm pool that is being deleted")
		}
		pool = *before
	}
	pool.MinSize = cmp.Or(input.MinSize, pool.MinSize)
	pool.PoolState = cmp.Or(input.PoolState, pool.PoolState)
	pool.InstanceReusePolicy = cmp.Or(input.InstanceReusePolicy, pool.InstanceReusePolicy)
	pool.MaxGroupPreparedCapacity = unlessMinusOne(cmp.Or(input.MaxGroupPreparedCapacity, pool.MaxGroupPreparedCapacity))
	g.write()
	g.spec.WarmPoolConfiguration = &pool
	g.changed()
	g.schedule()
	return &autoscaling.PutWarmPoolOutput{}, nil
}

func checkPool(input *autoscaling.PutWarmPoolInput) error {
	const below = "1 validation error detected: Value '%d' at '%s' failed to satisfy constraint: Member must have value greater than or equal to %d"
	switch {
	case aws.ToInt32(input.MinSize) < 0:
		return invalid(below, *input.MinSize, "minSize", 0)
	case aws.ToInt32(input.MaxGroupPreparedCapacity) < -1:
		return invalid(below, *input.MaxGroupPreparedCapacity, "maxGroupPreparedCapacity", -1)
	case input.PoolState != "" && !slices.Contains(input.PoolState.Values(), input.PoolState):
		return invalid("1 validation error detected: Value '%s' at 'poolState' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [Stopped, Running, Hibernated]", input.PoolState)
	case input.PoolState == types.WarmPoolStateHibernated:
		return wire.NotModelled("the pool state Hibernated")
	}
	return nil
}

// canWarm reports what of the group keeps the model from a warm pool of it.
func (g *group) canWarm() error {
	b, err := g.blueprint()
	if err != nil {
		return err
	}
	spot := b.request.Spot
	if template := b.template; template != nil {
		found, err := g.in.compute.Template(idOrName(template), aws.ToString(template.Version))
		if err != nil {
			return err
		}
		spot = spot || found.Spot
	}
	switch {
	case spot:
		return wire.NotModelled("a warm pool of Spot Instances")
	case b.weightedCapacity != nil:
		return wire.NotModelled("a warm pool of a group that counts its capacity in weights")
	case g.activeRefresh() != nil:
		return wire.NotModelled("a warm pool during an instance refresh")
	}
	return nil
}

// describeWarmPool shows the pool, without instances and configuration where there is none.
func (in *Groups) describeWarmPool(_ *wire.Call, input *autoscaling.DescribeWarmPoolInput) (*autoscaling.DescribeWarmPoolOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	instances, next, err := page(v.warm, input.NextToken, input.MaxRecords, 50, 50)
	return &autoscaling.DescribeWarmPoolOutput{
		WarmPoolConfiguration: v.group.WarmPoolConfiguration, Instances: instances, NextToken: next,
	}, err
}

// deleteWarmPool ends the pool's instances, by force without their hooks; the pool shows PendingDelete until they are
// gone, and after a deletion by force nothing at once. How AWS answers where there is none is not verified.
func (in *Groups) deleteWarmPool(_ *wire.Call, input *autoscaling.DeleteWarmPoolInput) (*autoscaling.DeleteWarmPoolOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if g.spec.WarmPoolConfiguration == nil {
		return nil, invalid("No warm pool found for Auto Scaling group: %s", g.name)
	}
	g.write()
	pool := *g.spec.WarmPoolConfiguration
	pool.Status = types.WarmPoolStatusPendingDelete
	g.spec.WarmPoolConfiguration = &pool
	if aws.ToBool(input.ForceDelete) {
		g.spec.WarmPoolConfiguration = nil
		cause := g.cause("a user request force deleted the warm pool.")
		for _, m := range slices.Clone(g.members) {
			if m.warm() {
				m.terminateNow(cause)
			}
		}
	}
	g.finishPool()
	g.changed()
	g.schedule()
	return &autoscaling.DeleteWarmPoolOutput{}, nil
}
