package attach

import (
	"fmt"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
)

// mostTargets is how many targets a target group takes unless its quota was raised (aws-facts B).
const mostTargets = 1000

// joinFindings looks at what happens to a target group when green joins it beside blue: whether the targets fit, and
// whether the load balancer would send requests to green's before they have started. Where none is healthy it does so
// already, and green waits before it joins.
func joinFindings(source deploy.Source, settings balancer.Settings, targets deploy.Targets, blue deploy.Fleet, d *deploy.Deployment) []string {
	arn := source.ID
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
	if healthy == 0 {
		return nil
	}
	var findings []string
	if least := settings.LeastHealthyPercent; healthy*100 < least*together {
		findings = append(findings, fmt.Sprintf("%s fails open below %d %% of healthy targets (%s): while green starts only %d of %d are, "+
			"and requests would go to instances that have not started; lower it to at most %d, or switch it off, for the deployment",
			arn, least, balancer.LeastHealthyPercent, healthy, together, healthy*100/together))
	}
	if least := settings.LeastHealthyCount; healthy < least {
		findings = append(findings, fmt.Sprintf("%s fails open below %d healthy targets (%s), more than its %d: "+
			"requests would go to green's instances before they have started; lower it to at most %d",
			arn, least, balancer.LeastHealthyCount, healthy, healthy))
	}
	return findings
}
