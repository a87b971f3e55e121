package sns

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/wire"
)

// Mail is an e-mail that SNS sent.
type Mail struct {
	To      string
	Subject string
	Body    string
	Time    time.Time
	Token   string // of a mail that asks whether its reader wants to subscribe: what the link in it confirms with
}

// Mailbox is the e-mails that an address got, the oldest first. The account's lock is held.
func (t *Topics) Mailbox(address string) []Mail {
	var found []Mail
	for _, mail := range t.mails {
		if mail.To == address {
			found = append(found, mail)
		}
	}
	return found
}

func (t *Topics) post(mail Mail) {
	mail.Time = t.account.Now()
	t.mails = append(t.mails, mail)
	if len(t.mails) > t.settings.Keep {
		t.mails = append([]Mail(nil), t.mails[len(t.mails)-t.settings.Keep:]...)
	}
}

// confirmation asks the owner of an address whether it was it that subscribed.
func (t *Topics) confirmation(topicARN string, s subscription) Mail {
	return Mail{
		To: s.endpoint, Subject: "AWS Notification - Subscription Confirmation", Token: s.token,
		Body: fmt.Sprintf("You have chosen to subscribe to the topic:\n%s\n\nTo confirm this subscription:\n"+
			"aws sns confirm-subscription --topic-arn %s --token %s\n", topicARN, topicARN, s.token),
	}
}

// letter is a message as a person reads it.
func (m Message) letter(s subscription) Mail {
	subject := m.Subject
	if subject == "" {
		subject = "AWS Notification Message"
	}
	return Mail{To: s.endpoint, Subject: subject, Body: m.Body + "\n\n--\nTo stop receiving notifications:\n" +
		"aws sns unsubscribe --subscription-arn " + s.arn + "\n"}
}

// confirm is what the link in a confirmation does. Confirming twice is confirming once.
func (t *Topics) confirm(_ *wire.Call, in *sdk.ConfirmSubscriptionInput) (*sdk.ConfirmSubscriptionOutput, error) {
	found, err := t.find(aws.ToString(in.TopicArn))
	if err != nil {
		return nil, err
	}
	for i, s := range found.subscriptions {
		if s.token != "" && s.token == *in.Token {
			found.subscriptions[i].arn = s.promised
			return &sdk.ConfirmSubscriptionOutput{SubscriptionArn: aws.String(s.promised)}, nil
		}
	}
	return nil, invalid("Token")
}
