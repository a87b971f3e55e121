package autoscaling_test

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// alarms stand in for CloudWatch: they are kept as they are put, and a test says what state they are in.
type alarms map[string]*cloudwatchtypes.MetricAlarm

func (a alarms) PutTracking(in *cloudwatch.PutMetricAlarmInput) (string, error) {
	arn := "arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:" + *in.AlarmName
	a[*in.AlarmName] = &cloudwatchtypes.MetricAlarm{
		AlarmName: in.AlarmName, AlarmArn: &arn, AlarmDescription: in.AlarmDescription, AlarmActions: in.AlarmActions,
		ComparisonOperator: in.ComparisonOperator, EvaluationPeriods: in.EvaluationPeriods, Period: in.Period, Threshold: in.Threshold,
		Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: in.Dimensions, Statistic: in.Statistic, Metrics: in.Metrics,
		StateValue: cloudwatchtypes.StateValueInsufficientData,
	}
	return arn, nil
}

func (a alarms) Remove(names ...string) {
	for _, name := range names {
		delete(a, name)
	}
}

func (a alarms) ActingOn(action string) (names, arns []string) {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if slices.Contains(a[name].AlarmActions, action) {
			names, arns = append(names, name), append(arns, *a[name].AlarmArn)
		}
	}
	return names, arns
}

func (a alarms) Disarm(action string) {
	for _, alarm := range a {
		alarm.AlarmActions = slices.DeleteFunc(alarm.AlarmActions, func(s string) bool { return s == action })
	}
}

func (a alarms) RemoveAction(action string) {
	acting, _ := a.ActingOn(action)
	a.Disarm(action)
	for _, name := range acting {
		if len(a[name].AlarmActions) == 0 {
			delete(a, name)
		}
	}
}

func (a alarms) Alarm(name string) (cloudwatchtypes.MetricAlarm, bool) {
	alarm, ok := a[name]
	if !ok {
		return cloudwatchtypes.MetricAlarm{}, false
	}
	return *alarm, true
}

// people make an alarm with a threshold that acts on a policy, and on more.
func (a alarms) people(name string, threshold float64, actions ...string) {
	_, _ = a.PutTracking(&cloudwatch.PutMetricAlarmInput{AlarmName: &name, Threshold: aws.Float64(threshold), AlarmActions: actions})
}

// alarmed has the groups of a world use alarms, and returns how an alarm acts on a policy.
func (w *world) alarmed() (alarms, func(policyARN, alarm string, value float64)) {
	a := alarms{}
	w.locked(func() { w.groups.AlarmThrough(a) })
	return a, func(policyARN, alarm string, value float64) {
		w.locked(func() {
			a[alarm].StateValue = cloudwatchtypes.StateValueAlarm
			w.groups.AlarmAction(policyARN, alarm, value)
		})
	}
}
