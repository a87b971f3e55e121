package survey

import (
	"context"
	"errors"
	"fmt"
	"strings"

	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
)

// trafficFindings looks at blue's target groups: each must exist and be used by a load balancer. That some of blue's
// targets are sick is a warning: a deployment may be the cure.
func (h Surveyor) trafficFindings(ctx context.Context, blue deploy.Fleet, f *Found) ([]string, error) {
	d := &f.Deployment
	traffic, ports, err := fleet.ReadTargets(ctx, h.targets, blue.TargetGroups)
	var gone *elbtypes.TargetGroupNotFoundException
	if errors.As(err, &gone) {
		return []string{"it is attached to a target group that does not exist: " + awserror.Text(err)}, nil
	}
	if err != nil {
		return nil, err
	}
	var findings []string
	for _, arn := range blue.TargetGroups {
		var serving []deploy.Instance
		unused := 0
		for _, instance := range blue.Instances {
			switch traffic[arn][instance.ID] {
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
		group, err := h.targetGroup(ctx, arn)
		if err != nil {
			return nil, err
		}
		f.TargetGroups = append(f.TargetGroups, group)
		if group.Delay == 0 {
			d.Warn("%s has a deregistration delay of 0 s: requests that are under way when blue leaves it are cut; let deregistration_delay.timeout_seconds "+
				"be longer than your requests last, which AWS does not tell", arn)
		}
		elsewhere, err := h.portFindings(ctx, arn, ports[arn], blue)
		if err != nil {
			return nil, err
		}
		findings = append(findings, elsewhere...)
		findings = append(findings, joinFindings(group, traffic[arn], blue, d)...)
	}
	return findings, nil
}

func list(findings []string) string {
	if len(findings) == 1 {
		return findings[0]
	}
	var b strings.Builder
	for i, finding := range findings {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "(%d) %s", i+1, finding)
	}
	return b.String()
}
