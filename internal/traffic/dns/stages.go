package dns

import (
	"context"
	"fmt"
	"math"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
)

const (
	usuallyMade = 3 * time.Minute // aws-facts I3
	usualSync   = time.Minute     // aws-facts I4
)

// stages are how long it takes until green has load balancers, serves behind them, and nobody comes to blue any more.
func (s strategy) stages(ctx context.Context, d *deploy.Deployment, pace balancer.Pace) ([]deploy.PlannedStage, error) {
	checked, err := s.balancers.Checked(ctx, d.Attached())
	if err != nil {
		return nil, err
	}
	var all []deploy.PlannedStage
	if d.Action != deploy.ActionRollback {
		all = append(all, deploy.PlannedStage{Name: "green's balancers", Expected: seconds(usuallyMade), Worst: seconds(madeWithin), Why: "made in minutes, as AWS has it; half an hour at most"})
	}
	return append(all,
		deploy.PlannedStage{Name: "green joins", Expected: seconds(traffic.UsualHealthy) + checked, Worst: d.Health.TimeoutSeconds, Why: "health checks; health.timeout_seconds"},
		deploy.PlannedStage{Name: "the records move", Expected: seconds(usualSync + forgetting + countedAfter), Worst: seconds(syncWithin + forgetting + awaited),
			Why: fmt.Sprintf("name servers learn of it, resolvers forget within %.0f s, requests fall away; an hour each at most", forgetting.Seconds())},
		deploy.PlannedStage{Name: "blue's requests end", Expected: seconds(pace.Gone()), Worst: seconds(pace.Gone()), Why: "the deregistration delay, as its instances go"},
	), nil
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
