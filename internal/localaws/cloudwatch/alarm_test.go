package cloudwatch_test

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go/transport/http/protocol/awsjson"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/localaws/cloudwatch"
)

// full is an alarm with every member that one on a metric can have, those of 2026 too.
func full() sdk.PutMetricAlarmInput {
	in := cpu("full", policy, topic)
	in.AlarmDescription, in.ActionsEnabled = aws.String("CPU of blue"), aws.Bool(false)
	in.OKActions, in.InsufficientDataActions = []string{topic}, []string{"arn:aws:automate:ap-northeast-1:ec2:recover"}
	in.DatapointsToAlarm, in.TreatMissingData, in.Unit = aws.Int32(2), aws.String("notBreaching"), types.StandardUnitPercent
	in.EvaluationWindow = &types.EvaluationWindowMemberSlidingWindow{}
	in.WarmUpConfiguration = &types.WarmUpConfiguration{WarmUpPeriodDurationInMinutes: aws.Int32(5), OnlyStartEvaluatingAfterWarmUpPeriodEnds: aws.Bool(true)}
	in.ActionConfiguration = &types.ActionConfiguration{AlarmTagsPropagation: &types.AlarmTagsPropagation{Enabled: aws.Bool(true), IncludedTagKeys: []string{"team"}}}
	in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}
	return in
}

// Every member comes back, in both protocols.
func TestAlarmIsShownAsItWasPut(t *testing.T) {
	for _, protocol := range []func(*sdk.Options){
		func(*sdk.Options) {},
		func(o *sdk.Options) { o.Protocol = awsjson.New10(schemas.GraniteServiceVersion20100801) },
	} {
		meet(t, func(w *world) {
			w.client = sdk.NewFromConfig(w.config, protocol)
			in := full()
			w.put(in)
			want := types.MetricAlarm{
				AlarmName: in.AlarmName, AlarmArn: aws.String("arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:full"), AlarmDescription: in.AlarmDescription,
				ActionConfiguration: in.ActionConfiguration, ActionsEnabled: in.ActionsEnabled, AlarmActions: in.AlarmActions, OKActions: in.OKActions,
				InsufficientDataActions: in.InsufficientDataActions, MetricName: in.MetricName, Namespace: in.Namespace, Dimensions: in.Dimensions,
				Statistic: in.Statistic, Period: in.Period, Unit: in.Unit, ComparisonOperator: in.ComparisonOperator, Threshold: in.Threshold,
				EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm, TreatMissingData: in.TreatMissingData,
				EvaluationWindow: in.EvaluationWindow, WarmUpConfiguration: in.WarmUpConfiguration,
				StateValue: "INSUFFICIENT_DATA", StateReason: aws.String("Unchecked: Initial alarm creation"),
			}
			got := w.alarm("full")
			times := cmpopts.IgnoreFields(types.MetricAlarm{}, "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp", "StateUpdatedTimestamp")
			if diff := cmp.Diff(want, got, times, unexported); diff != "" {
				t.Error(diff)
			}
			if got.StateUpdatedTimestamp.Before(start) || got.StateTransitionedTimestamp == nil || got.AlarmConfigurationUpdatedTimestamp == nil {
				t.Errorf("times %v %v %v", got.StateUpdatedTimestamp, got.StateTransitionedTimestamp, got.AlarmConfigurationUpdatedTimestamp)
			}
			tags, err := w.client.ListTagsForResource(w.ctx, &sdk.ListTagsForResourceInput{ResourceARN: got.AlarmArn})
			if err != nil || len(tags.Tags) != 1 || *tags.Tags[0].Value != "web" {
				t.Errorf("tags %v, %v", tags, err)
			}
		})
	}
}

var unexported = cmp.Exporter(func(reflect.Type) bool { return true })

// What is not set is not shown, but for the lists of actions and the dimensions.
func TestUnsetMembersAreLeftOut(t *testing.T) {
	meet(t, func(w *world) {
		in := cpu("plain")
		in.Dimensions = nil
		w.put(in)
		var body string
		client := sdk.NewFromConfig(w.config, func(o *sdk.Options) {
			o.Protocol = awsjson.New10(schemas.GraniteServiceVersion20100801)
			o.HTTPClient = &peek{o.HTTPClient, &body}
		})
		if _, err := client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{}); err != nil {
			t.Fatal(err)
		}
		for _, shown := range []string{`"AlarmActions":[]`, `"OKActions":[]`, `"InsufficientDataActions":[]`, `"Dimensions":[]`, `"ActionsEnabled":true`} {
			if !strings.Contains(body, shown) {
				t.Errorf("%s is not in %s", shown, body)
			}
		}
		for _, left := range []string{"TreatMissingData", "DatapointsToAlarm", "Unit", "AlarmDescription", "Metrics", "ExtendedStatistic", "WarmUpConfiguration"} {
			if strings.Contains(body, `"`+left+`":`) {
				t.Errorf("%s is in %s", left, body)
			}
		}
	})
}

// peek keeps the last answer's body.
type peek struct {
	sdk.HTTPClient
	body *string
}

func (p *peek) Do(r *http.Request) (*http.Response, error) {
	answer, err := p.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	*p.body, answer.Body = string(body), io.NopCloser(strings.NewReader(string(body)))
	return answer, err
}

// An update replaces the configuration, keeps the state, and takes no tags.
func TestUpdateKeepsStateAndTags(t *testing.T) {
	meet(t, func(w *world) {
		w.put(full())
		if _, err := w.client.SetAlarmState(w.ctx, &sdk.SetAlarmStateInput{AlarmName: aws.String("full"), StateValue: "ALARM", StateReason: aws.String("try")}); err != nil {
			t.Fatal(err)
		}
		update := cpu("full")
		update.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("other")}}
		w.put(update)
		got := w.alarm("full")
		if got.StateValue != "ALARM" || *got.StateReason != "try" || got.AlarmDescription != nil || got.DatapointsToAlarm != nil || len(got.OKActions) != 0 {
			t.Errorf("%+v", got)
		}
		arn := got.AlarmArn
		if _, err := w.client.TagResource(w.ctx, &sdk.TagResourceInput{ResourceARN: arn, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("")}}}); err != nil {
			t.Fatal(err)
		}
		tags, err := w.client.ListTagsForResource(w.ctx, &sdk.ListTagsForResourceInput{ResourceARN: arn})
		if err != nil || len(tags.Tags) != 2 || *tags.Tags[0].Value != "web" || *tags.Tags[1].Key != "k" {
			t.Errorf("tags %v, %v", tags, err)
		}
		if _, err := w.client.UntagResource(w.ctx, &sdk.UntagResourceInput{ResourceARN: arn, TagKeys: []string{"team", "none"}}); err != nil {
			t.Fatal(err)
		}
		if tags, err = w.client.ListTagsForResource(w.ctx, &sdk.ListTagsForResourceInput{ResourceARN: arn}); err != nil || len(tags.Tags) != 1 {
			t.Errorf("tags %v, %v", tags, err)
		}
		_, err = w.client.ListTagsForResource(w.ctx, &sdk.ListTagsForResourceInput{ResourceARN: aws.String(*arn + "x")})
		w.refused(err, "ResourceNotFoundException", "does not exist")
	})
}

func TestPutMetricAlarmRefuses(t *testing.T) {
	six := []string{topic, topic, topic, topic, topic, topic}
	query := func(id string, returned bool) types.MetricDataQuery {
		return types.MetricDataQuery{Id: aws.String(id), ReturnData: aws.Bool(returned), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: aws.String("n"), MetricName: aws.String("m")}, Stat: aws.String("Sum"), Period: aws.Int32(60)}}
	}
	math := func(in *sdk.PutMetricAlarmInput) {
		in.MetricName, in.Namespace, in.Dimensions, in.Period, in.Statistic = nil, nil, nil, nil, ""
		in.Metrics = []types.MetricDataQuery{query("m1", true)}
	}
	prom := &types.EvaluationCriteriaMemberPromQLCriteria{Value: types.AlarmPromQLCriteria{Query: aws.String("up == 0")}}
	meet(t, func(w *world) {
		for _, c := range []struct {
			change  func(in *sdk.PutMetricAlarmInput)
			message string
		}{
			{func(in *sdk.PutMetricAlarmInput) { in.AlarmName = aws.String("") }, "at 'alarmName' failed to satisfy constraint: Member must have length greater than or equal to 1"},
			{func(in *sdk.PutMetricAlarmInput) { in.AlarmActions = six }, "at 'alarmActions' failed to satisfy constraint: Member must have length less than or equal to 5"},
			{func(in *sdk.PutMetricAlarmInput) { in.AlarmActions = []string{"people"} }, "Invalid arn syntax: people"},
			{func(in *sdk.PutMetricAlarmInput) { in.ExtendedStatistic = aws.String("p90") }, "Statistic and ExtendedStatistic"},
			{func(in *sdk.PutMetricAlarmInput) { in.Statistic = "" }, "Statistic and ExtendedStatistic"},
			{func(in *sdk.PutMetricAlarmInput) { in.Metrics = []types.MetricDataQuery{query("m1", true)} }, "should not be set if list of Metrics is set"},
			{func(in *sdk.PutMetricAlarmInput) { in.EvaluationCriteria = prom }, "should not be set if EvaluationCriteria is set"},
			{func(in *sdk.PutMetricAlarmInput) { in.EvaluationInterval = aws.Int32(60) }, "EvaluationInterval should not be set if MetricName is set"},
			{func(in *sdk.PutMetricAlarmInput) { in.MetricName = nil }, "MetricName must not be null"},
			{func(in *sdk.PutMetricAlarmInput) { in.Period = aws.Int32(90) }, "Period must be 10, 20, 30 or a multiple of 60"},
			{func(in *sdk.PutMetricAlarmInput) { in.EvaluationPeriods = aws.Int32(1441) }, "EvaluationPeriods * Period must be <= 86400"},
			{func(in *sdk.PutMetricAlarmInput) { in.EvaluationPeriods, in.Period = aws.Int32(169), aws.Int32(3600) }, "604800"},
			{func(in *sdk.PutMetricAlarmInput) { in.DatapointsToAlarm = aws.Int32(4) }, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"},
			{func(in *sdk.PutMetricAlarmInput) { in.ComparisonOperator = "Greater" }, "at 'comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set"},
			{func(in *sdk.PutMetricAlarmInput) { in.Threshold = nil }, "Threshold must not be null"},
			{func(in *sdk.PutMetricAlarmInput) { in.TreatMissingData = aws.String("never") }, "TreatMissingData"},
			{func(in *sdk.PutMetricAlarmInput) { math(in); in.Metrics = append(in.Metrics, query("m2", true)) }, "Exactly one element of the metrics list should return data"},
			{func(in *sdk.PutMetricAlarmInput) { math(in); in.Metrics = append(in.Metrics, query("m1", false)) }, "ids must be unique"},
			{func(in *sdk.PutMetricAlarmInput) {
				math(in)
				in.Metrics = append(in.Metrics, types.MetricDataQuery{Id: aws.String("band"), Expression: aws.String("ANOMALY_DETECTION_BAND(m1)")})
				in.Threshold, in.ThresholdMetricId, in.ComparisonOperator = nil, aws.String("band"), types.ComparisonOperatorGreaterThanUpperThreshold
				in.AlarmActions = []string{policy}
			}, "cannot have Auto Scaling actions"},
		} {
			in := cpu("a")
			c.change(&in)
			_, err := w.client.PutMetricAlarm(w.ctx, &in)
			w.refused(err, "ValidationError", c.message)
		}
		if out, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{}); err != nil || len(out.MetricAlarms) != 0 {
			t.Errorf("what was refused is there: %v, %v", out, err)
		}
	})
}

func TestQuotaOfAlarms(t *testing.T) {
	meet(t, func(w *world) {
		w.put(cpu("a"))
		w.put(cpu("b"))
		w.put(cpu("a")) // an update takes no more
		in := cpu("c")
		_, err := w.client.PutMetricAlarm(w.ctx, &in)
		w.refused(err, "LimitExceeded", "")
	}, func(s *cloudwatch.Settings) { s.MaxAlarms = 2 })
}

func TestDescribeAlarmsFilters(t *testing.T) {
	meet(t, func(w *world) {
		for i := range 60 {
			w.put(cpu(fmt.Sprintf("a%02d", i)))
		}
		w.put(cpu("b", policy))
		w.composite("c", `ALARM("b") AND NOT OK(a01)`)
		if _, err := w.client.SetAlarmState(w.ctx, &sdk.SetAlarmStateInput{AlarmName: aws.String("a07"), StateValue: "OK", StateReason: aws.String("")}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			in   sdk.DescribeAlarmsInput
			want string
		}{
			{sdk.DescribeAlarmsInput{AlarmNames: []string{"b", "a03", "none", "c"}}, "a03 b"},
			{sdk.DescribeAlarmsInput{AlarmNamePrefix: aws.String("a5")}, "a50 a51 a52 a53 a54 a55 a56 a57 a58 a59"},
			{sdk.DescribeAlarmsInput{ActionPrefix: aws.String(policy)}, "b"},
			{sdk.DescribeAlarmsInput{StateValue: "OK"}, "a07"},
			{sdk.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{"CompositeAlarm"}}, "c"},
			{sdk.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{"LogAlarm"}}, ""},
			{sdk.DescribeAlarmsInput{ChildrenOfAlarmName: aws.String("c")}, "a01 b"},
			{sdk.DescribeAlarmsInput{ParentsOfAlarmName: aws.String("b")}, "c"},
			{sdk.DescribeAlarmsInput{AlarmNamePrefix: aws.String("a"), MaxRecords: aws.Int32(100)}, "60 alarms"},
			{sdk.DescribeAlarmsInput{AlarmNamePrefix: aws.String("a")}, "50 alarms, and more"},
		} {
			out, err := w.client.DescribeAlarms(w.ctx, &c.in)
			if err != nil {
				t.Errorf("%+v: %v", c.in, err)
				continue
			}
			if got := listed(out); got != c.want {
				t.Errorf("%+v: %s, want %s", c.in, got, c.want)
			}
		}
		pages, all := sdk.NewDescribeAlarmsPaginator(w.client, &sdk.DescribeAlarmsInput{MaxRecords: aws.Int32(7)}), 0
		for pages.HasMorePages() {
			out, err := pages.NextPage(w.ctx)
			if err != nil {
				t.Fatal(err)
			}
			all += len(out.MetricAlarms)
		}
		if all != 61 {
			t.Errorf("%d alarms on all pages", all)
		}
		_, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{AlarmNames: []string{"a"}, AlarmNamePrefix: aws.String("a")})
		w.refused(err, "ValidationError", "mutually exclusive")
		_, err = w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{ParentsOfAlarmName: aws.String("b"), StateValue: "OK"})
		w.refused(err, "ValidationError", "can be combined with MaxRecords and NextToken only")
		_, err = w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{NextToken: aws.String("x")})
		w.refused(err, "InvalidNextToken", "")
	})
}

// listed are the names that an answer holds.
func listed(out *sdk.DescribeAlarmsOutput) string {
	var names []string
	for _, m := range out.MetricAlarms {
		names = append(names, *m.AlarmName)
	}
	for _, m := range out.CompositeAlarms {
		names = append(names, *m.AlarmName)
	}
	if len(names) < 20 {
		return strings.Join(names, " ")
	}
	text := fmt.Sprintf("%d alarms", len(names))
	if out.NextToken != nil {
		text += ", and more"
	}
	return text
}

func (w *world) composite(name, rule string, actions ...string) {
	w.Helper()
	_, err := w.client.PutCompositeAlarm(w.ctx, &sdk.PutCompositeAlarmInput{AlarmName: &name, AlarmRule: &rule, AlarmActions: actions})
	if err != nil {
		w.Fatal(err)
	}
}

func TestDeleteAlarms(t *testing.T) {
	meet(t, func(w *world) {
		for _, name := range []string{"a", "b", "c"} {
			w.put(cpu(name))
		}
		w.composite("one", "ALARM(a)")
		w.composite("two", "ALARM(a) OR ALARM(one)")
		remove := func(names ...string) error {
			_, err := w.client.DeleteAlarms(w.ctx, &sdk.DeleteAlarmsInput{AlarmNames: names})
			return err
		}
		w.refused(remove("a"), "ValidationError", "Cannot delete a as there are composite alarm(s) depending on it.")
		w.refused(remove("a", "one"), "ValidationError", "Cannot delete a,one as there are composite alarm(s) depending on them.")
		w.refused(remove("one", "two"), "ValidationError", "more than one composite alarm")
		if err := remove("none", "b"); err != nil {
			t.Error(err)
		}
		if err := remove("two"); err != nil {
			t.Error(err)
		}
		if err := remove("one", "a"); err != nil {
			t.Error(err)
		}
		out, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{"MetricAlarm", "CompositeAlarm"}})
		if err != nil || listed(out) != "c" {
			t.Errorf("left: %s, %v", listed(out), err)
		}
	})
}

func TestSetAlarmStateRefuses(t *testing.T) {
	meet(t, func(w *world) {
		w.put(cpu("a"))
		set := func(name, state string, data *string) error {
			_, err := w.client.SetAlarmState(w.ctx, &sdk.SetAlarmStateInput{AlarmName: &name, StateValue: types.StateValue(state), StateReason: aws.String("r"), StateReasonData: data})
			return err
		}
		w.refused(set("a", "INVALID", nil), "ValidationError", "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]") // recorded (aws-facts H2)
		w.refused(set("b", "OK", nil), "ResourceNotFound", "")
		w.refused(set("a", "OK", aws.String("{")), "InvalidFormat", "")
	})
}

// What cannot be evaluated is stored and shown, and keeps its first state.
func TestAlarmsThatAreNotEvaluated(t *testing.T) {
	meet(t, func(w *world) {
		w.put(sdk.PutMetricAlarmInput{AlarmName: aws.String("prom"), EvaluationInterval: aws.Int32(60),
			EvaluationCriteria: &types.EvaluationCriteriaMemberPromQLCriteria{Value: types.AlarmPromQLCriteria{Query: aws.String("up == 0"), PendingPeriod: aws.Int32(60)}}})
		clocked := cpu("clocked")
		clocked.EvaluationWindow = &types.EvaluationWindowMemberWallClockWindow{Value: types.WallClockWindow{Timezone: aws.String("Asia/Tokyo")}}
		w.put(clocked)
		for minute := range 10 {
			w.record(minute, 99)
		}
		w.at(10 * time.Minute)
		prom, window := w.alarm("prom"), w.alarm("clocked")
		if prom.StateValue != "OK" || *prom.EvaluationInterval != 60 || prom.EvaluationCriteria.(*types.EvaluationCriteriaMemberPromQLCriteria).Value.Query == nil {
			t.Errorf("%+v", prom)
		}
		if window.StateValue != "INSUFFICIENT_DATA" || *window.EvaluationWindow.(*types.EvaluationWindowMemberWallClockWindow).Value.Timezone != "Asia/Tokyo" {
			t.Errorf("%+v", window)
		}
	})
}
