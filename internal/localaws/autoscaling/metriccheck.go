package autoscaling

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// checkTracking checks what a target tracking policy tracks.
func (g *group) checkTracking(c *types.TargetTrackingConfiguration) error {
	switch {
	case c == nil:
		return invalid("TargetTrackingConfiguration is required for policy type TargetTrackingScaling")
	case c.TargetValue == nil:
		return missing("targetTrackingConfiguration.targetValue")
	case (c.PredefinedMetricSpecification == nil) == (c.CustomizedMetricSpecification == nil):
		return invalid("Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified")
	case c.CustomizedMetricSpecification != nil:
		return checkCustomized(c.CustomizedMetricSpecification)
	}
	metric := c.PredefinedMetricSpecification
	if err := checkValue("predefinedMetricType", metric.PredefinedMetricType, metric.PredefinedMetricType.Values()); err != nil {
		return err
	}
	if metric.PredefinedMetricType == types.MetricTypeALBRequestCountPerTarget {
		return g.checkLabel(metric.ResourceLabel)
	}
	if metric.ResourceLabel != nil {
		return invalid("ResourceLabel is only supported for the metric type ALBRequestCountPerTarget")
	}
	return nil
}

func checkValue[T ~string](member string, value T, values []T) error {
	if !slices.Contains(values, value) {
		return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy enum value set: %v",
			value, member, values)
	}
	return nil
}

func checkCustomized(m *types.CustomizedMetricSpecification) error {
	if len(m.Metrics) == 0 {
		switch {
		case aws.ToString(m.MetricName) == "" || aws.ToString(m.Namespace) == "" || m.Statistic == "":
			return invalid("CustomizedMetricSpecification needs MetricName, Namespace and Statistic, or Metrics")
		case !slices.Contains(m.Statistic.Values(), m.Statistic):
			return checkValue("statistic", m.Statistic, m.Statistic.Values())
		}
		return checkMetric(m.Dimensions, m.Period)
	}
	if m.MetricName != nil || m.Namespace != nil || m.Statistic != "" || len(m.Dimensions) > 0 || m.Unit != nil || m.Period != nil {
		return invalid("CustomizedMetricSpecification has either Metrics or a single metric, not both")
	}
	queries := make([]query, len(m.Metrics))
	for k, q := range m.Metrics {
		queries[k] = query{id: q.Id, expression: q.Expression, returns: q.ReturnData}
		if err := checkMetric(nil, q.Period); err != nil {
			return err
		}
		if q.MetricStat != nil {
			queries[k].metric, queries[k].stat = q.MetricStat.Metric, q.MetricStat.Stat
			if err := checkMetric(nil, q.MetricStat.Period); err != nil {
				return err
			}
		}
	}
	return checkQueries(queries, 64, 2047)
}

// checkMetric checks the dimensions and the period, 10, 30 or 60 seconds, of a metric.
func checkMetric(dimensions []types.MetricDimension, period *int32) error {
	if period != nil && !slices.Contains([]int32{10, 30, 60}, *period) {
		return invalid("Invalid metric period: %d. Valid values are: 10, 30, 60", *period)
	}
	for _, d := range dimensions {
		if aws.ToString(d.Name) == "" || aws.ToString(d.Value) == "" {
			return invalid("A metric dimension needs Name and Value")
		}
	}
	return nil
}

// query is one of the metrics or expressions that a policy's metric is made of.
type query struct {
	id, expression, stat *string
	metric               *types.Metric
	returns              *bool
}

var queryID = regexp.MustCompile(`^[a-z][A-Za-z0-9_]*$`)

// checkQueries checks metric math: ten at most, each a metric or an expression, and exactly one that is the result.
func checkQueries(queries []query, longestID, longestExpression int) error {
	if len(queries) > 10 {
		return invalid("A metric specification has at most 10 metrics and expressions, not %d", len(queries))
	}
	seen, returned := make(map[string]bool), 0
	for _, q := range queries {
		if err := checkLength("id", q.id, longestID); err != nil {
			return err
		}
		switch {
		case !queryID.MatchString(*q.id):
			return invalid("Invalid metric id: %s. It has letters, digits and underscores, and begins with a lower-case letter", *q.id)
		case seen[*q.id]:
			return invalid("The metric id %s is not unique", *q.id)
		case (q.expression == nil) == (q.metric == nil):
			return invalid("The metric %s must have exactly one of Expression and MetricStat", *q.id)
		case q.metric != nil && (aws.ToString(q.metric.MetricName) == "" || aws.ToString(q.metric.Namespace) == "" || aws.ToString(q.stat) == ""):
			return invalid("The metric %s needs MetricName, Namespace and Stat", *q.id)
		case q.expression != nil && len(*q.expression) > longestExpression:
			return checkLength("expression", q.expression, longestExpression)
		}
		if q.metric != nil {
			if err := checkMetric(q.metric.Dimensions, nil); err != nil {
				return err
			}
		}
		seen[*q.id] = true
		if q.returns == nil || *q.returns {
			returned++
		}
	}
	if returned != 1 {
		return invalid("Exactly one of the metrics must have ReturnData true, not %d", returned)
	}
	return nil
}

// completedForecast fills a predictive policy with the documented defaults.
func completedForecast(c *types.PredictiveScalingConfiguration) *types.PredictiveScalingConfiguration {
	if c == nil {
		return nil
	}
	full := *c
	full.Mode = cmp.Or(c.Mode, types.PredictiveScalingModeForecastOnly)
	full.MaxCapacityBreachBehavior = cmp.Or(c.MaxCapacityBreachBehavior, types.PredictiveScalingMaxCapacityBreachBehaviorHonorMaxCapacity)
	full.SchedulingBufferTime = cmp.Or(c.SchedulingBufferTime, aws.Int32(300))
	return &full
}

// checkForecast checks a predictive policy. It is stored and shown, and never acts: it would need a day of data first
// (aws-facts H1).
func (g *group) checkForecast(c *types.PredictiveScalingConfiguration) error {
	if c == nil {
		return invalid("PredictiveScalingConfiguration is required for policy type PredictiveScaling")
	}
	if err := cmp.Or(
		checkValue("mode", c.Mode, c.Mode.Values()),
		checkValue("maxCapacityBreachBehavior", c.MaxCapacityBreachBehavior, c.MaxCapacityBreachBehavior.Values()),
	); err != nil {
		return err
	}
	increases := c.MaxCapacityBreachBehavior == types.PredictiveScalingMaxCapacityBreachBehaviorIncreaseMaxCapacity
	switch {
	case len(c.MetricSpecifications) != 1:
		return invalid("A predictive scaling policy has exactly one metric specification, not %d", len(c.MetricSpecifications))
	case increases != (c.MaxCapacityBuffer != nil):
		return invalid("MaxCapacityBuffer is required with the behavior IncreaseMaxCapacity, and not supported otherwise")
	case increases && (*c.MaxCapacityBuffer < 0 || *c.MaxCapacityBuffer > 100):
		return invalid("MaxCapacityBuffer must be from 0 to 100: %d", *c.MaxCapacityBuffer)
	case *c.SchedulingBufferTime < 0 || *c.SchedulingBufferTime > 3599:
		return invalid("SchedulingBufferTime must be from 0 to 3599: %d", *c.SchedulingBufferTime)
	}
	return g.checkForecastMetric(&c.MetricSpecifications[0])
}

// checkForecastMetric checks that a specification has a predefined pair, or a metric of load and one of scaling.
func (g *group) checkForecastMetric(m *types.PredictiveScalingMetricSpecification) error {
	pair := m.PredefinedMetricPairSpecification
	load := btoi(m.PredefinedLoadMetricSpecification != nil) + btoi(m.CustomizedLoadMetricSpecification != nil)
	scaling := btoi(m.PredefinedScalingMetricSpecification != nil) + btoi(m.CustomizedScalingMetricSpecification != nil)
	switch {
	case m.TargetValue == nil:
		return missing("metricSpecifications.member.targetValue")
	case pair != nil && load+scaling > 0, pair == nil && (load != 1 || scaling != 1):
		return invalid("A predictive scaling policy needs a predefined metric pair, or one load metric and one scaling metric")
	case m.CustomizedCapacityMetricSpecification != nil && m.CustomizedLoadMetricSpecification == nil:
		return invalid("A customized capacity metric needs a customized load metric")
	}
	if pair != nil {
		return cmp.Or(checkValue("predefinedMetricType", pair.PredefinedMetricType, pair.PredefinedMetricType.Values()),
			g.checkForecastLabel(pair.PredefinedMetricType == types.PredefinedMetricPairTypeALBRequestCount, pair.ResourceLabel))
	}
	if l := m.PredefinedLoadMetricSpecification; l != nil {
		if err := cmp.Or(checkValue("predefinedMetricType", l.PredefinedMetricType, l.PredefinedMetricType.Values()),
			g.checkForecastLabel(l.PredefinedMetricType == types.PredefinedLoadMetricTypeALBTargetGroupRequestCount, l.ResourceLabel)); err != nil {
			return err
		}
	}
	if s := m.PredefinedScalingMetricSpecification; s != nil {
		if err := cmp.Or(checkValue("predefinedMetricType", s.PredefinedMetricType, s.PredefinedMetricType.Values()),
			g.checkForecastLabel(s.PredefinedMetricType == types.PredefinedScalingMetricTypeALBRequestCountPerTarget, s.ResourceLabel)); err != nil {
			return err
		}
	}
	return checkForecastQueries(m)
}

func (g *group) checkForecastLabel(needed bool, label *string) error {
	switch {
	case needed:
		return g.checkLabel(label)
	case label != nil:
		return invalid("ResourceLabel is only supported for metrics of an Application Load Balancer")
	}
	return nil
}

func checkForecastQueries(m *types.PredictiveScalingMetricSpecification) error {
	var all [][]types.MetricDataQuery
	if c := m.CustomizedLoadMetricSpecification; c != nil {
		all = append(all, c.MetricDataQueries)
	}
	if c := m.CustomizedScalingMetricSpecification; c != nil {
		all = append(all, c.MetricDataQueries)
	}
	if c := m.CustomizedCapacityMetricSpecification; c != nil {
		all = append(all, c.MetricDataQueries)
	}
	for _, given := range all {
		queries := make([]query, len(given))
		for k, q := range given {
			queries[k] = query{id: q.Id, expression: q.Expression, returns: q.ReturnData}
			if q.MetricStat != nil {
				queries[k].metric, queries[k].stat = q.MetricStat.Metric, q.MetricStat.Stat
			}
		}
		if err := checkQueries(queries, 255, 1023); err != nil {
			return err
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
