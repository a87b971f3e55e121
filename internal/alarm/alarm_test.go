package alarm_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/alarm"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
)

// account has an alarm "errors" of a metric without data, which stays as it is set, one of an expression, and a composite one of the first.
func account(t *testing.T, test func(context.Context, *cloudwatch.Client, clock.Clock)) {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer c.Close()
	a := localaws.New(localaws.Options{Clock: c, Seed: 1})
	client := cloudwatch.NewFromConfig(a.Endpoint.Config(wire.Caller{}))
	c.Run(func() {
		ctx := context.Background()
		metric := &types.MetricStat{Metric: &types.Metric{Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Dimensions: []types.Dimension{{Name: aws.String("TargetGroup"), Value: aws.String("targetgroup/web/1")}}},
			Period: aws.Int32(300), Stat: aws.String("Sum")}
		_, first := client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("errors"), Namespace: aws.String("Shop"), MetricName: aws.String("Errors"), Statistic: types.StatisticSum, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(3),
			Threshold: aws.Float64(5), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("ignore"),
			Dimensions: []types.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}},
		})
		_, second := client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String("rate"), EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(5), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
			Metrics: []types.MetricDataQuery{{Id: aws.String("e"), MetricStat: metric, ReturnData: aws.Bool(false)}, {Id: aws.String("r"), Expression: aws.String("e / 2")}},
		})
		_, third := client.PutCompositeAlarm(ctx, &cloudwatch.PutCompositeAlarmInput{AlarmName: aws.String("any"), AlarmRule: aws.String(`ALARM("errors")`)})
		if err := errors.Join(first, second, third); err != nil {
			t.Error(err)
			return
		}
		test(ctx, client, c)
	})
}

func set(ctx context.Context, t *testing.T, client *cloudwatch.Client, value types.StateValue) {
	t.Helper()
	if _, err := client.SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{AlarmName: aws.String("errors"), StateValue: value, StateReason: aws.String("customers cannot pay")}); err != nil {
		t.Error(err)
	}
}

func TestRead(t *testing.T) {
	account(t, func(ctx context.Context, client *cloudwatch.Client, _ clock.Clock) {
		states, err := alarm.Read(ctx, client, []string{"errors", "rate", "any", "none"})
		if err != nil || len(states) != 3 {
			t.Errorf("%v, %v", states, err)
			return
		}
		for name, want := range map[string]struct {
			length time.Duration
			looks  string
		}{"errors": {3 * time.Minute, "web"}, "rate": {10 * time.Minute, "targetgroup/web/1"}, "any": {}} {
			var looks []string
			for _, dimension := range states[name].Looks {
				looks = append(looks, aws.ToString(dimension.Value))
			}
			if got := states[name]; got.Length != want.length || strings.Join(looks, " ") != want.looks || got.Since.IsZero() {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	})
}

// An alarm calls a deployment off that rings, and one that is gone; one that rang before has to ring again where that is ignored.
func TestHeed(t *testing.T) {
	account(t, func(ctx context.Context, client *cloudwatch.Client, c clock.Clock) {
		heed := func(rang *time.Time, names ...string) string {
			var watch deploy.Watch
			for _, name := range names {
				watch.Alarms = append(watch.Alarms, deploy.Alarm{Name: name, Rang: rang})
			}
			err := alarm.Heed(ctx, client, watch)
			var f *fault.Error
			if err != nil && (!errors.As(err, &f) || f.Name != fault.AlarmRang) {
				t.Errorf("%v", err)
			}
			if err == nil {
				return ""
			}
			return err.Error()
		}
		check := func(what, got string, want ...string) {
			t.Helper()
			for _, each := range want {
				if !strings.Contains(got, each) {
					t.Errorf("%s: %q, want %q", what, got, each)
				}
			}
			if len(want) == 0 && got != "" {
				t.Errorf("%s: %q", what, got)
			}
		}
		check("no alarm is named", heed(nil))
		check("there is no data", heed(nil, "errors", "any"))
		set(ctx, t, client, types.StateValueOk)
		check("all is well", heed(nil, "errors", "any"))
		set(ctx, t, client, types.StateValueAlarm)
		began := c.Now()
		check("it rings", heed(nil, "errors", "any"), "alarm errors rings since 03:00:00Z: customers cannot pay", "; alarm any rings since")
		check("it rang before", heed(&began, "errors"))
		if err := c.Sleep(ctx, 5*time.Minute); err != nil {
			t.Error(err)
		}
		set(ctx, t, client, types.StateValueOk)
		set(ctx, t, client, types.StateValueAlarm)
		check("it rings again", heed(&began, "errors"), "alarm errors rings since 03:05:00Z")
		check("it is gone", heed(&began, "none"), "alarm none was deleted by somebody else")
	})
}
