package sweep

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/rehearsal"
)

// quietAlarm makes the alarm that a request heeds. It stays as it is set.
func quietAlarm(ctx context.Context, r *rehearsal.Rehearsal) error {
	_, err := cloudwatch.NewFromConfig(r.Config).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String("errors"), Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Statistic: types.StatisticSum,
		Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(5), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
		TreatMissingData: aws.String("ignore"),
	})
	if err != nil {
		return err
	}
	return setAlarm(ctx, r, types.StateValueOk)
}

func setAlarm(ctx context.Context, r *rehearsal.Rehearsal, value types.StateValue) error {
	_, err := cloudwatch.NewFromConfig(r.Config).SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
		AlarmName: aws.String("errors"), StateValue: value, StateReason: aws.String("so it is"),
	})
	return err
}

// alarmAsItLeaves lets the alarm ring once blue leaves its target group.
func alarmAsItLeaves(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := quietAlarm(ctx, r); err != nil {
		return err
	}
	var once sync.Once
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Groups.OnChange(func(string) {
		blue, _ := r.AWS.Groups.View(r.World.GroupName)
		for _, attachment := range blue.Attachments {
			if attachment.State == "Removing" {
				once.Do(func() { r.Clock.Go(func() { _ = setAlarm(context.Background(), r, types.StateValueAlarm) }) })
			}
		}
	})
	return nil
}
