package sns

import (
	"encoding/base64"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// envelope is what SNS puts around a message for a queue, signed with the model's own key.
type envelope struct {
	Type              string
	MessageID         string `json:"MessageId"`
	TopicARN          string `json:"TopicArn"`
	Subject           string `json:",omitempty"`
	Message           string
	Timestamp         string
	SignatureVersion  string
	Signature         string
	SigningCertURL    string
	UnsubscribeURL    string
	MessageAttributes map[string]enclosed `json:",omitempty"`
}

// enclosed is a message attribute in an envelope.
type enclosed struct{ Type, Value string }

// deliver sends a message to those who have subscribed and confirmed it. A queue that is gone gets nothing, and nobody
// is told.
func (t *Topics) deliver(to *topic, m Message) {
	for _, s := range to.subscriptions {
		switch {
		case s.arn == "":
		case s.protocol == "email":
			t.post(m.letter(s))
		case s.protocol == "email-json":
			t.post(Mail{To: s.endpoint, Subject: m.letter(s).Subject, Body: t.enclosed(m, s)})
		case t.queues == nil:
		case s.raw:
			_ = t.queues.SendWith(s.endpoint, m.Body, m.queueAttributes())
		default:
			_ = t.queues.SendWith(s.endpoint, t.enclosed(m, s), nil)
		}
	}
}

// enclosed is the message in its envelope for a subscription.
func (t *Topics) enclosed(m Message, s subscription) string {
	e := m.envelope()
	e.SignatureVersion, e.Signature, e.SigningCertURL = "1", e.sign(), t.endpoint+CertificatePath
	e.UnsubscribeURL = t.endpoint + "/?Action=Unsubscribe&SubscriptionArn=" + s.arn
	body, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		panic(err) // strings always encode
	}
	return string(body)
}

func (m Message) envelope() envelope {
	e := envelope{
		Type: "Notification", MessageID: m.ID, TopicARN: m.TopicARN, Subject: m.Subject, Message: m.Body,
		Timestamp: m.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	for name, attribute := range m.Attributes {
		value := aws.ToString(attribute.StringValue)
		if attribute.StringValue == nil {
			value = base64.StdEncoding.EncodeToString(attribute.BinaryValue)
		}
		if e.MessageAttributes == nil {
			e.MessageAttributes = map[string]enclosed{}
		}
		e.MessageAttributes[name] = enclosed{Type: aws.ToString(attribute.DataType), Value: value}
	}
	return e
}

// queueAttributes are the message's attributes as a queue has them.
func (m Message) queueAttributes() map[string]sqstypes.MessageAttributeValue {
	attributes := make(map[string]sqstypes.MessageAttributeValue, len(m.Attributes))
	for name, a := range m.Attributes {
		attributes[name] = sqstypes.MessageAttributeValue{DataType: a.DataType, StringValue: a.StringValue, BinaryValue: a.BinaryValue}
	}
	return attributes
}
