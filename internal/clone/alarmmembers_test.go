//lint:file-ignore SA1019 MinAdjustmentStep is deprecated, and policies that have it are shown with it.

package clone

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarmtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/filled"
)

// What becomes of a member that is described, or that a call takes: empty is copied, all else is the reason why it is not, or
// not as it is.
var (
	policyMembers = map[string]string{
		"AdjustmentType": "", "Cooldown": "", "Enabled": "", "EstimatedInstanceWarmup": "", "MetricAggregationType": "", "MinAdjustmentMagnitude": "",
		"PolicyName": "", "PolicyType": "", "PredictiveScalingConfiguration": "", "ScalingAdjustment": "", "StepAdjustments": "", "TargetTrackingConfiguration": "",
		"AutoScalingGroupName": "green's", "MinAdjustmentStep": "the old name of MinAdjustmentMagnitude",
		"Alarms": "each is a copy of its own, or AWS's", "PolicyARN": "AWS gives one",
	}
	alarmMembers = map[string]string{
		"ActionConfiguration": "", "ActionsEnabled": "", "AlarmActions": "", "AlarmDescription": "", "ComparisonOperator": "", "DatapointsToAlarm": "", "Dimensions": "",
		"EvaluateLowSampleCountPercentile": "", "EvaluationCriteria": "", "EvaluationInterval": "", "EvaluationPeriods": "", "EvaluationWindow": "", "ExtendedStatistic": "",
		"InsufficientDataActions": "", "MetricName": "", "Metrics": "", "Namespace": "", "OKActions": "", "Period": "", "Statistic": "", "Threshold": "", "ThresholdMetricId": "",
		"TreatMissingData": "", "Unit": "", "WarmUpConfiguration": "", "AlarmName": "",
		"Tags":     "listed apart, with the deployment's own",
		"AlarmArn": "AWS makes it of the name", "AlarmConfigurationUpdatedTimestamp": "tells when", "EvaluationState": "tells what it does", "StateReason": "the same",
		"StateReasonData": "the same", "StateTransitionedTimestamp": "the same", "StateUpdatedTimestamp": "the same", "StateValue": "the same",
	}
)

// Each member of what describes a policy or an alarm, and of what puts one, has its line, and what is to be copied is.
func TestEveryMemberOfPoliciesAndAlarmsIsCopied(t *testing.T) {
	policy := filled.Value[types.ScalingPolicy]()
	alarm := filled.Value[alarmtypes.MetricAlarm](&alarmtypes.EvaluationCriteriaMemberPromQLCriteria{}, &alarmtypes.EvaluationWindowMemberSlidingWindow{})
	for _, c := range []struct {
		described, put any
		members        map[string]string
	}{
		{policy, *copyPolicy(policy, rewriting{}), policyMembers},
		{alarm, *copyAlarm(alarm, rewriting{}, nil), alarmMembers},
	} {
		from, to := reflect.ValueOf(c.described), reflect.ValueOf(c.put)
		names := make(map[string]bool)
		for _, v := range []reflect.Value{from, to} {
			for i := range v.NumField() {
				if field := v.Type().Field(i); field.IsExported() {
					names[field.Name] = true
				}
			}
		}
		for name := range names {
			why, known := c.members[name]
			if !known {
				t.Errorf("%s.%s has no line: is it copied?", from.Type(), name)
			}
			if why == "" && known && !reflect.DeepEqual(to.FieldByName(name).Interface(), from.FieldByName(name).Interface()) {
				t.Errorf("%s of %s is not copied: %v", name, from.Type(), to.FieldByName(name))
			}
		}
		for name := range c.members {
			if !names[name] {
				t.Errorf("%s.%s is no member", from.Type(), name)
			}
		}
	}
}

// The older name of a member is read as the newer one; what is described as an empty list is not put.
func TestOddPolicies(t *testing.T) {
	input := copyPolicy(types.ScalingPolicy{MinAdjustmentStep: aws.Int32(3), StepAdjustments: []types.StepAdjustment{}, AutoScalingGroupName: aws.String("blue")}, rewriting{})
	if aws.ToInt32(input.MinAdjustmentMagnitude) != 3 || input.MinAdjustmentStep != nil || input.StepAdjustments != nil || input.AutoScalingGroupName != nil {
		t.Errorf("put %s", text(input))
	}
	if input := copyAlarm(alarmtypes.MetricAlarm{Dimensions: []alarmtypes.Dimension{}, OKActions: []string{}}, rewriting{}, nil); input.Dimensions != nil || input.OKActions != nil {
		t.Errorf("put %s", text(input))
	}
}

// What points at blue exactly points at green; what has a name that only contains blue's, and what finds both, stays.
func TestRewriting(t *testing.T) {
	later := rewriting{blue: "web-v001", green: "web-v002"}
	first := rewriting{blue: "web", green: "web-v001", targetGroups: map[string]string{"targetgroup/web/1": "targetgroup/twin/2"}}
	for _, c := range []struct {
		r          rewriting
		text, want string
	}{
		{first, `SEARCH('{AWS/EC2,AutoScalingGroupName} MetricName="CPUUtilization" AutoScalingGroupName="web"', 'Sum')`, `SEARCH('{AWS/EC2,AutoScalingGroupName} MetricName="CPUUtilization" AutoScalingGroupName="web-v001"', 'Sum')`},
		{first, `SUM(SEARCH('{AWS/EC2,AutoScalingGroupName} web', 'Sum'))`, `SUM(SEARCH('{AWS/EC2,AutoScalingGroupName} web', 'Sum'))`},
		{first, `SEARCH('{AWS/EC2,AutoScalingGroupName} AutoScalingGroupName="web-api"', 'Sum')`, `SEARCH('{AWS/EC2,AutoScalingGroupName} AutoScalingGroupName="web-api"', 'Sum')`},
		{first, `SELECT AVG(CPUUtilization) FROM "AWS/EC2" WHERE AutoScalingGroupName = 'web'`, `SELECT AVG(CPUUtilization) FROM "AWS/EC2" WHERE AutoScalingGroupName = 'web-v001'`},
		{first, `cpu{asg="web"} + mem{asg=~"web.*"} + webhooks`, `cpu{asg="web-v001"} + mem{asg=~"web.*"} + webhooks`},
		{first, `cpu{asg=~"api|web"}`, `cpu{asg=~"api|web-v001"}`},
		{first, "m1/m2", "m1/m2"},
		{later, `SEARCH('{AWS/EC2,AutoScalingGroupName} web-v001', 'Sum')`, `SEARCH('{AWS/EC2,AutoScalingGroupName} web-v002', 'Sum')`},
		{later, `SEARCH('{AWS/EC2,AutoScalingGroupName} web', 'Sum')`, `SEARCH('{AWS/EC2,AutoScalingGroupName} web', 'Sum')`},
		{later, `"web-v0011" web-v001-x "web-v001"`, `"web-v0011" web-v001-x "web-v002"`},
		{rewriting{}, `"web"`, `"web"`},
	} {
		if got := c.r.expression(c.text); got != c.want {
			t.Errorf("%s\nis %s\nnot %s", c.text, got, c.want)
		}
	}
	policy := types.ScalingPolicy{TargetTrackingConfiguration: &types.TargetTrackingConfiguration{
		PredefinedMetricSpecification: &types.PredefinedMetricSpecification{ResourceLabel: aws.String("app/lb/9/targetgroup/web/1")},
		CustomizedMetricSpecification: &types.CustomizedMetricSpecification{
			Dimensions: []types.MetricDimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("web")}, {Name: aws.String("Service"), Value: aws.String("web")}},
			Metrics: []types.TargetTrackingMetricDataQuery{{Expression: aws.String(`"web"`)}, {MetricStat: &types.TargetTrackingMetricStat{Metric: &types.Metric{
				Dimensions: []types.MetricDimension{{Name: aws.String("TargetGroup"), Value: aws.String("targetgroup/web/1")}, {Name: aws.String("AutoScalingGroupName"), Value: aws.String("web-api")}},
			}}}},
		},
	}}
	before := given(&autoscaling.PutScalingPolicyInput{TargetTrackingConfiguration: policy.TargetTrackingConfiguration})
	got := given(copyPolicy(policy, first))
	for _, want := range []string{
		`app/lb/9/targetgroup/twin/2`, `{"Name":"AutoScalingGroupName","Value":"web-v001"}`, `{"Name":"Service","Value":"web"}`, `"Expression":"\"web-v001\""`,
		`{"Name":"TargetGroup","Value":"targetgroup/twin/2"}`, `{"Name":"AutoScalingGroupName","Value":"web-api"}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if after := given(&autoscaling.PutScalingPolicyInput{TargetTrackingConfiguration: policy.TargetTrackingConfiguration}); after != before {
		t.Error("what describes blue has changed")
	}
	query := cloudwatch.PutMetricAlarmInput{}
	first.onto(&query, alarmtypes.MetricAlarm{EvaluationCriteria: &alarmtypes.EvaluationCriteriaMemberPromQLCriteria{Value: alarmtypes.AlarmPromQLCriteria{Query: aws.String(`up{asg="web"}`)}}})
	if got := given(&query); !strings.Contains(got, `web-v001`) {
		t.Errorf("a query is %s", got)
	}
}

func TestAlarmNames(t *testing.T) {
	long := strings.Repeat("x", 250) + "-high"
	blues := []string{"a web-high", "cpu-high", "cpu-high-v003", "other-v004", "webhook", long}
	names := alarmNames(blues, "web", "web-v004")
	want := map[string]string{"a web-high": "a web-v004-high", "cpu-high": "cpu-high-v004", "webhook": "webhook-v004"}
	for blue, green := range want {
		if names[blue] != green {
			t.Errorf("%s becomes %s, not %s", blue, names[blue], green)
		}
	}
	if len(names) != len(blues) {
		t.Errorf("names %v", names)
	}
	seen := make(map[string]bool)
	for _, name := range slices.Concat(blues, slices.Collect(maps.Values(names))) {
		if seen[name] || len(name) > maxAlarmName {
			t.Errorf("%s is there twice, or has %d characters", name, len(name))
		}
		seen[name] = true
	}
	for _, name := range names {
		if !strings.Contains(name, "-v004") {
			t.Errorf("%s does not tell green's number", name)
		}
	}
	if again := alarmNames(blues, "web", "web-v004"); !maps.Equal(names, again) {
		t.Errorf("then %v", again)
	}
	if next := alarmNames([]string{"a web-v004-high", "cpu-high-v004"}, "web-v004", "web-v005"); next["a web-v004-high"] != "a web-v005-high" || next["cpu-high-v004"] != "cpu-high-v005" {
		t.Errorf("the next are %v", next)
	}
}
