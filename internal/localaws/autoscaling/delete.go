package autoscaling

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// deleteAutoScalingGroup deletes an empty group, or any group by force: its instances end then without draining and
// without hooks. The group shows "Delete in progress" until it is gone.
func (in *Groups) deleteAutoScalingGroup(_ *wire.Call, input *autoscaling.DeleteAutoScalingGroupInput) (*autoscaling.DeleteAutoScalingGroupOutput, error) {
	g, err := in.find(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if g.deleting {
		return &autoscaling.DeleteAutoScalingGroupOutput{}, nil
	}
	if g, err = in.writable(input.AutoScalingGroupName); err != nil {
		return nil, err
	}
	force := aws.ToBool(input.ForceDelete)
	if err := g.deletable(force); err != nil {
		return nil, err
	}
	g.write()
	g.deleting = true
	if g.tick != nil {
		g.tick.Stop()
		g.tick = nil
	}
	g.dropPolicies()
	g.spec.WarmPoolConfiguration = nil // goes with the group (SDK documentation)
	g.spec.MinSize, g.spec.MaxSize, g.spec.DesiredCapacity = aws.Int32(0), aws.Int32(0), aws.Int32(0)
	g.changed()
	cause := g.cause("a user request force deleted AutoScalingGroup.")
	if len(g.members) == 0 {
		g.finishDelete()
	}
	for _, m := range slices.Clone(g.members) {
		m.terminateNow(cause)
	}
	return &autoscaling.DeleteAutoScalingGroupOutput{}, nil
}

// deletable says why the group cannot be deleted. How AWS words deletion protection is not verified.
func (g *group) deletable(force bool) error {
	protection := g.spec.DeletionProtection
	if protection == types.DeletionProtectionPreventAllDeletion || force && protection == types.DeletionProtectionPreventForceDeletion {
		return invalid("The AutoScalingGroup %s cannot be deleted because its deletion protection is %s", g.name, protection)
	}
	if force {
		return nil
	}
	if _, busy := g.underWay(); busy {
		return wire.Errorf("ScalingActivityInProgress", "You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.")
	}
	if g.spec.WarmPoolConfiguration != nil { // how AWS words it is not verified
		return wire.Errorf("ResourceInUse", "You cannot delete an AutoScalingGroup while it has a warm pool.")
	}
	if len(g.members) > 0 {
		return wire.Errorf("ResourceInUse", "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.")
	}
	return nil
}

// finishDelete removes the emptied group after a while. Its activities stay.
func (g *group) finishDelete() {
	in := g.in
	in.account.After(in.account.Draw(in.settings.Delete), func() {
		in.remember(g.name, g.view())
		delete(in.groups, g.name)
		for _, a := range g.activities {
			a.AutoScalingGroupState = aws.String("Deleted")
		}
		in.deleted[g.name] = append(in.deleted[g.name], g.activities...)
		g.changed()
	})
}
