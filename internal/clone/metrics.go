package clone

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/step"
)

// metrics are those that a group publishes of itself: alarms and policies may look at them.
type metrics struct{}

func (metrics) put(ctx context.Context, to target, blue Whole) error {
	enabled := blue.Group.EnabledMetrics
	if len(enabled) == 0 {
		return nil
	}
	input := &autoscaling.EnableMetricsCollectionInput{AutoScalingGroupName: &to.Green, Granularity: enabled[0].Granularity, Metrics: published(blue)}
	if _, err := step.Write(ctx, to.writes, to.fence, writes.EnableMetricsCollection, input); err != nil {
		return fmt.Errorf("enabling %d metrics of %s as on blue: %w", len(enabled), to.Green, err)
	}
	return nil
}

func (metrics) traits(w Whole, _ deploy.Deployment) map[string]string {
	return map[string]string{"metrics": sorted(published(w))}
}

func published(w Whole) []string {
	var names []string
	for _, metric := range w.Group.EnabledMetrics {
		names = append(names, aws.ToString(metric.Metric))
	}
	return names
}
