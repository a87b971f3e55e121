package sqs_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	localsqs "bluegreen/internal/localaws/sqs"
	"bluegreen/internal/localaws/wire"
)

const jobsARN = "arn:aws:sqs:ap-northeast-1:000000000000:jobs"

// world is an account on virtual time, with the queue jobs.
type world struct {
	t      *testing.T
	clock  *clock.Virtual
	acct   *account.Account
	queues *localsqs.Queues
	client *sdk.Client
	jobs   *string // its URL
}

// meet runs f as a task of a fresh world.
func meet(t *testing.T, f func(w *world)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	defer v.Close()
	w := &world{t: t, clock: v, acct: account.New("000000000000", "ap-northeast-1", v, 1)}
	w.queues = localsqs.New(w.acct, localsqs.DefaultSettings())
	endpoint := wire.NewEndpoint(w.acct, wire.DefaultSettings(), nil)
	endpoint.Add(w.queues.Service())
	v.Run(func() {
		w.client = sdk.NewFromConfig(endpoint.Config(wire.Caller{}))
		w.jobs = w.create("jobs", nil)
		f(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) create(name string, attributes map[string]string) *string {
	w.t.Helper()
	out, err := w.client.CreateQueue(w.t.Context(), &sdk.CreateQueueInput{QueueName: &name, Attributes: attributes})
	w.must(err)
	return out.QueueUrl
}

func (w *world) send(bodies ...string) {
	w.t.Helper()
	for _, body := range bodies {
		_, err := w.client.SendMessage(w.t.Context(), &sdk.SendMessageInput{QueueUrl: w.jobs, MessageBody: aws.String(body)})
		w.must(err)
	}
}

// receive takes up to ten messages.
func (w *world) receive(url *string, waitSeconds int32) []types.Message {
	w.t.Helper()
	out, err := w.client.ReceiveMessage(w.t.Context(), &sdk.ReceiveMessageInput{
		QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"}, MessageAttributeNames: []string{"All"},
	})
	w.must(err)
	return out.Messages
}

func bodies(messages []types.Message) string {
	var all []string
	for _, message := range messages {
		all = append(all, *message.Body)
	}
	return strings.Join(all, " ")
}

// attributes are the queue's attributes.
func (w *world) attributes(url *string) map[string]string {
	w.t.Helper()
	out, err := w.client.GetQueueAttributes(w.t.Context(), &sdk.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	w.must(err)
	return out.Attributes
}

// refused checks an error's code, as clients read it, and its message.
func (w *world) refused(err error, code, message string) {
	w.t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		w.t.Errorf("got %v; want %s: %s", err, code, message)
	}
}

func TestMessageIsHiddenUntilItIsDeletedOrComesBack(t *testing.T) {
	meet(t, func(w *world) {
		w.send("a", "b")
		first := w.receive(w.jobs, 0)
		if bodies(first) != "a b" || first[0].Attributes["ApproximateReceiveCount"] != "1" {
			t.Fatalf("received %q", bodies(first))
		}
		if again := w.receive(w.jobs, 0); len(again) != 0 {
			t.Errorf("received again: %q", bodies(again))
		}
		_, err := w.client.DeleteMessage(t.Context(), &sdk.DeleteMessageInput{QueueUrl: w.jobs, ReceiptHandle: first[0].ReceiptHandle})
		w.must(err)
		got := w.attributes(w.jobs)
		if got["ApproximateNumberOfMessages"] != "0" || got["ApproximateNumberOfMessagesNotVisible"] != "1" || got["QueueArn"] != jobsARN {
			t.Errorf("attributes %v", got)
		}
		w.must(w.clock.Sleep(t.Context(), 31*time.Second))
		second := w.receive(w.jobs, 0)
		if bodies(second) != "b" || second[0].Attributes["ApproximateReceiveCount"] != "2" {
			t.Fatalf("after the visibility timeout: %q", bodies(second))
		}
		_, err = w.client.DeleteMessage(t.Context(), &sdk.DeleteMessageInput{QueueUrl: w.jobs, ReceiptHandle: first[1].ReceiptHandle})
		w.must(err)
		w.must(w.clock.Sleep(t.Context(), 31*time.Second))
		if third := w.receive(w.jobs, 0); bodies(third) != "b" {
			t.Errorf("the handle of an earlier receipt deleted it: %q", bodies(third))
		}
	})
}

func TestVisibilityIsExtended(t *testing.T) {
	meet(t, func(w *world) {
		w.send("job")
		handle := w.receive(w.jobs, 0)[0].ReceiptHandle
		change := func(seconds int32) error {
			_, err := w.client.ChangeMessageVisibility(t.Context(), &sdk.ChangeMessageVisibilityInput{QueueUrl: w.jobs, ReceiptHandle: handle, VisibilityTimeout: seconds})
			return err
		}
		w.must(change(300))
		w.must(w.clock.Sleep(t.Context(), 4*time.Minute))
		if got := w.receive(w.jobs, 0); len(got) != 0 {
			t.Errorf("it came back early: %q", bodies(got))
		}
		w.must(change(0))
		if got := w.receive(w.jobs, 0); bodies(got) != "job" {
			t.Errorf("given back, it is not received: %q", bodies(got))
		}
		w.must(w.clock.Sleep(t.Context(), time.Minute))
		w.refused(change(60), "InvalidParameterValue", "Message does not exist or is not available for visibility timeout change.")
	})
}

func TestLongPollWaitsForAMessage(t *testing.T) {
	meet(t, func(w *world) {
		start := w.clock.Now()
		if got := w.receive(w.jobs, 20); len(got) != 0 || w.clock.Now().Sub(start) < 20*time.Second {
			t.Errorf("nothing to receive: %q after %s", bodies(got), w.clock.Now().Sub(start))
		}
		w.clock.AfterFunc(5*time.Second, func() {
			w.acct.Lock()
			defer w.acct.Unlock()
			if err := w.queues.Send(jobsARN, "sent meanwhile"); err != nil {
				t.Error(err)
			}
		})
		start = w.clock.Now()
		if got := w.receive(w.jobs, 20); bodies(got) != "sent meanwhile" || w.clock.Now().Sub(start) > 6*time.Second {
			t.Errorf("received %q after %s", bodies(got), w.clock.Now().Sub(start))
		}
		w.must(w.clock.Sleep(t.Context(), 20*time.Second))
		start = w.clock.Now()
		if got := w.receive(w.jobs, 20); bodies(got) != "sent meanwhile" || w.clock.Now().Sub(start) > 12*time.Second {
			t.Errorf("a message that comes back meanwhile: %q after %s", bodies(got), w.clock.Now().Sub(start))
		}
	})
}

func TestCreateIsIdempotentByAttributes(t *testing.T) {
	meet(t, func(w *world) {
		again := w.create("jobs", map[string]string{"VisibilityTimeout": "30"})
		if *again != *w.jobs || !strings.HasSuffix(*again, "/000000000000/jobs") {
			t.Errorf("URLs %s and %s", *w.jobs, *again)
		}
		for _, c := range []struct {
			name          string
			attributes    map[string]string
			code, message string
		}{
			{"jobs", map[string]string{"VisibilityTimeout": "31"}, "QueueAlreadyExists", "a different value for attribute VisibilityTimeout"},
			{"jobs.fifo", map[string]string{"FifoQueue": "true"}, "NotModelled", "FIFO queues"},
			{"a b", nil, "InvalidParameterValue", "Can only include alphanumeric characters"},
			{"other", map[string]string{"DelaySeconds": "901"}, "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds."},
			{"other", map[string]string{"Colour": "red"}, "InvalidAttributeName", "Unknown Attribute Colour."},
		} {
			_, err := w.client.CreateQueue(t.Context(), &sdk.CreateQueueInput{QueueName: &c.name, Attributes: c.attributes})
			w.refused(err, c.code, c.message)
		}
	})
}

func TestDeletedQueueIsGone(t *testing.T) {
	meet(t, func(w *world) {
		_, err := w.client.DeleteQueue(t.Context(), &sdk.DeleteQueueInput{QueueUrl: w.jobs})
		w.must(err)
		_, err = w.client.GetQueueUrl(t.Context(), &sdk.GetQueueUrlInput{QueueName: aws.String("jobs")})
		w.refused(err, "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
		var gone *types.QueueDoesNotExist
		if !errors.As(err, &gone) {
			t.Errorf("%v is no QueueDoesNotExist", err)
		}
		_, err = w.client.CreateQueue(t.Context(), &sdk.CreateQueueInput{QueueName: aws.String("jobs")})
		w.refused(err, "AWS.SimpleQueueService.QueueDeletedRecently", "You must wait 60 seconds")
		w.must(w.clock.Sleep(t.Context(), time.Minute))
		w.create("jobs", nil)
		list, err := w.client.ListQueues(t.Context(), &sdk.ListQueuesInput{QueueNamePrefix: aws.String("jo")})
		w.must(err)
		if len(list.QueueUrls) != 1 {
			t.Errorf("queues: %v", list.QueueUrls)
		}
	})
}

func TestBatches(t *testing.T) {
	meet(t, func(w *world) {
		out, err := w.client.SendMessageBatch(t.Context(), &sdk.SendMessageBatchInput{QueueUrl: w.jobs, Entries: []types.SendMessageBatchRequestEntry{
			{Id: aws.String("1"), MessageBody: aws.String("one"), MessageAttributes: map[string]types.MessageAttributeValue{
				"Hello": {DataType: aws.String("String"), StringValue: aws.String("There")},
			}},
			{Id: aws.String("2"), MessageBody: aws.String("two"), DelaySeconds: 60},
			{Id: aws.String("3"), MessageBody: aws.String("bell\a")},
		}})
		w.must(err)
		if len(out.Successful) != 2 || len(out.Failed) != 1 || *out.Failed[0].Code != "InvalidMessageContents" {
			t.Fatalf("%+v", out)
		}
		got := w.receive(w.jobs, 0)
		// The sum was recorded on AWS for this attribute alone (localstack's snapshots, 2023-07-06).
		if bodies(got) != "one" || *got[0].MessageAttributes["Hello"].StringValue != "There" || *got[0].MD5OfMessageAttributes != "a311262e065454b75da111d535b8dacd" {
			t.Errorf("received %+v", got)
		}
		deleted, err := w.client.DeleteMessageBatch(t.Context(), &sdk.DeleteMessageBatchInput{QueueUrl: w.jobs, Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("1"), ReceiptHandle: got[0].ReceiptHandle}, {Id: aws.String("2"), ReceiptHandle: aws.String("nonsense")},
		}})
		w.must(err)
		if len(deleted.Successful) != 1 || len(deleted.Failed) != 1 || *deleted.Failed[0].Code != "ReceiptHandleIsInvalid" {
			t.Errorf("%+v", deleted)
		}
		_, err = w.client.SendMessageBatch(t.Context(), &sdk.SendMessageBatchInput{QueueUrl: w.jobs, Entries: make([]types.SendMessageBatchRequestEntry, 0)})
		w.refused(err, "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one SendMessageBatchRequestEntry")
	})
}

func TestMessagesThatFailTooOftenAreSetAside(t *testing.T) {
	meet(t, func(w *world) {
		failed := w.create("failed", nil)
		_, err := w.client.SetQueueAttributes(t.Context(), &sdk.SetQueueAttributesInput{QueueUrl: w.jobs, Attributes: map[string]string{
			"RedrivePolicy": `{"deadLetterTargetArn":"arn:aws:sqs:ap-northeast-1:000000000000:failed","maxReceiveCount":"2"}`,
		}})
		w.must(err)
		w.send("poison")
		for range 2 {
			if got := w.receive(w.jobs, 0); bodies(got) != "poison" {
				t.Fatalf("received %q", bodies(got))
			}
			w.must(w.clock.Sleep(t.Context(), 31*time.Second))
		}
		if got := w.receive(w.jobs, 0); len(got) != 0 {
			t.Errorf("received a third time: %q", bodies(got))
		}
		if got := w.receive(failed, 0); bodies(got) != "poison" {
			t.Errorf("set aside: %q", bodies(got))
		}
	})
}

func TestRefusalsOfMessages(t *testing.T) {
	meet(t, func(w *world) {
		_, err := w.client.SendMessage(t.Context(), &sdk.SendMessageInput{QueueUrl: w.jobs, MessageBody: aws.String(strings.Repeat("x", 1<<20+1))})
		w.refused(err, "InvalidParameterValue", "Message must be shorter than 1048576 bytes.")
		_, err = w.client.ReceiveMessage(t.Context(), &sdk.ReceiveMessageInput{QueueUrl: w.jobs, MaxNumberOfMessages: 11})
		w.refused(err, "InvalidParameterValue", "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.")
		_, err = w.client.SendMessage(t.Context(), &sdk.SendMessageInput{QueueUrl: aws.String("http://x/0/none"), MessageBody: aws.String("m")})
		w.refused(err, "AWS.SimpleQueueService.NonExistentQueue", "")
		for _, wants := range []string{"", "AWS.SimpleQueueService.PurgeQueueInProgress"} {
			_, err = w.client.PurgeQueue(t.Context(), &sdk.PurgeQueueInput{QueueUrl: w.jobs})
			if wants != "" {
				w.refused(err, wants, "Only one PurgeQueue operation on jobs is allowed every 60 seconds.")
			} else {
				w.must(err)
			}
		}
		w.acct.Lock()
		defer w.acct.Unlock()
		if err := w.queues.Send("arn:aws:sqs:ap-northeast-1:000000000000:none", "m"); err == nil {
			t.Error("a queue that does not exist takes a message")
		}
	})
}
