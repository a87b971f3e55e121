package attach

import (
	"context"
	"fmt"

	"bluegreen/internal/awserror"
	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
)

// Preflight looks at all that blue is attached to: each must exist and be used. That some of blue's instances are sick there is a warning: a
// deployment may be the cure.
func (s strategy) Preflight(ctx context.Context, blue traffic.Blue, d *deploy.Deployment) (traffic.Found, error) {
	shown := make(map[deploy.Source]balancer.Shown)
	for _, source := range blue.Sources {
		if !s.balancers.Reads(source) {
			return traffic.Found{Findings: []string{fmt.Sprintf("its traffic source %s (%s) is not supported yet", source.ID, source.Type)}}, nil
		}
		found, err := s.balancers.Health(ctx, source, blue.Instances)
		if balancer.Gone(err) {
			return traffic.Found{Findings: []string{fmt.Sprintf("it is attached to a %s that does not exist: %s", deploy.Noun([]deploy.Source{source}), awserror.Text(err))}}, nil
		}
		if err != nil {
			return traffic.Found{}, err
		}
		shown[source] = found
	}
	var findings []string
	var pace balancer.Pace
	used := 0
	for _, source := range blue.Sources {
		settings, found, err := s.look(ctx, source, shown[source], blue.Fleet, d)
		if err != nil {
			return traffic.Found{}, err
		}
		findings = append(findings, found...)
		if settings != nil {
			pace = pace.Longest(settings.Pace)
			used++
		}
	}
	return traffic.Found{Findings: findings, Stages: func(ctx context.Context) ([]deploy.PlannedStage, error) {
		if used == 0 {
			return nil, nil
		}
		return s.stages(ctx, d, pace)
	}}, nil
}

// look looks at one source; nil settings: no load balancer uses it.
func (s strategy) look(ctx context.Context, source deploy.Source, shown balancer.Shown, blue deploy.Fleet, d *deploy.Deployment) (*balancer.Settings, []string, error) {
	var serving []deploy.Instance
	unused := 0
	for _, instance := range blue.Instances {
		switch shown.Targets[instance.ID] {
		case deploy.TargetHealthy:
			serving = append(serving, instance)
		case deploy.TargetUnused:
			unused++
		}
	}
	healthy := deploy.Units(serving)
	if unused > 0 && healthy == 0 {
		return nil, []string{fmt.Sprintf("no listener forwards to its target group %s, so green could never be seen healthy there", source.ID)}, nil
	}
	if healthy < blue.Sizes.Desired {
		d.Warnings = append(d.Warnings, fmt.Sprintf("blue has %d of %d %ss healthy in %s", healthy, blue.Sizes.Desired, blue.Unit(), source.ID))
	}
	settings, err := s.balancers.Settings(ctx, source)
	if err != nil {
		return nil, nil, err
	}
	if settings.Delay == 0 {
		d.Warn("%s has %s: requests that are under way when blue leaves it are cut; let %s "+
			"be longer than your requests last, which AWS does not tell", source.ID, settings.NoDelay, settings.DelayBy)
	}
	if source.Type != deploy.TargetGroup {
		return &settings, nil, nil
	}
	findings, err := s.portFindings(ctx, source.ID, shown.Ports, blue)
	return &settings, append(findings, joinFindings(source, settings, shown.Targets, blue, d)...), err
}
