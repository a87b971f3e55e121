package cloudwatch_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// The tables of CloudWatch's user guide, "How alarm state is evaluated when data is missing": 0 does not breach, X does, - is
// missing; three evaluation periods. An alarm that keeps its state is in the state that it was set to.
func TestMissingData(t *testing.T) {
	for _, c := range []struct {
		points                                   string
		needed                                   int32
		missing, ignore, breaching, notBreaching string
	}{
		{"0-X-X", 3, "OK", "OK", "OK", "OK"},
		{"0----", 3, "OK", "OK", "OK", "OK"},
		{"-----", 3, "INSUFFICIENT_DATA", "kept", "ALARM", "OK"},
		{"0XX-X", 3, "ALARM", "ALARM", "ALARM", "ALARM"},
		{"----X", 3, "INSUFFICIENT_DATA", "kept", "ALARM", "OK"},
		{"X----", 3, "ALARM", "kept", "ALARM", "OK"},
		{"0-X-X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
		{"00X0X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
		{"0-X--", 2, "OK", "OK", "ALARM", "OK"},
		{"----0", 2, "OK", "OK", "ALARM", "OK"},
		{"----X", 2, "INSUFFICIENT_DATA", "kept", "ALARM", "OK"},
	} {
		meet(t, func(w *world) {
			wants := map[string]string{"missing": c.missing, "ignore": c.ignore, "breaching": c.breaching, "notBreaching": c.notBreaching}
			for minute, point := range c.points {
				w.record(minute, map[rune]float64{'0': 10, 'X': 90, '-': -1}[point])
			}
			w.at(5*time.Minute + 10*time.Second)
			for treat := range wants {
				in := cpu(treat)
				in.DatapointsToAlarm, in.TreatMissingData = aws.Int32(c.needed), aws.String(treat)
				w.put(in)
			}
			if w.alarm("missing").StateValue != "INSUFFICIENT_DATA" {
				t.Error("evaluated at once")
			}
			w.at(5*time.Minute + 51*time.Second)
			for treat, want := range wants {
				if want == "kept" {
					want = "INSUFFICIENT_DATA"
				}
				if got := w.alarm(treat); string(got.StateValue) != want {
					t.Errorf("%s, %d of 3, %s: %s (%s), want %s", c.points, c.needed, treat, got.StateValue, *got.StateReason, want)
				}
			}
		})
	}
}

// A breach is noticed after the minute that it is in; the state acts once on topics, and once a minute on policies.
func TestAlarmActs(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("high", policy, topic)
		in.EvaluationPeriods, in.OKActions = aws.Int32(1), []string{topic, policy + "-gone"}
		w.put(in)
		silent := in
		silent.AlarmName, silent.ActionsEnabled = aws.String("silent"), aws.Bool(false)
		w.put(silent)
		for minute, value := range []float64{10, 90, 95, 91, 20} {
			w.record(minute, value)
		}
		w.at(10 * time.Minute)
		var calls []string
		for _, c := range w.calls {
			calls = append(calls, strings.TrimPrefix(c.policy, policy)+" "+c.alarm+" "+c.at.Sub(start).String())
		}
		want := []string{"-gone high 1m50s", " high 2m50s", " high 3m50s", " high 4m50s", "-gone high 5m50s", "-gone high 6m50s", "-gone high 7m50s"}
		if strings.Join(calls, ",") != strings.Join(want, ",") {
			t.Errorf("policies called: %q\nwant %q", calls, want)
		}
		if w.calls[2].value != 95 {
			t.Errorf("called with %v", w.calls[2].value)
		}
		if got := w.alarm("silent"); got.StateValue != "INSUFFICIENT_DATA" || got.StateTransitionedTimestamp.Sub(start) != 8*time.Minute+50*time.Second {
			t.Errorf("an alarm whose actions are disabled is not evaluated: %+v", got)
		}
		messages := w.messages()
		if len(messages) != 3 || messages[1].Subject != `ALARM: "high" in ap-northeast-1` {
			t.Fatalf("%+v", messages)
		}
		var told struct {
			NewStateValue, OldStateValue, NewStateReason, AlarmArn string
			Trigger                                                struct{ MetricName, Statistic string }
		}
		if err := json.Unmarshal([]byte(messages[1].Body), &told); err != nil {
			t.Fatal(err)
		}
		if told.NewStateValue != "ALARM" || told.OldStateValue != "OK" || told.Trigger.Statistic != "AVERAGE" || told.NewStateReason !=
			"Threshold Crossed: 1 out of the last 1 datapoints [90.0 (30/11/26 10:01:00)] was greater than the threshold (80.0) (minimum 1 datapoint for OK -> ALARM transition)." {
			t.Errorf("%+v", told)
		}
	})
}

// Enabling the actions of an alarm that is in ALARM already has a policy called, and tells no topic.
func TestActionsAreEnabledLater(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("high", policy, topic)
		in.EvaluationPeriods, in.ActionsEnabled, in.TreatMissingData = aws.Int32(1), aws.Bool(false), aws.String("breaching")
		w.put(in)
		w.at(5 * time.Minute)
		if _, err := w.client.EnableAlarmActions(w.ctx, &sdk.EnableAlarmActionsInput{AlarmNames: []string{"high", "none"}}); err != nil {
			t.Fatal(err)
		}
		w.at(6 * time.Minute)
		if len(w.calls) != 1 || !math.IsNaN(w.calls[0].value) || len(w.messages()) != 0 || w.alarm("high").StateValue != "ALARM" {
			t.Errorf("calls %+v, messages %+v", w.calls, w.messages())
		}
		if _, err := w.client.DisableAlarmActions(w.ctx, &sdk.DisableAlarmActionsInput{AlarmNames: []string{"high"}}); err != nil {
			t.Fatal(err)
		}
		w.at(9 * time.Minute)
		if len(w.calls) != 1 || *w.alarm("high").ActionsEnabled {
			t.Errorf("calls %+v", w.calls)
		}
	})
}

// A state that is set acts, tells a policy the point that comes with it, and lasts until the next evaluation.
func TestStateThatIsSet(t *testing.T) {
	meet(t, func(w *world) {
		w.put(cpu("high", policy))
		for minute := range 5 {
			w.record(minute, 10)
		}
		w.at(4 * time.Minute)
		_, err := w.client.SetAlarmState(w.ctx, &sdk.SetAlarmStateInput{AlarmName: aws.String("high"), StateValue: "ALARM", StateReason: aws.String("try"),
			StateReasonData: aws.String(`{"recentDatapoints":[70,99]}`)})
		if err != nil || len(w.calls) != 1 || w.calls[0].value != 99 || w.alarm("high").StateValue != "ALARM" {
			t.Fatalf("%v, %+v", err, w.calls)
		}
		w.at(5 * time.Minute)
		if got := w.alarm("high"); got.StateValue != "OK" || !strings.Contains(*got.StateReasonData, `"recentDatapoints":[10,10,10]`) ||
			*got.StateReason != "Threshold Crossed: 3 datapoints [10.0 (30/11/26 10:03:00), 10.0 (30/11/26 10:02:00), 10.0 (30/11/26 10:01:00)] was not greater than the threshold (80.0)." {
			t.Errorf("%s: %s %s", got.StateValue, *got.StateReason, *got.StateReasonData)
		}
	})
}

// A period of five minutes is looked at each minute: its beginning is not aligned.
func TestLongPeriodsSlide(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("long")
		in.Period, in.EvaluationPeriods, in.Threshold = aws.Int32(300), aws.Int32(1), aws.Float64(50)
		w.put(in)
		for minute, value := range []float64{0, 0, 0, 100, 100, 100, 0} { // the average of five is above 50 from the sixth on
			w.record(minute, value)
		}
		w.at(6 * time.Minute)
		if got := w.alarm("long").StateValue; got != "OK" {
			t.Errorf("after five minutes: %s", got)
		}
		w.at(7 * time.Minute)
		if got := w.alarm("long").StateValue; got != "ALARM" {
			t.Errorf("after six minutes: %s", got)
		}
	})
}

func TestShortPeriods(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("short")
		in.Namespace, in.MetricName, in.Dimensions, in.Period, in.EvaluationPeriods = aws.String("app"), aws.String("queue"), nil, aws.Int32(10), aws.Int32(2)
		w.put(in)
		w.at(30 * time.Second)
		for _, value := range []float64{90, 90} {
			_, err := w.client.PutMetricData(w.ctx, &sdk.PutMetricDataInput{Namespace: in.Namespace, MetricData: []types.MetricDatum{
				{MetricName: in.MetricName, Value: aws.Float64(value), StorageResolution: aws.Int32(1)}}})
			if err != nil {
				t.Fatal(err)
			}
			w.at(w.clock.Now().Sub(start) + 10*time.Second)
		}
		w.at(51 * time.Second)
		if got := w.alarm("short"); got.StateValue != "ALARM" {
			t.Errorf("%s: %s", got.StateValue, *got.StateReason)
		}
	})
}

func TestWarmUp(t *testing.T) {
	meet(t, func(w *world) {
		early, late := cpu("early"), cpu("late")
		early.WarmUpConfiguration = &types.WarmUpConfiguration{WarmUpPeriodDurationInMinutes: aws.Int32(10)}
		late.WarmUpConfiguration = &types.WarmUpConfiguration{WarmUpPeriodDurationInMinutes: aws.Int32(10), OnlyStartEvaluatingAfterWarmUpPeriodEnds: aws.Bool(true)}
		early.TreatMissingData, late.TreatMissingData = aws.String("breaching"), aws.String("breaching")
		w.put(early)
		w.put(late)
		w.at(4 * time.Minute)
		if got := w.alarm("early").StateValue; got != "INSUFFICIENT_DATA" {
			t.Errorf("without data: %s", got)
		}
		for minute := range 20 {
			w.record(minute, 10)
		}
		w.at(5 * time.Minute)
		if early, late := w.alarm("early").StateValue, w.alarm("late").StateValue; early != "OK" || late != "INSUFFICIENT_DATA" {
			t.Errorf("with a full window: %s, %s", early, late)
		}
		w.at(11 * time.Minute)
		if got := w.alarm("late").StateValue; got != "OK" {
			t.Errorf("after the warm-up: %s", got)
		}
	})
}

func TestMetricMath(t *testing.T) {
	errors := func(expression string) sdk.PutMetricAlarmInput {
		query := func(id, metric string) types.MetricDataQuery {
			return types.MetricDataQuery{Id: &id, ReturnData: aws.Bool(false), MetricStat: &types.MetricStat{
				Metric: &types.Metric{Namespace: aws.String("app"), MetricName: &metric}, Stat: aws.String("Sum"), Period: aws.Int32(60)}}
		}
		return sdk.PutMetricAlarmInput{AlarmName: &expression, EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(5),
			ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, Metrics: []types.MetricDataQuery{
				{Id: aws.String("rate"), Expression: &expression}, query("failed", "failed"), query("all", "all"), query("none", "none")}}
	}
	meet(t, func(w *world) {
		for metric, value := range map[string]float64{"failed": 10, "all": 100} {
			_, err := w.client.PutMetricData(w.ctx, &sdk.PutMetricDataInput{Namespace: aws.String("app"), MetricData: []types.MetricDatum{
				{MetricName: &metric, Value: &value}}})
			if err != nil {
				t.Fatal(err)
			}
		}
		wants := map[string]string{
			"failed / all * 100": "ALARM", "100*failed/(all+900)": "OK", "SUM([failed, all, none])": "ALARM", "AVG(METRICS()) - 54": "OK",
			"failed/none": "INSUFFICIENT_DATA", "FILL(none, 6)": "ALARM", "-MAX([failed,all])": "OK", "MIN(METRICS())/0": "INSUFFICIENT_DATA",
			"IF(failed > 1, 10, 0)": "INSUFFICIENT_DATA", "rate + 1": "INSUFFICIENT_DATA", // not modelled; a circle
		}
		for expression := range wants {
			w.put(errors(expression))
		}
		w.at(time.Minute + 51*time.Second)
		for expression, want := range wants {
			if got := w.alarm(expression); string(got.StateValue) != want {
				t.Errorf("%s: %s (%s), want %s", expression, got.StateValue, *got.StateReason, want)
			}
		}
	})
}

func TestCompositeAlarms(t *testing.T) {
	meet(t, func(w *world) {
		for _, name := range []string{"a", "b", "odd (name"} {
			in := cpu(name)
			in.TreatMissingData = aws.String("ignore")
			w.put(in)
		}
		w.composite("both", `ALARM("a") AND NOT OK(b)`, topic)
		w.composite("either", `FALSE OR (ALARM(arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:b) or ALARM("odd (name")) AND ALARM(both)`)
		shown := func(name string) types.CompositeAlarm {
			out, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{AlarmNames: []string{name}, AlarmTypes: []types.AlarmType{"CompositeAlarm"}})
			if err != nil || len(out.CompositeAlarms) != 1 {
				t.Fatal(out, err)
			}
			return out.CompositeAlarms[0]
		}
		if got := shown("both"); got.StateValue != "INSUFFICIENT_DATA" || *got.AlarmRule != `ALARM("a") AND NOT OK(b)` {
			t.Errorf("new: %+v", got)
		}
		w.at(2 * time.Minute)
		for _, step := range []struct{ alarm, state, both, either string }{
			{"", "", "OK", "OK"},
			{"a", "ALARM", "ALARM", "OK"},
			{"b", "ALARM", "ALARM", "ALARM"},
			{"b", "OK", "OK", "OK"},
			{"odd (name", "ALARM", "OK", "OK"},
			{"b", "INSUFFICIENT_DATA", "ALARM", "ALARM"},
		} {
			if step.alarm != "" {
				_, err := w.client.SetAlarmState(w.ctx, &sdk.SetAlarmStateInput{AlarmName: &step.alarm, StateValue: types.StateValue(step.state), StateReason: aws.String("")})
				if err != nil {
					t.Fatal(err)
				}
			}
			if both, either := shown("both").StateValue, shown("either").StateValue; string(both) != step.both || string(either) != step.either {
				t.Errorf("%s %s: both %s, either %s, want %s and %s", step.alarm, step.state, both, either, step.both, step.either)
			}
		}
		if n := len(w.messages()); n != 2 {
			t.Errorf("%d messages", n)
		}
		for rule, message := range map[string]string{
			"ALARM(none)": "alarms [none] in the alarm rule do not exist", "ALARM(a) AND": "Error parsing the AlarmRule", "ALARM(a": "Error parsing", "a": "Error parsing",
		} {
			_, err := w.client.PutCompositeAlarm(w.ctx, &sdk.PutCompositeAlarmInput{AlarmName: aws.String("bad"), AlarmRule: &rule})
			w.refused(err, "ValidationError", message)
		}
		_, err := w.client.PutCompositeAlarm(w.ctx, &sdk.PutCompositeAlarmInput{AlarmName: aws.String("bad"), AlarmRule: aws.String("TRUE"), OKActions: []string{policy}})
		w.refused(err, "ValidationError", "Composite alarms cannot have Auto Scaling actions")
	})
}

// Two composite alarms that need each other end, and so does the test.
func TestCircleOfCompositeAlarms(t *testing.T) {
	meet(t, func(w *world) {
		w.composite("a", "TRUE")
		w.composite("b", "NOT ALARM(a)")
		w.composite("a", "ALARM(b)")
		w.at(5 * time.Minute)
		_, err := w.client.DeleteAlarms(w.ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{"a"}})
		w.refused(err, "ValidationError", "depending on it")
	})
}

// While there is no alarm that can be evaluated, nothing is due: the clock has nothing to stop at.
func TestNothingIsDueWithoutAlarms(t *testing.T) {
	meet(t, func(w *world) {
		w.record(0, 50)
		w.put(cpu("a"))
		if _, err := w.client.DeleteAlarms(w.ctx, &sdk.DeleteAlarmsInput{AlarmNames: []string{"a"}}); err != nil {
			t.Fatal(err)
		}
		w.at(time.Minute + 51*time.Second) // the evaluation that was planned finds nothing, and plans none
		before := w.clock.planned
		w.at(24 * time.Hour)
		if w.clock.planned != before {
			t.Errorf("%d timers in a day without alarms", w.clock.planned-before)
		}
	})
}
