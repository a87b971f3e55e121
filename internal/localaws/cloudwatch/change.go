package cloudwatch

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/localaws/wire"
)

// deleteAlarms deletes those that exist; names of others do not stop it. At most one composite alarm goes in a call, and
// no alarm goes while a composite alarm that stays depends on it (aws-facts H2).
func (a *Alarms) deleteAlarms(_ *wire.Call, in *cloudwatch.DeleteAlarmsInput) (*cloudwatch.DeleteAlarmsOutput, error) {
	if len(in.AlarmNames) > 100 {
		return nil, constraint("["+strings.Join(in.AlarmNames, ", ")+"]", "alarmNames", "have length less than or equal to 100")
	}
	composites, needed := 0, []string(nil)
	for _, name := range in.AlarmNames {
		found, ok := a.alarms[name]
		if !ok {
			continue
		}
		if found.composite != nil {
			composites++
		}
		if slices.ContainsFunc(a.parents(found), func(parent *alarm) bool { return !slices.Contains(in.AlarmNames, parent.name) || parent == found }) {
			needed = append(needed, name)
		}
	}
	switch {
	case composites > 1:
		return nil, invalid("Can't delete more than one composite alarm at a time.")
	case len(needed) == 1:
		return nil, invalid("Cannot delete %s as there are composite alarm(s) depending on it.", needed[0])
	case len(needed) > 1:
		return nil, invalid("Cannot delete %s as there are composite alarm(s) depending on them.", strings.Join(needed, ","))
	}
	a.Remove(in.AlarmNames...)
	return &cloudwatch.DeleteAlarmsOutput{}, nil
}

// setAlarmState holds until the alarm is evaluated next.
func (a *Alarms) setAlarmState(_ *wire.Call, in *cloudwatch.SetAlarmStateInput) (*cloudwatch.SetAlarmStateOutput, error) {
	if err := checkEnum(in.StateValue, "stateValue", states); err != nil {
		return nil, err
	}
	for _, err := range []error{
		checkLength(in.StateReason, "stateReason", 0, 1023), checkLength(in.StateReasonData, "stateReasonData", 0, 4000),
	} {
		if err != nil {
			return nil, err
		}
	}
	found, ok := a.alarms[*in.AlarmName]
	if !ok {
		return nil, notFound("The alarm %s does not exist", *in.AlarmName)
	}
	data := aws.ToString(in.StateReasonData)
	if data != "" && !json.Valid([]byte(data)) {
		return nil, wire.Errorf("InvalidFormatFault", "StateReasonData is not JSON")
	}
	latest := found.latest
	var told struct{ RecentDatapoints []float64 }
	if json.Unmarshal([]byte(data), &told) == nil && len(told.RecentDatapoints) > 0 {
		latest = told.RecentDatapoints[len(told.RecentDatapoints)-1]
	}
	a.enter(found, finding{value: in.StateValue, reason: *in.StateReason, data: data, latest: latest})
	return &cloudwatch.SetAlarmStateOutput{}, nil
}

func (a *Alarms) enableAlarmActions(_ *wire.Call, in *cloudwatch.EnableAlarmActionsInput) (*cloudwatch.EnableAlarmActionsOutput, error) {
	return &cloudwatch.EnableAlarmActionsOutput{}, a.enable(in.AlarmNames, true)
}

func (a *Alarms) disableAlarmActions(_ *wire.Call, in *cloudwatch.DisableAlarmActionsInput) (*cloudwatch.DisableAlarmActionsOutput, error) {
	return &cloudwatch.DisableAlarmActionsOutput{}, a.enable(in.AlarmNames, false)
}

// enable lets alarms act or not. Names of alarms that do not exist are passed over.
func (a *Alarms) enable(names []string, enabled bool) error {
	if len(names) > 100 {
		return constraint("["+strings.Join(names, ", ")+"]", "alarmNames", "have length less than or equal to 100")
	}
	for _, name := range names {
		if found, ok := a.alarms[name]; ok {
			found.enabled, found.configured = enabled, a.account.Now()
		}
	}
	return nil
}

func (a *Alarms) listTags(_ *wire.Call, in *cloudwatch.ListTagsForResourceInput) (*cloudwatch.ListTagsForResourceOutput, error) {
	found, err := a.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	return &cloudwatch.ListTagsForResourceOutput{Tags: append([]types.Tag{}, found.tags...)}, nil
}

func (a *Alarms) tagResource(_ *wire.Call, in *cloudwatch.TagResourceInput) (*cloudwatch.TagResourceOutput, error) {
	found, err := a.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	tags := slices.Clone(found.tags)
	for _, tag := range in.Tags {
		at := slices.IndexFunc(tags, func(t types.Tag) bool { return *t.Key == aws.ToString(tag.Key) })
		if at >= 0 {
			tags[at] = tag
		} else {
			tags = append(tags, tag)
		}
	}
	if err := checkTags(tags); err != nil {
		return nil, err
	}
	found.tags = tags
	return &cloudwatch.TagResourceOutput{}, nil
}

func (a *Alarms) untagResource(_ *wire.Call, in *cloudwatch.UntagResourceInput) (*cloudwatch.UntagResourceOutput, error) {
	found, err := a.tagged(*in.ResourceARN)
	if err != nil {
		return nil, err
	}
	found.tags = slices.DeleteFunc(slices.Clone(found.tags), func(t types.Tag) bool { return slices.Contains(in.TagKeys, *t.Key) })
	return &cloudwatch.UntagResourceOutput{}, nil
}

// tagged finds an alarm by its ARN.
func (a *Alarms) tagged(arn string) (*alarm, error) {
	prefix := a.account.ARN("cloudwatch", "alarm:")
	if !strings.HasPrefix(arn, "arn:aws:cloudwatch:") {
		return nil, wire.Errorf("InvalidParameterValueException", "The value '%s' for parameter ResourceARN is invalid.", arn)
	}
	if !strings.HasPrefix(arn, prefix) {
		return nil, wire.NotModelled("tags of %s: it models those of alarms", arn)
	}
	found, ok := a.named(arn)
	if !ok {
		message := "The alarm " + arn + " does not exist"
		return nil, &wire.Error{Code: "ResourceNotFoundException", Message: message, Status: 404,
			Members: map[string]any{"ResourceType": "Alarm", "ResourceId": arn, "Message": message}}
	}
	return found, nil
}

func checkTags(tags []types.Tag) error {
	if len(tags) > maxTags {
		return invalid("An alarm can have at most %d tags", maxTags)
	}
	for _, tag := range tags {
		key, value := aws.ToString(tag.Key), aws.ToString(tag.Value)
		switch {
		case key == "" || len([]rune(key)) > 128:
			return invalid("Tag keys must have 1 to 128 characters, not '%s'", key)
		case len([]rune(value)) > 256:
			return invalid("The value of the tag %s has more than 256 characters", key)
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			return invalid("aws: prefixed tag key names are not allowed for external use: %s", key)
		}
	}
	return nil
}
