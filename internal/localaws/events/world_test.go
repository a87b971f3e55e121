package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

var ctx = context.Background()

const role = "arn:aws:iam::000000000000:role/events"

// world is an AWS on virtual time, with clients of it. Events take 100 ms, API calls nothing.
type world struct {
	*testing.T
	*localaws.AWS
	clock  *clock.Virtual
	start  time.Time
	events *eventbridge.Client
	states *sfn.Client
	sns    *sns.Client
	sqs    *sqs.Client
	groups *autoscaling.Client
	ec2    *ec2.Client
}

func run(t *testing.T, change func(*localaws.Settings), test func(*world)) {
	t.Helper()
	start := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	w := &world{T: t, clock: clock.NewVirtual(start), start: start}
	t.Cleanup(w.clock.Close)
	settings := localaws.DefaultSettings()
	settings.Wire.Latency, settings.Wire.Latencies, settings.Wire.Buckets = account.Constant(0), nil, nil
	settings.Events.Delay = account.Constant(100 * time.Millisecond)
	settings.AutoScaling.DescribeLag = account.Constant(0)
	if change != nil {
		change(&settings)
	}
	w.AWS = localaws.New(localaws.Options{Clock: w.clock, Seed: 1, Settings: &settings})
	config := w.Endpoint.Config(wire.Caller{})
	w.events, w.states, w.sns = eventbridge.NewFromConfig(config), sfn.NewFromConfig(config), sns.NewFromConfig(config)
	w.sqs = sqs.NewFromConfig(config)
	w.groups, w.ec2 = autoscaling.NewFromConfig(config), ec2.NewFromConfig(config)
	w.clock.Run(func() { test(w) })
}

// must is the answer of a call that succeeds.
func must[In, Out, Options any](w *world, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(ctx, in)
	if err != nil {
		w.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused expects a call to fail with an error of AWS whose message contains the text.
func refused[In, Out, Options any](w *world, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In, code, text string) {
	w.Helper()
	_, err := call(ctx, in)
	var answered smithy.APIError
	if !errors.As(err, &answered) || answered.ErrorCode() != code || !strings.Contains(answered.ErrorMessage(), text) {
		w.Errorf("%T: got %v\nwant %s: %s", in, err, code, text)
	}
}

func (w *world) sleep(d time.Duration) {
	w.Helper()
	if err := w.clock.Sleep(ctx, d); err != nil {
		w.Fatal(err)
	}
}

func (w *world) locked(f func()) {
	w.Account.Lock()
	defer w.Account.Unlock()
	f()
}

// rule makes a rule with targets, and gives each a number for its id.
func (w *world) rule(name, pattern string, targets ...types.Target) {
	w.Helper()
	must(w, w.events.PutRule, &eventbridge.PutRuleInput{Name: &name, EventPattern: &pattern})
	for k := range targets {
		targets[k].Id = aws.String(string(rune('1' + k)))
	}
	if len(targets) > 0 {
		must(w, w.events.PutTargets, &eventbridge.PutTargetsInput{Rule: &name, Targets: targets})
	}
}

// topic makes a topic, which catches what is sent to it.
func (w *world) topic(name string) string {
	w.Helper()
	return *must(w, w.sns.CreateTopic, &sns.CreateTopicInput{Name: &name}).TopicArn
}

// caught are the messages that a topic got.
func (w *world) caught(topic string) []string {
	var bodies []string
	w.locked(func() {
		for _, message := range w.Topics.Messages(topic) {
			bodies = append(bodies, message.Body)
		}
	})
	return bodies
}

// queue makes a queue, and returns its ARN and URL.
func (w *world) queue(name string) (arn, url string) {
	w.Helper()
	url = *must(w, w.sqs.CreateQueue, &sqs.CreateQueueInput{QueueName: &name}).QueueUrl
	return "arn:aws:sqs:ap-northeast-1:000000000000:" + name, url
}

// received are the messages that a queue holds, which are received by this.
func (w *world) received(url string) []string {
	w.Helper()
	var bodies []string
	for _, message := range must(w, w.sqs.ReceiveMessage, &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10}).Messages {
		bodies = append(bodies, *message.Body)
	}
	return bodies
}

// machine makes a state machine that keeps its input.
func (w *world) machine(name string) string {
	w.Helper()
	return *must(w, w.states.CreateStateMachine, &sfn.CreateStateMachineInput{Name: &name, RoleArn: aws.String(role),
		Definition: aws.String(`{"StartAt": "Keep", "States": {"Keep": {"Type": "Pass", "End": true}}}`)}).StateMachineArn
}

// runs are the executions of a state machine, the latest first.
func (w *world) runs(machine string) []*sfn.DescribeExecutionOutput {
	w.Helper()
	var found []*sfn.DescribeExecutionOutput
	for _, item := range must(w, w.states.ListExecutions, &sfn.ListExecutionsInput{StateMachineArn: &machine}).Executions {
		found = append(found, must(w, w.states.DescribeExecution, &sfn.DescribeExecutionInput{ExecutionArn: item.ExecutionArn}))
	}
	return found
}

// put puts an event of an application, and returns its id.
func (w *world) put(source, detail string) string {
	w.Helper()
	out := must(w, w.events.PutEvents, &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		{Source: &source, DetailType: aws.String("Order"), Detail: &detail, Resources: []string{"arn:aws:x:::y"}}}})
	if out.FailedEntryCount != 0 {
		w.Fatalf("%s: %s", *out.Entries[0].ErrorCode, *out.Entries[0].ErrorMessage)
	}
	return *out.Entries[0].EventId
}

// envelope is an event as targets get it.
type envelope struct {
	Version    string         `json:"version"`
	ID         string         `json:"id"`
	DetailType string         `json:"detail-type"`
	Source     string         `json:"source"`
	Account    string         `json:"account"`
	Time       string         `json:"time"`
	Region     string         `json:"region"`
	Resources  []string       `json:"resources"`
	Detail     map[string]any `json:"detail"`
}

func (w *world) parse(text string) envelope {
	w.Helper()
	var e envelope
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		w.Fatalf("%v: %s", err, text)
	}
	return e
}
