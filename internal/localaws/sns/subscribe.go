package sns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/wire"
)

// pending is the ARN of a subscription that its owner has not confirmed. Those of queues of the same account need no
// confirmation; people are sent a mail (Mailbox) with what they confirm with.
const pending = "PendingConfirmation"

func (t *Topics) subscribe(_ *wire.Call, in *sdk.SubscribeInput) (*sdk.SubscribeOutput, error) {
	found, err := t.find(aws.ToString(in.TopicArn))
	if err != nil {
		return nil, err
	}
	wanted := subscription{protocol: aws.ToString(in.Protocol), endpoint: aws.ToString(in.Endpoint)}
	if err := t.checkEndpoint(wanted); err != nil {
		return nil, err
	}
	if wanted.raw, err = rawDelivery(in.Attributes, wanted.protocol); err != nil {
		return nil, err
	}
	for _, s := range found.subscriptions {
		if s.protocol != wanted.protocol || s.endpoint != wanted.endpoint {
			continue
		}
		if s.raw != wanted.raw && len(in.Attributes) > 0 {
			return nil, invalid("Attributes Reason: Subscription already exists with different attributes")
		}
		return &sdk.SubscribeOutput{SubscriptionArn: aws.String(s.answered("pending confirmation"))}, nil
	}
	own := found.arn + ":" + t.account.UUID()
	if wanted.protocol == "sqs" {
		wanted.arn = own
	} else {
		wanted.promised, wanted.token = own, t.account.Hex(160)
		t.post(t.confirmation(found.arn, wanted))
	}
	found.subscriptions = append(found.subscriptions, wanted)
	if in.ReturnSubscriptionArn {
		return &sdk.SubscribeOutput{SubscriptionArn: &own}, nil
	}
	return &sdk.SubscribeOutput{SubscriptionArn: aws.String(wanted.answered("pending confirmation"))}, nil
}

// answered is the subscription's ARN, or what stands for it until it is confirmed.
func (s subscription) answered(unconfirmed string) string {
	if s.arn == "" {
		return unconfirmed
	}
	return s.arn
}

// checkEndpoint refuses an endpoint that does not fit its protocol.
func (t *Topics) checkEndpoint(s subscription) error {
	switch s.protocol {
	case "email", "email-json":
		if !strings.Contains(s.endpoint, "@") {
			return invalid("Email address")
		}
	case "sqs":
		return t.checkQueue(s.endpoint)
	case "http", "https", "sms", "application", "lambda", "firehose":
		return wire.NotModelled("subscriptions of the protocol %s; it models email, email-json and sqs", s.protocol)
	default:
		return invalid(fmt.Sprintf("Amazon SNS does not support this protocol string: %s", s.protocol))
	}
	return nil
}

// checkQueue refuses what is no queue's ARN, and queues that the model has not.
func (t *Topics) checkQueue(endpoint string) error {
	parsed, err := arn.Parse(endpoint)
	switch {
	case err != nil || parsed.Service != "sqs" || parsed.Region == "" || parsed.AccountID == "" || parsed.Resource == "":
		return invalid("SQS endpoint ARN")
	case parsed.Region != t.account.Region || parsed.AccountID != t.account.ID:
		return wire.NotModelled("queues of another account or Region, such as %s", endpoint)
	case strings.HasSuffix(parsed.Resource, ".fifo"):
		return wire.NotModelled("FIFO queues such as %s; it models standard queues", parsed.Resource)
	}
	return nil
}

// rawDelivery reads the one attribute of subscriptions that is modelled.
func rawDelivery(attributes map[string]string, protocol string) (bool, error) {
	for name, value := range attributes {
		switch {
		case name != "RawMessageDelivery":
			return false, wire.NotModelled("the subscription attribute %s; it models RawMessageDelivery", name)
		case value != "true" && value != "false":
			return false, invalid("Attributes Reason: RawMessageDelivery: Invalid value [" + value + "]. Must be true or false.")
		case value == "true" && protocol != "sqs":
			return false, invalid("Attributes Reason: Delivery protocol [" + protocol + "] does not support raw message delivery.")
		}
	}
	return attributes["RawMessageDelivery"] == "true", nil
}

// unsubscribe is idempotent.
func (t *Topics) unsubscribe(_ *wire.Call, in *sdk.UnsubscribeInput) (*sdk.UnsubscribeOutput, error) {
	given := aws.ToString(in.SubscriptionArn)
	if len(strings.Split(given, ":")) < 7 {
		return nil, invalid(fmt.Sprintf("SubscriptionArn Reason: An ARN must have at least 6 elements, not %d", len(strings.Split(given, ":"))))
	}
	for _, found := range t.topics {
		found.subscriptions = slices.DeleteFunc(found.subscriptions, func(s subscription) bool { return s.arn == given })
	}
	return &sdk.UnsubscribeOutput{}, nil
}
