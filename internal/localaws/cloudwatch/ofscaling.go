package cloudwatch

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// PutTracking makes or changes an alarm that AWS itself makes, for a target tracking policy. People see it among theirs.
func (a *Alarms) PutTracking(in *cloudwatch.PutMetricAlarmInput) (arn string, err error) {
	own := *in
	put, err := a.put(&own)
	if err != nil {
		return "", err
	}
	return put.arn, nil
}

// Remove deletes the alarms of these names that exist, without a look at the composite alarms that name them.
func (a *Alarms) Remove(names ...string) {
	for _, name := range names {
		delete(a.alarms, name)
	}
}

// ActingOn are the alarms with this action in any state, by name.
func (a *Alarms) ActingOn(actionARN string) (names, arns []string) {
	for _, m := range a.sorted() {
		if m.has(actionARN) {
			names, arns = append(names, m.name), append(arns, m.arn)
		}
	}
	return names, arns
}

// Disarm takes an action out of every alarm that has it: what deleting a scaling policy does. The alarms stay.
func (a *Alarms) Disarm(actionARN string) {
	for _, m := range a.alarms {
		for value, actions := range m.actions {
			m.actions[value] = slices.DeleteFunc(actions, func(action string) bool { return action == actionARN })
		}
	}
}

// RemoveAction does what Disarm does, and deletes the alarms that are left without any action: what deleting an Auto
// Scaling group does with its policies (aws-facts H1).
func (a *Alarms) RemoveAction(actionARN string) {
	names, _ := a.ActingOn(actionARN)
	a.Disarm(actionARN)
	for _, name := range names {
		if !a.alarms[name].acts("") {
			a.Remove(name)
		}
	}
}

// Alarm is a metric alarm as DescribeAlarms shows it; not to be changed.
func (a *Alarms) Alarm(name string) (types.MetricAlarm, bool) {
	m, ok := a.alarms[name]
	if !ok || m.metric == nil {
		return types.MetricAlarm{}, false
	}
	return m.view(), true
}

// Metric is every metric alarm as DescribeAlarms shows it, by name, with its tags.
func (a *Alarms) Metric() (alarms []types.MetricAlarm, tags map[string][]types.Tag) {
	tags = make(map[string][]types.Tag)
	for _, m := range a.sorted() {
		if m.metric != nil {
			alarms, tags[m.name] = append(alarms, m.view()), m.tags
		}
	}
	return alarms, tags
}

// Named reports whether a composite alarm names an alarm, which cannot be deleted then.
func (a *Alarms) Named(name string) bool {
	found := a.alarms[name]
	return found != nil && len(a.parents(found)) > 0
}

func (m *alarm) has(action string) bool {
	for _, actions := range m.actions {
		if slices.Contains(actions, action) {
			return true
		}
	}
	return false
}
