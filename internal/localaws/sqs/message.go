package sqs

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/wire"
)

// letter is what somebody sends.
type letter struct {
	body       string
	attributes map[string]types.MessageAttributeValue
	delay      *time.Duration // nil is the queue's own
	sender     string
}

// message is a letter in a queue.
type message struct {
	letter
	id                  string
	sent, firstReceived time.Time
	visible             time.Time // when it can be received (again)
	receives            int
	handle              string // of the last receipt; "" before
}

// send puts a letter into a queue.
func (q *Queues) send(u *queue, l letter) (*message, error) {
	if err := u.check(l); err != nil {
		return nil, err
	}
	now := q.account.Now()
	delay := u.seconds("DelaySeconds")
	if l.delay != nil {
		delay = *l.delay
	}
	sent := &message{letter: l, id: q.account.UUID(), sent: now, visible: now.Add(delay)}
	u.messages = append(u.messages, sent)
	u.wake()
	return sent, nil
}

// check refuses a letter that the queue does not take.
func (u *queue) check(l letter) error {
	switch most := u.number("MaximumMessageSize"); {
	case l.body == "":
		return missing("MessageBody")
	case l.size() > most:
		return wire.Errorf("InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", most)
	case l.delay != nil && (*l.delay < 0 || *l.delay > 900*time.Second):
		return invalid(int(l.delay.Seconds()), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")
	}
	for _, r := range l.body {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
			return wire.Errorf("InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
		}
	}
	return checkAttributes(l.attributes)
}

func checkAttributes(attributes map[string]types.MessageAttributeValue) error {
	if len(attributes) > 10 {
		return wire.Errorf("InvalidParameterValue", "Number of message attributes [%d] exceeds the allowed maximum [10].", len(attributes))
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		attribute := attributes[name]
		kind, _, _ := strings.Cut(aws.ToString(attribute.DataType), ".")
		switch {
		case kind != "String" && kind != "Number" && kind != "Binary":
			return wire.Errorf("InvalidParameterValue", "The message attribute '%s' has an invalid message attribute type, "+
				"the set of supported type prefixes is Binary, Number, and String.", name)
		case kind == "Binary" && len(attribute.BinaryValue) == 0, kind != "Binary" && aws.ToString(attribute.StringValue) == "":
			return wire.Errorf("InvalidParameterValue", "Message (user) attribute '%s' must contain a non-empty value of type '%s'.", name, kind)
		}
	}
	return nil
}

// size is what counts against the limits: the body and the attributes.
func (l letter) size() int {
	size := len(l.body)
	for name, attribute := range l.attributes {
		size += len(name) + len(aws.ToString(attribute.DataType)) + len(aws.ToString(attribute.StringValue)) + len(attribute.BinaryValue)
	}
	return size
}

// count counts a queue's messages: those that can be received, those whose delay is not over, those that were received.
func (q *Queues) count(u *queue) (visible, delayed, hidden int) {
	now := q.account.Now()
	q.expire(u)
	for _, m := range u.messages {
		switch {
		case !m.visible.After(now):
			visible++
		case m.receives == 0:
			delayed++
		default:
			hidden++
		}
	}
	return visible, delayed, hidden
}

// expire drops the messages that nobody has taken in the retention period.
func (q *Queues) expire(u *queue) {
	oldest := q.account.Now().Add(-u.seconds("MessageRetentionPeriod"))
	u.messages = slices.DeleteFunc(u.messages, func(m *message) bool { return m.sent.Before(oldest) })
}

// wake lets those that wait for messages look again.
func (u *queue) wake() {
	for _, event := range u.waiting {
		event.Set()
	}
	u.waiting = nil
}

// sum is the MD5 sum by which clients check a body.
func sum(body string) string {
	digest := md5.Sum([]byte(body))
	return hex.EncodeToString(digest[:])
}

// attributesSum is the MD5 sum of message attributes as the developer guide computes it ("Calculating the MD5 message
// digest for message attributes"); nil for none.
func attributesSum(attributes map[string]types.MessageAttributeValue) *string {
	if len(attributes) == 0 {
		return nil
	}
	digest := md5.New()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		attribute := attributes[name]
		writeSized(digest, []byte(name))
		writeSized(digest, []byte(aws.ToString(attribute.DataType)))
		if strings.HasPrefix(aws.ToString(attribute.DataType), "Binary") {
			digest.Write([]byte{2})
			writeSized(digest, attribute.BinaryValue)
			continue
		}
		digest.Write([]byte{1})
		writeSized(digest, []byte(aws.ToString(attribute.StringValue)))
	}
	return aws.String(hex.EncodeToString(digest.Sum(nil)))
}

func writeSized(digest hash.Hash, data []byte) {
	digest.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	digest.Write(data)
}
