package autoscaling

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

func refreshInProgress() error {
	return wire.Errorf("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks the execution of this action.")
}

func (in *Groups) startInstanceRefresh(_ *wire.Call, input *autoscaling.StartInstanceRefreshInput) (*autoscaling.StartInstanceRefreshOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	if g.activeRefresh() != nil {
		return nil, wire.Errorf("InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.")
	}
	if input.Strategy != "" && input.Strategy != types.RefreshStrategyRolling {
		return nil, wire.NotModelled("the instance refresh strategy %s", input.Strategy)
	}
	if g.spec.WarmPoolConfiguration != nil {
		return nil, wire.NotModelled("an instance refresh of a group with a warm pool")
	}
	r := &refresh{
		id: in.account.UUID(), started: g.now(), status: types.InstanceRefreshStatusPending,
		asked: cmp.Or(input.Preferences, &types.RefreshPreferences{}), replaces: make(map[string]bool),
	}
	if err := checkPreferences(r.asked); err != nil {
		return nil, err
	}
	if err := in.setDesired(r, input.DesiredConfiguration); err != nil {
		return nil, err
	}
	g.write()
	g.refreshes = append(g.refreshes, r)
	g.markForRefresh(r)
	g.changed()
	in.account.After(in.account.Draw(in.settings.RefreshStart), func() {
		if r.status == types.InstanceRefreshStatusPending {
			r.status = types.InstanceRefreshStatusInProgress
			g.changed()
			g.schedule()
		}
	})
	return &autoscaling.StartInstanceRefreshOutput{InstanceRefreshId: aws.String(r.id)}, nil
}

// longestBake is the most seconds that a refresh may bake (API reference, RefreshPreferences).
const longestBake = 172800

func checkPreferences(asked *types.RefreshPreferences) error {
	least, most := aws.ToInt32(asked.MinHealthyPercentage), aws.ToInt32(asked.MaxHealthyPercentage)
	switch {
	case least < 0 || least > 100:
		return invalid("MinHealthyPercentage must be between 0 and 100")
	case asked.MaxHealthyPercentage != nil && asked.MinHealthyPercentage == nil:
		return invalid("MinHealthyPercentage must be specified together with MaxHealthyPercentage")
	case asked.MaxHealthyPercentage != nil && (most < 100 || most > 200 || most-least > 100):
		return invalid("MaxHealthyPercentage must be between 100 and 200, and at most 100 above MinHealthyPercentage")
	case asked.InstanceWarmup != nil && *asked.InstanceWarmup < 0:
		return invalid("InstanceWarmup must not be negative")
	case asked.BakeTime != nil && (*asked.BakeTime < 0 || *asked.BakeTime > longestBake):
		return invalid("BakeTime must be between 0 and %d", longestBake)
	}
	return nil
}

func (in *Groups) setDesired(r *refresh, desired *types.DesiredConfiguration) error {
	if desired == nil {
		return nil
	}
	if err := checkTemplateNames(desired.LaunchTemplate, desired.MixedInstancesPolicy); err != nil {
		return err
	}
	r.desired = &types.DesiredConfiguration{
		LaunchTemplate: in.completed(desired.LaunchTemplate), MixedInstancesPolicy: in.completedPolicy(desired.MixedInstancesPolicy),
	}
	return in.checkLaunchSource(&types.AutoScalingGroup{LaunchTemplate: r.desired.LaunchTemplate, MixedInstancesPolicy: r.desired.MixedInstancesPolicy})
}

// markForRefresh notes which members a refresh replaces: all, or those that differ from what it launches.
func (g *group) markForRefresh(r *refresh) {
	all, err := g.blueprints()
	for _, m := range g.members {
		if m.leaving() {
			continue
		}
		if err == nil && aws.ToBool(r.asked.SkipMatching) && slices.ContainsFunc(all, m.matches) {
			continue
		}
		r.replaces[m.id] = true
		r.total++
	}
}

// matches reports whether the member is what the group would launch.
func (m *member) matches(b blueprint) bool {
	if m.configuration != b.configuration || b.request.InstanceType != "" && m.instanceType != b.request.InstanceType {
		return false
	}
	if m.template == nil || b.template == nil {
		return m.template == b.template
	}
	return *m.template.LaunchTemplateId == *b.template.LaunchTemplateId && *m.template.Version == *b.template.Version
}

func (in *Groups) cancelInstanceRefresh(_ *wire.Call, input *autoscaling.CancelInstanceRefreshInput) (*autoscaling.CancelInstanceRefreshOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	r := g.activeRefresh()
	if r == nil {
		return nil, wire.Errorf("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found for Auto Scaling group %s", g.name)
	}
	g.write()
	if r.status == types.InstanceRefreshStatusPending || input.WaitForTransitioningInstances != nil && !*input.WaitForTransitioningInstances {
		g.endRefresh(r, types.InstanceRefreshStatusCancelled, "Cancelled due to user request.")
	} else {
		r.status, r.reason = types.InstanceRefreshStatusCancelling, "Cancelling due to user request."
		g.changed()
		g.schedule()
	}
	return &autoscaling.CancelInstanceRefreshOutput{InstanceRefreshId: aws.String(r.id)}, nil
}

func (in *Groups) describeInstanceRefreshes(_ *wire.Call, input *autoscaling.DescribeInstanceRefreshesInput) (*autoscaling.DescribeInstanceRefreshesOutput, error) {
	g, err := in.find(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	var shown []types.InstanceRefresh
	for _, r := range slices.Backward(g.refreshes) { // the latest first
		if len(input.InstanceRefreshIds) == 0 || slices.Contains(input.InstanceRefreshIds, r.id) {
			shown = append(shown, g.shownRefresh(r))
		}
	}
	shown, next, err := page(shown, input.NextToken, input.MaxRecords, 50, 100)
	return &autoscaling.DescribeInstanceRefreshesOutput{InstanceRefreshes: shown, NextToken: next}, err
}

func (g *group) shownRefresh(r *refresh) types.InstanceRefresh {
	shown := types.InstanceRefresh{
		AutoScalingGroupName: aws.String(g.name), InstanceRefreshId: aws.String(r.id), Status: r.status, Strategy: types.RefreshStrategyRolling,
		StartTime: aws.Time(r.started), DesiredConfiguration: r.desired, Preferences: r.asked,
	}
	if r.reason != "" {
		shown.StatusReason = aws.String(r.reason)
	}
	done := g.replaced(r)
	if r.status == types.InstanceRefreshStatusSuccessful {
		done = r.total
	}
	if !r.ended.IsZero() {
		shown.EndTime = aws.Time(r.ended)
	}
	percent := 100
	if r.total > 0 {
		percent = 100 * done / r.total
	}
	shown.PercentageComplete, shown.InstancesToUpdate = aws.Int32(int32(percent)), aws.Int32(int32(r.total-done))
	return shown
}
