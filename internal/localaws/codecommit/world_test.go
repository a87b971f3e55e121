package codecommit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/codecommit"
	"github.com/aws/smithy-go"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/codecommit"
	"bluegreen/internal/localaws/wire"
)

// world is CodeCommit behind an endpoint, on virtual time, with what it told EventBridge.
type world struct {
	*testing.T
	*sdk.Client
	told []told
}

type told struct {
	detailType string
	resources  []string
	detail     any
}

func run(t *testing.T, f func(w *world)) {
	t.Helper()
	c := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	t.Cleanup(c.Close)
	acct := account.New("000000000000", "ap-northeast-1", c, 1)
	settings := wire.DefaultSettings()
	settings.Latency = account.Constant(time.Millisecond) // all within the second that the ids are computed for
	endpoint := wire.NewEndpoint(acct, settings, nil)
	repositories := codecommit.New(acct, codecommit.DefaultSettings())
	w := &world{T: t, Client: sdk.NewFromConfig(endpoint.Config(wire.Caller{AccessKeyID: "operator"}))}
	repositories.OnEvent(func(detailType string, resources []string, detail any) {
		w.told = append(w.told, told{detailType, resources, detail})
	})
	endpoint.Add(repositories.Service())
	c.Run(func() { f(w) })
}

// must calls an operation that succeeds.
func must[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In) *Out {
	w.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		w.Fatal(err)
	}
	return out
}

// refused calls an operation that is refused with an error of that code.
func refused[In, Out any](w *world, call func(context.Context, *In, ...func(*sdk.Options)) (*Out, error), in *In, code string) {
	w.Helper()
	_, err := call(context.Background(), in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || api.ErrorMessage() == "" {
		w.Errorf("%+v: got %v, want %s", in, err, code)
	}
}
