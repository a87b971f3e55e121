package cloudwatch_test

import (
	"math"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/localaws/cloudwatch"
)

func (w *world) data(data ...types.MetricDatum) {
	w.Helper()
	if _, err := w.client.PutMetricData(w.ctx, &sdk.PutMetricDataInput{Namespace: aws.String("app"), MetricData: data}); err != nil {
		w.Fatal(err)
	}
}

func TestStatistics(t *testing.T) {
	meet(t, func(w *world) {
		w.data(
			types.MetricDatum{MetricName: aws.String("latency"), Values: []float64{1, 2, 10}, Counts: []float64{2, 1, 1}, Unit: types.StandardUnitSeconds},
			types.MetricDatum{MetricName: aws.String("latency"), Value: aws.Float64(4), Unit: types.StandardUnitSeconds},
			types.MetricDatum{MetricName: aws.String("latency"), Value: aws.Float64(7), Unit: types.StandardUnitSeconds, Timestamp: aws.Time(start.Add(-3 * time.Minute))},
			types.MetricDatum{MetricName: aws.String("latency"), Value: aws.Float64(1000), Unit: types.StandardUnitMilliseconds},
			types.MetricDatum{MetricName: aws.String("size"), StatisticValues: &types.StatisticSet{SampleCount: aws.Float64(4), Sum: aws.Float64(20), Minimum: aws.Float64(1), Maximum: aws.Float64(9)}},
		)
		in := &sdk.GetMetricStatisticsInput{Namespace: aws.String("app"), MetricName: aws.String("latency"), Period: aws.Int32(60), Unit: types.StandardUnitSeconds,
			StartTime: aws.Time(start.Add(-time.Hour)), EndTime: aws.Time(start.Add(time.Hour)), Statistics: types.Statistic("").Values(), ExtendedStatistics: []string{"p50", "p99"}}
		out, err := w.client.GetMetricStatistics(w.ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		want := []types.Datapoint{
			{Timestamp: aws.Time(start.Add(-3 * time.Minute)), Unit: "Seconds", SampleCount: aws.Float64(1), Sum: aws.Float64(7), Average: aws.Float64(7), Minimum: aws.Float64(7),
				Maximum: aws.Float64(7), ExtendedStatistics: map[string]float64{"p50": 7, "p99": 7}},
			{Timestamp: aws.Time(start), Unit: "Seconds", SampleCount: aws.Float64(5), Sum: aws.Float64(18), Average: aws.Float64(3.6), Minimum: aws.Float64(1),
				Maximum: aws.Float64(10), ExtendedStatistics: map[string]float64{"p50": 2, "p99": 10}},
		}
		if diff := cmp.Diff(want, out.Datapoints, unexported); diff != "" {
			t.Error(diff)
		}
		in.MetricName, in.Unit, in.ExtendedStatistics, in.Period = aws.String("size"), "", nil, aws.Int32(300)
		if out, err = w.client.GetMetricStatistics(w.ctx, in); err != nil || len(out.Datapoints) != 1 || *out.Datapoints[0].Average != 5 || *out.Datapoints[0].Maximum != 9 {
			t.Errorf("%+v, %v", out, err)
		}
		in.ExtendedStatistics = []string{"tm90"}
		_, err = w.client.GetMetricStatistics(w.ctx, in)
		w.refused(err, "NotModelled", "the statistic tm90")
		in.ExtendedStatistics, in.Period = nil, aws.Int32(1)
		_, err = w.client.GetMetricStatistics(w.ctx, in)
		w.refused(err, "InvalidParameterCombination", "exceeds the limit of 1440")
	})
}

func TestGetMetricData(t *testing.T) {
	meet(t, func(w *world) {
		for minute := range 3 {
			w.data(types.MetricDatum{MetricName: aws.String("n"), Value: aws.Float64(float64(minute + 1)), Timestamp: aws.Time(start.Add(time.Duration(minute-5) * time.Minute))})
		}
		in := &sdk.GetMetricDataInput{StartTime: aws.Time(start.Add(-10 * time.Minute)), EndTime: aws.Time(start), MetricDataQueries: []types.MetricDataQuery{
			{Id: aws.String("m"), MetricStat: &types.MetricStat{Metric: &types.Metric{Namespace: aws.String("app"), MetricName: aws.String("n")}, Stat: aws.String("Sum"), Period: aws.Int32(60)}},
			{Id: aws.String("e"), Expression: aws.String("m * 10"), Label: aws.String("tenfold")},
		}}
		out, err := w.client.GetMetricData(w.ctx, in)
		if err != nil || len(out.MetricDataResults) != 2 {
			t.Fatal(out, err)
		}
		if got := out.MetricDataResults[1]; !cmp.Equal(got.Values, []float64{30, 20, 10}) || *got.Label != "tenfold" || !got.Timestamps[0].Equal(start.Add(-3*time.Minute)) {
			t.Errorf("%+v", got)
		}
		in.MetricDataQueries[1].Expression = aws.String("SUM(SEARCH('{app} n', 'Sum', 60))")
		_, err = w.client.GetMetricData(w.ctx, in)
		w.refused(err, "NotModelled", "the expression SUM(SEARCH('{app} n', 'Sum', 60)) in GetMetricData")
		in.MaxDatapoints = aws.Int32(1)
		_, err = w.client.GetMetricData(w.ctx, in)
		w.refused(err, "NotModelled", "MaxDatapoints")
	})
}

func TestListMetrics(t *testing.T) {
	meet(t, func(w *world) {
		w.record(0, 50)
		w.data(types.MetricDatum{MetricName: aws.String("n"), Value: aws.Float64(1), Dimensions: []types.Dimension{{Name: aws.String("Host"), Value: aws.String("a")}}},
			types.MetricDatum{MetricName: aws.String("n"), Value: aws.Float64(1)})
		for _, c := range []struct {
			in   sdk.ListMetricsInput
			want int
		}{
			{sdk.ListMetricsInput{}, 3},
			{sdk.ListMetricsInput{Namespace: aws.String("app")}, 2},
			{sdk.ListMetricsInput{MetricName: aws.String("CPUUtilization")}, 1},
			{sdk.ListMetricsInput{Dimensions: []types.DimensionFilter{{Name: aws.String("Host")}}}, 1},
			{sdk.ListMetricsInput{Dimensions: []types.DimensionFilter{{Name: aws.String("Host"), Value: aws.String("b")}}}, 0},
		} {
			out, err := w.client.ListMetrics(w.ctx, &c.in)
			if err != nil || len(out.Metrics) != c.want {
				t.Errorf("%+v: %+v, %v", c.in, out, err)
			}
		}
	})
}

func TestPutMetricDataRefuses(t *testing.T) {
	meet(t, func(w *world) {
		put := func(namespace string, datum types.MetricDatum) error {
			_, err := w.client.PutMetricData(w.ctx, &sdk.PutMetricDataInput{Namespace: &namespace, MetricData: []types.MetricDatum{datum}})
			return err
		}
		n := aws.String("n")
		w.refused(put("AWS/EC2", types.MetricDatum{MetricName: n, Value: aws.Float64(1)}), "InvalidParameterValue", "Namespace is invalid")
		w.refused(put("app", types.MetricDatum{MetricName: n}), "MissingParameter", "")
		w.refused(put("app", types.MetricDatum{MetricName: n, Value: aws.Float64(1), Values: []float64{1}}), "InvalidParameterCombination", "")
		w.refused(put("app", types.MetricDatum{MetricName: n, Value: aws.Float64(math.NaN())}), "InvalidParameterValue", "")
		w.refused(put("app", types.MetricDatum{MetricName: n, Value: aws.Float64(1), Timestamp: aws.Time(start.Add(-15 * 24 * time.Hour))}), "InvalidParameterValue", "past two weeks")
		w.refused(put("app", types.MetricDatum{MetricName: n, Values: []float64{1}, Counts: []float64{1, 2}}), "InvalidParameterValue", "as many items")
	})
}

func TestOldPointsAreForgotten(t *testing.T) {
	meet(t, func(w *world) {
		w.record(0, 50)
		w.at(3 * time.Hour)
		w.record(180, 60)
		read := func() int {
			out, err := w.client.GetMetricStatistics(w.ctx, &sdk.GetMetricStatisticsInput{Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"),
				Dimensions: cpu("").Dimensions, Period: aws.Int32(3600), StartTime: aws.Time(start), EndTime: aws.Time(start.Add(24 * time.Hour)), Statistics: []types.Statistic{"Sum"}})
			if err != nil {
				t.Fatal(err)
			}
			return len(out.Datapoints)
		}
		if n := read(); n != 2 {
			t.Errorf("%d points", n)
		}
		w.at(5 * time.Hour)
		w.record(300, 70)
		if n := read(); n != 2 {
			t.Errorf("%d points after they got too old", n)
		}
	}, func(s *cloudwatch.Settings) { s.Keep = 4 * time.Hour })
}

// A feed runs from the first that wants it, and ends some time after the last.
func TestFeedRunsWhileItIsWanted(t *testing.T) {
	meet(t, func(w *world) {
		fed := 0
		w.alarms.Feed("AWS/AutoScaling", func(minute time.Time) {
			fed++
			w.alarms.RecordAt(minute, "AWS/AutoScaling", "GroupDesiredCapacity", nil, 3)
		})
		w.at(time.Hour)
		if fed != 0 {
			t.Errorf("fed %d times though nobody reads", fed)
		}
		in := cpu("size")
		in.Namespace, in.MetricName, in.Dimensions, in.Threshold = aws.String("AWS/AutoScaling"), aws.String("GroupDesiredCapacity"), nil, aws.Float64(2)
		w.put(in)
		w.at(65*time.Minute + time.Second)
		if fed != 5 || w.alarm("size").StateValue != "ALARM" {
			t.Errorf("fed %d times; %s", fed, w.alarm("size").StateValue)
		}
		if _, err := w.client.DeleteAlarms(w.ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{"size"}}); err != nil {
			t.Fatal(err)
		}
		w.at(10 * time.Hour)
		if before := fed; before > 190 {
			t.Errorf("fed %d times", fed)
		}
	})
}

func TestWhatAutoScalingAsksFor(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("TargetTracking-blue-AlarmHigh-1", policy)
		w.account.Lock()
		arn, err := w.alarms.PutTracking(&in)
		w.account.Unlock()
		if err != nil || arn != "arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:TargetTracking-blue-AlarmHigh-1" {
			t.Fatal(arn, err)
		}
		w.put(cpu("with topic", policy, topic))
		w.put(cpu("other", policy+"x"))
		w.put(cpu("none"))
		w.account.Lock()
		names, arns := w.alarms.ActingOn(policy)
		if !cmp.Equal(names, []string{"TargetTracking-blue-AlarmHigh-1", "with topic"}) || arns[0] != arn {
			t.Errorf("%q %q", names, arns)
		}
		w.alarms.RemoveAction(policy)
		w.alarms.Disarm(policy + "x")
		if other, ok := w.alarms.Alarm("other"); !ok || len(other.AlarmActions) != 0 {
			t.Errorf("%+v, %v", other, ok)
		}
		if _, ok := w.alarms.Alarm(names[0]); ok {
			t.Error("an alarm without any action is left")
		}
		w.account.Unlock()
		out, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{})
		if err != nil || listed(out) != "none other with topic" || !cmp.Equal(out.MetricAlarms[2].AlarmActions, []string{topic}) {
			t.Errorf("%s, %v", listed(out), err)
		}
	})
}
