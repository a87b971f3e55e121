package sns_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/sns"
	localsqs "bluegreen/internal/localaws/sqs"
	"bluegreen/internal/localaws/wire"
)

// published is what a queue gets of a message published to a topic that it has subscribed to.
func published(t *testing.T, attributes map[string]string) (body string, message string) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	acct := account.New("000000000000", "ap-northeast-1", v, 1)
	topics, queues := sns.New(acct, sns.DefaultSettings()), localsqs.New(acct, localsqs.DefaultSettings())
	topics.SetQueues(queues)
	endpoint := wire.NewEndpoint(acct, wire.DefaultSettings(), nil)
	endpoint.Add(topics.Service())
	endpoint.Add(queues.Service())
	v.Run(func() {
		ctx, config := context.Background(), endpoint.Config(wire.Caller{})
		people, queue := sdk.NewFromConfig(config), sqs.NewFromConfig(config)
		created, err := people.CreateTopic(ctx, &sdk.CreateTopicInput{Name: aws.String("hooks")})
		if err != nil {
			t.Fatal(err)
		}
		url, err := queue.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("hooks")})
		if err != nil {
			t.Fatal(err)
		}
		subscribed, err := people.Subscribe(ctx, &sdk.SubscribeInput{
			TopicArn: created.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(acct.ARN("sqs", "hooks")), Attributes: attributes,
		})
		if err != nil || *subscribed.SubscriptionArn == "pending confirmation" {
			t.Fatal(subscribed, err)
		}
		out, err := people.Publish(ctx, &sdk.PublishInput{TopicArn: created.TopicArn, Message: aws.String("hello"), Subject: aws.String("news"),
			MessageAttributes: map[string]types.MessageAttributeValue{"state": {DataType: aws.String("String"), StringValue: aws.String("open")}}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: url.QueueUrl, MessageAttributeNames: []string{"All"}})
		if err != nil || len(got.Messages) != 1 {
			t.Fatal(got, err)
		}
		if raw := attributes["RawMessageDelivery"] == "true"; raw != (len(got.Messages[0].MessageAttributes) == 1) {
			t.Errorf("message attributes: %v", got.Messages[0].MessageAttributes)
		}
		body, message = *got.Messages[0].Body, *out.MessageId
		if _, err := people.Unsubscribe(ctx, &sdk.UnsubscribeInput{SubscriptionArn: subscribed.SubscriptionArn}); err != nil {
			t.Fatal(err)
		}
		if _, err := people.Publish(ctx, &sdk.PublishInput{TopicArn: created.TopicArn, Message: aws.String("unheard")}); err != nil {
			t.Fatal(err)
		}
		if visible, _ := queues.Depth(acct.ARN("sqs", "hooks")); visible != 0 {
			t.Error("a queue that has unsubscribed gets messages")
		}
	})
	return body, message
}

func TestQueueGetsTheEnvelope(t *testing.T) {
	body, id := published(t, nil)
	var envelope map[string]any
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		t.Fatal(err)
	}
	if envelope["Type"] != "Notification" || envelope["MessageId"] != id || envelope["Message"] != "hello" || envelope["Subject"] != "news" ||
		envelope["TopicArn"] != "arn:aws:sns:ap-northeast-1:000000000000:hooks" {
		t.Errorf("envelope %s", body)
	}
}

// What is signed, and how, is what the developer guide says to verify ("Verifying the signatures of Amazon SNS messages").
func TestEnvelopesAreSigned(t *testing.T) {
	body, _ := published(t, nil)
	var e struct {
		Message, MessageID, Subject, Timestamp, TopicARN, Type, SignatureVersion, Signature, SigningCertURL, UnsubscribeURL string
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(sns.Certificate())
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := base64.StdEncoding.DecodeString(e.Signature)
	if err != nil {
		t.Fatal(err)
	}
	signed := sha1.Sum([]byte("Message\n" + e.Message + "\nMessageId\n" + e.MessageID + "\nSubject\n" + e.Subject +
		"\nTimestamp\n" + e.Timestamp + "\nTopicArn\n" + e.TopicARN + "\nType\n" + e.Type + "\n"))
	if err := rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), crypto.SHA1, signed[:], signature); err != nil || e.SignatureVersion != "1" {
		t.Errorf("%v: envelope %s", err, body)
	}
	if e.SigningCertURL != wire.InMemoryURL+sns.CertificatePath ||
		!strings.HasPrefix(e.UnsubscribeURL, wire.InMemoryURL+"/?Action=Unsubscribe&SubscriptionArn="+e.TopicARN+":") {
		t.Errorf("envelope %s", body)
	}
}

func TestQueueGetsTheRawMessage(t *testing.T) {
	if body, _ := published(t, map[string]string{"RawMessageDelivery": "true"}); body != "hello" {
		t.Errorf("body %q", body)
	}
}
