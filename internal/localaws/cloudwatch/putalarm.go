package cloudwatch

import (
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

func (a *Alarms) putMetricAlarm(_ *wire.Call, in *cloudwatch.PutMetricAlarmInput) (*cloudwatch.PutMetricAlarmOutput, error) {
	if _, err := a.put(in); err != nil {
		return nil, err
	}
	return &cloudwatch.PutMetricAlarmOutput{}, nil
}

// put makes or changes a metric alarm.
func (a *Alarms) put(in *cloudwatch.PutMetricAlarmInput) (*alarm, error) {
	if err := checkMetricAlarm(in); err != nil {
		return nil, err
	}
	if found := a.alarms[*in.AlarmName]; found != nil && found.composite != nil {
		return nil, invalid("There is already a composite alarm with the name %s", *in.AlarmName)
	}
	first := types.StateValueInsufficientData
	if in.EvaluationCriteria != nil {
		first = types.StateValueOk // of an alarm on a PromQL query (SDK documentation)
	}
	put, err := a.save(*in.AlarmName, in.Tags, first)
	if err != nil {
		return nil, err
	}
	put.act(in.ActionsEnabled, in.AlarmActions, in.OKActions, in.InsufficientDataActions)
	put.metric, put.watches = in, watchOf(in)
	if put.watches != nil {
		for _, namespace := range put.watches.namespaces() {
			a.Want(namespace)
		}
	}
	a.plan()
	return put, nil
}

// view is the alarm as DescribeAlarms shows it: members that are not set are left out, but the lists of actions and the
// dimensions (aws-facts H2).
func (m *alarm) view() types.MetricAlarm {
	in := m.metric
	dimensions := in.Dimensions
	if dimensions == nil {
		dimensions = []types.Dimension{}
	}
	return types.MetricAlarm{
		AlarmName: &m.name, AlarmArn: &m.arn, AlarmConfigurationUpdatedTimestamp: &m.configured, AlarmDescription: in.AlarmDescription,
		ActionConfiguration: in.ActionConfiguration, ActionsEnabled: &m.enabled,
		AlarmActions: m.actionsOf(types.StateValueAlarm), OKActions: m.actionsOf(types.StateValueOk),
		InsufficientDataActions: m.actionsOf(types.StateValueInsufficientData),
		MetricName:              in.MetricName, Namespace: in.Namespace, Dimensions: dimensions, Statistic: in.Statistic,
		ExtendedStatistic: in.ExtendedStatistic, Period: in.Period, Unit: in.Unit, Metrics: in.Metrics,
		ComparisonOperator: in.ComparisonOperator, Threshold: in.Threshold, ThresholdMetricId: in.ThresholdMetricId,
		EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm, TreatMissingData: in.TreatMissingData,
		EvaluateLowSampleCountPercentile: in.EvaluateLowSampleCountPercentile, EvaluationCriteria: in.EvaluationCriteria,
		EvaluationInterval: in.EvaluationInterval, EvaluationWindow: in.EvaluationWindow, WarmUpConfiguration: in.WarmUpConfiguration,
		StateValue: m.value, StateReason: &m.reason, StateReasonData: optional(m.reasonData),
		StateUpdatedTimestamp: &m.updated, StateTransitionedTimestamp: &m.transitioned,
	}
}
