// Package sns models Amazon Simple Notification Service: topics, who subscribed, and what was published.
package sns

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Settings are the figures of the model.
type Settings struct {
	Keep int // published messages that Messages remembers, and mails of Mailbox, the youngest
}

// DefaultSettings remember more messages than any deployment sends.
func DefaultSettings() Settings { return Settings{Keep: 1000} }

// Topics are the topics of one account.
type Topics struct {
	account  *account.Account
	settings Settings
	topics   map[string]*topic // by ARN
	messages []Message
	mails    []Mail
	queues   Queues
	endpoint string
}

// Queues is what messages for subscriptions of the protocol sqs are delivered to. It is called with the account's lock
// held; a queue that does not exist is an error.
type Queues interface {
	SendWith(queueARN, body string, attributes map[string]sqstypes.MessageAttributeValue) error
}

// SetEndpoint sets where clients reach the API: the beginning of the URLs in messages ("http://127.0.0.1:4566").
func (t *Topics) SetEndpoint(url string) { t.endpoint = strings.TrimSuffix(url, "/") }

// SetQueues lets queues subscribe to topics.
func (t *Topics) SetQueues(queues Queues) { t.queues = queues }

type topic struct {
	arn, displayName string
	tags             []types.Tag
	subscriptions    []subscription
}

// subscription is who gets a topic's messages. One without an ARN waits for its owner to confirm it: promised is its
// ARN from then on, token what the owner confirms with.
type subscription struct {
	protocol, endpoint, arn string
	promised, token         string
	raw                     bool // messages are delivered as they were published, without SNS's envelope
}

// Message is a message that was published to a topic.
type Message struct {
	ID         string
	TopicARN   string
	Subject    string // "" is none
	Body       string
	Attributes map[string]types.MessageAttributeValue
	Time       time.Time
}

// New returns an account without topics.
func New(acct *account.Account, settings Settings) *Topics {
	return &Topics{account: acct, settings: settings, topics: map[string]*topic{}, endpoint: wire.InMemoryURL}
}

// Messages are the messages published to the topic, the oldest first; "" is every topic. The account's lock is held.
func (t *Topics) Messages(topicARN string) []Message {
	var found []Message
	for _, message := range t.messages {
		if topicARN == "" || message.TopicARN == topicARN {
			found = append(found, message)
		}
	}
	return found
}

// Publish publishes a message as the API operation of the name does; Step Functions' sns:publish calls it, too. The
// account's lock is held. Errors are *wire.Error with the codes NotFound, InvalidParameter and NotModelled.
func (t *Topics) Publish(in *sdk.PublishInput) (*sdk.PublishOutput, error) {
	arn := aws.ToString(in.TopicArn)
	if arn == "" {
		arn = aws.ToString(in.TargetArn)
	}
	if in.PhoneNumber != nil || in.MessageStructure != nil || in.MessageDeduplicationId != nil || in.MessageGroupId != nil {
		return nil, wire.NotModelled("PhoneNumber, MessageStructure, MessageDeduplicationId and MessageGroupId of sns:Publish")
	}
	switch {
	case arn == "":
		return nil, invalid("TopicArn or TargetArn Reason: no value for required parameter")
	case aws.ToString(in.Message) == "":
		return nil, invalid("Empty message")
	case size(in) > 256<<10:
		return nil, invalid("Message too long")
	case in.Subject != nil && !validSubject(*in.Subject):
		return nil, invalid("Subject")
	}
	if err := checkAttributes(in.MessageAttributes); err != nil {
		return nil, err
	}
	to, err := t.find(arn)
	if err != nil {
		return nil, err
	}
	message := Message{
		ID: t.account.UUID(), TopicARN: arn, Subject: aws.ToString(in.Subject), Body: *in.Message,
		Attributes: in.MessageAttributes, Time: t.account.Now(),
	}
	t.messages = append(t.messages, message)
	if len(t.messages) > t.settings.Keep {
		t.messages = append([]Message(nil), t.messages[len(t.messages)-t.settings.Keep:]...)
	}
	t.deliver(to, message)
	return &sdk.PublishOutput{MessageId: &message.ID}, nil
}

// size is what counts of a message: its body, and of its attributes name, type and value (SDK, MessageAttributeValue).
func size(in *sdk.PublishInput) int {
	bytes := len(aws.ToString(in.Message))
	for name, attribute := range in.MessageAttributes {
		bytes += len(name) + len(aws.ToString(attribute.DataType)) + len(aws.ToString(attribute.StringValue)) + len(attribute.BinaryValue)
	}
	return bytes
}

// validSubject: ASCII text without line breaks or control characters that begins with a letter, number or punctuation,
// under 100 characters. The SDK of today says UTF-8; who is taken by the stricter rule, which stood there before, is by both.
func validSubject(subject string) bool {
	for _, r := range subject {
		if r > unicode.MaxASCII || unicode.IsControl(r) {
			return false
		}
	}
	return subject != "" && subject[0] != ' ' && len(subject) < 100
}

func checkAttributes(attributes map[string]types.MessageAttributeValue) error {
	names := make([]string, 0, len(attributes))
	for name := range attributes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		attribute := attributes[name]
		kind, _, _ := strings.Cut(aws.ToString(attribute.DataType), ".")
		switch {
		case kind != "String" && kind != "Number" && kind != "Binary":
			return &wire.Error{Code: "ParameterValueInvalid", Status: 400, Message: fmt.Sprintf(
				"The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)}
		case kind == "Binary" && len(attribute.BinaryValue) == 0, kind != "Binary" && aws.ToString(attribute.StringValue) == "":
			return &wire.Error{Code: "ParameterValueInvalid", Status: 400, Message: fmt.Sprintf(
				"The message attribute '%s' must contain non-empty message attribute value for message attribute type '%s'.", name, kind)}
		}
	}
	return nil
}

// find returns the topic of an ARN.
func (t *Topics) find(arn string) (*topic, error) {
	if parts := strings.Split(arn, ":"); len(parts) < 6 {
		return nil, invalid(fmt.Sprintf("TopicArn Reason: An ARN must have at least 6 elements, not %d", len(parts)))
	} else if parts[3] != t.account.Region {
		return nil, invalid("TopicArn")
	}
	if found := t.topics[arn]; found != nil {
		return found, nil
	}
	return nil, &wire.Error{Code: "NotFound", Message: "Topic does not exist", Status: 404}
}

func invalid(what string) *wire.Error {
	return wire.Errorf("InvalidParameter", "Invalid parameter: %s", what)
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// sorted are the ARNs of all topics, in order.
func (t *Topics) sorted() []string {
	arns := make([]string, 0, len(t.topics))
	for arn := range t.topics {
		arns = append(arns, arn)
	}
	sort.Strings(arns)
	return arns
}
