package sqs_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
)

// tap sends what its client does, with other members than the client would, and keeps the last answer.
type tap struct {
	sdk.HTTPClient
	member string // set to 0 in what is sent; "" changes nothing
	drop   bool   // instead, the member is left out
	status int
	header http.Header
	answer struct {
		Type string `json:"__type"`
	}
}

func (x *tap) Do(r *http.Request) (*http.Response, error) {
	if x.member != "" {
		var sent map[string]any
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
			return nil, err
		}
		sent[x.member] = 0
		if x.drop {
			delete(sent, x.member)
		}
		body, err := json.Marshal(sent)
		if err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	response, err := x.HTTPClient.Do(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(text))
	x.status, x.header, x.answer.Type = response.StatusCode, response.Header, ""
	_ = json.Unmarshal(text, &x.answer) // an answer without a body has no type
	return response, err
}

// tapped is the world's client behind a tap.
func (w *world) tapped() (*sdk.Client, *tap) {
	x := &tap{HTTPClient: w.client.Options().HTTPClient}
	return sdk.NewFromConfig(aws.Config{}, func(o *sdk.Options) {
		*o = w.client.Options()
		o.HTTPClient = x
	}), x
}

// How SQS names errors in its JSON protocol was recorded on AWS (pail's test/diff).
func TestErrorsAreNamedAsInJSON(t *testing.T) {
	meet(t, func(w *world) {
		client, x := w.tapped()
		none := aws.String("http://localhost/0/none")
		for _, c := range []struct {
			call            func() error
			kind, queryCode string
			status          int
		}{
			{func() error {
				_, err := client.PurgeQueue(t.Context(), &sdk.PurgeQueueInput{QueueUrl: none})
				return err
			}, "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender", 400},
			{func() error {
				_, err := client.PurgeQueue(t.Context(), &sdk.PurgeQueueInput{QueueUrl: aws.String("")})
				return err
			}, "com.amazonaws.sqs#QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue;Sender", 400},
			{func() error {
				_, err := client.ReceiveMessage(t.Context(), &sdk.ReceiveMessageInput{QueueUrl: w.jobs, MaxNumberOfMessages: 11})
				return err
			}, "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue;Sender", 400},
			{func() error {
				_, err := client.GetQueueUrl(t.Context(), &sdk.GetQueueUrlInput{QueueName: aws.String("")})
				return err
			}, "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue;Sender", 400},
			{func() error {
				_, err := client.SendMessage(t.Context(), &sdk.SendMessageInput{QueueUrl: w.jobs, MessageBody: aws.String("")})
				return err
			}, "com.amazon.coral.service#MissingRequiredParameterException", "MissingParameter;Sender", 400},
			{func() error {
				_, err := client.DeleteMessage(t.Context(), &sdk.DeleteMessageInput{QueueUrl: w.jobs, ReceiptHandle: aws.String("none")})
				return err
			}, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid;Sender", 404},
		} {
			err := c.call()
			if err == nil || x.status != c.status || x.answer.Type != c.kind || x.header.Get("X-Amzn-Query-Error") != c.queryCode || x.header.Get("X-Amzn-Errortype") != "" {
				t.Errorf("got %v: %d %s %v; want %d %s, %s", err, x.status, x.answer.Type, x.header, c.status, c.kind, c.queryCode)
			}
		}
	})
}

// Other SDKs than Go's send a zero.
func TestZeroIsNotNothing(t *testing.T) {
	meet(t, func(w *world) {
		client, x := w.tapped()
		queue := w.create("slow", map[string]string{"ReceiveMessageWaitTimeSeconds": "20"})
		receive := &sdk.ReceiveMessageInput{QueueUrl: queue}

		x.member = "MaxNumberOfMessages"
		_, err := client.ReceiveMessage(t.Context(), receive)
		w.refused(err, "InvalidParameterValue", "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.")

		x.member = "WaitTimeSeconds"
		before := w.clock.Now()
		_, err = client.ReceiveMessage(t.Context(), receive)
		w.must(err)
		if waited := w.clock.Now().Sub(before).Seconds(); waited >= 20 {
			t.Errorf("a receipt that does not want to wait waited %g s", waited)
		}

		w.send("seen")
		x.member = "VisibilityTimeout"
		for range 2 {
			out, err := client.ReceiveMessage(t.Context(), &sdk.ReceiveMessageInput{QueueUrl: w.jobs})
			w.must(err)
			if bodies(out.Messages) != "seen" {
				t.Errorf("a message that was not to be hidden is: %q", bodies(out.Messages))
			}
		}
		x.drop = true
		_, err = client.ChangeMessageVisibility(t.Context(), &sdk.ChangeMessageVisibilityInput{QueueUrl: w.jobs, ReceiptHandle: aws.String("x")})
		w.refused(err, "MissingParameter", "The request must contain the parameter VisibilityTimeout.")
	})
}
