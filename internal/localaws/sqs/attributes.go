package sqs

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"bluegreen/internal/localaws/wire"
)

// bound is what an attribute that is a number may be (API reference, CreateQueue).
type bound struct{ least, most, otherwise int }

// bounds are the attributes that are numbers.
var bounds = map[string]bound{
	"DelaySeconds":                  {0, 900, 0},
	"MaximumMessageSize":            {1024, 1 << 20, 1 << 20},
	"MessageRetentionPeriod":        {60, 1209600, 345600},
	"ReceiveMessageWaitTimeSeconds": {0, 20, 0},
	"VisibilityTimeout":             {0, 43200, 30},
}

// number is the value of an attribute that is a number.
func (u *queue) number(name string) int {
	if value, ok := u.attributes[name]; ok {
		n, _ := strconv.Atoi(value)
		return n
	}
	return bounds[name].otherwise
}

func (u *queue) seconds(name string) time.Duration {
	return time.Duration(u.number(name)) * time.Second
}

// redrive is where messages go that were received too often.
type redrive struct {
	DeadLetterTargetARN string      `json:"deadLetterTargetArn"`
	MaxReceiveCount     json.Number `json:"maxReceiveCount"`
}

// deadLetters returns the dead-letter queue and how often a message is received before it goes there; 0 is never.
func (q *Queues) deadLetters(u *queue) (target *queue, receives int) {
	var policy redrive
	if json.Unmarshal([]byte(u.attributes["RedrivePolicy"]), &policy) != nil {
		return nil, 0
	}
	index := slices.IndexFunc(q.queues, func(found *queue) bool { return found.arn == policy.DeadLetterTargetARN })
	if index < 0 {
		return nil, 0
	}
	n, _ := strconv.Atoi(policy.MaxReceiveCount.String())
	return q.queues[index], n
}

// check refuses attributes that SQS does not take, or that are not modelled.
func (q *Queues) check(attributes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		limits, isNumber := bounds[name]
		switch {
		case isNumber:
			if n, err := strconv.Atoi(value); err != nil || n < limits.least || n > limits.most {
				return wire.Errorf("InvalidAttributeValue", "Invalid value for the parameter %s.", name)
			}
		case name == "RedrivePolicy":
			if err := q.checkRedrive(value); err != nil {
				return err
			}
		case name == "Policy", name == "SqsManagedSseEnabled": // kept, and of no effect here: everybody may
		case slices.Contains(types.QueueAttributeName("").Values(), types.QueueAttributeName(name)):
			return wire.NotModelled("the queue attribute %s; it models standard queues without KMS", name)
		default:
			return wire.Errorf("InvalidAttributeName", "Unknown Attribute %s.", name)
		}
	}
	return nil
}

func (q *Queues) checkRedrive(value string) error {
	if value == "" {
		return nil // no dead-letter queue any more
	}
	var policy redrive
	if err := json.Unmarshal([]byte(value), &policy); err != nil {
		return invalid(value, "RedrivePolicy", "Redrive policy is not a valid JSON map.")
	}
	if n, err := strconv.Atoi(policy.MaxReceiveCount.String()); err != nil || n < 1 || n > 1000 {
		return invalid(value, "RedrivePolicy", "Invalid value for maxReceiveCount: "+policy.MaxReceiveCount.String()+", valid values are from 1 to 1000 both inclusive.")
	}
	if !slices.ContainsFunc(q.queues, func(found *queue) bool { return found.arn == policy.DeadLetterTargetARN }) {
		return invalid(value, "RedrivePolicy", "Dead letter target does not exist.")
	}
	return nil
}

// all are the queue's attributes, as GetQueueAttributes shows them.
func (q *Queues) all(u *queue) map[string]string {
	visible, delayed, hidden := q.count(u)
	attributes := map[string]string{
		"QueueArn":                              u.arn,
		"CreatedTimestamp":                      strconv.FormatInt(u.created.Unix(), 10),
		"LastModifiedTimestamp":                 strconv.FormatInt(u.modified.Unix(), 10),
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesDelayed":    strconv.Itoa(delayed),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"SqsManagedSseEnabled":                  "true",
	}
	for name := range bounds {
		attributes[name] = strconv.Itoa(u.number(name))
	}
	maps.Copy(attributes, u.attributes)
	return attributes
}

func (q *Queues) getQueueAttributes(_ *wire.Call, in *sdk.GetQueueAttributesInput) (*sdk.GetQueueAttributesOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	all := q.all(u)
	out := &sdk.GetQueueAttributesOutput{}
	for _, name := range in.AttributeNames {
		switch value, ok := all[string(name)]; {
		case name == types.QueueAttributeNameAll:
			out.Attributes = all
			return out, nil
		case ok:
			if out.Attributes == nil {
				out.Attributes = map[string]string{}
			}
			out.Attributes[string(name)] = value
		case !slices.Contains(name.Values(), name):
			return nil, wire.Errorf("InvalidAttributeName", "Unknown Attribute %s.", name)
		}
	}
	return out, nil
}

func (q *Queues) setQueueAttributes(_ *wire.Call, in *sdk.SetQueueAttributesInput) (*sdk.SetQueueAttributesOutput, error) {
	u, err := q.find(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if len(in.Attributes) == 0 {
		return nil, missing("Attribute.Name")
	}
	if err := q.check(in.Attributes); err != nil {
		return nil, err
	}
	maps.Copy(u.attributes, in.Attributes)
	maps.DeleteFunc(u.attributes, func(_, value string) bool { return value == "" })
	u.modified = q.account.Now()
	return &sdk.SetQueueAttributesOutput{}, nil
}
