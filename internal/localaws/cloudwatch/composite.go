package cloudwatch

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

func (a *Alarms) putCompositeAlarm(_ *wire.Call, in *cloudwatch.PutCompositeAlarmInput) (*cloudwatch.PutCompositeAlarmOutput, error) {
	if err := checkComposite(in); err != nil {
		return nil, err
	}
	found, err := parseRule(*in.AlarmRule)
	if err != nil {
		return nil, err
	}
	var unknown []string
	for _, child := range found.children {
		if _, ok := a.named(child); !ok && child != *in.AlarmName {
			unknown = append(unknown, child)
		}
	}
	if unknown != nil {
		return nil, invalid("Could not save the composite alarm as alarms [%s] in the alarm rule do not exist", strings.Join(unknown, ", "))
	}
	if there := a.alarms[*in.AlarmName]; there != nil && there.composite == nil {
		return nil, invalid("There is already a metric alarm with the name %s", *in.AlarmName)
	}
	put, err := a.save(*in.AlarmName, in.Tags, types.StateValueInsufficientData)
	if err != nil {
		return nil, err
	}
	put.act(in.ActionsEnabled, in.AlarmActions, in.OKActions, in.InsufficientDataActions)
	put.composite, put.rule, put.undecided = in, found, true
	a.plan()
	return &cloudwatch.PutCompositeAlarmOutput{}, nil
}

func checkComposite(in *cloudwatch.PutCompositeAlarmInput) error {
	for _, err := range []error{
		checkLength(in.AlarmName, "alarmName", 1, maxName), checkLength(in.AlarmDescription, "alarmDescription", 0, maxDescription),
		checkLength(in.AlarmRule, "alarmRule", 1, 10240), checkActions(in.AlarmActions, in.OKActions, in.InsufficientDataActions),
	} {
		if err != nil {
			return err
		}
	}
	for _, action := range slices.Concat(in.AlarmActions, in.OKActions, in.InsufficientDataActions) {
		if isScaling(action) {
			return invalid("Composite alarms cannot have Auto Scaling actions: %s", action)
		}
	}
	periods := in.ActionsSuppressorWaitPeriod != nil && in.ActionsSuppressorExtensionPeriod != nil
	if in.ActionsSuppressor != nil && !periods {
		return invalid("ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod are required with ActionsSuppressor")
	}
	return nil
}

// compositeView is the alarm as DescribeAlarms shows it.
func (m *alarm) compositeView() types.CompositeAlarm {
	in := m.composite
	return types.CompositeAlarm{
		AlarmName: &m.name, AlarmArn: &m.arn, AlarmConfigurationUpdatedTimestamp: &m.configured, AlarmDescription: in.AlarmDescription,
		AlarmRule: in.AlarmRule, ActionConfiguration: in.ActionConfiguration, ActionsEnabled: &m.enabled,
		ActionsSuppressor: in.ActionsSuppressor, ActionsSuppressorExtensionPeriod: in.ActionsSuppressorExtensionPeriod,
		ActionsSuppressorWaitPeriod: in.ActionsSuppressorWaitPeriod,
		AlarmActions:                m.actionsOf(types.StateValueAlarm), OKActions: m.actionsOf(types.StateValueOk),
		InsufficientDataActions: m.actionsOf(types.StateValueInsufficientData),
		StateValue:              m.value, StateReason: &m.reason, StateReasonData: optional(m.reasonData),
		StateUpdatedTimestamp: &m.updated, StateTransitionedTimestamp: &m.transitioned,
	}
}

// mentions reports whether a composite alarm's rule names an alarm.
func (a *Alarms) mentions(parent, child *alarm) bool {
	if parent.rule == nil {
		return false
	}
	return slices.ContainsFunc(parent.rule.children, func(name string) bool {
		found, ok := a.named(name)
		return ok && found == child
	})
}

// parents are the composite alarms that name an alarm.
func (a *Alarms) parents(child *alarm) []*alarm {
	return a.filter(func(m *alarm) bool { return a.mentions(m, child) })
}

// decide gives a composite alarm the state that follows from its children's.
func (a *Alarms) decide(m *alarm) {
	holds := m.rule.holds(func(nameOrARN string) types.StateValue {
		if child, ok := a.named(nameOrARN); ok {
			return child.value
		}
		return types.StateValueInsufficientData
	})
	value, reason := types.StateValueOk, "the alarm rule does not hold"
	if holds {
		value, reason = types.StateValueAlarm, "the alarm rule holds"
	}
	if m.value != value {
		a.enter(m, finding{value: value, reason: m.arn + " transitioned to " + string(value) + ": " + reason, latest: missing})
	}
}

// suppressed reports whether another alarm keeps a composite alarm from acting. The wait and extension periods of that are
// stored and shown only.
func (a *Alarms) suppressed(m *alarm) bool {
	if m.composite == nil || m.composite.ActionsSuppressor == nil {
		return false
	}
	by, ok := a.named(aws.ToString(m.composite.ActionsSuppressor))
	return ok && by.value == types.StateValueAlarm
}
