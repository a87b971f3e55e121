package alarm

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Reads is what is asked of CloudWatch.
type Reads interface {
	DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error)
}

var _ Reads = (*cloudwatch.Client)(nil)

// AtOnce is how many alarms a call names at most (aws-facts H2).
const AtOnce = 100

// Describe reads all alarms that input asks for.
func Describe(ctx context.Context, from Reads, input *cloudwatch.DescribeAlarmsInput) (metric []types.MetricAlarm, composite []types.CompositeAlarm, err error) {
	input.MaxRecords = aws.Int32(AtOnce)
	pages := cloudwatch.NewDescribeAlarmsPaginator(from, input)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("describing alarms: %w", err)
		}
		metric, composite = append(metric, page.MetricAlarms...), append(composite, page.CompositeAlarms...)
	}
	return metric, composite, nil
}

// Named are the alarms of these names that exist, by name.
func Named(ctx context.Context, from Reads, names []string) (map[string]types.MetricAlarm, map[string]types.CompositeAlarm, error) {
	metric, composite := make(map[string]types.MetricAlarm), make(map[string]types.CompositeAlarm)
	for batch := range slices.Chunk(names, AtOnce) {
		found, composites, err := Describe(ctx, from, &cloudwatch.DescribeAlarmsInput{
			AlarmNames: batch, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		})
		if err != nil {
			return nil, nil, err
		}
		for _, alarm := range found {
			metric[aws.ToString(alarm.AlarmName)] = alarm
		}
		for _, alarm := range composites {
			composite[aws.ToString(alarm.AlarmName)] = alarm
		}
	}
	return metric, composite, nil
}
