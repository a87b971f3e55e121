package rehearsal

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// PutAlarm makes an alarm that is OK, and stays as it is set: its metric has no data, and that is ignored.
func PutAlarm(ctx context.Context, cfg aws.Config, name string) error {
	_, err := cloudwatch.NewFromConfig(cfg).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: &name, Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Statistic: types.StatisticSum,
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(5), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		TreatMissingData: aws.String("ignore"),
	})
	if err != nil {
		return err
	}
	return SetAlarm(ctx, cfg, name, types.StateValueOk)
}

// SetAlarm sets what an alarm says.
func SetAlarm(ctx context.Context, cfg aws.Config, name string, value types.StateValue) error {
	_, err := cloudwatch.NewFromConfig(cfg).SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
		AlarmName: &name, StateValue: value, StateReason: aws.String("so it is"),
	})
	return err
}
