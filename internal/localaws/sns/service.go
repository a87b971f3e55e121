package sns

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"bluegreen/internal/localaws/wire"
)

// Service is the API of SNS, as far as it is modelled.
func (t *Topics) Service() wire.Service {
	return wire.Service{
		SigningName: "sns",
		Protocol:    wire.AWSQuery,
		Version:     "2010-03-31",
		Namespace:   "http://sns.amazonaws.com/doc/2010-03-31/",
		Operations: []wire.Operation{
			wire.Op("CreateTopic", t.createTopic, "Name", "Attributes", "Tags"),
			wire.Op("DeleteTopic", t.deleteTopic, "TopicArn"),
			wire.Op("ListTopics", t.listTopics, "NextToken"),
			wire.Op("GetTopicAttributes", t.getTopicAttributes, "TopicArn"),
			wire.Op("ListTagsForResource", t.listTags, "ResourceArn"),
			wire.Op("Subscribe", t.subscribe, "TopicArn", "Protocol", "Endpoint", "ReturnSubscriptionArn", "Attributes"),
			wire.Op("ConfirmSubscription", t.confirm, "TopicArn", "Token").Requires("TopicArn", "Token"),
			wire.Op("Unsubscribe", t.unsubscribe, "SubscriptionArn"),
			wire.Op("ListSubscriptionsByTopic", t.listSubscriptions, "TopicArn", "NextToken"),
			wire.Op("ListSubscriptions", t.listAllSubscriptions, "NextToken"),
			wire.Op("Publish", func(_ *wire.Call, in *sdk.PublishInput) (*sdk.PublishOutput, error) { return t.Publish(in) },
				"TopicArn", "TargetArn", "Message", "Subject", "MessageAttributes"),
		},
	}
}

func (t *Topics) createTopic(_ *wire.Call, in *sdk.CreateTopicInput) (*sdk.CreateTopicOutput, error) {
	name := aws.ToString(in.Name)
	if strings.HasSuffix(name, ".fifo") {
		return nil, wire.NotModelled("FIFO topics such as %s; it models standard topics", name)
	}
	if !topicName.MatchString(name) {
		return nil, invalid("Topic Name")
	}
	displayName := ""
	for attribute, value := range in.Attributes {
		if attribute != "DisplayName" {
			return nil, wire.NotModelled("the topic attribute %s", attribute)
		}
		displayName = value
	}
	arn := t.account.ARN("sns", name)
	if found := t.topics[arn]; found != nil {
		if len(in.Attributes) > 0 && found.displayName != displayName {
			return nil, invalid("Attributes Reason: Topic already exists with different attributes")
		}
		if len(in.Tags) > 0 && !sameTags(found.tags, in.Tags) {
			return nil, invalid("Tags Reason: Topic already exists with different tags")
		}
		return &sdk.CreateTopicOutput{TopicArn: &arn}, nil
	}
	t.topics[arn] = &topic{arn: arn, displayName: displayName, tags: in.Tags}
	return &sdk.CreateTopicOutput{TopicArn: &arn}, nil
}

func sameTags(a, b []types.Tag) bool {
	text := func(tags []types.Tag) string {
		var lines []string
		for _, tag := range tags {
			lines = append(lines, fmt.Sprintf("%q=%q", aws.ToString(tag.Key), aws.ToString(tag.Value)))
		}
		sort.Strings(lines)
		return strings.Join(lines, ",")
	}
	return text(a) == text(b)
}

// deleteTopic is idempotent.
func (t *Topics) deleteTopic(_ *wire.Call, in *sdk.DeleteTopicInput) (*sdk.DeleteTopicOutput, error) {
	delete(t.topics, aws.ToString(in.TopicArn))
	return &sdk.DeleteTopicOutput{}, nil
}

// page is the size of a page of topics or subscriptions.
const page = 100

// nextPage returns the part of n things that a token asks for, and the token of the part after it.
func nextPage(token *string, n int) (from, to int, next *string, err error) {
	if token != nil {
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > n {
			return 0, 0, nil, invalid("NextToken")
		}
	}
	if to = min(from+page, n); to < n {
		next = aws.String(strconv.Itoa(to))
	}
	return from, to, next, nil
}

func (t *Topics) listTopics(_ *wire.Call, in *sdk.ListTopicsInput) (*sdk.ListTopicsOutput, error) {
	arns := t.sorted()
	from, to, next, err := nextPage(in.NextToken, len(arns))
	if err != nil {
		return nil, err
	}
	out := &sdk.ListTopicsOutput{NextToken: next}
	for _, arn := range arns[from:to] {
		out.Topics = append(out.Topics, types.Topic{TopicArn: aws.String(arn)})
	}
	return out, nil
}

func (t *Topics) getTopicAttributes(_ *wire.Call, in *sdk.GetTopicAttributesInput) (*sdk.GetTopicAttributesOutput, error) {
	found, err := t.find(aws.ToString(in.TopicArn))
	if err != nil {
		return nil, err
	}
	confirmed := 0
	for _, s := range found.subscriptions {
		if s.arn != "" {
			confirmed++
		}
	}
	return &sdk.GetTopicAttributesOutput{Attributes: map[string]string{
		"TopicArn": found.arn, "Owner": t.account.ID, "DisplayName": found.displayName,
		"SubscriptionsConfirmed": strconv.Itoa(confirmed), "SubscriptionsDeleted": "0",
		"SubscriptionsPending": strconv.Itoa(len(found.subscriptions) - confirmed),
	}}, nil
}

func (t *Topics) listTags(_ *wire.Call, in *sdk.ListTagsForResourceInput) (*sdk.ListTagsForResourceOutput, error) {
	found, err := t.find(aws.ToString(in.ResourceArn))
	if err != nil {
		return nil, &wire.Error{Code: "ResourceNotFound", Message: "Resource does not exist", Status: 404}
	}
	return &sdk.ListTagsForResourceOutput{Tags: found.tags}, nil
}

func (t *Topics) listSubscriptions(_ *wire.Call, in *sdk.ListSubscriptionsByTopicInput) (*sdk.ListSubscriptionsByTopicOutput, error) {
	found, err := t.find(aws.ToString(in.TopicArn))
	if err != nil {
		return nil, err
	}
	from, to, next, err := nextPage(in.NextToken, len(found.subscriptions))
	if err != nil {
		return nil, err
	}
	return &sdk.ListSubscriptionsByTopicOutput{Subscriptions: t.shown(found, found.subscriptions[from:to]), NextToken: next}, nil
}

// listAllSubscriptions lists those of every topic, by topic.
func (t *Topics) listAllSubscriptions(_ *wire.Call, in *sdk.ListSubscriptionsInput) (*sdk.ListSubscriptionsOutput, error) {
	var all []types.Subscription
	for _, arn := range t.sorted() {
		all = append(all, t.shown(t.topics[arn], t.topics[arn].subscriptions)...)
	}
	from, to, next, err := nextPage(in.NextToken, len(all))
	if err != nil {
		return nil, err
	}
	return &sdk.ListSubscriptionsOutput{Subscriptions: all[from:to], NextToken: next}, nil
}

// shown are subscriptions of a topic as lists show them.
func (t *Topics) shown(of *topic, subscriptions []subscription) []types.Subscription {
	var shown []types.Subscription
	for _, s := range subscriptions {
		arn := s.arn
		if arn == "" {
			arn = pending
		}
		shown = append(shown, types.Subscription{
			Endpoint: aws.String(s.endpoint), Protocol: aws.String(s.protocol), Owner: aws.String(t.account.ID),
			SubscriptionArn: &arn, TopicArn: aws.String(of.arn),
		})
	}
	return shown
}
