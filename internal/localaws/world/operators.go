package world

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// operators creates the topic that tells people, with a queue that keeps what was told and the operator's address.
func (s Seeder) operators(ctx context.Context, plan Plan, w *World) error {
	topics, queues := sns.NewFromConfig(s.Config), sqs.NewFromConfig(s.Config)
	name := plan.prefix() + "-operators"
	topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: &name})
	if err != nil {
		return err
	}
	queue, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		return err
	}
	w.OperatorTopic, w.OperatorQueue = *topic.TopicArn, *queue.QueueUrl
	arn := string(sqstypes.QueueAttributeNameQueueArn)
	attributes, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: queue.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	if err != nil {
		return err
	}
	_, err = topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes[arn]),
	})
	if err == nil && plan.Operator != "" {
		_, err = topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: topic.TopicArn, Protocol: aws.String("email"), Endpoint: &plan.Operator})
	}
	return err
}

// Confirm is what an operator does who was sent a mail with a token: from then on the topic's messages come to it.
func (s Seeder) Confirm(ctx context.Context, w World, token string) error {
	_, err := sns.NewFromConfig(s.Config).ConfirmSubscription(ctx, &sns.ConfirmSubscriptionInput{TopicArn: &w.OperatorTopic, Token: &token})
	return err
}
