package clone

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/alarm"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	texts "bluegreen/internal/text"
)

// survey warns of forecasts: AWS has none for a new group.
func (policies) preflight(_ context.Context, _ reads, blue Whole, _ deploy.Deployment, _ []ledger.Made) (s Preflight, _ error) {
	for _, policy := range blue.Policies {
		if forecasts(policy) {
			s.Warnings = append(s.Warnings, fmt.Sprintf("scaling policy %s is predictive: green's has no forecast before AWS has 24 hours of green's data, "+
				"unless its metrics find both groups", aws.ToString(policy.PolicyName)))
		}
		if names := foreignDimensions(policy, blue); len(names) > 0 {
			s.Warnings = append(s.Warnings, fmt.Sprintf("scaling policy %s looks at %s, which only people can tell whether it names the group: green's looks at the same",
				aws.ToString(policy.PolicyName), strings.Join(names, ", ")))
		}
	}
	return s, nil
}

// mostAlarms is how many alarms a deployment copies: as many as two for each of the 50 policies that a group can have. With AWS's
// three calls a second they take half a minute of a function's minute.
const mostAlarms = 100

// mostTags is how many tags an alarm can have (aws-facts H2).
const mostTags = 50

// survey looks through the account's alarms: those that look at blue, or at its alarms, do not follow to green by themselves.
func (alarms) preflight(ctx context.Context, from reads, blue Whole, d deploy.Deployment, made []ledger.Made) (s Preflight, _ error) {
	all, composite, err := alarm.Describe(ctx, from.alarmReads, &cloudwatch.DescribeAlarmsInput{
		AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
	})
	if err != nil {
		return s, err
	}
	if n := len(blue.Alarms); n > mostAlarms {
		s.Findings = append(s.Findings, fmt.Sprintf("%d alarms act on its scaling policies, and a deployment copies %d at most: CloudWatch takes three a second", n, mostAlarms))
	}
	l := looking{blue: blue, acting: make(map[string]bool)}
	for _, alarm := range blue.Alarms {
		l.acting[aws.ToString(alarm.AlarmName)] = true
		tags, err := tagsOf(ctx, from, alarm)
		if err != nil {
			return s, err
		}
		tags = slices.DeleteFunc(tags, func(tag types.Tag) bool { return deploy.ReservedTag(aws.ToString(tag.Key)) })
		if n, own := len(tags), len(d.OwnTags()); n+own > mostTags {
			s.Findings = append(s.Findings, fmt.Sprintf("its alarm %s has %d tags, and a copy has %d more: CloudWatch takes %d",
				aws.ToString(alarm.AlarmName), n, own, mostTags))
		}
	}
	s.Warnings = append(s.Warnings, l.lookers(all, composite)...)
	s.Warnings = append(s.Warnings, l.elsewhere()...)
	if d.BlueAfter == deploy.AfterDelete {
		s.Warnings = append(s.Warnings, l.deleted(made)...)
	}
	return s, nil
}

// looking is what looks at a group.
type looking struct {
	blue   Whole
	acting map[string]bool // the alarms that act on its policies, by name
}

// lookers tells of alarms that look at blue without acting on it, and of composite alarms that name an alarm which looks at it.
func (l looking) lookers(all []types.MetricAlarm, composite []types.CompositeAlarm) []string {
	var warnings, names, combine []string
	at := l.blue.Alarms
	for _, alarm := range all {
		if name := aws.ToString(alarm.AlarmName); !l.acting[name] && !l.tracks(alarm) && looksAt(alarm, aws.ToString(l.blue.Group.AutoScalingGroupName)) {
			names, at = append(names, name), append(at, alarm)
		}
	}
	for _, alarm := range composite {
		if slices.ContainsFunc(at, func(child types.MetricAlarm) bool { return mentions(aws.ToString(alarm.AlarmRule), child) }) {
			combine = append(combine, aws.ToString(alarm.AlarmName))
		}
	}
	if len(names) > 0 {
		warnings = append(warnings, fmt.Sprintf("%s at blue without acting on its scaling policies (%s): no deployment copies such, so have them look at green",
			looks(len(names), "alarm"), texts.Few(names)))
	}
	if len(combine) > 0 {
		warnings = append(warnings, fmt.Sprintf("%s at alarms of blue (%s): no deployment copies or changes such, so have them look at green's alarms",
			looks(len(combine), "composite alarm"), texts.Few(combine)))
	}
	return warnings
}

func looks(n int, what string) string {
	if n == 1 {
		return deploy.Counted(n, what) + " looks"
	}
	return deploy.Counted(n, what) + " look"
}

// elsewhere tells of copies that also act on another group, and of dimensions that may name blue.
func (l looking) elsewhere() []string {
	var warnings []string
	for _, alarm := range l.blue.Alarms {
		name := aws.ToString(alarm.AlarmName)
		for _, action := range actionsOf(alarm) {
			if strings.Contains(action, ":scalingPolicy:") && !l.ofBlue(action) {
				warnings = append(warnings, fmt.Sprintf("alarm %s also acts on %s, which is another group's: so does its copy, and while both fleets serve both do", name, action))
			}
		}
		if names := foreignDimensions(alarm, l.blue); len(names) > 0 {
			warnings = append(warnings, fmt.Sprintf("alarm %s looks at %s, which only people can tell whether it names the group: its copy looks at the same",
				name, strings.Join(names, ", ")))
		}
	}
	return warnings
}

// deleted tells of people's alarms that AWS deletes with blue (SDK, DeleteAutoScalingGroup).
func (l looking) deleted(made []ledger.Made) []string {
	var names, kept []string
	for _, alarm := range l.blue.Alarms {
		name := aws.ToString(alarm.AlarmName)
		switch {
		case slices.Contains(made, ledger.Made{What: ledger.MadeAlarm, Name: name}):
		case slices.ContainsFunc(actionsOf(alarm), func(action string) bool { return !l.ofBlue(action) }):
			kept = append(kept, name)
		default:
			names = append(names, name)
		}
	}
	var warnings []string
	if len(names) > 0 {
		warnings = append(warnings, fmt.Sprintf("AWS deletes the alarms that act on nothing but blue's scaling policies with blue (%s); green has copies", texts.Few(names)))
	}
	if len(kept) > 0 {
		warnings = append(warnings, fmt.Sprintf("alarms of blue's that act on something else too outlive it, with their actions disabled (%s); green has copies", texts.Few(kept)))
	}
	return warnings
}

func (l looking) ofBlue(action string) bool {
	for _, policy := range l.blue.Policies {
		if aws.ToString(policy.PolicyARN) == action {
			return true
		}
	}
	return false
}

// tracks reports whether AWS has made an alarm for a policy of target tracking.
func (l looking) tracks(alarm types.MetricAlarm) bool {
	for _, policy := range l.blue.Policies {
		if policy.TargetTrackingConfiguration != nil && slices.Contains(actionsOf(alarm), aws.ToString(policy.PolicyARN)) {
			return true
		}
	}
	return false
}

func actionsOf(alarm types.MetricAlarm) []string {
	return slices.Concat(alarm.AlarmActions, alarm.OKActions, alarm.InsufficientDataActions)
}

// looksAt reports whether an alarm's metrics, searches or queries name a group, and would not find its copy by the same name.
func looksAt(alarm types.MetricAlarm, group string) bool {
	copied := group + "-"
	if numbered.MatchString(group) {
		copied = "-"
	}
	return given(copyAlarm(alarm, rewriting{}, nil)) != given(copyAlarm(alarm, rewriting{blue: group, green: copied}, nil))
}

// mentions reports whether a composite alarm's rule names an alarm, by its name or ARN.
func mentions(rule string, alarm types.MetricAlarm) bool {
	for _, name := range []string{aws.ToString(alarm.AlarmName), aws.ToString(alarm.AlarmArn)} {
		for _, quote := range []string{"", `"`, "'"} {
			if strings.Contains(strings.ReplaceAll(rule, " ", ""), "("+quote+strings.ReplaceAll(name, " ", "")+quote+")") {
				return true
			}
		}
	}
	return false
}

// foreignDimensions are the dimensions of other names that have blue's name as their value.
func foreignDimensions(described any, blue Whole) []string {
	var tree any
	if err := json.Unmarshal([]byte(text(described)), &tree); err != nil {
		return nil // text has just written it
	}
	var names []string
	var walk func(any)
	walk = func(tree any) {
		switch branch := tree.(type) {
		case []any:
			for _, element := range branch {
				walk(element)
			}
		case map[string]any:
			name, _ := branch["Name"].(string)
			if value, ok := branch["Value"].(string); ok && name != "" && name != groupDimension && value == aws.ToString(blue.Group.AutoScalingGroupName) {
				names = append(names, "the dimension "+name+" "+value)
			}
			for _, key := range slices.Sorted(maps.Keys(branch)) {
				walk(branch[key])
			}
		}
	}
	walk(tree)
	slices.Sort(names)
	return slices.Compact(names)
}
