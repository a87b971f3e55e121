package switchtraffic

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"bluegreen/internal/capacity"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
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

func (v *move) setHealthCheck(ctx context.Context, f deploy.Fleet, kind string, graceSeconds int) error {
	_, err := step.Write(ctx, v.writes, v.Holder.At(ledger.Switching), writes.UpdateAutoScalingGroup, &autoscaling.UpdateAutoScalingGroupInput{
		AutoScalingGroupName:   &f.Name,
		HealthCheckType:        &kind,
		HealthCheckGracePeriod: aws.Int32(int32(graceSeconds)),
	})
	if err != nil {
		return fmt.Errorf("setting the health checks of %s to %s: %w", f.Name, kind, err)
	}
	return nil
}

// attach attaches a fleet to target groups. What is too many at once is left to the next look: then it reports false.
func (v *move) attach(ctx context.Context, f deploy.Fleet, targetGroupARNs []string, stage ledger.Stage) (bool, error) {
	for batch := range slices.Chunk(targetGroupARNs, fleet.TargetGroupsAtOnce) {
		_, err := step.Write(ctx, v.writes, v.Holder.At(stage), writes.AttachLoadBalancerTargetGroups, &autoscaling.AttachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &f.Name, TargetGroupARNs: batch,
		})
		if fleet.TooManyAtOnce(err) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("attaching %s to its target groups: %w", f.Name, err)
		}
	}
	return true, nil
}

// detach takes a fleet out of target groups, as attach brings it in.
func (v *move) detach(ctx context.Context, f deploy.Fleet, targetGroupARNs []string, stage ledger.Stage) error {
	for batch := range slices.Chunk(targetGroupARNs, fleet.TargetGroupsAtOnce) {
		_, err := step.Write(ctx, v.writes, v.Holder.At(stage), writes.DetachLoadBalancerTargetGroups, &autoscaling.DetachLoadBalancerTargetGroupsInput{
			AutoScalingGroupName: &f.Name, TargetGroupARNs: batch,
		})
		if fleet.TooManyAtOnce(err) {
			return nil
		}
		if err != nil && !fleet.DetachedBefore(err) {
			return fmt.Errorf("detaching %s from its target groups: %w", f.Name, err)
		}
	}
	return nil
}

// defaultDelay is the deregistration delay of a target group that names none.
const defaultDelay = 300 * time.Second

// deregistrationDelay is the longest of the target groups' delays.
func (v *move) deregistrationDelay(ctx context.Context) (time.Duration, error) {
	delay, _, err := v.slowest(ctx)
	return delay, err
}

// slowest are the longest deregistration delay and the longest slow start of the target groups.
func (v *move) slowest(ctx context.Context) (longest, slow time.Duration, err error) {
	for _, arn := range v.Deployment.TargetGroups {
		out, err := v.targets.DescribeTargetGroupAttributes(ctx, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &arn})
		if err != nil {
			return 0, 0, fmt.Errorf("describing the attributes of %s: %w", arn, err)
		}
		delay := defaultDelay
		for _, attribute := range out.Attributes {
			seconds, err := strconv.Atoi(aws.ToString(attribute.Value))
			if err != nil {
				continue
			}
			switch length := time.Duration(seconds) * time.Second; aws.ToString(attribute.Key) {
			case "deregistration_delay.timeout_seconds":
				delay = length
			case "slow_start.duration_seconds":
				slow = max(slow, length)
			}
		}
		longest = max(longest, delay)
	}
	return longest, slow, nil
}
