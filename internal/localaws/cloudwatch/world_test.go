package cloudwatch_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/cloudwatch"
	localsns "bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/wire"
)

var start = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)

const (
	policy = "arn:aws:autoscaling:ap-northeast-1:000000000000:scalingPolicy:11111111-2222-4333-8444-555555555555:autoScalingGroupName/blue:policyName/out"
	topic  = "arn:aws:sns:ap-northeast-1:000000000000:people"
)

// world is an account with CloudWatch and a topic, a client, and what scaling policies are called with.
type world struct {
	*testing.T
	ctx     context.Context
	clock   *counted
	account *account.Account
	alarms  *cloudwatch.Alarms
	topics  *localsns.Topics
	client  *sdk.Client
	config  aws.Config
	calls   []call
}

// counted is a clock that counts the timers that were asked for.
type counted struct {
	*clock.Virtual
	planned int
}

func (c *counted) AfterFunc(d time.Duration, f func()) clock.Timer {
	c.planned++
	return c.Virtual.AfterFunc(d, f)
}

type call struct {
	policy, alarm string
	value         float64
	at            time.Time
}

// AlarmAction implements cloudwatch.Scaling.
func (w *world) AlarmAction(policyARN, alarmName string, value float64) {
	w.calls = append(w.calls, call{policyARN, alarmName, value, w.account.Now()})
}

// meet runs f in a fresh world, in which settings may be changed before it begins.
func meet(t *testing.T, f func(w *world), change ...func(*cloudwatch.Settings)) {
	t.Helper()
	settings := cloudwatch.DefaultSettings()
	for _, c := range change {
		c(&settings)
	}
	v := &counted{Virtual: clock.NewVirtual(start)}
	defer v.Close()
	w := &world{T: t, ctx: context.Background(), clock: v, account: account.New("000000000000", "ap-northeast-1", v, 1)}
	w.alarms, w.topics = cloudwatch.New(w.account, settings), localsns.New(w.account, localsns.DefaultSettings())
	endpoint := wire.NewEndpoint(w.account, wire.Settings{Latency: account.Constant(time.Millisecond)}, nil)
	endpoint.Add(w.alarms.Service())
	endpoint.Add(w.topics.Service())
	w.alarms.ActThrough(w.topics, w)
	w.config = endpoint.Config(wire.Caller{})
	w.client = sdk.NewFromConfig(w.config)
	v.Run(func() {
		if _, err := sns.NewFromConfig(w.config).CreateTopic(w.ctx, &sns.CreateTopicInput{Name: aws.String("people")}); err != nil {
			t.Fatal(err)
		}
		f(w)
	})
}

// at lets time pass until so long after the start.
func (w *world) at(d time.Duration) {
	_ = w.clock.Sleep(w.ctx, d-w.clock.Now().Sub(start))
}

func (w *world) put(in sdk.PutMetricAlarmInput) {
	w.Helper()
	if _, err := w.client.PutMetricAlarm(w.ctx, &in); err != nil {
		w.Fatal(err)
	}
}

// cpu is an alarm of three minutes above 80 %.
func cpu(name string, actions ...string) sdk.PutMetricAlarmInput {
	return sdk.PutMetricAlarmInput{
		AlarmName: aws.String(name), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"),
		Dimensions: []types.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: aws.String("blue")}},
		Statistic:  types.StatisticAverage, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(3), Threshold: aws.Float64(80),
		ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold, AlarmActions: actions,
	}
}

// record records a point of blue's CPU in the minute after so many minutes; a negative value is none.
func (w *world) record(minute int, value float64) {
	if value < 0 {
		return
	}
	w.account.Lock()
	defer w.account.Unlock()
	w.alarms.RecordAt(start.Add(time.Duration(minute)*time.Minute), "AWS/EC2", "CPUUtilization", map[string]string{"AutoScalingGroupName": "blue"}, value)
}

func (w *world) alarm(name string) types.MetricAlarm {
	w.Helper()
	out, err := w.client.DescribeAlarms(w.ctx, &sdk.DescribeAlarmsInput{AlarmNames: []string{name}})
	if err != nil || len(out.MetricAlarms) != 1 {
		w.Fatalf("%s: %+v, %v", name, out, err)
	}
	return out.MetricAlarms[0]
}

func (w *world) messages() []localsns.Message {
	w.account.Lock()
	defer w.account.Unlock()
	return w.topics.Messages(topic)
}

func (w *world) refused(err error, code, message string) {
	w.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		w.Errorf("got %v, want %s: %s", err, code, message)
	}
}
