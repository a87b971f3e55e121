package cloudwatch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// short is how often alarms with a period below a minute are evaluated.
const short = 10 * time.Second

// plan has alarms evaluated when that is due next: each minute, each ten seconds while there is an alarm with a shorter
// period, and never while there is none at all.
func (a *Alarms) plan() {
	step := time.Duration(0)
	for _, m := range a.alarms {
		switch {
		case m.watches != nil && m.watches.period < time.Minute:
			step = short
		case m.watches != nil && step == 0, m.undecided && step == 0:
			step = time.Minute
		}
	}
	if step == 0 {
		return
	}
	now := a.account.Now()
	due := now.Add(-a.settings.EvaluateAfter).Truncate(step).Add(step + a.settings.EvaluateAfter)
	if !a.due.IsZero() && !a.due.After(due) {
		return
	}
	a.due = due
	a.account.After(due.Sub(now), func() {
		if a.due.Equal(due) { // else an earlier one has been planned since
			a.due = time.Time{}
			a.evaluateAll(due)
			a.plan()
		}
	})
}

// evaluateAll evaluates the alarms that are due at a time.
func (a *Alarms) evaluateAll(due time.Time) {
	minute := due.Add(-a.settings.EvaluateAfter)
	whole := minute.Equal(minute.Truncate(time.Minute))
	for _, m := range a.sorted() {
		switch {
		case m.undecided:
			m.undecided = false
			a.decide(m)
		case m.watches == nil:
		case m.watches.period < time.Minute:
			a.evaluate(m, due.Truncate(short), due)
		case whole:
			a.evaluate(m, minute, due)
		}
	}
}

// finding is what an evaluation finds.
type finding struct {
	value        types.StateValue // "" is to keep the state
	reason, data string
	latest       float64 // the youngest point; NaN without any
}

// evaluate evaluates an alarm on its metric's points up to a time.
func (a *Alarms) evaluate(m *alarm, until, due time.Time) {
	periods := int(*m.metric.EvaluationPeriods)
	points := a.read(m.watches, until, periods+a.settings.Beyond)
	if m.warming(points[a.settings.Beyond:], a.account.Now()) {
		return
	}
	found := m.judge(points, due)
	if found.value != "" && found.value != m.value {
		a.enter(m, found)
		return
	}
	m.latest = found.latest
	a.repeat(m)
}

// warming reports whether a new alarm does not look at its metric yet: until its warm-up has passed or, if it need not wait
// so long, its evaluation window is full.
func (m *alarm) warming(window []dated, now time.Time) bool {
	warmUp := m.metric.WarmUpConfiguration
	if warmUp == nil || !now.Before(m.created.Add(time.Duration(aws.ToInt32(warmUp.WarmUpPeriodDurationInMinutes))*time.Minute)) {
		return false
	}
	return aws.ToBool(warmUp.OnlyStartEvaluatingAfterWarmUpPeriodEnds) || len(there(window)) < len(window)
}

// there are the points that are not missing.
func there(points []dated) []dated {
	var found []dated
	for _, p := range points {
		if !p.missing() {
			found = append(found, p)
		}
	}
	return found
}

// judge is what points, the oldest first, make of an alarm (CloudWatch user guide, "How alarm state is evaluated when data
// is missing"). Points that are there come before missing ones; those are counted as TreatMissingData says only where too
// few are there.
func (m *alarm) judge(points []dated, due time.Time) finding {
	periods := int(*m.metric.EvaluationPeriods)
	real := there(points)
	real = real[max(0, len(real)-periods):]
	var breaching []dated
	for _, p := range real {
		if m.breaches(p.value) {
			breaching = append(breaching, p)
		}
	}
	absent := periods - len(real)
	count, treat := len(breaching), aws.ToString(m.metric.TreatMissingData)
	if strings.HasPrefix(aws.ToString(m.metric.Namespace), "AWS/DynamoDB") {
		treat = "ignore" // whatever the alarm says (SDK documentation)
	}
	if treat == "breaching" {
		count += absent
	}
	value := types.StateValueOk
	switch {
	case count >= m.needed():
		value = types.StateValueAlarm
	case absent == 0 || len(real) > len(breaching) || treat == "breaching" || treat == "notBreaching":
	case treat == "ignore":
		value = ""
	case len(breaching) > 0 && old(points, breaching[0]) >= m.needed():
		value = types.StateValueAlarm // it breaches, as far as anybody knows, since that long
	default:
		value = types.StateValueInsufficientData
	}
	return m.find(value, real, breaching, due)
}

// old is how many periods ago a point was: 1 is the youngest.
func old(points []dated, p dated) int {
	for i := range points {
		if points[i].at.Equal(p.at) {
			return len(points) - i
		}
	}
	return 0
}

// comparisons are the operators, with how AWS's reasons word them.
var comparisons = map[types.ComparisonOperator]struct {
	breaches func(value, threshold float64) bool
	words    string
}{
	types.ComparisonOperatorGreaterThanThreshold:          {func(v, t float64) bool { return v > t }, "greater than"},
	types.ComparisonOperatorGreaterThanOrEqualToThreshold: {func(v, t float64) bool { return v >= t }, "greater than or equal to"},
	types.ComparisonOperatorLessThanThreshold:             {func(v, t float64) bool { return v < t }, "less than"},
	types.ComparisonOperatorLessThanOrEqualToThreshold:    {func(v, t float64) bool { return v <= t }, "less than or equal to"},
}

func (m *alarm) breaches(value float64) bool {
	return comparisons[m.metric.ComparisonOperator].breaches(value, *m.metric.Threshold)
}

// find words a finding as AWS does.
func (m *alarm) find(value types.StateValue, real, breaching []dated, due time.Time) finding {
	found := finding{value: value, latest: missing}
	if len(real) > 0 {
		found.latest = real[len(real)-1].value
	}
	periods := int(*m.metric.EvaluationPeriods)
	switch {
	case value == types.StateValueInsufficientData:
		found.reason = fmt.Sprintf("Insufficient Data: %s unknown.", were(periods-len(real), "datapoint"))
	case len(real) == 0:
		found.reason = fmt.Sprintf("Threshold Crossed: no datapoints were received for %s and %s treated as [%s].",
			counted(periods, "period"), were(periods, "missing datapoint"), title(aws.ToString(m.metric.TreatMissingData)))
	case value == types.StateValueAlarm:
		found.reason = fmt.Sprintf("Threshold Crossed: %d out of the last %d datapoints [%s] was %s the threshold (%s) (minimum %s for OK -> ALARM transition).",
			len(breaching), periods, listed(breaching), comparisons[m.metric.ComparisonOperator].words, number(*m.metric.Threshold),
			counted(m.needed(), "datapoint"))
	default:
		found.reason = fmt.Sprintf("Threshold Crossed: %s [%s] was not %s the threshold (%s).", counted(len(real), "datapoint"), listed(real),
			comparisons[m.metric.ComparisonOperator].words, number(*m.metric.Threshold))
	}
	found.data = m.data(real, due)
	return found
}

func (m *alarm) needed() int {
	if m.metric.DatapointsToAlarm != nil {
		return int(*m.metric.DatapointsToAlarm)
	}
	return int(*m.metric.EvaluationPeriods)
}

// data is a finding's reason as JSON.
func (m *alarm) data(real []dated, due time.Time) string {
	recent := make([]float64, len(real))
	for i, p := range real {
		recent[i] = p.value
	}
	told := map[string]any{
		"version": "1.0", "queryDate": due.UTC().Format(offset), "period": int(m.watches.period / time.Second),
		"recentDatapoints": recent, "threshold": *m.metric.Threshold,
	}
	if len(real) > 0 {
		told["startDate"] = real[0].at.UTC().Format(offset)
	}
	if m.metric.Statistic != "" {
		told["statistic"] = m.metric.Statistic
	}
	text, err := json.Marshal(told)
	if err != nil {
		panic(err) // numbers that are there and texts always encode
	}
	return string(text)
}

// offset is how CloudWatch writes a time in messages.
const offset = "2006-01-02T15:04:05.000-0700"

func number(f float64) string {
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// listed are points as AWS lists them, the youngest first.
func listed(points []dated) string {
	var items []string
	for i := len(points) - 1; i >= 0; i-- {
		items = append(items, number(points[i].value)+" ("+points[i].at.UTC().Format("02/01/06 15:04:05")+")")
	}
	return strings.Join(items, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func were(n int, what string) string {
	if n == 1 {
		return "1 " + what + " was"
	}
	return counted(n, what) + " were"
}

// title is what missing points were treated as, as AWS writes it.
func title(treat string) string {
	return map[string]string{"breaching": "Breaching", "notBreaching": "NonBreaching"}[treat]
}
