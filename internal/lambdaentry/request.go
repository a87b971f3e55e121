package lambdaentry

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/fault"
)

// HandleRequest is the work of a function that people and programs call themselves: given what they ask, it returns what they are
// answered.
type HandleRequest func(context.Context, json.RawMessage) (any, error)

// NewRequest makes such work from its clients' configuration.
type NewRequest func(aws.Config, Environment) HandleRequest

// StartRequest configures the function and serves Lambda. It does not return.
func StartRequest(newHandle NewRequest) {
	cfg, env := configure()
	lambda.Start(requestEntry{newHandle(cfg, env)})
}

// requestEntry implements lambda.Handler.
type requestEntry struct{ handle HandleRequest }

// Invoke implements lambda.Handler.
func (e requestEntry) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	response, failure := InvokeRequest(ctx, e.handle, payload)
	if failure != nil {
		return nil, *failure
	}
	return response, nil
}

// InvokeRequest runs handle on payload as Lambda would.
func InvokeRequest(ctx context.Context, handle HandleRequest, payload []byte) (response []byte, failure *Failure) {
	defer func() {
		if reason := recover(); reason != nil {
			failure = panicked(reason)
		}
	}()
	var answer any
	work := tracedEvent(func(ctx context.Context, asked json.RawMessage) (err error) {
		answer, err = handle(ctx, asked)
		return err
	})
	if err := work(ctx, payload); err != nil {
		return nil, failed(err)
	}
	response, err := json.Marshal(answer)
	if err != nil {
		return nil, failed(fault.New(fault.Bug, "encoding the answer: %w", err))
	}
	return response, nil
}
