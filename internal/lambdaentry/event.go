package lambdaentry

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/fault"
)

// HandleEvent is the work of a function that EventBridge starts, given an event's detail. Lambda calls it again, twice,
// when it returns an error.
type HandleEvent[Detail any] func(context.Context, Detail) error

// NewEvent makes such work from its clients' configuration.
type NewEvent[Detail any] func(aws.Config, Environment) HandleEvent[Detail]

// StartEvent configures the function and serves Lambda. It does not return.
func StartEvent[Detail any](newHandle NewEvent[Detail]) {
	cfg, env := configure()
	lambda.Start(eventEntry[Detail]{tracedEvent(newHandle(cfg, env))})
}

// eventEntry implements lambda.Handler.
type eventEntry[Detail any] struct{ handle HandleEvent[Detail] }

// Invoke implements lambda.Handler.
func (e eventEntry[Detail]) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if failure := InvokeEvent(ctx, e.handle, payload); failure != nil {
		return nil, *failure
	}
	return []byte("null"), nil
}

// InvokeEvent runs handle on the event in payload as Lambda would. AWS may add to its events: what is not known is left
// alone.
func InvokeEvent[Detail any](ctx context.Context, handle HandleEvent[Detail], payload []byte) (failure *Failure) {
	defer func() {
		if reason := recover(); reason != nil {
			failure = panicked(reason)
		}
	}()
	var event struct {
		Detail Detail `json:"detail"`
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return failed(fault.New(fault.Bug, "the event is not understood: %w", err))
	}
	if err := handle(ctx, event.Detail); err != nil {
		return failed(err)
	}
	return nil
}
