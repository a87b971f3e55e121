// Package cloudwatch is a model of Amazon CloudWatch: metrics, and the alarms that watch them and act.
//
// What AWS does is taken from aws-facts H2 and I7, the SDK's documentation and CloudWatch's user guide. An alarm's whole
// configuration is stored and shown. What the model cannot evaluate never changes its state by itself: it stays at
// INSUFFICIENT_DATA, an alarm of a PromQL query at OK. That is PromQL, Metrics Insights, anomaly bands, wall clock windows,
// metrics of other accounts, the functions of metric math but SUM, AVG, MIN, MAX, FILL and METRICS, and the extended
// statistics but percentiles. Of the actions, topics and Auto Scaling policies are modelled: all others do nothing.
//
// Every method is called with the account's lock held, but for New and Service, whose operations the endpoint runs.
// Nothing happens by itself while there is no alarm and nobody reads metrics.
package cloudwatch

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Alarms is CloudWatch in one account and Region.
type Alarms struct {
	account  *account.Account
	settings Settings
	topics   Topics
	scaling  Scaling

	alarms map[string]*alarm
	series map[string]*series
	feeds  map[string]*feed // by namespace
	due    time.Time        // when alarms are evaluated next; zero while that is not planned
}

// New returns the CloudWatch of an account without alarms and metrics.
func New(acct *account.Account, settings Settings) *Alarms {
	return &Alarms{
		account: acct, settings: settings,
		alarms: map[string]*alarm{}, series: map[string]*series{}, feeds: map[string]*feed{},
	}
}

// alarm is one alarm: of a metric, or of other alarms' states.
type alarm struct {
	name, arn  string
	tags       []types.Tag
	created    time.Time
	configured time.Time
	enabled    bool // its actions
	actions    map[types.StateValue][]string

	metric    *cloudwatch.PutMetricAlarmInput // nil for a composite alarm
	watches   *watch                          // nil where the model cannot evaluate the metric
	composite *cloudwatch.PutCompositeAlarmInput
	rule      *rule
	undecided bool // its rule is new

	state
	scaled  time.Time // when it last called Auto Scaling in this state
	telling bool      // the composite alarms that name it
}

// state is what an alarm has found.
type state struct {
	value        types.StateValue
	reason       string
	reasonData   string // "" is none
	updated      time.Time
	transitioned time.Time
	latest       float64 // the youngest point that led to it; NaN without any
}

// sorted are the alarms by name.
func (a *Alarms) sorted() []*alarm {
	sorted := make([]*alarm, 0, len(a.alarms))
	for _, name := range slices.Sorted(maps.Keys(a.alarms)) {
		sorted = append(sorted, a.alarms[name])
	}
	return sorted
}

// named finds an alarm by its name or ARN.
func (a *Alarms) named(nameOrARN string) (*alarm, bool) {
	found, ok := a.alarms[strings.TrimPrefix(nameOrARN, a.account.ARN("cloudwatch", "alarm:"))]
	return found, ok
}

// acts reports whether an action of any state begins so.
func (m *alarm) acts(prefix string) bool {
	for _, actions := range m.actions {
		if slices.ContainsFunc(actions, func(action string) bool { return strings.HasPrefix(action, prefix) }) {
			return true
		}
	}
	return false
}

// save makes an alarm of this name, or changes the one that there is: that keeps its state and its tags (aws-facts H2).
func (a *Alarms) save(name string, tags []types.Tag, first types.StateValue) (*alarm, error) {
	now := a.account.Now()
	found, ok := a.alarms[name]
	if ok {
		found.configured = now
		return found, nil
	}
	if err := checkTags(tags); err != nil {
		return nil, err
	}
	if len(a.alarms) >= a.settings.MaxAlarms {
		return nil, wire.Errorf("LimitExceededFault", "The maximum limit of %d alarms has been reached.", a.settings.MaxAlarms)
	}
	made := &alarm{name: name, arn: a.account.ARN("cloudwatch", "alarm:"+name), tags: tags, created: now, configured: now}
	made.state = state{value: first, reason: "Unchecked: Initial alarm creation", updated: now, transitioned: now, latest: missing}
	a.alarms[name] = made
	return made, nil
}

// act sets what the alarm does in which state.
func (m *alarm) act(enabled *bool, alarmed, ok, insufficient []string) {
	m.enabled = enabled == nil || *enabled
	m.actions = map[types.StateValue][]string{
		types.StateValueAlarm: slices.Clone(alarmed), types.StateValueOk: slices.Clone(ok),
		types.StateValueInsufficientData: slices.Clone(insufficient),
	}
}

func (m *alarm) actionsOf(value types.StateValue) []string {
	if m.actions[value] == nil {
		return []string{} // shown also when it is empty (aws-facts H2)
	}
	return m.actions[value]
}

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}
