package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Queue is where jobs wait for a worker.
type Queue struct {
	URL    string
	client *sqs.Client
}

// CreateQueue creates a queue.
func CreateQueue(ctx context.Context, config aws.Config, name string) (Queue, error) {
	client := sqs.NewFromConfig(config)
	created, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		return Queue{}, fmt.Errorf("create the queue: %w", err)
	}
	return Queue{URL: *created.QueueUrl, client: client}, nil
}

// body is the message of a job: how long it takes, in the clock's time.
type body struct {
	Seconds float64 `json:"seconds"`
}

// Send sends a job that takes a time, and returns its id.
func (q Queue) Send(ctx context.Context, takes time.Duration) (string, error) {
	text, err := json.Marshal(body{Seconds: takes.Seconds()})
	if err != nil {
		return "", err
	}
	sent, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.URL, MessageBody: aws.String(string(text))})
	if err != nil {
		return "", fmt.Errorf("send a job: %w", err)
	}
	return *sent.MessageId, nil
}

// Waiting is how many jobs wait, and how many have been taken and not been deleted.
func (q Queue) Waiting(ctx context.Context) (visible, hidden int, err error) {
	got, err := q.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.URL,
		AttributeNames: []sqstypes.QueueAttributeName{
			sqstypes.QueueAttributeNameApproximateNumberOfMessages, sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
		},
	})
	if err != nil {
		return 0, 0, fmt.Errorf("ask how many jobs wait: %w", err)
	}
	for name, n := range map[sqstypes.QueueAttributeName]*int{
		sqstypes.QueueAttributeNameApproximateNumberOfMessages:           &visible,
		sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible: &hidden,
	} {
		if *n, err = strconv.Atoi(got.Attributes[string(name)]); err != nil {
			return 0, 0, fmt.Errorf("ask how many jobs wait: %s: %w", name, err)
		}
	}
	return visible, hidden, nil
}
