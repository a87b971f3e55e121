package cloudwatch

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

// maxPoints are the points that one call of GetMetricStatistics answers.
const maxPoints = 1440

func (a *Alarms) getMetricStatistics(_ *wire.Call, in *cloudwatch.GetMetricStatisticsInput) (*cloudwatch.GetMetricStatisticsOutput, error) {
	period := time.Duration(*in.Period) * time.Second
	from, to := in.StartTime.UTC().Truncate(max(period, time.Second)), in.EndTime.UTC()
	switch {
	case len(in.Statistics) == 0 && len(in.ExtendedStatistics) == 0:
		return nil, wire.Errorf("MissingRequiredParameterException", "At least one of the parameters Statistics and ExtendedStatistics must be specified.")
	case !readable(*in.Period):
		return nil, wrongValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	case !in.StartTime.Before(*in.EndTime):
		return nil, wrongValue("The parameter StartTime must be less than the parameter EndTime.")
	case to.Sub(from)/period > maxPoints:
		return nil, wire.Errorf("InvalidParameterCombinationException", "You have requested up to %d datapoints, which exceeds the limit of %d. You may reduce the datapoints requested by increasing Period, or decreasing the time range.", to.Sub(from)/period, maxPoints)
	}
	a.Want(*in.Namespace)
	out := &cloudwatch.GetMetricStatisticsOutput{Label: in.MetricName, Datapoints: []types.Datapoint{}}
	found := a.series[keyOf(*in.Namespace, *in.MetricName, in.Dimensions)]
	if found == nil {
		return out, nil
	}
	for ; from.Before(to); from = from.Add(period) {
		p := found.between(from, from.Add(period), in.Unit)
		if p.count == 0 {
			continue
		}
		shown, err := p.shown(in)
		if err != nil {
			return nil, err
		}
		shown.Timestamp = aws.Time(from)
		out.Datapoints = append(out.Datapoints, shown)
	}
	return out, nil
}

// readable reports whether metrics can be read in a period of so many seconds.
func readable(period int32) bool {
	return period > 0 && (period%60 == 0 || slices.Contains([]int32{1, 5, 10, 20, 30}, period))
}

func (p point) shown(in *cloudwatch.GetMetricStatisticsInput) (types.Datapoint, error) {
	shown := types.Datapoint{Unit: p.unit}
	for _, statistic := range in.Statistics {
		value, _ := p.statistic(string(statistic))
		switch statistic {
		case types.StatisticAverage:
			shown.Average = &value
		case types.StatisticSum:
			shown.Sum = &value
		case types.StatisticMinimum:
			shown.Minimum = &value
		case types.StatisticMaximum:
			shown.Maximum = &value
		case types.StatisticSampleCount:
			shown.SampleCount = &value
		default:
			return shown, wrongValue("The value %s for parameter Statistics is invalid.", statistic)
		}
	}
	for _, name := range in.ExtendedStatistics {
		if _, ok := percentile(name); !ok {
			return shown, wire.NotModelled("the statistic %s; of the extended statistics it models percentiles", name)
		}
		value, _ := p.statistic(name)
		if shown.ExtendedStatistics == nil {
			shown.ExtendedStatistics = map[string]float64{}
		}
		shown.ExtendedStatistics[name] = value
	}
	return shown, nil
}

// getMetricData answers in one page: a request for another (NextToken, MaxDatapoints) is not modelled.
func (a *Alarms) getMetricData(_ *wire.Call, in *cloudwatch.GetMetricDataInput) (*cloudwatch.GetMetricDataOutput, error) {
	if !in.StartTime.Before(*in.EndTime) {
		return nil, invalid("The parameter StartTime must be less than the parameter EndTime.")
	}
	period := int32(0)
	for _, query := range in.MetricDataQueries {
		if err := checkQuery(query); err != nil {
			return nil, err
		}
		if query.MetricStat != nil && period != 0 && *query.MetricStat.Period != period {
			return nil, wire.NotModelled("queries of different periods in one GetMetricData")
		}
		if query.MetricStat != nil {
			period = *query.MetricStat.Period
		}
	}
	if !readable(period) {
		return nil, invalid("Period must be 1, 5, 10, 20, 30 or a multiple of 60, and at least one query must have a MetricStat")
	}
	step := time.Duration(period) * time.Second
	asked, unknown := watchQueries(in.MetricDataQueries, step)
	if unknown != "" {
		return nil, wire.NotModelled("%s in GetMetricData", unknown)
	}
	for _, namespace := range asked.namespaces() {
		a.Want(namespace)
	}
	out := &cloudwatch.GetMetricDataOutput{MetricDataResults: []types.MetricDataResult{}, Messages: []types.MessageData{}}
	for _, query := range in.MetricDataQueries {
		if query.ReturnData == nil || *query.ReturnData {
			out.MetricDataResults = append(out.MetricDataResults, a.result(asked, query, in, step))
		}
	}
	return out, nil
}

func (a *Alarms) result(asked *watch, query types.MetricDataQuery, in *cloudwatch.GetMetricDataInput, step time.Duration) types.MetricDataResult {
	result := types.MetricDataResult{
		Id: query.Id, Label: labelOf(query), StatusCode: types.StatusCodeComplete, Timestamps: []time.Time{}, Values: []float64{},
	}
	for from := in.StartTime.UTC().Truncate(step); from.Before(*in.EndTime); from = from.Add(step) {
		if p := (dated{from, a.value(asked, *query.Id, from)}); !p.missing() {
			result.Timestamps, result.Values = append(result.Timestamps, p.at), append(result.Values, p.value)
		}
	}
	if in.ScanBy != types.ScanByTimestampAscending {
		slices.Reverse(result.Timestamps)
		slices.Reverse(result.Values)
	}
	return result
}

func labelOf(query types.MetricDataQuery) *string {
	switch {
	case query.Label != nil:
		return query.Label
	case query.MetricStat != nil:
		return query.MetricStat.Metric.MetricName
	}
	return query.Id
}

func (a *Alarms) listMetrics(_ *wire.Call, in *cloudwatch.ListMetricsInput) (*cloudwatch.ListMetricsOutput, error) {
	if in.Namespace != nil {
		a.Want(*in.Namespace)
	}
	all := []types.Metric{}
	for _, key := range slices.Sorted(maps.Keys(a.series)) {
		if s := a.series[key]; s.matches(in) && (in.RecentlyActive == "" || a.account.Now().Sub(s.points[len(s.points)-1].at) < 3*time.Hour) {
			all = append(all, types.Metric{Namespace: aws.String(s.namespace), MetricName: aws.String(s.name), Dimensions: s.dimensions})
		}
	}
	all, next, err := page(all, in.NextToken, 0, 500)
	return &cloudwatch.ListMetricsOutput{Metrics: all, NextToken: next}, err
}

func (s *series) matches(in *cloudwatch.ListMetricsInput) bool {
	if in.Namespace != nil && *in.Namespace != s.namespace || in.MetricName != nil && *in.MetricName != s.name {
		return false
	}
	for _, filter := range in.Dimensions {
		if !slices.ContainsFunc(s.dimensions, func(d types.Dimension) bool {
			return strings.EqualFold(*d.Name, aws.ToString(filter.Name)) && (filter.Value == nil || *filter.Value == *d.Value)
		}) {
			return false
		}
	}
	return true
}
