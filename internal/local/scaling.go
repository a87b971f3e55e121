package local

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/world"
)

// scalingFleet is the kind of fleet that grows and shrinks with its requests.
const scalingFleet = "scaling"

// Scales reports whether the fleet has scaling policies.
func (k FleetKind) Scales() bool { return k.Name == scalingFleet }

// shapeScaling leaves room to grow, and requests five minutes to end as AWS does by default.
func shapeScaling(plan *world.Plan) {
	plan.Max, plan.DeregistrationDelay, plan.Grace = 24, 5*time.Minute, 10*time.Minute
}

// slowBoot is how long the application takes to start: long enough that a load can double meanwhile.
var slowBoot = account.Duration{Min: 3 * time.Minute, Max: 210 * time.Second}

// The policies' names and figures, in percent of CPU. A target is kept slowly; well above it the fleet grows by half, or doubles.
const (
	trackingPolicy, target = "cpu", 45.0
	stepPolicy, busy       = "busy", 60.0
	busier                 = 20.0 // above busy
	warmup                 = 240  // seconds, as long as an instance takes to serve
)

// scale gives blue a target tracking policy, and a step policy with its alarm. New instances boot slowly from then on.
func (e *Environment) scale(ctx context.Context) error {
	groups, group := autoscaling.NewFromConfig(e.Config), &e.World.GroupName
	if _, err := groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: group, PolicyName: aws.String(trackingPolicy), PolicyType: aws.String("TargetTrackingScaling"), EstimatedInstanceWarmup: aws.Int32(warmup),
		TargetTrackingConfiguration: &asgtypes.TargetTrackingConfiguration{TargetValue: aws.Float64(target),
			PredefinedMetricSpecification: &asgtypes.PredefinedMetricSpecification{PredefinedMetricType: asgtypes.MetricTypeASGAverageCPUUtilization}},
	}); err != nil {
		return err
	}
	step, err := groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: group, PolicyName: aws.String(stepPolicy), PolicyType: aws.String("StepScaling"), EstimatedInstanceWarmup: aws.Int32(warmup),
		AdjustmentType: aws.String("PercentChangeInCapacity"), MinAdjustmentMagnitude: aws.Int32(1),
		StepAdjustments: []asgtypes.StepAdjustment{
			{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(busier), ScalingAdjustment: aws.Int32(50)},
			{MetricIntervalLowerBound: aws.Float64(busier), ScalingAdjustment: aws.Int32(100)},
		},
	})
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewFromConfig(e.Config).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(*group + " " + stepPolicy), AlarmActions: []string{*step.PolicyARN},
		Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: cwtypes.StatisticAverage,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: group}}, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1),
		Threshold: aws.Float64(busy), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
	})
	if err != nil {
		return err
	}
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	e.AWS.Compute.SetBoot(slowBoot)
	e.Scales = true
	return nil
}

// Capacity sets how many requests a minute take all of an instance's CPU.
func (e *Environment) Capacity(perMinute float64) {
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	e.AWS.Loads.Counted(perMinute)
}
