// Package announce sends the notices that are due: programs by an EventBridge event, people by a message to
// an SNS topic. Telling never fails a deployment and never holds it up for long: what cannot be told is logged.
package announce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eventtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"bluegreen/internal/awserror"
	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/notice"
	"bluegreen/internal/text"
)

// bus takes events.
type bus interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// topic takes messages.
type topic interface {
	Publish(context.Context, *sns.PublishInput, ...func(*sns.Options)) (*sns.PublishOutput, error)
}

var (
	_ bus   = (*eventbridge.Client)(nil)
	_ topic = (*sns.Client)(nil)
)

// source is that of our events.
const source = "bluegreen"

// detailTypes are those of our events (docs/events.md).
var detailTypes = map[notice.Kind]string{
	notice.KindDeployment: "Deployment Stage",
	notice.KindDrain:      "Drain Stage",
}

const (
	// attempts is how often the SDK tries to tell: what matters more waits.
	attempts = 2
	// patience bounds one way of telling; share is that of the function's time that is left, where it is less: a function
	// that was slow has to end in time all the same.
	patience = 3 * time.Second
	share    = 4
)

// tell tells one notice in one way.
type tell func(context.Context, notice.Notice) error

// OnBus returns handle's work, after which programs are told what it has come to.
func OnBus(cfg aws.Config, env lambdaentry.Environment, handle lambdaentry.Handle) lambdaentry.Handle {
	return afterwards(env, handle, events(cfg, env).putEvents)
}

// ToPeople is OnBus, and people are told, too: first.
func ToPeople(cfg aws.Config, env lambdaentry.Environment, handle lambdaentry.Handle) lambdaentry.Handle {
	return afterwards(env, handle, mail(cfg, env).publishMessage, events(cfg, env).putEvents)
}

// AtOnce tells programs and people, both before it returns: for a function whose work it is to tell. The error says what
// was not told.
func AtOnce(ctx context.Context, cfg aws.Config, env lambdaentry.Environment, n notice.Notice) error {
	return errors.Join(mail(cfg, env).publishMessage(ctx, n), events(cfg, env).putEvents(ctx, n))
}

func afterwards(env lambdaentry.Environment, handle lambdaentry.Handle, ways ...tell) lambdaentry.Handle {
	return func(ctx context.Context, call deploy.Call) (deploy.Document, error) {
		document, err := handle(ctx, call)
		if err == nil {
			quietly(ctx, env, call, document, ways)
		}
		return document, err
	}
}

// quietly tells, and logs what keeps it from telling, be it a mistake of ours.
func quietly(ctx context.Context, env lambdaentry.Environment, call deploy.Call, document deploy.Document, ways []tell) {
	defer func() {
		if reason := recover(); reason != nil {
			fmt.Fprintf(env.Log, "not told: panic: %v\n%s", reason, debug.Stack())
		}
	}()
	n, worth := notice.Of(call, document)
	if !worth {
		return
	}
	for _, way := range ways {
		if err := bounded(ctx, env.Clock, n, way); err != nil {
			fmt.Fprintf(env.Log, "not told that %s: %s\n", text.Line(n.ID), text.Line(awserror.Text(err)))
		}
	}
}

// bounded tells within patience, and within its share of the function's time.
func bounded(ctx context.Context, clock clock.Clock, n notice.Notice, way tell) error {
	most := patience
	if deadline, limited := ctx.Deadline(); limited {
		most = min(most, deadline.Sub(clock.Now())/share)
	}
	if most <= 0 {
		return errors.New("the function's time is over")
	}
	limited, cancel := clock.WithTimeout(ctx, most)
	defer cancel()
	return way(limited, n)
}

// onBus puts events on a bus.
type onBus struct {
	bus  bus
	name string
}

func events(cfg aws.Config, env lambdaentry.Environment) onBus {
	return onBus{name: env.EventBus, bus: eventbridge.NewFromConfig(cfg, func(o *eventbridge.Options) { o.RetryMaxAttempts = attempts })}
}

func (o onBus) putEvents(ctx context.Context, n notice.Notice) error {
	detail, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encoding the event: %w", err)
	}
	out, err := o.bus.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []eventtypes.PutEventsRequestEntry{{
		EventBusName: &o.name,
		Source:       aws.String(source),
		DetailType:   aws.String(detailTypes[n.Kind]),
		Detail:       aws.String(string(detail)),
		Resources:    []string{n.Execution},
		Time:         &n.At,
	}}})
	if err != nil {
		return fmt.Errorf("putting an event: %w", err)
	}
	for _, entry := range out.Entries {
		if entry.ErrorCode != nil {
			return fmt.Errorf("putting an event: %s: %s", *entry.ErrorCode, aws.ToString(entry.ErrorMessage))
		}
	}
	return nil
}

// inbox publishes messages to the operators' topic.
type inbox struct {
	topic  topic
	arn    string
	starts starts
}

func mail(cfg aws.Config, env lambdaentry.Environment) inbox {
	return inbox{arn: env.OperatorTopic, starts: starting(cfg, env), topic: sns.NewFromConfig(cfg, func(o *sns.Options) { o.RetryMaxAttempts = attempts })}
}

func (i inbox) publishMessage(ctx context.Context, n notice.Notice) error {
	if n.Subject == "" || i.arn == "" {
		return nil
	}
	n.StartedBy(i.starts.by(ctx, n.Execution))
	attributes := make(map[string]snstypes.MessageAttributeValue)
	for name, value := range map[string]string{
		"project": n.Project, "lineage": n.Lineage, "kind": string(n.Kind), "stage": string(n.Stage), "id": n.ID,
	} {
		if value != "" {
			attributes[name] = snstypes.MessageAttributeValue{DataType: aws.String("String"), StringValue: &value}
		}
	}
	_, err := i.topic.Publish(ctx, &sns.PublishInput{TopicArn: &i.arn, Subject: &n.Subject, Message: &n.Text, MessageAttributes: attributes})
	if err != nil {
		return fmt.Errorf("publishing a message: %w", err)
	}
	return nil
}
