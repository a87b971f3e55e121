package sqs

import (
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/wire"
)

// delay is how long a message is held back; zero is the queue's own delay, since the SDK does not send it.
func delay(seconds int32) *time.Duration {
	if seconds == 0 {
		return nil
	}
	return aws.Duration(time.Duration(seconds) * time.Second)
}

func (q *Queues) sendMessage(call *wire.Call, in *sdk.SendMessageInput) (*sdk.SendMessageOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	sent, err := q.send(u, letter{aws.ToString(in.MessageBody), in.MessageAttributes, delay(in.DelaySeconds), call.Principal.UserID})
	if err != nil {
		return nil, err
	}
	return &sdk.SendMessageOutput{
		MessageId: &sent.id, MD5OfMessageBody: aws.String(sum(sent.body)), MD5OfMessageAttributes: attributesSum(sent.attributes),
	}, nil
}

// sendMessageBatch sends what it can: each entry succeeds or fails by itself.
func (q *Queues) sendMessageBatch(call *wire.Call, in *sdk.SendMessageBatchInput) (*sdk.SendMessageBatchOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	ids, size := make([]string, len(in.Entries)), 0
	letters := make([]letter, len(in.Entries))
	for n, entry := range in.Entries {
		ids[n] = aws.ToString(entry.Id)
		letters[n] = letter{aws.ToString(entry.MessageBody), entry.MessageAttributes, delay(entry.DelaySeconds), call.Principal.UserID}
		size += letters[n].size()
	}
	if err := checkBatch("SendMessageBatchRequestEntry", ids); err != nil {
		return nil, err
	}
	if most := bounds["MaximumMessageSize"].most; size > most {
		return nil, wire.Errorf("BatchRequestTooLong", "Batch requests cannot be longer than %d bytes. You have sent %d bytes.", most, size)
	}
	out := &sdk.SendMessageBatchOutput{}
	for n, l := range letters {
		sent, err := q.send(u, l)
		if err != nil {
			out.Failed = append(out.Failed, failed(ids[n], err))
			continue
		}
		out.Successful = append(out.Successful, types.SendMessageBatchResultEntry{
			Id: &ids[n], MessageId: &sent.id, MD5OfMessageBody: aws.String(sum(sent.body)), MD5OfMessageAttributes: attributesSum(sent.attributes),
		})
	}
	return out, nil
}

var batchID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// checkBatch refuses a batch of a kind of entries by the ids of its entries.
func checkBatch(kind string, ids []string) error {
	switch {
	case len(ids) == 0:
		return wire.Errorf("EmptyBatchRequest", "There should be at least one %s in the request.", kind)
	case len(ids) > 10:
		return wire.Errorf("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent %d.", len(ids))
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if !batchID.MatchString(id) {
			return wire.Errorf("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
		}
		if seen[id] {
			return wire.Errorf("BatchEntryIdsNotDistinct", "Id %s repeated.", id)
		}
		seen[id] = true
	}
	return nil
}

// failed is the entry of a batch that failed.
func failed(id string, err error) types.BatchResultErrorEntry {
	entry := types.BatchResultErrorEntry{Id: &id, SenderFault: true, Code: aws.String("InternalError"), Message: aws.String(err.Error())}
	if known, ok := err.(*wire.Error); ok {
		code := known.Code
		if former, ok := queryCodes[code]; ok {
			code = former
		}
		entry.Code, entry.Message, entry.SenderFault = &code, &known.Message, known.Status < 500
	}
	return entry
}
