package iam_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

const scalingPolicy = "arn:aws:autoscaling:ap-northeast-1:000000000000:scalingPolicy:1:autoScalingGroupName/web-app-dev-asg:policyName/out"

// puts has the caller put an alarm that calls a scaling policy, with a tag when it has a value.
func puts(name, tag string) call {
	return func(ctx context.Context, config aws.Config) error {
		in := &cloudwatch.PutMetricAlarmInput{
			AlarmName: &name, Namespace: aws.String("app"), MetricName: aws.String("load"), Statistic: types.StatisticSum, Period: aws.Int32(60),
			EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
			AlarmActions: []string{scalingPolicy},
		}
		if tag != "" {
			in.Tags = []types.Tag{{Key: aws.String("bluegreen:lineage"), Value: &tag}}
		}
		_, err := cloudwatch.NewFromConfig(config).PutMetricAlarm(ctx, in)
		return err
	}
}

func TestAlarms(t *testing.T) {
	const (
		named    = `{"Effect": "Allow", "Action": ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"], "Resource": "arn:aws:cloudwatch:*:*:alarm:web-*"}`
		tagging  = `{"Effect": "Allow", "Action": "cloudwatch:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestTag/bluegreen:lineage": "web"}}}`
		scaling  = `{"Effect": "Allow", "Action": "cloudwatch:PutMetricAlarm", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"cloudwatch:AlarmActions": "arn:aws:autoscaling:*"}}}`
		topics   = `{"Effect": "Allow", "Action": "cloudwatch:PutMetricAlarm", "Resource": "*", "Condition": {"ForAllValues:StringLike": {"cloudwatch:AlarmActions": "arn:aws:sns:*"}}}`
		describe = `{"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"}`
		denied   = "is not authorized to perform: cloudwatch:"
	)
	deletes := func(names ...string) call {
		return func(ctx context.Context, config aws.Config) error {
			_, err := cloudwatch.NewFromConfig(config).DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: names})
			return err
		}
	}
	describes := func(ctx context.Context, config aws.Config) error {
		_, err := cloudwatch.NewFromConfig(config).DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
		return err
	}
	inAccount(t, func(a *account) {
		for _, c := range []struct {
			name, policy string
			call         call
			answer       string
		}{
			{"its name", named, puts("web-high", ""), "done"},
			{"another name", named, puts("api-high", ""), denied + "PutMetricAlarm on resource: arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:api-high because"},
			{"a tag without TagResource", named, puts("web-tagged", "web"), denied + "TagResource on resource: arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:web-tagged"},
			{"a tag", `[` + named + `,` + tagging + `]`, puts("web-tagged", "web"), "done"},
			{"another tag", `[` + named + `,` + tagging + `]`, puts("web-other", "api"), denied + "TagResource"},
			{"its action", scaling, puts("web-high", ""), "done"},
			{"another action", topics, puts("web-high", ""), denied + "PutMetricAlarm"},
			{"deleting one of two", named, deletes("web-high", "api-high"), denied + "DeleteAlarms on resource: arn:aws:cloudwatch:ap-northeast-1:000000000000:alarm:api-high"},
			{"deleting", named, deletes("web-high"), "done"},
			{"reading", describe, describes, "done"},
			{"not reading", named, describes, denied + "DescribeAlarms because"},
		} {
			_ = a.aws.Account.Clock.Sleep(t.Context(), time.Second) // three calls a second
			a.allow(c.policy)
			a.wants(c.name, a.calls(c.call), c.answer)
		}
	})
}
