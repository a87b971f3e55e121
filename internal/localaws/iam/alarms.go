package iam

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

func (a *asker) alarm(name string) string { return a.arn("cloudwatch", "alarm:"+name) }

// putAlarm asks for the alarm, and for TagResource too when it is to have tags.
func putAlarm(a *asker, input any) error {
	in := input.(*cloudwatch.PutMetricAlarmInput)
	keys := alarmKeys(in.Tags, in.AlarmActions, in.OKActions, in.InsufficientDataActions)
	return a.putAlarm(a.alarm(aws.ToString(in.AlarmName)), in.Tags, keys)
}

// putComposite asks for all alarms: a permission on some is none (SDK documentation).
func putComposite(a *asker, input any) error {
	in := input.(*cloudwatch.PutCompositeAlarmInput)
	return a.putAlarm("*", in.Tags, alarmKeys(in.Tags, in.AlarmActions, in.OKActions, in.InsufficientDataActions))
}

func (a *asker) putAlarm(resource string, tags []types.Tag, keys Keys) error {
	if err := a.may("cloudwatch:"+a.call.Operation, resource, keys); err != nil || len(tags) == 0 {
		return err
	}
	return a.may("cloudwatch:TagResource", resource, keys)
}

// alarmKeys are the condition keys of a request that puts an alarm or tags one. An alarm's own tags are none (aws-facts H8).
func alarmKeys(tags []types.Tag, actions ...[]string) Keys {
	return func(key string) []string {
		if key == "cloudwatch:alarmactions" {
			return slices.Concat(actions...)
		}
		var values []string
		for _, tag := range tags {
			switch {
			case key == "aws:tagkeys":
				values = append(values, aws.ToString(tag.Key))
			case strings.EqualFold(key, "aws:requesttag/"+aws.ToString(tag.Key)):
				values = append(values, aws.ToString(tag.Value))
			}
		}
		return values
	}
}

// onAlarms asks for each alarm that a call names.
func onAlarms(a *asker, input any) error {
	for _, name := range list(input, "AlarmNames") {
		if err := a.may("cloudwatch:"+a.call.Operation, a.alarm(name), nil); err != nil {
			return err
		}
	}
	return nil
}

func tagAlarm(a *asker, input any) error {
	in := input.(*cloudwatch.TagResourceInput)
	return a.may("cloudwatch:TagResource", aws.ToString(in.ResourceARN), alarmKeys(in.Tags))
}

func untagAlarm(a *asker, input any) error {
	in := input.(*cloudwatch.UntagResourceInput)
	return a.may("cloudwatch:UntagResource", aws.ToString(in.ResourceARN), oneKey("aws:tagkeys", in.TagKeys...))
}

func putData(a *asker, input any) error {
	return a.may("cloudwatch:PutMetricData", "*", oneKey("cloudwatch:namespace", text(input, "Namespace")))
}
