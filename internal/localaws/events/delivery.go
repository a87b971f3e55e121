package events

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"bluegreen/internal/localaws/wire"
)

// delivery is one event on its way to one target.
type delivery struct {
	buses         *Buses
	id            string // names the execution that it starts: the same at each attempt
	event         *event
	text          []byte // of the event
	rule, ruleARN string
	target        types.Target // as it was when the event came
	accepted      time.Time
	retries       int
}

// The retry policy of a target that has none (user guide, retry policy).
const (
	maxRetries = 185
	maxAge     = 24 * time.Hour
)

// attempt delivers the event. It runs as a task of the clock, without the lock.
func (d *delivery) attempt() {
	if err := d.deliver(); err != nil && isRetriable(err) {
		d.retry()
	}
}

// isRetriable reports whether EventBridge tries again after an error: after faults of the target's service and throttling,
// not when the target is gone or refuses the input; the event is dropped then (user guide, event delivery).
func isRetriable(err error) bool {
	var answered *wire.Error
	if !errors.As(err, &answered) {
		return false
	}
	switch answered.Code {
	case "ThrottlingException", "Throttling", "TooManyRequestsException", "ExecutionLimitExceeded":
		return true
	}
	return answered.Status >= 500 && answered.Status != 501 // 501 is what the model lacks
}

func (d *delivery) retry() {
	b := d.buses
	retries, age := maxRetries, maxAge
	if policy := d.target.RetryPolicy; policy != nil {
		if policy.MaximumRetryAttempts != nil {
			retries = int(*policy.MaximumRetryAttempts)
		}
		if policy.MaximumEventAgeInSeconds != nil {
			age = time.Duration(*policy.MaximumEventAgeInSeconds) * time.Second
		}
	}
	b.account.Lock()
	defer b.account.Unlock()
	pause := b.settings.RetryPauseMax
	if d.retries < 20 { // beyond that it is certain to be the longest
		pause = min(pause, b.settings.RetryPause<<d.retries)
	}
	pause = time.Duration(b.account.Float() * float64(pause))
	if d.retries >= retries || d.age()+pause > age {
		return // dropped
	}
	d.retries++
	b.account.Clock.AfterFunc(pause, d.attempt)
}

func (d *delivery) deliver() error {
	b := d.buses
	b.account.Lock()
	err := b.fault(*d.target.Arn)
	b.account.Unlock()
	if err != nil {
		return err
	}
	input, err := d.input()
	if err != nil {
		return err
	}
	if serviceOf(*d.target.Arn) == "lambda" {
		return b.functions.InvokeLater(*d.target.Arn, []byte(input))
	}
	b.account.Lock()
	defer b.account.Unlock()
	switch serviceOf(*d.target.Arn) {
	case "states":
		// Executions that EventBridge starts are named after the event and the delivery.
		_, err = b.machines.Start(*d.target.Arn, d.event.ID+"_"+d.id, input)
	case "sqs":
		err = b.queues.Send(*d.target.Arn, input)
	case "codepipeline":
		err = b.pipelines.StartByEvent(*d.target.Arn, d.ruleARN)
	case "sns":
		_, err = b.topics.Publish(&sns.PublishInput{TopicArn: d.target.Arn, Message: aws.String(input)})
	}
	return err
}
