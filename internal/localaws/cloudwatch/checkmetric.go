package cloudwatch

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// checkKind takes exactly one of MetricName, Metrics and EvaluationCriteria, and no member of another kind of alarm.
func checkKind(in *cloudwatch.PutMetricAlarmInput) error {
	interval := map[string]bool{"EvaluationInterval": in.EvaluationInterval != nil}
	switch {
	case in.EvaluationCriteria != nil:
		foreign := ofMetric(in)
		maps.Copy(foreign, map[string]bool{
			"Metrics": in.Metrics != nil, "Threshold": in.Threshold != nil, "ThresholdMetricId": in.ThresholdMetricId != nil,
			"ComparisonOperator": in.ComparisonOperator != "", "EvaluationPeriods": in.EvaluationPeriods != nil,
			"DatapointsToAlarm": in.DatapointsToAlarm != nil, "EvaluationWindow": in.EvaluationWindow != nil,
		})
		return without(foreign, "EvaluationCriteria")
	case len(in.Metrics) > 0:
		foreign := ofMetric(in)
		maps.Copy(foreign, interval)
		return without(foreign, "list of Metrics")
	case in.MetricName == nil:
		return invalid("MetricName must not be null")
	}
	return without(interval, "MetricName")
}

// ofMetric are the members that only an alarm on one metric has, and whether they are set.
func ofMetric(in *cloudwatch.PutMetricAlarmInput) map[string]bool {
	return map[string]bool{
		"MetricName": in.MetricName != nil, "Namespace": in.Namespace != nil, "Dimensions": in.Dimensions != nil, "Period": in.Period != nil,
		"Unit": in.Unit != "", "Statistic": in.Statistic != "", "ExtendedStatistic": in.ExtendedStatistic != nil,
	}
}

func without(foreign map[string]bool, kind string) error {
	for _, member := range slices.Sorted(maps.Keys(foreign)) {
		if foreign[member] {
			return invalid("%s should not be set if %s is set.", member, kind)
		}
	}
	return nil
}

func checkMetric(in *cloudwatch.PutMetricAlarmInput) error {
	switch {
	case in.MetricName == nil:
		return nil
	case aws.ToString(in.Namespace) == "":
		return invalid("Namespace must not be null")
	case in.Statistic == "" && in.ExtendedStatistic == nil:
		return invalid("Exactly one of Statistic and ExtendedStatistic must be specified")
	case in.Statistic != "" && in.ExtendedStatistic != nil:
		return invalid("Statistic and ExtendedStatistic cannot both be specified: an alarm has exactly one")
	case in.Period == nil:
		return invalid("Period must not be null")
	}
	return checkPeriod(*in.Period)
}

// checkPeriod takes 10, 20, 30 and the multiples of 60.
func checkPeriod(period int32) error {
	if period <= 0 || period%60 != 0 && !slices.Contains([]int32{10, 20, 30}, period) {
		return invalid("Invalid period %d: Period must be 10, 20, 30 or a multiple of 60", period)
	}
	return nil
}

// checkMath takes queries of which one is the alarm's, and whose metrics have one period.
func checkMath(in *cloudwatch.PutMetricAlarmInput) error {
	if len(in.Metrics) == 0 {
		return nil
	}
	returned, metrics, ids := 0, 0, map[string]bool{}
	for _, query := range in.Metrics {
		if err := checkQuery(query); err != nil {
			return err
		}
		if ids[*query.Id] {
			return invalid("The id '%s' is used by more than one of the Metrics: ids must be unique", *query.Id)
		}
		ids[*query.Id] = true
		if query.ReturnData == nil || *query.ReturnData {
			returned++
		}
		if query.MetricStat != nil {
			metrics++
		}
	}
	band := in.ThresholdMetricId != nil // both the metric and its band may be returned
	switch {
	case returned != 1 && !(band && returned == 2):
		return invalid("Exactly one element of the metrics list should return data.")
	case metrics > maxMath:
		return invalid("An alarm's Metrics can have at most %d metrics, not %d", maxMath, metrics)
	case periodOf(in) == 0:
		return invalid("Period must not be null")
	}
	for _, query := range in.Metrics {
		if query.MetricStat != nil && *query.MetricStat.Period != periodOf(in) {
			return invalid("Metrics list must contain metrics of one period only")
		}
	}
	return checkPeriod(periodOf(in))
}

// checkQuery takes a metric or an expression.
func checkQuery(query types.MetricDataQuery) error {
	stat := query.MetricStat
	switch {
	case aws.ToString(query.Id) == "" || *query.Id < "a" || *query.Id >= "{":
		return invalid("The id '%s' is not valid: an id begins with a lower case letter", aws.ToString(query.Id))
	case (stat == nil) == (query.Expression == nil):
		return invalid("The query '%s' must have exactly one of MetricStat and Expression", *query.Id)
	case stat == nil:
		return nil
	case stat.Metric == nil || stat.Metric.MetricName == nil || stat.Metric.Namespace == nil || aws.ToString(stat.Stat) == "" || stat.Period == nil:
		return invalid("The MetricStat of '%s' must have Metric.Namespace, Metric.MetricName, Stat and Period", *query.Id)
	}
	return nil
}

func checkThreshold(in *cloudwatch.PutMetricAlarmInput) error {
	if in.EvaluationCriteria != nil {
		return nil
	}
	band := strings.Contains(string(in.ComparisonOperator), "Lower") || strings.Contains(string(in.ComparisonOperator), "Upper")
	switch {
	case in.ComparisonOperator == "":
		return invalid("ComparisonOperator must not be null")
	case in.Threshold != nil && in.ThresholdMetricId != nil:
		return invalid("Threshold and ThresholdMetricId cannot both be set: an anomaly detection alarm has no threshold")
	case in.Threshold == nil && in.ThresholdMetricId == nil:
		return invalid("Threshold must not be null")
	case band != (in.ThresholdMetricId != nil):
		return invalid("ComparisonOperator %s does not fit: operators on a band need ThresholdMetricId, all others Threshold", in.ComparisonOperator)
	case in.ThresholdMetricId != nil && !slices.ContainsFunc(in.Metrics, func(q types.MetricDataQuery) bool { return *q.Id == *in.ThresholdMetricId }):
		return invalid("ThresholdMetricId %s is the id of none of the Metrics", *in.ThresholdMetricId)
	}
	return nil
}

func checkPeriods(in *cloudwatch.PutMetricAlarmInput) error {
	if in.EvaluationCriteria != nil {
		if in.EvaluationInterval == nil {
			return invalid("EvaluationInterval must not be null")
		}
		return checkPeriod(*in.EvaluationInterval)
	}
	if in.EvaluationPeriods == nil {
		return invalid("EvaluationPeriods must not be null")
	}
	switch {
	case *in.EvaluationPeriods < 1:
		return constraint(strconv.Itoa(int(*in.EvaluationPeriods)), "evaluationPeriods", "have value greater than or equal to 1")
	case in.DatapointsToAlarm != nil && *in.DatapointsToAlarm < 1:
		return constraint(strconv.Itoa(int(*in.DatapointsToAlarm)), "datapointsToAlarm", "have value greater than or equal to 1")
	}
	period, total := int(periodOf(in)), int(periodOf(in))*int(*in.EvaluationPeriods)
	switch {
	case in.DatapointsToAlarm != nil && *in.DatapointsToAlarm > *in.EvaluationPeriods:
		return invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
	case total > 7*day, period < hour && total > day:
		return invalid("Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= %d, and <= %d with a Period of an hour or more).", day, 7*day)
	}
	return nil
}

// checkScaling refuses Auto Scaling actions of an alarm on an anomaly band (aws-facts H2).
func checkScaling(in *cloudwatch.PutMetricAlarmInput) error {
	if in.ThresholdMetricId == nil {
		return nil
	}
	for _, action := range slices.Concat(in.AlarmActions, in.OKActions, in.InsufficientDataActions) {
		if isScaling(action) {
			return invalid("Anomaly detection alarms cannot have Auto Scaling actions: %s", action)
		}
	}
	return nil
}

// periodOf is the period of the alarm's points, in seconds; 0 where none is given.
func periodOf(in *cloudwatch.PutMetricAlarmInput) int32 {
	if in.Period != nil {
		return *in.Period
	}
	for _, query := range in.Metrics {
		if query.MetricStat != nil {
			return aws.ToInt32(query.MetricStat.Period)
		}
		if query.Period != nil {
			return *query.Period
		}
	}
	return 0
}
