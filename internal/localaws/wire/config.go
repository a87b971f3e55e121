package wire

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/clock"
)

// Caller is on whose behalf SDK clients call the endpoint in memory.
type Caller struct {
	AccessKeyID string      // Call.Caller; "" is "localaws"
	Dead        func() bool // see ClientOf; nil is a caller who lives on
	Seed        uint64      // of the retries' jitter and of the idempotency tokens
}

// Config is an SDK configuration whose clients call the endpoint in memory, wait between attempts on the account's clock
// and draw nothing but from the caller's seed. Nothing in it takes wall time.
func (e *Endpoint) Config(caller Caller) aws.Config {
	if caller.AccessKeyID == "" {
		caller.AccessKeyID = "localaws"
	}
	client := e.Client()
	if caller.Dead != nil {
		client = e.ClientOf(caller.Dead)
	}
	source := &drawn{rand: rand.New(rand.NewPCG(caller.Seed, 0x72657472))}
	return aws.Config{
		Region:       e.account.Region,
		BaseEndpoint: aws.String(InMemoryURL),
		HTTPClient:   client,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: caller.AccessKeyID, SecretAccessKey: "localaws", Source: "localaws"}, nil
		}),
		Retryer:    func() aws.Retryer { return newRetryer(e.account.Clock, source) },
		APIOptions: []func(*middleware.Stack) error{countAttempts, source.fillToken},
	}
}

// drawn is seeded randomness that several clients share.
type drawn struct {
	mu   sync.Mutex
	rand *rand.Rand
}

func (d *drawn) float() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rand.Float64()
}

func (d *drawn) uuid() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	high, low := d.rand.Uint64(), d.rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", high>>32, high>>16&0xffff, high&0xfff, low>>52, low&0xffffffffffff)
}

// retryer is the SDK's standard retryer, but that its waits pass on a clock.
type retryer struct {
	*retry.Standard
	clock  clock.Clock
	source *drawn
}

func newRetryer(c clock.Clock, source *drawn) *retryer {
	return &retryer{Standard: retry.NewStandard(), clock: c, source: source}
}

// GetRetryToken waits the standard backoff: a random part of 2^attempt seconds, at most 20 s. It waits here, not in
// RetryDelay, because only here the caller's context can end the wait.
func (r *retryer) GetRetryToken(ctx context.Context, problem error) (func(error) error, error) {
	release, err := r.Standard.GetRetryToken(ctx, problem)
	if err != nil {
		return release, err
	}
	attempt := 1
	if count, ok := ctx.Value(attemptsKey{}).(*int); ok {
		*count++
		attempt = *count
	}
	backoff := math.Min(r.source.float()*math.Pow(2, float64(attempt)), retry.DefaultMaxBackoff.Seconds())
	if err := r.clock.Sleep(ctx, time.Duration(backoff*float64(time.Second))); err != nil {
		return release, err
	}
	return release, nil
}

// RetryDelay is zero: the wait is over.
func (r *retryer) RetryDelay(int, error) (time.Duration, error) { return 0, nil }

type attemptsKey struct{}

// countAttempts gives each API call a count of its failed attempts.
func countAttempts(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("localaws.CountAttempts", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(context.WithValue(ctx, attemptsKey{}, new(int)), in)
	}), middleware.Before)
}

// tokenFill is the SDK's middleware that fills an idempotency token from the system's randomness.
const tokenFill = "OperationIdempotencyTokenAutoFill"

// fillToken fills the idempotency token before the SDK does.
func (d *drawn) fillToken(stack *middleware.Stack) error {
	if _, ok := stack.Initialize.Get(tokenFill); !ok {
		return nil
	}
	return stack.Initialize.Insert(middleware.InitializeMiddlewareFunc("localaws.FillToken", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		input := reflect.ValueOf(in.Parameters).Elem()
		for _, name := range []string{"ClientToken", "ClientRequestToken", "IdempotencyToken"} {
			token := input.FieldByName(name)
			if token.IsValid() && token.CanSet() && token.IsZero() {
				// A copy, as the SDK makes one: the caller's input stays as it was given.
				filled := reflect.New(input.Type())
				filled.Elem().Set(input)
				filled.Elem().FieldByName(name).Set(reflect.ValueOf(aws.String(d.uuid())))
				in.Parameters = filled.Interface()
				break
			}
		}
		return next.HandleInitialize(ctx, in)
	}), tokenFill, middleware.Before)
}
