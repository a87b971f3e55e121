package survey

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/guardrails"
	"bluegreen/internal/ledger"
	"bluegreen/internal/text"
	"bluegreen/internal/traffic"
)

// survey looks at blue, and fills in how it is replaced and what stands in the way.
func (h Surveyor) survey(ctx context.Context, policy guardrails.Policy, f *Found) error {
	request, record, d := f.Request, f.Record, &f.Deployment
	before := superseded(request.Action, record)
	described, err := fleet.Describe(ctx, h.groups, append(before, d.Blue)...)
	if err != nil {
		return err
	}
	group, found := described[d.Blue]
	if !found {
		return h.missing(ctx, request.BlueName, record)
	}
	blue := fleet.Of(group)
	findings := append(inspect(group, blue), supersededFindings(described, before)...)
	findings = append(findings, protectionFindings(group, d)...)
	findings = append(findings, stayingFindings(blue, d)...)
	d.Attach(blue.Sources)
	if d.Strategy = request.Strategy; d.Strategy == "" {
		d.Strategy = h.strategies.For(blue)
		if previous := record.Previous; request.Action == deploy.ActionRollback && previous != nil && previous.Strategy != "" {
			d.Strategy = previous.Strategy
		}
	}
	if d.Strategy.Stays() {
		d.Green = d.Blue
	}
	if err := f.forbid(policy.Fleet(request, d.Lineage, d.Strategy, blue.Count())); err != nil {
		return err
	}
	strategy, err := h.strategies.Of(d)
	if err != nil {
		return err
	}
	findings = append(findings, one(strategy.Unfit(blue))...)
	findings = append(findings, fleetFindings(d.Blue, h.Fleets)...)
	if request.Action == deploy.ActionDeploy && !d.Strategy.Stays() { // a fleet that is brought back is there, with all that hangs on it
		findings = append(findings, tagFindings(group)...)
		findings = append(findings, nameFindings(d.Lineage, record.Generation+1)...)
	}
	for _, look := range []func() ([]string, error){
		func() ([]string, error) { return h.refreshFindings(ctx, blue.Name) },
		func() ([]string, error) { return h.copyFindings(ctx, group, f) },
		func() ([]string, error) { return h.limitFindings(ctx, *d) },
		func() ([]string, error) { return h.drainFindings(ctx, request, f) },
		func() (_ []string, err error) {
			f.Traffic, err = strategy.Preflight(ctx, traffic.Blue{ARN: aws.ToString(group.AutoScalingGroupARN), Fleet: blue, Records: request.Records, Allowed: h.Records, Record: record}, d)
			return f.Traffic.Findings, err
		},
		func() ([]string, error) { return balancedFindings(f), nil },
		func() ([]string, error) { return h.watchFindings(ctx, f) },
		func() ([]string, error) { return h.resolveTemplate(ctx, group, request, record, f) },
	} {
		found, err := look()
		if err != nil {
			return err
		}
		findings = append(findings, found...)
	}
	f.Findings = findings
	if serving := deploy.Units(blue.Serving()); serving < blue.Sizes.Desired {
		d.Warnings = append(d.Warnings, fmt.Sprintf("blue %s has %d of %d %ss in service", blue.Name, serving, blue.Sizes.Desired, blue.Unit()))
	}
	return nil
}

// missing is the error for a group that does not exist. It names the one that was probably meant.
func (h Surveyor) missing(ctx context.Context, asked string, record ledger.Record) error {
	if record.Live == asked {
		return fault.New(fault.BadRequest, "$.blue.asg_name: there is no Auto Scaling group %q in this account and Region%s, "+
			"and no record of a lineage by that name; it must name a group that serves", asked, fleet.DidYouMean(ctx, h.groups, asked, h.Fleets))
	}
	return fault.New(fault.BadRequest, "$.blue.asg_name: %q belongs to lineage %s, whose live group %q does not exist any more; "+
		"it must name a group that serves", asked, record.Lineage, record.Live)
}

// inspect finds what the group's own description rules out.
func inspect(group types.AutoScalingGroup, blue deploy.Fleet) []string {
	var findings []string
	find := func(wrong bool, format string, args ...any) {
		if wrong {
			findings = append(findings, fmt.Sprintf(format, args...))
		}
	}
	find(blue.Deleting, "it is being deleted (%s)", aws.ToString(group.Status))
	for _, process := range []string{"Launch", "Terminate", "AddToLoadBalancer"} {
		find(slices.Contains(blue.Suspended, process), "its process %s is suspended: resume it first", process)
	}
	find(group.Operator != nil, "it is managed by %s, which refuses changes by others", operator(group))
	weightless := fleet.Weightless(group)
	find(len(weightless) > 0, "its capacity counts %s, and AWS does not show how much its instances are of it (%s), so nobody could say when green has as much",
		aws.ToString(group.DesiredCapacityType), text.Few(weightless))
	return findings
}

// protectionFindings looks at a group that nobody may delete.
func protectionFindings(group types.AutoScalingGroup, d *deploy.Deployment) []string {
	if d.BlueAfter != deploy.AfterDelete || group.DeletionProtection != types.DeletionProtectionPreventAllDeletion {
		return nil
	}
	return []string{fmt.Sprintf(`blue_after.then is "delete", but it is protected from deletion: keep it ("scale_to_zero"), or lift that with `+
		"aws autoscaling update-auto-scaling-group %s %s",
		text.Option("--deletion-protection", string(types.DeletionProtectionPreventForceDeletion)), text.Option("--auto-scaling-group-name", d.Blue))}
}

// stayingFindings looks for instances that would stay when blue is scaled in, and keep the deployment from its end. A
// rollback is not held up by them.
func stayingFindings(blue deploy.Fleet, d *deploy.Deployment) []string {
	var ids []string
	for _, instance := range blue.In(deploy.Standby, deploy.Retained) {
		ids = append(ids, instance.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	finding := fmt.Sprintf("%s of %s would stay when it is scaled in, in %s or %s (%s): bring each back with aws autoscaling exit-standby, or %s",
		deploy.Counted(len(ids), "instance"), blue.Name, deploy.Standby, deploy.Retained, text.Few(ids), text.EndStanding(blue.Name))
	if d.Action == deploy.ActionRollback {
		d.Warnings = append(d.Warnings, finding)
		return nil
	}
	return []string{finding}
}

func operator(group types.AutoScalingGroup) string {
	if group.Operator == nil {
		return ""
	}
	return aws.ToString(group.Operator.Principal)
}

func (h Surveyor) refreshFindings(ctx context.Context, name string) ([]string, error) {
	out, err := h.groups.DescribeInstanceRefreshes(ctx, &autoscaling.DescribeInstanceRefreshesInput{AutoScalingGroupName: &name})
	if err != nil {
		return nil, fmt.Errorf("describing the instance refreshes of %s: %w", name, err)
	}
	for _, refresh := range out.InstanceRefreshes {
		switch refresh.Status {
		case types.InstanceRefreshStatusPending, types.InstanceRefreshStatusInProgress, types.InstanceRefreshStatusCancelling,
			types.InstanceRefreshStatusRollbackInProgress, types.InstanceRefreshStatusBaking:
			return []string{fmt.Sprintf("instance refresh %s is under way (%s, %d%%): wait for it, or cancel it with "+
				"aws autoscaling cancel-instance-refresh %s",
				aws.ToString(refresh.InstanceRefreshId), refresh.Status, aws.ToInt32(refresh.PercentageComplete), text.Option("--auto-scaling-group-name", name))}, nil
		}
	}
	return nil, nil
}

// copyFindings looks at what hangs on the group and is copied. A rollback copies nothing: the fleet that it brings back has its
// own, and what the other has stays there.
func (h Surveyor) copyFindings(ctx context.Context, group types.AutoScalingGroup, f *Found) ([]string, error) {
	d := &f.Deployment
	if d.Strategy.Stays() {
		return h.placeFindings(ctx, group, f)
	}
	blue, err := h.copier.Read(ctx, group, f.Record.Template)
	if err != nil {
		return nil, err
	}
	f.Blue = blue
	if d.Action == deploy.ActionRollback {
		if n := len(blue.Policies); n > 0 {
			d.Warn("blue %s has scaling policies (%s), which stay with it: the fleet that comes back has its own", d.Blue, aws.ToString(blue.Policies[0].PolicyName))
		}
		if n := len(blue.Schedule); n > 0 {
			d.Warn("blue %s has scheduled actions (%s), which stay with it: the fleet that comes back has its own", d.Blue, aws.ToString(blue.Schedule[0].ScheduledActionName))
		}
		return nil, nil
	}
	found, err := h.copier.Preflight(ctx, blue, *d, f.Record.Made)
	d.Warnings = append(d.Warnings, found.Warnings...)
	return append(found.Findings, hookFindings(blue.Hooks, h.FleetRoles)...), err
}

// balancedFindings looks for policies and alarms that go by what blue's load balancers count, where green is to have others.
func balancedFindings(f *Found) []string {
	if !f.Deployment.Strategy.MovesRecords() || f.Deployment.Action == deploy.ActionRollback {
		return nil
	}
	var findings []string
	for _, name := range clone.Balanced(f.Blue) {
		findings = append(findings, fmt.Sprintf("its %s goes by what its load balancer counts, and green's would go by blue's too, which nobody comes to: "+
			"green cannot have the like yet; have it go by the group's CPU, or deploy by traffic.strategy %q", name, "attach"))
	}
	return findings
}

// limitFindings looks for room for one more group, which a rollback does not need.
func (h Surveyor) limitFindings(ctx context.Context, d deploy.Deployment) ([]string, error) {
	if d.Action == deploy.ActionRollback || d.Strategy.Stays() {
		return nil, nil
	}
	out, err := h.groups.DescribeAccountLimits(ctx, &autoscaling.DescribeAccountLimitsInput{})
	if err != nil {
		return nil, fmt.Errorf("describing the account's limits: %w", err)
	}
	if most, now := aws.ToInt32(out.MaxNumberOfAutoScalingGroups), aws.ToInt32(out.NumberOfAutoScalingGroups); now >= most {
		return []string{fmt.Sprintf("the account has %d of at most %d Auto Scaling groups in this Region, so there is no room for green", now, most)}, nil
	}
	return nil, nil
}
