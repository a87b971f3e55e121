package sns_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go"

	"bluegreen/internal/localaws/sns"
)

// A person gets nothing but the question whether it wants to, until it has confirmed its subscription.
func TestMailComesOnceConfirmed(t *testing.T) {
	meet(t, func(ctx context.Context, client *sdk.Client, topics *sns.Topics) {
		const address = "a@example.com"
		publish := func(subject string) {
			in := &sdk.PublishInput{TopicArn: aws.String(topicARN), Message: aws.String("body of " + subject)}
			if subject != "" {
				in.Subject = &subject
			}
			if _, err := client.Publish(ctx, in); err != nil {
				t.Fatal(err)
			}
		}
		confirm := func(token string) (string, error) {
			out, err := client.ConfirmSubscription(ctx, &sdk.ConfirmSubscriptionInput{TopicArn: aws.String(topicARN), Token: &token})
			if err != nil {
				return "", err
			}
			return *out.SubscriptionArn, nil
		}
		if _, err := client.Subscribe(ctx, &sdk.SubscribeInput{TopicArn: aws.String(topicARN), Protocol: aws.String("email"), Endpoint: aws.String(address)}); err != nil {
			t.Fatal(err)
		}
		publish("early")
		mails := topics.Mailbox(address)
		if len(mails) != 1 || mails[0].Token == "" || !strings.Contains(mails[0].Body, mails[0].Token) {
			t.Fatalf("%+v", mails)
		}
		var refused smithy.APIError
		if _, err := confirm("wrong"); !errors.As(err, &refused) || refused.ErrorCode() != "InvalidParameter" {
			t.Errorf("a wrong token: %v", err)
		}
		arn, err := confirm(mails[0].Token)
		if again, _ := confirm(mails[0].Token); err != nil || again != arn || !strings.HasPrefix(arn, topicARN+":") {
			t.Errorf("confirmed as %s, then %s: %v", arn, again, err)
		}
		publish("news")
		mails = topics.Mailbox(address)
		if last := mails[len(mails)-1]; len(mails) != 2 || last.Subject != "news" || !strings.HasPrefix(last.Body, "body of news") || last.Token != "" {
			t.Errorf("%+v", mails)
		}
		if _, err := client.Unsubscribe(ctx, &sdk.UnsubscribeInput{SubscriptionArn: &arn}); err != nil {
			t.Fatal(err)
		}
		publish("late")
		if mails = topics.Mailbox(address); len(mails) != 2 || len(topics.Mailbox("b@example.com")) != 0 {
			t.Errorf("%+v", mails)
		}
	})
}
