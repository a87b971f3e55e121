package survey

import (
	"fmt"
	"strconv"

	"bluegreen/internal/deploy"
)

const (
	// mostTargets is how many targets a target group takes unless its quota was raised (aws-facts B).
	mostTargets = 1000

	// leastHealthyCount and leastHealthyPercent are attributes of a target group: with fewer healthy targets its load
	// balancer fails open, and sends requests to all targets, those too that have not started yet (aws-facts B).
	leastHealthyCount   = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	leastHealthyPercent = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
)

// joinFindings looks at what happens to a target group when green joins it beside blue: whether the targets fit, and
// whether the load balancer would send requests to green's before they have started. Where none is healthy it does so
// already, and green waits before it joins.
func joinFindings(group TargetGroup, targets deploy.Targets, blue deploy.Fleet, d *deploy.Deployment) []string {
	arn := group.ARN
	registered, healthy := len(targets), 0
	for _, state := range targets {
		if state == deploy.TargetHealthy {
			healthy++
		}
	}
	together := registered + blue.Count()
	if together > mostTargets {
		d.Warnings = append(d.Warnings, fmt.Sprintf("%s holds %d targets, and green adds %d: a target group takes %d unless its quota was raised",
			arn, registered, blue.Count(), mostTargets))
	}
	var findings []string
	for _, key := range []string{leastHealthyPercent, leastHealthyCount} {
		least, err := strconv.Atoi(group.attributes[key])
		if err != nil || healthy == 0 { // "off"
			continue
		}
		switch key {
		case leastHealthyPercent:
			if healthy*100 < least*together {
				findings = append(findings, fmt.Sprintf("%s fails open below %d %% of healthy targets (%s): while green starts only %d of %d are, "+
					"and requests would go to instances that have not started; lower it to at most %d, or switch it off, for the deployment",
					arn, least, leastHealthyPercent, healthy, together, healthy*100/together))
			}
		case leastHealthyCount:
			if healthy < least {
				findings = append(findings, fmt.Sprintf("%s fails open below %d healthy targets (%s), more than its %d: "+
					"requests would go to green's instances before they have started; lower it to at most %d",
					arn, least, leastHealthyCount, healthy, healthy))
			}
		}
	}
	return findings
}
