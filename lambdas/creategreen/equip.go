package creategreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// equip gives green what of blue no create call takes, but for hooks.
func (h handler) equip(ctx context.Context, s *step.Step, blue types.AutoScalingGroup) error {
	if err := h.suspend(ctx, s, fleet.Of(blue).Suspended); err != nil {
		return err
	}
	return h.measure(ctx, s, blue.EnabledMetrics)
}

// suspend suspends the processes that are suspended on blue.
func (h handler) suspend(ctx context.Context, s *step.Step, processes []string) error {
	if len(processes) == 0 {
		return nil
	}
	_, err := step.Write(ctx, h.writes, fence(s), writes.SuspendProcesses, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &s.Deployment.Green, ScalingProcesses: processes})
	if err != nil {
		return fmt.Errorf("suspending %v of %s as on blue: %w", processes, s.Deployment.Green, err)
	}
	return nil
}

// measure has green publish the metrics that blue publishes: alarms and scaling would miss them.
func (h handler) measure(ctx context.Context, s *step.Step, enabled []types.EnabledMetric) error {
	if len(enabled) == 0 {
		return nil
	}
	input := &autoscaling.EnableMetricsCollectionInput{AutoScalingGroupName: &s.Deployment.Green, Granularity: enabled[0].Granularity}
	for _, metric := range enabled {
		input.Metrics = append(input.Metrics, aws.ToString(metric.Metric))
	}
	if _, err := step.Write(ctx, h.writes, fence(s), writes.EnableMetricsCollection, input); err != nil {
		return fmt.Errorf("enabling %d metrics of %s as on blue: %w", len(enabled), s.Deployment.Green, err)
	}
	return nil
}
