package sns_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/wire"
)

const topicARN = "arn:aws:sns:ap-northeast-1:000000000000:people"

// meet runs f with a client of an account whose one topic is "people".
func meet(t *testing.T, f func(ctx context.Context, client *sdk.Client, topics *sns.Topics)) {
	c := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	acct := account.New("000000000000", "ap-northeast-1", c, 1)
	topics := sns.New(acct, sns.Settings{Keep: 2})
	endpoint := wire.NewEndpoint(acct, wire.DefaultSettings(), nil)
	endpoint.Add(topics.Service())
	c.Run(func() {
		client := sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
		out, err := client.CreateTopic(context.Background(), &sdk.CreateTopicInput{
			Name: aws.String("people"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
		if err != nil || aws.ToString(out.TopicArn) != topicARN {
			t.Fatal(out, err)
		}
		f(context.Background(), client, topics)
	})
}

func TestPublishedMessagesAreKept(t *testing.T) {
	meet(t, func(ctx context.Context, client *sdk.Client, topics *sns.Topics) {
		for _, body := range []string{"first", "second", "third"} {
			out, err := client.Publish(ctx, &sdk.PublishInput{
				TopicArn: aws.String(topicARN), Message: aws.String(body), Subject: aws.String("news"),
				MessageAttributes: map[string]types.MessageAttributeValue{"state": {DataType: aws.String("String"), StringValue: aws.String("RolledBack")}},
			})
			if err != nil || aws.ToString(out.MessageId) == "" {
				t.Fatal(out, err)
			}
		}
		messages := topics.Messages(topicARN)
		if len(messages) != 2 || messages[0].Body != "second" || messages[1].Body != "third" || messages[1].Subject != "news" ||
			aws.ToString(messages[1].Attributes["state"].StringValue) != "RolledBack" {
			t.Errorf("kept %+v", messages)
		}
	})
}

func TestPublishRefuses(t *testing.T) {
	meet(t, func(ctx context.Context, client *sdk.Client, topics *sns.Topics) {
		for _, c := range []struct {
			in            sdk.PublishInput
			code, message string
		}{
			{sdk.PublishInput{Message: aws.String("m")}, "InvalidParameter", "TopicArn or TargetArn Reason: no value for required parameter"},
			{sdk.PublishInput{TopicArn: aws.String("people"), Message: aws.String("m")}, "InvalidParameter", "An ARN must have at least 6 elements, not 1"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN + "x"), Message: aws.String("m")}, "NotFound", "Topic does not exist"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("")}, "InvalidParameter", "Invalid parameter: Empty message"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("m"), Subject: aws.String("a\nb")}, "InvalidParameter", "Invalid parameter: Subject"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("m"), Subject: aws.String("日本")}, "InvalidParameter", "Invalid parameter: Subject"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String(strings.Repeat("m", 200<<10)), MessageAttributes: map[string]types.MessageAttributeValue{
				"project": {DataType: aws.String("String"), StringValue: aws.String(strings.Repeat("p", 57<<10))},
			}}, "InvalidParameter", "Message too long"},
			{sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("m"), MessageStructure: aws.String("json")}, "NotModelled", "MessageStructure"},
		} {
			_, err := client.Publish(ctx, &c.in)
			var api smithy.APIError
			if !errors.As(err, &api) || api.ErrorCode() != c.code || !strings.Contains(api.ErrorMessage(), c.message) {
				t.Errorf("got %v, want %s: %s", err, c.code, c.message)
			}
		}
		if kept := topics.Messages(""); len(kept) != 0 {
			t.Errorf("refused messages were kept: %+v", kept)
		}
	})
}

func TestSubscriptionsWaitForTheirConfirmation(t *testing.T) {
	meet(t, func(ctx context.Context, client *sdk.Client, _ *sns.Topics) {
		subscribed, err := client.Subscribe(ctx, &sdk.SubscribeInput{TopicArn: aws.String(topicARN), Protocol: aws.String("email"), Endpoint: aws.String("a@example.com")})
		if err != nil || aws.ToString(subscribed.SubscriptionArn) != "pending confirmation" {
			t.Fatal(subscribed, err)
		}
		list, err := client.ListSubscriptionsByTopic(ctx, &sdk.ListSubscriptionsByTopicInput{TopicArn: aws.String(topicARN)})
		if err != nil || len(list.Subscriptions) != 1 || aws.ToString(list.Subscriptions[0].SubscriptionArn) != "PendingConfirmation" {
			t.Fatal(list, err)
		}
		attributes, err := client.GetTopicAttributes(ctx, &sdk.GetTopicAttributesInput{TopicArn: aws.String(topicARN)})
		if err != nil || attributes.Attributes["SubscriptionsPending"] != "1" {
			t.Fatal(attributes, err)
		}
		if _, err := client.DeleteTopic(ctx, &sdk.DeleteTopicInput{TopicArn: aws.String(topicARN)}); err != nil {
			t.Fatal(err)
		}
		topics, err := client.ListTopics(ctx, &sdk.ListTopicsInput{})
		if err != nil || len(topics.Topics) != 0 {
			t.Fatal(topics, err)
		}
	})
}

func TestQueuesThatAreNotModelled(t *testing.T) {
	meet(t, func(ctx context.Context, client *sdk.Client, _ *sns.Topics) {
		for endpoint, want := range map[string]string{
			"arn:aws:sqs:ap-northeast-1:999999999999:jobs":      "NotModelled: localaws does not model queues of another account or Region",
			"arn:aws:sqs:eu-west-1:000000000000:jobs":           "NotModelled: localaws does not model queues of another account or Region",
			"arn:aws:sqs:ap-northeast-1:000000000000:jobs.fifo": "NotModelled: localaws does not model FIFO queues such as jobs.fifo",
			"jobs": "InvalidParameter: Invalid parameter: SQS endpoint ARN",
		} {
			_, err := client.Subscribe(ctx, &sdk.SubscribeInput{TopicArn: aws.String(topicARN), Protocol: aws.String("sqs"), Endpoint: aws.String(endpoint)})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", endpoint, err, want)
			}
		}
		_, err := client.CreateTopic(ctx, &sdk.CreateTopicInput{Name: aws.String("jobs.fifo")})
		if err == nil || !strings.Contains(err.Error(), "NotModelled: localaws does not model FIFO topics such as jobs.fifo") {
			t.Errorf("a FIFO topic: %v", err)
		}
	})
}
