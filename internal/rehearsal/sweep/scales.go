package sweep

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarmtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/rehearsal"
)

// scales gives blue a predictive policy, and a simple one with an alarm that tells people too: it outlives its group.
func scales(ctx context.Context, r *rehearsal.Rehearsal) error {
	groups := autoscaling.NewFromConfig(r.Config)
	_, err := groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: &r.World.GroupName, PolicyName: aws.String("forecast"), PolicyType: aws.String("PredictiveScaling"),
		PredictiveScalingConfiguration: &types.PredictiveScalingConfiguration{
			Mode: types.PredictiveScalingModeForecastAndScale,
			MetricSpecifications: []types.PredictiveScalingMetricSpecification{{
				TargetValue:                       aws.Float64(40),
				PredefinedMetricPairSpecification: &types.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: types.PredefinedMetricPairTypeASGCPUUtilization},
			}},
		},
	})
	if err != nil {
		return err
	}
	grow, err := groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: &r.World.GroupName, PolicyName: aws.String("grow"), AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(1),
	})
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewFromConfig(r.Config).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("high"), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: alarmtypes.StatisticAverage,
		Dimensions: []alarmtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: &r.World.GroupName}}, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2),
		Threshold: aws.Float64(80), ComparisonOperator: alarmtypes.ComparisonOperatorGreaterThanThreshold, AlarmActions: []string{*grow.PolicyARN, r.World.OperatorTopic},
	})
	r.Wait(ctx, rehearsal.Settle)
	return err
}

// scalesInVain leaves EC2 no room for green.
func scalesInVain(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := scales(ctx, r); err != nil {
		return err
	}
	return noCapacity(ctx, r)
}
