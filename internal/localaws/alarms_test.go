package localaws_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/localaws"
)

// AWS lets three calls a second put alarms: who copies many must be ready to wait.
func TestAlarmsArePutThreeASecond(t *testing.T) {
	inAccount(t, localaws.Options{}, func(a *localaws.AWS, config aws.Config) {
		client := cloudwatch.NewFromConfig(config, func(o *cloudwatch.Options) { o.RetryMaxAttempts = 1 })
		began, put := a.Account.Now(), 0
		for i := range 20 {
			_, err := client.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String(fmt.Sprint("a", i)), Namespace: aws.String("app"), MetricName: aws.String("load"), Statistic: types.StatisticSum,
				Period: aws.Int32(60), EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
			})
			var refused smithy.APIError
			switch {
			case err == nil:
				put++
			case !errors.As(err, &refused) || refused.ErrorCode() != "Throttling":
				t.Error(err)
			}
		}
		most := 3 + 3*a.Account.Now().Sub(began).Seconds()
		if put < 3 || float64(put) > most || put == 20 {
			t.Errorf("%d alarms put, of at most %.1f", put, most)
		}
	})
}
