package cloudwatch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

func (a *Alarms) describeAlarms(_ *wire.Call, in *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
	if err := checkDescribe(in); err != nil {
		return nil, err
	}
	selected, short, err := a.selected(in)
	if err != nil {
		return nil, err
	}
	selected, next, err := page(selected, in.NextToken, int(aws.ToInt32(in.MaxRecords)), 50)
	if err != nil {
		return nil, err
	}
	out := &cloudwatch.DescribeAlarmsOutput{MetricAlarms: []types.MetricAlarm{}, CompositeAlarms: []types.CompositeAlarm{}, NextToken: next}
	for _, found := range selected {
		if found.composite != nil {
			out.CompositeAlarms = append(out.CompositeAlarms, short.composite(found.compositeView()))
		} else {
			out.MetricAlarms = append(out.MetricAlarms, short.metric(found.view()))
		}
	}
	return out, nil
}

func checkDescribe(in *cloudwatch.DescribeAlarmsInput) error {
	family := in.ChildrenOfAlarmName != nil || in.ParentsOfAlarmName != nil
	filtered := len(in.AlarmNames) > 0 || in.AlarmNamePrefix != nil || in.ActionPrefix != nil || in.StateValue != "" || len(in.AlarmTypes) > 0
	most := aws.ToInt32(in.MaxRecords)
	switch {
	case family && (filtered || in.ChildrenOfAlarmName != nil && in.ParentsOfAlarmName != nil):
		return invalid("ChildrenOfAlarmName and ParentsOfAlarmName can be combined with MaxRecords and NextToken only")
	case len(in.AlarmNames) > 0 && in.AlarmNamePrefix != nil:
		return invalid("AlarmNamePrefix and AlarmNames are mutually exclusive.")
	case len(in.AlarmNames) > 100:
		return constraint("["+strings.Join(in.AlarmNames, ", ")+"]", "alarmNames", "have length less than or equal to 100")
	case in.MaxRecords != nil && most < 1:
		return constraint(strconv.Itoa(int(most)), "maxRecords", "have value greater than or equal to 1")
	case most > 100:
		return constraint(strconv.Itoa(int(most)), "maxRecords", "have value less than or equal to 100")
	}
	if err := checkEnum(in.StateValue, "stateValue", states); err != nil {
		return err
	}
	for _, kind := range in.AlarmTypes {
		if err := checkEnum(kind, "alarmTypes", kind.Values()); err != nil {
			return err
		}
	}
	return nil
}

// selected are the alarms that a request asks for, and how much of them is shown.
func (a *Alarms) selected(in *cloudwatch.DescribeAlarmsInput) ([]*alarm, detail, error) {
	switch {
	case in.ChildrenOfAlarmName != nil:
		parent, ok := a.named(*in.ChildrenOfAlarmName)
		if !ok || parent.composite == nil {
			return nil, 0, notFound("Composite alarm %s does not exist", *in.ChildrenOfAlarmName)
		}
		return a.filter(func(m *alarm) bool { return a.mentions(parent, m) }), withState, nil
	case in.ParentsOfAlarmName != nil:
		child, ok := a.named(*in.ParentsOfAlarmName)
		if !ok {
			return nil, 0, notFound("Alarm %s does not exist", *in.ParentsOfAlarmName)
		}
		return a.parents(child), nameOnly, nil
	}
	kinds := in.AlarmTypes
	if len(kinds) == 0 {
		kinds = []types.AlarmType{types.AlarmTypeMetricAlarm}
	}
	return a.filter(func(m *alarm) bool {
		return slices.Contains(kinds, m.kind()) && (in.StateValue == "" || m.value == in.StateValue) &&
			(len(in.AlarmNames) == 0 || slices.Contains(in.AlarmNames, m.name)) &&
			strings.HasPrefix(m.name, aws.ToString(in.AlarmNamePrefix)) && (in.ActionPrefix == nil || m.acts(*in.ActionPrefix))
	}), whole, nil
}

func (a *Alarms) filter(wanted func(*alarm) bool) []*alarm {
	return slices.DeleteFunc(a.sorted(), func(m *alarm) bool { return !wanted(m) })
}

func (m *alarm) kind() types.AlarmType {
	if m.composite != nil {
		return types.AlarmTypeCompositeAlarm
	}
	return types.AlarmTypeMetricAlarm
}

// detail is how much of an alarm is shown.
type detail int

const (
	whole     detail = iota
	withState        // children: name, ARN, state and when that was updated
	nameOnly         // parents: name and ARN
)

func (d detail) metric(m types.MetricAlarm) types.MetricAlarm {
	if d == whole {
		return m
	}
	return types.MetricAlarm{AlarmName: m.AlarmName, AlarmArn: m.AlarmArn, StateValue: m.StateValue, StateUpdatedTimestamp: m.StateUpdatedTimestamp}
}

func (d detail) composite(m types.CompositeAlarm) types.CompositeAlarm {
	switch d {
	case withState:
		return types.CompositeAlarm{AlarmName: m.AlarmName, AlarmArn: m.AlarmArn, StateValue: m.StateValue, StateUpdatedTimestamp: m.StateUpdatedTimestamp}
	case nameOnly:
		return types.CompositeAlarm{AlarmName: m.AlarmName, AlarmArn: m.AlarmArn}
	}
	return m
}

// page is the part of a list that a token asks for, and the token of the part after it.
func page[T any](list []T, token *string, most, usual int) ([]T, *string, error) {
	if most == 0 {
		most = usual
	}
	from := 0
	if token != nil {
		var err error
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > len(list) {
			return nil, nil, wire.Errorf("InvalidNextToken", "The token %s is invalid", *token)
		}
	}
	to := min(from+most, len(list))
	if to == len(list) {
		return list[from:], nil, nil
	}
	return list[from:to], aws.String(strconv.Itoa(to)), nil
}

func notFound(format string, args ...any) error {
	refusal := wire.Errorf("ResourceNotFound", format, args...)
	refusal.Status = 404
	return refusal
}
