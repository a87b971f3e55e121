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

// putWarmPool makes a warm pool, or changes it (SDK, PutWarmPool: -1 takes a MaxGroupPreparedCapacity away). Sizes that it does not
// name stay (aws-facts H4). Whether the state and the reuse policy do nobody says; the SDK names their defaults, so they do not here. Instances that are in the pool keep the state that they rest in. Hibernated instances take as long as stopped ones in
// the model, which asks for no hibernation options. Spot Instances are not modelled: sources disagree (aws-facts H4).
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
	pool.PoolState = cmp.Or(input.PoolState, types.WarmPoolStateStopped)
	pool.InstanceReusePolicy = input.InstanceReusePolicy
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
	}
	return nil
}

// canWarm reports what of the group keeps it from a warm pool.
func (g *group) canWarm() error {
	if g.activeRefresh() != nil {
		return refreshInProgress()
	}
	all, err := g.blueprints()
	if err != nil {
		return err
	}
	spot := false
	for _, b := range all {
		spot = spot || b.request.Spot
		if b.template == nil {
			continue
		}
		found, err := g.in.compute.Template(idOrName(b.template), aws.ToString(b.template.Version))
		if err != nil {
			return err
		}
		spot = spot || found.Spot
	}
	if policy := g.spec.MixedInstancesPolicy; policy != nil {
		spot = spot || *policy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity < 100
	}
	if spot {
		return wire.NotModelled("a warm pool of Spot Instances")
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

// deleteWarmPool deletes an empty pool, or any pool by force: its instances end then without hooks, and the pool shows
// PendingDelete until they are gone (aws-facts H4). How AWS words that it is not empty is not verified.
func (in *Groups) deleteWarmPool(_ *wire.Call, input *autoscaling.DeleteWarmPoolInput) (*autoscaling.DeleteWarmPoolOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if g.spec.WarmPoolConfiguration == nil {
		return nil, invalid("No warm pool found for Auto Scaling group: %s", g.name)
	}
	if !aws.ToBool(input.ForceDelete) {
		if err := g.poolIsEmpty(); err != nil {
			return nil, err
		}
	}
	g.write()
	pool := *g.spec.WarmPoolConfiguration
	pool.Status = types.WarmPoolStatusPendingDelete
	g.spec.WarmPoolConfiguration = &pool
	cause := g.cause("a user request force deleted the warm pool.")
	for _, m := range slices.Clone(g.members) {
		if m.warm() && !m.ended {
			m.terminateNow(cause)
		}
	}
	g.finishPool()
	g.changed()
	g.schedule()
	return &autoscaling.DeleteWarmPoolOutput{}, nil
}

// poolIsEmpty says why the pool cannot be deleted without force.
func (g *group) poolIsEmpty() error {
	for _, m := range g.members {
		switch {
		case m.warm() && m.activity != nil:
			return wire.Errorf("ScalingActivityInProgress", "You cannot delete a warm pool while there are scaling activities in progress for that warm pool.")
		case m.warm():
			return wire.Errorf("ResourceInUse", "You cannot delete a warm pool while there are instances still in the warm pool.")
		}
	}
	return nil
}
