package autoscaling

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// groupMetrics are the metrics that a group can publish (SDK documentation of EnableMetricsCollection). Which are enabled
// is stored and shown; package localaws records them where somebody reads them.
var groupMetrics = []string{
	"GroupAndWarmPoolDesiredCapacity", "GroupAndWarmPoolTotalCapacity", "GroupDesiredCapacity", "GroupInServiceCapacity",
	"GroupInServiceInstances", "GroupMaxSize", "GroupMinSize", "GroupPendingCapacity", "GroupPendingInstances",
	"GroupStandbyCapacity", "GroupStandbyInstances", "GroupTerminatingCapacity", "GroupTerminatingInstances",
	"GroupTotalCapacity", "GroupTotalInstances", "WarmPoolDesiredCapacity", "WarmPoolMinSize", "WarmPoolPendingCapacity",
	"WarmPoolTerminatingCapacity", "WarmPoolTotalCapacity", "WarmPoolWarmedCapacity",
}

// checkMetrics are the metrics that a request means: all if it names none.
func checkMetrics(names []string) ([]string, error) {
	if len(names) == 0 {
		return groupMetrics, nil
	}
	for _, name := range names {
		if !slices.Contains(groupMetrics, name) {
			return nil, invalid("Invalid metric: %s. Valid values are: %v", name, groupMetrics)
		}
	}
	return names, nil
}

func (in *Groups) enableMetricsCollection(_ *wire.Call, input *autoscaling.EnableMetricsCollectionInput) (*autoscaling.EnableMetricsCollectionOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	names, err := checkMetrics(input.Metrics)
	if err != nil {
		return nil, err
	}
	if aws.ToString(input.Granularity) != "1Minute" {
		return nil, invalid("Invalid granularity: %s. The only valid value is 1Minute", aws.ToString(input.Granularity))
	}
	g.write()
	enabled := withoutMetrics(g.spec.EnabledMetrics, names)
	for _, name := range names {
		enabled = append(enabled, types.EnabledMetric{Metric: aws.String(name), Granularity: aws.String("1Minute")})
	}
	g.spec.EnabledMetrics = enabled
	g.changed()
	return &autoscaling.EnableMetricsCollectionOutput{}, nil
}

func (in *Groups) disableMetricsCollection(_ *wire.Call, input *autoscaling.DisableMetricsCollectionInput) (*autoscaling.DisableMetricsCollectionOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	names, err := checkMetrics(input.Metrics)
	if err != nil {
		return nil, err
	}
	g.write()
	g.spec.EnabledMetrics = withoutMetrics(g.spec.EnabledMetrics, names)
	g.changed()
	return &autoscaling.DisableMetricsCollectionOutput{}, nil
}

func withoutMetrics(metrics []types.EnabledMetric, names []string) []types.EnabledMetric {
	return slices.DeleteFunc(slices.Clone(metrics), func(m types.EnabledMetric) bool { return slices.Contains(names, *m.Metric) })
}
