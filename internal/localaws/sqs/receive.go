package sqs

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/wire"
)

// receiveMessage takes messages, waiting for the first one as long as the request or the queue says. The input cannot tell
// zero from nothing: what was sent can.
func (q *Queues) receiveMessage(call *wire.Call, in *sdk.ReceiveMessageInput) (*sdk.ReceiveMessageOutput, error) {
	if err := checkReceive(call.Sent, in); err != nil {
		return nil, err
	}
	until := time.Time{}
	var look clock.Event
	for {
		q.account.Lock()
		u, err := q.find(in.QueueUrl)
		if err != nil {
			q.account.Unlock()
			return nil, err
		}
		now := q.account.Now()
		if until.IsZero() {
			until = now.Add(chosen(call.Sent["WaitTimeSeconds"], in.WaitTimeSeconds, u, "ReceiveMessageWaitTimeSeconds"))
		}
		u.waiting = slices.DeleteFunc(u.waiting, func(event clock.Event) bool { return event == look })
		taken := q.take(u, in, chosen(call.Sent["VisibilityTimeout"], in.VisibilityTimeout, u, "VisibilityTimeout"))
		if len(taken) > 0 || !now.Before(until) {
			q.account.Unlock()
			return &sdk.ReceiveMessageOutput{Messages: taken}, nil
		}
		look = q.account.Clock.NewEvent()
		u.waiting = append(u.waiting, look)
		ctx, cancel := q.account.Clock.WithTimeout(call.Context, u.next(until).Sub(now))
		q.account.Unlock()
		_ = look.Wait(ctx)
		cancel()
		if call.Context.Err() != nil {
			return nil, call.Context.Err() // nobody is there any more: take nothing
		}
	}
}

func checkReceive(sent map[string]bool, in *sdk.ReceiveMessageInput) error {
	switch {
	case sent["MaxNumberOfMessages"] && in.MaxNumberOfMessages < 1 || in.MaxNumberOfMessages > 10:
		return invalid(in.MaxNumberOfMessages, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")
	case in.WaitTimeSeconds < 0 || in.WaitTimeSeconds > 20:
		return invalid(in.WaitTimeSeconds, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")
	case in.VisibilityTimeout < 0 || in.VisibilityTimeout > 43200:
		return invalid(in.VisibilityTimeout, "VisibilityTimeout", "Must be between 0 and 43200, if provided.")
	}
	return nil
}

// chosen are a request's seconds if it has any, or else what a queue's attribute says.
func chosen(sent bool, seconds int32, u *queue, attribute string) time.Duration {
	if sent {
		return time.Duration(seconds) * time.Second
	}
	return u.seconds(attribute)
}

// next is when a hidden message can be received again, but not after until.
func (u *queue) next(until time.Time) time.Time {
	for _, m := range u.messages {
		if m.visible.Before(until) {
			until = m.visible
		}
	}
	return until
}

// take receives messages that can be received, and hides them for a time.
func (q *Queues) take(u *queue, in *sdk.ReceiveMessageInput, hidden time.Duration) []types.Message {
	now := q.account.Now()
	q.expire(u)
	q.redrive(u)
	var taken []types.Message
	for _, m := range u.messages {
		if m.visible.After(now) {
			continue
		}
		m.receives++
		m.visible = now.Add(hidden)
		if m.firstReceived.IsZero() {
			m.firstReceived = now
		}
		m.handle = base64.StdEncoding.EncodeToString([]byte(u.name + " " + m.id + " " + q.account.Hex(16)))
		taken = append(taken, m.view(in))
		if len(taken) == max(int(in.MaxNumberOfMessages), 1) {
			break
		}
	}
	return taken
}

// redrive moves messages that were received too often to the dead-letter queue, where they keep their age.
func (q *Queues) redrive(u *queue) {
	target, receives := q.deadLetters(u)
	if target == nil {
		return
	}
	now := q.account.Now()
	moved := 0
	u.messages = slices.DeleteFunc(u.messages, func(m *message) bool {
		if m.receives < receives || m.visible.After(now) {
			return false
		}
		m.handle = ""
		target.messages = append(target.messages, m)
		moved++
		return true
	})
	if moved > 0 {
		target.wake()
	}
}

// view is the message as it is received, with the attributes that are asked for.
func (m *message) view(in *sdk.ReceiveMessageInput) types.Message {
	received := types.Message{MessageId: &m.id, Body: &m.body, MD5OfBody: aws.String(sum(m.body)), ReceiptHandle: aws.String(m.handle)}
	system := map[string]string{
		"SenderId": m.sender, "SentTimestamp": milliseconds(m.sent), "ApproximateReceiveCount": strconv.Itoa(m.receives),
		"ApproximateFirstReceiveTimestamp": milliseconds(m.firstReceived),
	}
	var wanted []string
	//lint:ignore SA1019 older clients ask with it
	for _, name := range in.AttributeNames {
		wanted = append(wanted, string(name))
	}
	for _, name := range in.MessageSystemAttributeNames {
		wanted = append(wanted, string(name))
	}
	for name, value := range system {
		if slices.Contains(wanted, name) || slices.Contains(wanted, "All") {
			if received.Attributes == nil {
				received.Attributes = map[string]string{}
			}
			received.Attributes[name] = value
		}
	}
	for name, value := range m.attributes {
		if slices.ContainsFunc(in.MessageAttributeNames, func(pattern string) bool { return asksFor(pattern, name) }) {
			if received.MessageAttributes == nil {
				received.MessageAttributes = map[string]types.MessageAttributeValue{}
			}
			received.MessageAttributes[name] = value
		}
	}
	received.MD5OfMessageAttributes = attributesSum(received.MessageAttributes)
	return received
}

// asksFor reports whether a name in MessageAttributeNames means an attribute: All, .*, a prefix such as bar.*, a name.
func asksFor(pattern, name string) bool {
	prefix, isPrefix := strings.CutSuffix(pattern, ".*")
	return pattern == "All" || pattern == name || isPrefix && strings.HasPrefix(name, prefix)
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
