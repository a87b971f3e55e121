package cloudwatch

import (
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

func (a *Alarms) putMetricData(_ *wire.Call, in *cloudwatch.PutMetricDataInput) (*cloudwatch.PutMetricDataOutput, error) {
	switch {
	case strings.HasPrefix(*in.Namespace, "AWS/"):
		return nil, wrongValue("The value %s for parameter Namespace is invalid.", *in.Namespace)
	case len(in.MetricData) > 1000:
		return nil, wrongValue("The collection MetricData must not have a size greater than 1000.")
	}
	points := make([]point, len(in.MetricData))
	for i, datum := range in.MetricData {
		p, err := a.pointOf(datum)
		if err != nil {
			return nil, err
		}
		points[i] = p
	}
	for i, datum := range in.MetricData {
		a.add(a.metric(*in.Namespace, *datum.MetricName, datum.Dimensions), points[i])
	}
	return &cloudwatch.PutMetricDataOutput{}, nil
}

// pointOf reads a datum: one value, values with how often each was measured, or their statistics.
func (a *Alarms) pointOf(datum types.MetricDatum) (point, error) {
	if aws.ToString(datum.MetricName) == "" {
		return point{}, wire.Errorf("MissingRequiredParameterException", "The parameter MetricData.member.1.MetricName is required.")
	}
	if len(datum.Dimensions) > maxDimensions {
		return point{}, wrongValue("The collection MetricData.member.1.Dimensions must not have a size greater than %d.", maxDimensions)
	}
	step := time.Minute
	switch aws.ToInt32(datum.StorageResolution) {
	case 0, 60:
	case 1:
		step = time.Second
	default:
		return point{}, wrongValue("The value %d for parameter MetricData.member.1.StorageResolution is invalid: it is 1 or 60.", *datum.StorageResolution)
	}
	when, now := a.account.Now(), a.account.Now()
	if datum.Timestamp != nil {
		when = *datum.Timestamp
	}
	if when.Before(now.Add(-14*24*time.Hour)) || when.After(now.Add(2*time.Hour)) {
		return point{}, wrongValue("The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks and the next two hours.")
	}
	unit := datum.Unit
	if unit == "" {
		unit = types.StandardUnitNone
	}
	p, err := measured(datum)
	p.at, p.unit = when.UTC().Truncate(step), unit
	return p, err
}

func measured(datum types.MetricDatum) (point, error) {
	forms := 0
	for _, set := range []bool{datum.Value != nil, datum.Values != nil, datum.StatisticValues != nil} {
		if set {
			forms++
		}
	}
	set := datum.StatisticValues
	switch {
	case forms == 0:
		return point{}, wire.Errorf("MissingRequiredParameterException", "At least one of the parameters must be specified: MetricData.member.1.Value, Values or StatisticValues.")
	case forms > 1:
		return point{}, wire.Errorf("InvalidParameterCombinationException", "The parameters MetricData.member.1.Value, Values and StatisticValues are mutually exclusive and you have specified more than one.")
	case set != nil && (set.Sum == nil || set.SampleCount == nil || set.Minimum == nil || set.Maximum == nil):
		return point{}, wire.Errorf("MissingRequiredParameterException", "StatisticValues needs SampleCount, Sum, Minimum and Maximum.")
	case set != nil:
		return point{sum: *set.Sum, count: *set.SampleCount, min: *set.Minimum, max: *set.Maximum}, nil
	case datum.Counts != nil && len(datum.Counts) != len(datum.Values):
		return point{}, wrongValue("The parameters Values and Counts must have as many items.")
	}
	values := datum.Values
	if datum.Value != nil {
		values = []float64{*datum.Value}
	}
	var all point
	for i, value := range values {
		if math.IsNaN(value) || math.Abs(value) > math.Ldexp(1, 360) {
			return point{}, wrongValue("The value %g for parameter MetricData.member.1.Value is invalid.", value)
		}
		count := 1.0
		if datum.Counts != nil {
			count = datum.Counts[i]
		}
		all = all.with(pointOf(time.Time{}, "", value, count))
	}
	return all, nil
}

func wrongValue(format string, args ...any) error {
	return wire.Errorf("InvalidParameterValueException", format, args...)
}
