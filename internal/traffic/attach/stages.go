package attach

import (
	"context"
	"fmt"
	"math"
	"time"

	"bluegreen/internal/balancer"
	"bluegreen/internal/deploy"
)

// stages are how long it takes until green serves, and until blue's requests have ended.
func (s strategy) stages(ctx context.Context, d *deploy.Deployment, groups []balancer.Settings) ([]deploy.PlannedStage, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	checked, err := s.balancers.Checked(ctx, d.TargetGroups)
	if err != nil {
		return nil, err
	}
	var delay, slow time.Duration
	for _, group := range groups {
		delay, slow = max(delay, group.Delay), max(slow, group.SlowStart)
	}
	joins := deploy.PlannedStage{Name: "green joins", Expected: seconds(usualHealthy + checked + slow), Worst: d.Health.TimeoutSeconds,
		Why: "health checks; health.timeout_seconds"}
	if slow > 0 {
		joins.Worst += seconds(slow)
		joins.Why = fmt.Sprintf("health checks, and %.0f s of slow start; health.timeout_seconds", slow.Seconds())
	}
	leaves := deploy.PlannedStage{Name: "blue's requests end", Expected: seconds(delay), Worst: seconds(delay + slack),
		Why: "the deregistration delay; 5 minutes beyond it"}
	return []deploy.PlannedStage{joins, leaves}, nil
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }
