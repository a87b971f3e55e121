package cloudwatch

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// Topics are what alarms notify. The account's lock is held.
type Topics interface {
	Publish(in *sns.PublishInput) (*sns.PublishOutput, error)
}

// Scaling is what alarms of scaling policies call: with the policy's ARN, and the youngest point of the alarm's metric, NaN
// without any. A policy that does not exist is passed over. The account's lock is held.
type Scaling interface {
	AlarmAction(policyARN, alarmName string, value float64)
}

// ActThrough has alarms notify topics and call scaling policies. Without it they change their state and do nothing; either
// may be nil.
func (a *Alarms) ActThrough(topics Topics, scaling Scaling) { a.topics, a.scaling = topics, scaling }

// isScaling reports whether an action is a policy of EC2 Auto Scaling.
func isScaling(action string) bool { return strings.HasPrefix(action, "arn:aws:autoscaling:") }

// enter gives an alarm the state that was found; a change of it acts, and composite alarms that name it decide again.
func (a *Alarms) enter(m *alarm, found finding) {
	now, was := a.account.Now(), m.value
	m.value, m.reason, m.reasonData, m.latest, m.updated = found.value, found.reason, found.data, found.latest, now
	if m.value == was {
		return
	}
	m.transitioned, m.scaled = now, time.Time{}
	a.notify(m, was)
	a.repeat(m)
	if m.telling { // a circle of composite alarms: CloudWatch stops there
		return
	}
	m.telling = true
	for _, parent := range a.parents(m) {
		a.decide(parent)
	}
	m.telling = false
}

// notify tells the topics of the alarm's state, once. A topic that does not exist is passed over.
func (a *Alarms) notify(m *alarm, was types.StateValue) {
	if !m.enabled || a.topics == nil || a.suppressed(m) {
		return
	}
	for _, action := range m.actionsOf(m.value) {
		if strings.HasPrefix(action, "arn:aws:sns:") {
			_, _ = a.topics.Publish(&sns.PublishInput{
				TopicArn: aws.String(action), Message: aws.String(a.message(m, was)),
				Subject: optional(subject(string(m.value) + `: "` + m.name + `" in ` + a.account.Region)),
			})
		}
	}
}

// subject is as much of a text as a message's subject can have.
func subject(text string) string {
	if len(text) >= 100 {
		text = text[:99]
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
		return ""
	}
	return text
}

// repeat calls the scaling policies of the alarm's state: at once, then once a minute while it lasts (aws-facts H2).
func (a *Alarms) repeat(m *alarm) {
	now := a.account.Now()
	if !m.enabled || a.scaling == nil || !m.scaled.IsZero() && now.Sub(m.scaled) < time.Minute {
		return
	}
	for _, action := range m.actionsOf(m.value) {
		if isScaling(action) {
			m.scaled = now
			a.scaling.AlarmAction(action, m.name, m.latest)
		}
	}
}

// message is what a topic gets, with the members that recorded messages have.
func (a *Alarms) message(m *alarm, was types.StateValue) string {
	told := map[string]any{
		"AlarmName": m.name, "AlarmDescription": nil, "AWSAccountId": a.account.ID, "Region": a.account.Region, "AlarmArn": m.arn,
		"AlarmConfigurationUpdatedTimestamp": m.configured.UTC().Format(offset), "StateChangeTime": m.transitioned.UTC().Format(offset),
		"NewStateValue": m.value, "NewStateReason": m.reason, "OldStateValue": was,
		"AlarmActions": m.actionsOf(types.StateValueAlarm), "OKActions": m.actionsOf(types.StateValueOk),
		"InsufficientDataActions": m.actionsOf(types.StateValueInsufficientData),
	}
	description := m.description()
	if description != nil {
		told["AlarmDescription"] = *description
	}
	if m.composite != nil {
		told["AlarmRule"] = *m.composite.AlarmRule
	} else {
		told["Trigger"] = m.trigger()
	}
	text, err := json.Marshal(told)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return string(text)
}

func (m *alarm) description() *string {
	if m.composite != nil {
		return m.composite.AlarmDescription
	}
	return m.metric.AlarmDescription
}

// trigger is the alarm's configuration in its messages.
func (m *alarm) trigger() map[string]any {
	in := m.metric
	told := map[string]any{
		"EvaluationPeriods": aws.ToInt32(in.EvaluationPeriods), "ComparisonOperator": in.ComparisonOperator, "Threshold": aws.ToFloat64(in.Threshold),
		"TreatMissingData": aws.ToString(in.TreatMissingData), "EvaluateLowSampleCountPercentile": aws.ToString(in.EvaluateLowSampleCountPercentile),
	}
	if in.DatapointsToAlarm != nil {
		told["DatapointsToAlarm"] = *in.DatapointsToAlarm
	}
	if in.MetricName == nil {
		return told
	}
	dimensions := make([]map[string]string, len(in.Dimensions))
	for i, d := range in.Dimensions {
		dimensions[i] = map[string]string{"name": aws.ToString(d.Name), "value": aws.ToString(d.Value)}
	}
	told["MetricName"], told["Namespace"], told["Period"], told["Dimensions"] = *in.MetricName, *in.Namespace, *in.Period, dimensions
	told["Unit"] = optional(string(in.Unit))
	if in.Statistic != "" {
		told["StatisticType"], told["Statistic"] = "Statistic", strings.ToUpper(string(in.Statistic))
	} else {
		told["StatisticType"], told["Statistic"] = "ExtendedStatistic", *in.ExtendedStatistic
	}
	return told
}
