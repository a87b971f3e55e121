package cloudwatch

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// series is one metric: each set of dimensions is a metric of its own.
type series struct {
	namespace, name string
	dimensions      []types.Dimension // by name
	points          []point           // by time
}

// point is what was recorded in one minute, or one second, in one unit.
type point struct {
	at                   time.Time // its beginning
	unit                 types.StandardUnit
	sum, count, min, max float64
	values               []valued // nil when only their statistics were given
}

// valued is a value with how often it was recorded.
type valued struct{ value, count float64 }

// missing is the value of a point that is not there.
var missing = math.NaN()

// Dimensions are a metric's dimensions by name.
type Dimensions = map[string]string

// Record records a value of a metric now, in the minute that is under way.
func (a *Alarms) Record(namespace, name string, dimensions Dimensions, value float64) {
	a.RecordAt(a.account.Now(), namespace, name, dimensions, value)
}

// RecordAt records a value of a metric in the minute of a time.
func (a *Alarms) RecordAt(at time.Time, namespace, name string, dimensions Dimensions, value float64) {
	list := make([]types.Dimension, 0, len(dimensions))
	for key, text := range dimensions {
		list = append(list, types.Dimension{Name: aws.String(key), Value: aws.String(text)})
	}
	a.add(a.metric(namespace, name, list), pointOf(at.Truncate(time.Minute), unitOf(namespace, name), value, 1))
}

// unitOf is the unit of the metrics that the model itself records.
func unitOf(namespace, name string) types.StandardUnit {
	switch {
	case name == "CPUUtilization":
		return types.StandardUnitPercent
	case namespace == "AWS/ApplicationELB":
		return types.StandardUnitCount
	}
	return types.StandardUnitNone
}

func pointOf(at time.Time, unit types.StandardUnit, value, count float64) point {
	return point{at: at, unit: unit, sum: value * count, count: count, min: value, max: value, values: []valued{{value, count}}}
}

// metric is the series of a metric, a new one if it has none.
func (a *Alarms) metric(namespace, name string, dimensions []types.Dimension) *series {
	key := keyOf(namespace, name, dimensions)
	found := a.series[key]
	if found == nil {
		found = &series{namespace: namespace, name: name, dimensions: inOrder(dimensions)}
		a.series[key] = found
	}
	return found
}

func inOrder(dimensions []types.Dimension) []types.Dimension {
	sorted := slices.Clone(dimensions)
	sort.Slice(sorted, func(i, j int) bool { return aws.ToString(sorted[i].Name) < aws.ToString(sorted[j].Name) })
	return sorted
}

func keyOf(namespace, name string, dimensions []types.Dimension) string {
	var key strings.Builder
	key.WriteString(strconv.Quote(namespace) + strconv.Quote(name))
	for _, d := range inOrder(dimensions) {
		key.WriteString(strconv.Quote(aws.ToString(d.Name)) + strconv.Quote(aws.ToString(d.Value)))
	}
	return key.String()
}

// add adds a point to a metric, and forgets those that are too old.
func (a *Alarms) add(to *series, p point) {
	at := sort.Search(len(to.points), func(i int) bool {
		q := to.points[i]
		return q.at.After(p.at) || q.at.Equal(p.at) && q.unit >= p.unit
	})
	if at < len(to.points) && to.points[at].at.Equal(p.at) && to.points[at].unit == p.unit {
		to.points[at] = to.points[at].with(p)
	} else {
		to.points = slices.Insert(to.points, at, p)
	}
	oldest := a.account.Now().Add(-a.settings.Keep)
	if to.points[0].at.Before(oldest) {
		to.points = slices.Delete(to.points, 0, sort.Search(len(to.points), func(i int) bool { return !to.points[i].at.Before(oldest) }))
	}
}

// with is a point with what another has.
func (p point) with(q point) point {
	if p.count == 0 {
		return q
	}
	values := slices.Concat(p.values, q.values)
	if p.values == nil || q.values == nil {
		values = nil
	}
	return point{at: p.at, unit: p.unit, sum: p.sum + q.sum, count: p.count + q.count, min: min(p.min, q.min), max: max(p.max, q.max), values: values}
}

// between is what was recorded from one time up to another, in a unit; "" is any.
func (s *series) between(from, to time.Time, unit types.StandardUnit) point {
	var all point
	first := sort.Search(len(s.points), func(i int) bool { return !s.points[i].at.Before(from) })
	for _, p := range s.points[first:] {
		if !p.at.Before(to) {
			break
		}
		if unit == "" || p.unit == unit {
			all = all.with(p)
		}
	}
	return all
}

// statistic is a point's value in a statistic, or a percentile such as p99.9; missing for a point that is not there. ok is
// false for a statistic that is not modelled.
func (p point) statistic(name string) (value float64, ok bool) {
	values := map[string]float64{
		"SampleCount": p.count, "Sum": p.sum, "Minimum": p.min, "Maximum": p.max, "Average": p.sum / max(p.count, 1),
	}
	value, ok = values[name]
	if !ok {
		percent, isPercentile := percentile(name)
		if !isPercentile {
			return missing, false
		}
		value = p.percentile(percent)
	}
	if p.count == 0 {
		return missing, true
	}
	return value, true
}

// percentile reads a statistic such as p99.9.
func percentile(name string) (float64, bool) {
	text, ok := strings.CutPrefix(name, "p")
	percent, err := strconv.ParseFloat(text, 64)
	return percent, ok && err == nil && percent >= 0 && percent <= 100
}

// percentile is the least of the values that a part of them is not above.
func (p point) percentile(percent float64) float64 {
	values := slices.Clone(p.values)
	sort.Slice(values, func(i, j int) bool { return values[i].value < values[j].value })
	seen := 0.0
	for _, v := range values {
		if seen += v.count; seen >= p.count*percent/100 {
			return v.value
		}
	}
	return missing // only statistics were given
}
