// Package lambdaentry is the door between Lambda and a state's handler: configuration, strict decoding, and errors as
// names that the state machine can route. It is the only user of aws-lambda-go.
package lambdaentry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
)

// Handle is the work of one state.
type Handle func(context.Context, deploy.Call) (deploy.Document, error)

// New makes a state's work from its clients' configuration.
type New func(aws.Config, Environment) Handle

// Failure is how Lambda is told that a function failed.
type Failure = messages.InvokeResponse_Error

// attempts is how often the SDK tries a call before the state machine's own, more patient, retries take over.
const attempts = 4

// Start configures the function and serves Lambda. It does not return.
func Start(newHandle New) {
	cfg, env := configure()
	lambda.Start(entry{env.Clock, traced(Measured(env, newHandle(cfg, env)))})
}

// configure reads the configuration, and ends the process where it lacks something. The calls of its clients are traced.
func configure() (aws.Config, Environment) {
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRetryer(func() aws.Retryer {
		return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts = attempts })
	}))
	if err != nil {
		fmt.Fprintln(os.Stderr, "loading the AWS configuration:", err)
		os.Exit(1)
	}
	env, err := fromEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := traceCalls(&cfg); err != nil { // no deployment fails for want of a trace
		fmt.Fprintln(os.Stderr, "setting up X-Ray:", err)
	}
	return cfg, env
}

// entry implements lambda.Handler.
type entry struct {
	clock  clock.Clock
	handle Handle
}

// Invoke implements lambda.Handler. Its error is always a messages.InvokeResponse_Error by value: only then does
// Lambda report the fault's name and not the name of a Go type.
func (e entry) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	response, failure := Invoke(ctx, e.clock, e.handle, payload)
	if failure != nil {
		return nil, *failure
	}
	return response, nil
}

// Invoke runs handle on payload as Lambda would. A failure carries the fault's name as its type. The time of the call is that of the
// clock: the state of a task that is tried again was entered before. A clock that is behind does not count, as in a demonstration that
// runs faster than time.
func Invoke(ctx context.Context, c clock.Clock, handle Handle, payload []byte) (response []byte, failure *Failure) {
	defer func() {
		if reason := recover(); reason != nil {
			failure = panicked(reason)
		}
	}()
	var call deploy.Call
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&call); err != nil {
		return nil, failed(fault.New(fault.Bug, "the state machine's payload is not understood: %w", err))
	}
	call.Entered = later(call.Now(), c.Now().Truncate(time.Millisecond))
	document, err := handle(ctx, call)
	if err != nil {
		return nil, failed(err)
	}
	response, err = json.Marshal(document)
	if err != nil {
		return nil, failed(fault.New(fault.Bug, "encoding the document: %w", err))
	}
	return response, nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
