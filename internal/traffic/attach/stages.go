package attach

import (
	"context"
	"fmt"
	"math"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
)

// stages are how long it takes until green serves, and until blue's requests have ended.
func (s strategy) stages(ctx context.Context, d *deploy.Deployment, pace balancer.Pace) ([]deploy.PlannedStage, error) {
	checked, err := s.balancers.Checked(ctx, d.Attached())
	if err != nil {
		return nil, err
	}
	joins := deploy.PlannedStage{Name: "green joins", Expected: seconds(traffic.UsualHealthy+pace.SlowStart) + checked, Worst: d.Health.TimeoutSeconds,
		Why: "health checks; health.timeout_seconds"}
	if pace.SlowStart > 0 {
		joins.Worst += seconds(pace.SlowStart)
		joins.Why = fmt.Sprintf("health checks, and %.0f s of slow start; health.timeout_seconds", pace.SlowStart.Seconds())
	}
	leaves := deploy.PlannedStage{Name: "blue's requests end", Expected: seconds(pace.Gone()), Worst: seconds(pace.Gone() + slack),
		Why: "the deregistration delay; 5 minutes beyond it"}
	if pace.Quiet() > pace.Delay {
		leaves.Why = fmt.Sprintf("a network load balancer sends new connections for %.0f s; 5 minutes beyond it", pace.Lag.Seconds())
	}
	return []deploy.PlannedStage{joins, leaves}, nil
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
