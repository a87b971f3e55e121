package switchtraffic

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// pin makes an update that pins a fleet.
func (v *move) pin(ctx context.Context, f deploy.Fleet, u capacity.Update, stage ledger.Stage) error {
	if u.Nothing() {
		return nil
	}
	if _, err := step.Write(ctx, v.writes, v.Holder.At(stage), writes.UpdateAutoScalingGroup, u.Of(f.Name)); err != nil {
		return fmt.Errorf("pinning %s: %w", f.Name, err)
	}
	return nil
}

// hold is capacity.Hold of a fleet, made.
func (v *move) hold(ctx context.Context, record ledger.Record, f deploy.Fleet, want int, stage ledger.Stage) error {
	return v.pin(ctx, f, capacity.Hold(record.Lock, f, want), stage)
}

// Check gives green blue's health checks (traffic.Switch).
func (v *move) Check(ctx context.Context) error {
	_, err := step.Write(ctx, v.writes, v.Holder.At(ledger.Switching), writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName:   &v.Green.Name,
		HealthCheckType:        &v.Blue.HealthCheckType,
		HealthCheckGracePeriod: aws.Int32(int32(v.Blue.HealthCheckGraceSeconds)),
	})
	if err != nil {
		return fmt.Errorf("setting the health checks of %s to %s: %w", v.Green.Name, v.Blue.HealthCheckType, err)
	}
	return nil
}
