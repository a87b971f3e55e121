package attach

import (
	"context"
	"fmt"

	"bluegreen/internal/awserror"
	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
)

// Preflight looks at blue's target groups: each must exist and be used by a load balancer. That some of blue's
// targets are sick is a warning: a deployment may be the cure.
func (s strategy) Preflight(ctx context.Context, blue deploy.Fleet, d *deploy.Deployment) (traffic.Found, error) {
	shown, ports, err := s.balancers.Health(ctx, blue.TargetGroups)
	if balancer.Gone(err) {
		return traffic.Found{Findings: []string{"it is attached to a target group that does not exist: " + awserror.Text(err)}}, nil
	}
	if err != nil {
		return traffic.Found{}, err
	}
	var findings []string
	var groups []balancer.Settings
	for _, arn := range blue.TargetGroups {
		var serving []deploy.Instance
		unused := 0
		for _, instance := range blue.Instances {
			switch shown[arn][instance.ID] {
			case deploy.TargetHealthy:
				serving = append(serving, instance)
			case deploy.TargetUnused:
				unused++
			}
		}
		healthy := deploy.Units(serving)
		if unused > 0 && healthy == 0 {
			findings = append(findings, fmt.Sprintf("no listener forwards to its target group %s, so green could never be seen healthy there", arn))
			continue
		}
		if healthy < blue.Sizes.Desired {
			d.Warnings = append(d.Warnings, fmt.Sprintf("blue has %d of %d %ss healthy in %s", healthy, blue.Sizes.Desired, blue.Unit(), arn))
		}
		group, err := s.balancers.Settings(ctx, arn)
		if err != nil {
			return traffic.Found{}, err
		}
		groups = append(groups, group)
		if group.Delay == 0 {
			d.Warn("%s has a deregistration delay of 0 s: requests that are under way when blue leaves it are cut; let deregistration_delay.timeout_seconds "+
				"be longer than your requests last, which AWS does not tell", arn)
		}
		elsewhere, err := s.portFindings(ctx, arn, ports[arn], blue)
		if err != nil {
			return traffic.Found{}, err
		}
		findings = append(findings, elsewhere...)
		findings = append(findings, joinFindings(group, shown[arn], blue, d)...)
	}
	return traffic.Found{Findings: findings, Stages: func(ctx context.Context) ([]deploy.PlannedStage, error) { return s.stages(ctx, d, groups) }}, nil
}
