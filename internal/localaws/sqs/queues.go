// Package sqs is a model of Amazon Simple Queue Service: standard queues whose messages are received, hidden for a time,
// and deleted. Messages come in the order in which they were sent; AWS promises only to try. FIFO queues are refused.
//
// Every method is called with the account's lock held, but for Service, whose operations the endpoint runs.
package sqs

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
)

// Queues are the queues of one account.
type Queues struct {
	account  *account.Account
	settings Settings
	endpoint string
	queues   []*queue             // by name
	deleted  map[string]time.Time // by name
}

// queue is one standard queue.
type queue struct {
	name, arn         string
	attributes        map[string]string // those that can be set
	tags              map[string]string
	created, modified time.Time
	purged            time.Time
	messages          []*message // as sent
	waiting           []clock.Event
}

// New returns an account without queues.
func New(acct *account.Account, settings Settings) *Queues {
	return &Queues{account: acct, settings: settings, endpoint: wire.InMemoryURL, deleted: map[string]time.Time{}}
}

// SetEndpoint sets where clients reach the API: the beginning of the queues' URLs ("http://127.0.0.1:4566").
func (q *Queues) SetEndpoint(url string) { q.endpoint = strings.TrimSuffix(url, "/") }

// Send puts a message into the queue of an ARN, as other services do that deliver to queues. Errors: QueueDoesNotExist,
// InvalidParameterValue.
func (q *Queues) Send(queueARN, body string) error { return q.SendWith(queueARN, body, nil) }

// SendWith is Send with message attributes.
func (q *Queues) SendWith(queueARN, body string, attributes map[string]types.MessageAttributeValue) error {
	index := slices.IndexFunc(q.queues, func(found *queue) bool { return found.arn == queueARN })
	if index < 0 {
		return nonExistent()
	}
	_, err := q.send(q.queues[index], letter{body: body, attributes: attributes, sender: q.account.ID})
	return err
}

// Depth is how many messages the queue of an ARN holds: those that can be received, and those that were and may come
// back. Both are zero for a queue that does not exist.
func (q *Queues) Depth(queueARN string) (visible, inFlight int) {
	for _, found := range q.queues {
		if found.arn == queueARN {
			visible, _, inFlight = q.count(found)
		}
	}
	return visible, inFlight
}

// url is the address of a queue.
func (q *Queues) url(found *queue) string { return q.endpoint + "/" + q.account.ID + "/" + found.name }

// find returns the queue of a URL, whatever host it names.
func (q *Queues) find(url *string) (*queue, error) {
	parts := strings.Split(aws.ToString(url), "/")
	if found := q.named(parts[len(parts)-1]); found != nil {
		return found, nil
	}
	return nil, nonExistent()
}

func (q *Queues) named(name string) *queue {
	index, ok := q.search(name)
	if !ok {
		return nil
	}
	return q.queues[index]
}

func (q *Queues) search(name string) (int, bool) {
	return slices.BinarySearchFunc(q.queues, name, func(found *queue, name string) int { return strings.Compare(found.name, name) })
}

// Service is the API of SQS, as far as it is modelled.
func (q *Queues) Service() wire.Service {
	return wire.Service{
		SigningName:  "sqs",
		Protocol:     wire.AWSJSON10,
		TargetPrefix: "AmazonSQS",
		QueryCodes:   queryCodes,
		ErrorTypes:   errorTypes,
		EmptyLists: map[string]wire.EmptyList{
			"ReceiveMessageOutput.Messages": wire.LeftOut,
			"SendMessageBatchOutput.Failed": wire.LeftOut, "SendMessageBatchOutput.Successful": wire.LeftOut,
			"DeleteMessageBatchOutput.Failed": wire.LeftOut, "DeleteMessageBatchOutput.Successful": wire.LeftOut,
		},
		Operations: []wire.Operation{
			wire.Op("CreateQueue", q.createQueue, "QueueName", "Attributes", "Tags"),
			wire.Op("DeleteQueue", q.deleteQueue, "QueueUrl"),
			wire.Op("GetQueueUrl", q.getQueueURL, "QueueName", "QueueOwnerAWSAccountId"),
			wire.Op("ListQueues", q.listQueues, "QueueNamePrefix", "MaxResults", "NextToken"),
			wire.Op("ListQueueTags", q.listQueueTags, "QueueUrl"),
			wire.Op("GetQueueAttributes", q.getQueueAttributes, "QueueUrl", "AttributeNames"),
			wire.Op("SetQueueAttributes", q.setQueueAttributes, "QueueUrl", "Attributes"),
			wire.Op("PurgeQueue", q.purgeQueue, "QueueUrl"),
			wire.Op("SendMessage", q.sendMessage, "QueueUrl", "MessageBody", "DelaySeconds", "MessageAttributes"),
			wire.Op("SendMessageBatch", q.sendMessageBatch, "QueueUrl",
				"Entries.Id", "Entries.MessageBody", "Entries.DelaySeconds", "Entries.MessageAttributes"),
			wire.Op("ReceiveMessage", q.receiveMessage, "QueueUrl", "AttributeNames", "MessageSystemAttributeNames",
				"MessageAttributeNames", "MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds").Waits(),
			wire.Op("DeleteMessage", q.deleteMessage, "QueueUrl", "ReceiptHandle"),
			wire.Op("DeleteMessageBatch", q.deleteMessageBatch, "QueueUrl", "Entries"),
			wire.Op("ChangeMessageVisibility", q.changeMessageVisibility, "QueueUrl", "ReceiptHandle", "VisibilityTimeout"),
		},
	}
}
