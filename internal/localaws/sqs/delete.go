package sqs

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/wire"
)

// received finds the message of a receipt handle; nil when it is gone, or was received again since.
func (u *queue) received(handle *string) (*message, error) {
	if aws.ToString(handle) == "" {
		return nil, missing("ReceiptHandle")
	}
	text, err := base64.StdEncoding.DecodeString(*handle)
	if parts := strings.Fields(string(text)); err != nil || len(parts) != 3 || parts[0] != u.name {
		return nil, invalidHandle(*handle)
	}
	for _, m := range u.messages {
		if m.handle == *handle {
			return m, nil
		}
	}
	return nil, nil
}

// deleteMessage deletes a message, also when its visibility timeout has passed. With the handle of an earlier receipt it
// succeeds and deletes nothing.
func (q *Queues) deleteMessage(_ *wire.Call, in *sdk.DeleteMessageInput) (*sdk.DeleteMessageOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	return &sdk.DeleteMessageOutput{}, u.remove(in.ReceiptHandle)
}

func (u *queue) remove(handle *string) error {
	m, err := u.received(handle)
	if m == nil {
		return err
	}
	u.messages = slices.DeleteFunc(u.messages, func(other *message) bool { return other == m })
	return nil
}

func (q *Queues) deleteMessageBatch(_ *wire.Call, in *sdk.DeleteMessageBatchInput) (*sdk.DeleteMessageBatchOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(in.Entries))
	for n, entry := range in.Entries {
		ids[n] = aws.ToString(entry.Id)
	}
	if err := checkBatch("DeleteMessageBatchRequestEntry", ids); err != nil {
		return nil, err
	}
	out := &sdk.DeleteMessageBatchOutput{}
	for n, entry := range in.Entries {
		if err := u.remove(entry.ReceiptHandle); err != nil {
			out.Failed = append(out.Failed, failed(ids[n], err))
			continue
		}
		out.Successful = append(out.Successful, types.DeleteMessageBatchResultEntry{Id: &ids[n]})
	}
	return out, nil
}

// changeMessageVisibility hides a message that was received for a time from now on; for zero seconds it can be received
// at once.
func (q *Queues) changeMessageVisibility(call *wire.Call, in *sdk.ChangeMessageVisibilityInput) (*sdk.ChangeMessageVisibilityOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if !call.Sent["VisibilityTimeout"] {
		return nil, missing("VisibilityTimeout")
	}
	if in.VisibilityTimeout < 0 || in.VisibilityTimeout > 43200 {
		return nil, invalid(in.VisibilityTimeout, "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200.")
	}
	m, err := u.received(in.ReceiptHandle)
	if err != nil {
		return nil, err
	}
	now := q.account.Now()
	if m == nil || !m.visible.After(now) {
		return nil, invalid(*in.ReceiptHandle, "ReceiptHandle", "Message does not exist or is not available for visibility timeout change.")
	}
	m.visible = now.Add(time.Duration(in.VisibilityTimeout) * time.Second)
	u.wake()
	return &sdk.ChangeMessageVisibilityOutput{}, nil
}
