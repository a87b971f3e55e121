package creategreen

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/ledger"
)

// equip gives green what of blue no create call takes, but for hooks.
func (h handler) equip(ctx context.Context, call deploy.Call, d deploy.Deployment, blue types.AutoScalingGroup) error {
	if err := h.suspend(ctx, call, d, fleet.Of(blue).Suspended); err != nil {
		return err
	}
	return h.measure(ctx, call, d, blue.EnabledMetrics)
}

// suspend suspends the processes that are suspended on blue.
func (h handler) suspend(ctx context.Context, call deploy.Call, d deploy.Deployment, processes []string) error {
	if len(processes) == 0 {
		return nil
	}
	if _, err := h.holder(call, d).Check(ctx, ledger.Creating); err != nil {
		return err
	}
	_, err := h.processes.SuspendProcesses(ctx, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &d.Green, ScalingProcesses: processes})
	if err != nil {
		return fmt.Errorf("suspending %v of %s as on blue: %w", processes, d.Green, err)
	}
	return nil
}

// measure has green publish the metrics that blue publishes: alarms and scaling would miss them.
func (h handler) measure(ctx context.Context, call deploy.Call, d deploy.Deployment, enabled []types.EnabledMetric) error {
	if len(enabled) == 0 {
		return nil
	}
	if _, err := h.holder(call, d).Check(ctx, ledger.Creating); err != nil {
		return err
	}
	input := &autoscaling.EnableMetricsCollectionInput{AutoScalingGroupName: &d.Green, Granularity: enabled[0].Granularity}
	for _, metric := range enabled {
		input.Metrics = append(input.Metrics, aws.ToString(metric.Metric))
	}
	if _, err := h.metrics.EnableMetricsCollection(ctx, input); err != nil {
		return fmt.Errorf("enabling %d metrics of %s as on blue: %w", len(enabled), d.Green, err)
	}
	return nil
}
