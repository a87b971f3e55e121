package cloudwatch

import (
	"math"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// watch is what is read of metrics: queries of which one is wanted.
type watch struct {
	period  time.Duration
	wanted  string
	queries map[string]query // by id
	metrics []string         // ids of the queries that are metrics, in order
}

// query is a metric in a statistic, or an expression.
type query struct {
	key, namespace, stat string
	unit                 types.StandardUnit
	expression           *expression
}

// watchOf is what an alarm watches; nil where the model cannot evaluate that.
func watchOf(in *cloudwatch.PutMetricAlarmInput) *watch {
	if in.EvaluationCriteria != nil || in.ThresholdMetricId != nil {
		return nil
	}
	if _, aligned := in.EvaluationWindow.(*types.EvaluationWindowMemberWallClockWindow); aligned {
		return nil
	}
	queries := in.Metrics
	if in.MetricName != nil {
		stat := aws.ToString(in.ExtendedStatistic)
		if in.Statistic != "" {
			stat = string(in.Statistic)
		}
		queries = []types.MetricDataQuery{{Id: aws.String("m"), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: in.Namespace, MetricName: in.MetricName, Dimensions: in.Dimensions},
			Stat:   &stat, Period: in.Period, Unit: in.Unit,
		}}}
	}
	found, unknown := watchQueries(queries, time.Duration(periodOf(in))*time.Second)
	if unknown != "" {
		return nil
	}
	for _, query := range queries {
		if query.ReturnData == nil || *query.ReturnData {
			found.wanted = *query.Id
		}
	}
	return found
}

// watchQueries reads queries; unknown is the first that the model cannot answer.
func watchQueries(queries []types.MetricDataQuery, period time.Duration) (w *watch, unknown string) {
	w = &watch{period: period, queries: map[string]query{}}
	for _, q := range queries {
		if q.AccountId != nil {
			return nil, "AccountId of " + *q.Id
		}
		if stat := q.MetricStat; stat != nil {
			if _, ok := (point{count: 1}).statistic(*stat.Stat); !ok {
				return nil, "the statistic " + *stat.Stat
			}
			w.queries[*q.Id] = query{
				key:       keyOf(*stat.Metric.Namespace, *stat.Metric.MetricName, stat.Metric.Dimensions),
				namespace: *stat.Metric.Namespace, stat: *stat.Stat, unit: stat.Unit,
			}
			w.metrics = append(w.metrics, *q.Id)
			continue
		}
		e, ok := parseExpression(*q.Expression)
		if !ok {
			return nil, "the expression " + *q.Expression
		}
		w.queries[*q.Id] = query{expression: &e}
	}
	for _, q := range queries {
		if w.circular(*q.Id, nil) {
			return nil, "the expression of " + *q.Id + ", which needs itself or an id that is not there"
		}
	}
	return w, ""
}

// circular reports whether a query needs itself, or a query that is not there.
func (w *watch) circular(id string, above []string) bool {
	q, ok := w.queries[id]
	if !ok || slices.Contains(above, id) {
		return true
	}
	if q.expression == nil {
		return false
	}
	return slices.ContainsFunc(q.expression.uses, func(used string) bool {
		return used != "" && w.circular(used, append(slices.Clone(above), id))
	})
}

// namespaces are those of the metrics.
func (w *watch) namespaces() []string {
	var all []string
	for _, id := range w.metrics {
		if namespace := w.queries[id].namespace; !slices.Contains(all, namespace) {
			all = append(all, namespace)
		}
	}
	return all
}

// value is a query's value over the period that begins at from; missing where there is none.
func (a *Alarms) value(w *watch, id string, from time.Time) float64 {
	q := w.queries[id]
	if q.expression == nil {
		found := a.series[q.key]
		if found == nil {
			return missing
		}
		value, _ := found.between(from, from.Add(w.period), q.unit).statistic(q.stat)
		return value
	}
	all := make([]float64, len(w.metrics))
	for i, metric := range w.metrics {
		all[i] = a.value(w, metric, from)
	}
	return at(q.expression.tree, func(used string) float64 { return a.value(w, used, from) }, all)
}

// read is the wanted query's value over each of the n periods up to a time, the oldest first.
func (a *Alarms) read(w *watch, until time.Time, n int) []dated {
	points := make([]dated, n)
	for i := range points {
		from := until.Add(-time.Duration(n-i) * w.period)
		points[i] = dated{from, a.value(w, w.wanted, from)}
	}
	return points
}

// dated is the value of a period that begins at a time.
type dated struct {
	at    time.Time
	value float64
}

func (d dated) missing() bool { return math.IsNaN(d.value) }
