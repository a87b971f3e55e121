package clone

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// warmPool is the pool of prepared instances. Green's is filled before green takes traffic; that of a fleet that stands by is
// emptied and not deleted, so that it comes back with its state and its reuse policy.
type warmPool struct{}

var (
	_ armer   = warmPool{}
	_ quieter = warmPool{}
)

// poolOf is the pool's configuration, which the group's own description has; nil: there is none, or it is being deleted.
func poolOf(group types.AutoScalingGroup) *types.WarmPoolConfiguration {
	pool := group.WarmPoolConfiguration
	if pool == nil || pool.Status == types.WarmPoolStatusPendingDelete {
		return nil
	}
	return pool
}

func (warmPool) traits(w Whole, _ deploy.Deployment) map[string]string {
	pool := poolOf(w.Group)
	if pool == nil {
		return nil
	}
	said := fmt.Sprintf("%s, at least %d", pool.PoolState, aws.ToInt32(pool.MinSize))
	if pool.MaxGroupPreparedCapacity != nil {
		said += fmt.Sprintf(", up to a prepared capacity of %d", *pool.MaxGroupPreparedCapacity)
	}
	if reuse := pool.InstanceReusePolicy; reuse != nil && aws.ToBool(reuse.ReuseOnScaleIn) {
		said += ", reused on scale-in"
	}
	return map[string]string{"warm pool": said}
}

// arm puts the pool before green takes its first share: every member that blue's shows.
func (warmPool) arm(ctx context.Context, to target, blue Whole, when Moment) error {
	pool := poolOf(blue.Group)
	if pool == nil || when&Joining == 0 {
		return nil
	}
	_, err := step.Write(ctx, to.writes, to.fence, writes.PutWarmPool, &autoscaling.PutWarmPoolInput{
		AutoScalingGroupName: &to.Green, MinSize: pool.MinSize, MaxGroupPreparedCapacity: pool.MaxGroupPreparedCapacity,
		PoolState: pool.PoolState, InstanceReusePolicy: pool.InstanceReusePolicy,
	})
	if err != nil {
		return fmt.Errorf("putting blue's warm pool on %s: %w", to.Green, err)
	}
	return nil
}

func (warmPool) kinds() []ledger.Kind { return []ledger.Kind{ledger.KindPool} }

// unset is the prepared capacity of a pool that names none; AWS takes it for that, too.
const unset = -1

// noPool are the sizes of a pool without instances, whatever the group's own sizes are.
const noPool = "0/0"

// poolSizes are a pool's minimum and prepared capacity as the record has them.
func poolSizes(pool types.WarmPoolConfiguration) string {
	prepared := int32(unset)
	if pool.MaxGroupPreparedCapacity != nil {
		prepared = *pool.MaxGroupPreparedCapacity
	}
	return fmt.Sprintf("%d/%d", aws.ToInt32(pool.MinSize), prepared)
}

// quiet empties the pool: it would grow by what the group is scaled in by, and work in a fleet that stands by.
func (warmPool) quiet(w Whole) []ledger.Change {
	pool := poolOf(w.Group)
	if pool == nil {
		return nil
	}
	sizes := poolSizes(*pool)
	if sizes == noPool {
		return nil
	}
	return []ledger.Change{{Kind: ledger.KindPool, Of: aws.ToString(w.Group.AutoScalingGroupName), Was: sizes, Set: []string{noPool}}}
}

func (warmPool) still(ctx context.Context, to target, changes []ledger.Change) error {
	return to.resizePools(ctx, changes, func(c ledger.Change, _ string) string { return c.Set[len(c.Set)-1] })
}

// wake fills the pool again. What somebody has made of it since it was emptied stays.
func (warmPool) wake(ctx context.Context, to target, changes []ledger.Change) error {
	return to.resizePools(ctx, changes, func(c ledger.Change, described string) string {
		if !c.Restores(described) {
			return ""
		}
		return c.Was
	})
}

// resizePools gives warm pools their minimums and prepared capacities; given what it is described with, sizes is empty for one that stays. The call names all else as it is: what becomes of what it leaves out
// nobody says. A group whose pool somebody has deleted gets none by it.
func (to target) resizePools(ctx context.Context, changes []ledger.Change, sizes func(c ledger.Change, described string) string) error {
	for _, change := range changes {
		described, err := fleet.Describe(ctx, to.reads.groupReads, change.Of)
		if err != nil {
			return err
		}
		pool := poolOf(described[change.Of])
		if pool == nil {
			continue
		}
		want := sizes(change, poolSizes(*pool))
		if want == "" {
			continue
		}
		var least, prepared int32
		if _, err := fmt.Sscanf(want, "%d/%d", &least, &prepared); err != nil {
			return fmt.Errorf("the sizes %q of the warm pool of %s in the record: %w", want, change.Of, err)
		}
		_, err = step.Write(ctx, to.writes, to.fence, writes.PutWarmPool, &autoscaling.PutWarmPoolInput{
			AutoScalingGroupName: &change.Of, MinSize: &least, MaxGroupPreparedCapacity: &prepared,
			PoolState: pool.PoolState, InstanceReusePolicy: pool.InstanceReusePolicy,
		})
		if err != nil {
			return fmt.Errorf("setting the sizes of the warm pool of %s to %s: %w", change.Of, want, err)
		}
	}
	return nil
}
