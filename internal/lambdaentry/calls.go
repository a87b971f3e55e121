package lambdaentry

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-xray-sdk-go/v2/instrumentation/awsv2"
	"github.com/aws/aws-xray-sdk-go/v2/strategy/ctxmissing"
	"github.com/aws/aws-xray-sdk-go/v2/strategy/exception"
	"github.com/aws/aws-xray-sdk-go/v2/xray"
	"github.com/aws/aws-xray-sdk-go/v2/xraylog"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"bluegreen/internal/fault"
	"bluegreen/internal/text"
)

// traceCalls has every AWS client that is made from cfg write a subsegment for each call, and the segments go to the
// daemon that AWS_XRAY_DAEMON_ADDRESS names. A daemon that is not there costs nothing: segments are single datagrams,
// and nobody logs that they were lost.
func traceCalls(cfg *aws.Config) error {
	xray.SetLogger(xraylog.NullLogger)
	err := xray.Configure(xray.Config{
		ContextMissingStrategy:      ctxmissing.NewDefaultIgnoreErrorStrategy(),
		ExceptionFormattingStrategy: &causes{},
	})
	cfg.APIOptions = append(cfg.APIOptions, judgeCall)
	awsv2.AWSV2Instrumentor(&cfg.APIOptions)
	cfg.APIOptions = append(cfg.APIOptions, showCall)
	return err
}

// shown is a call's subsegment, handed out to what judges the call.
type shown struct{ segment *xray.Segment }

type shownKey struct{}

// judgeCall stands around X-Ray's own middleware, which calls every failure a fault and forgets the retries. A call that
// succeeded in the end has no error; that it was throttled on the way stays to be seen.
func judgeCall(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("bluegreen.JudgeCall", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		call := &shown{}
		out, metadata, err := next.HandleInitialize(context.WithValue(ctx, shownKey{}, call), in)
		if call.segment != nil {
			judge(call.segment, metadata, err)
		}
		return out, metadata, err
	}), middleware.After)
}

// showCall stands within X-Ray's own middleware, where the call's subsegment is at hand.
func showCall(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("bluegreen.ShowCall", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		if call, ok := ctx.Value(shownKey{}).(*shown); ok {
			call.segment = xray.GetSegment(ctx)
		}
		return next.HandleInitialize(ctx, in)
	}), middleware.After)
}

func judge(call *xray.Segment, metadata middleware.Metadata, err error) {
	call.Lock()
	defer call.Unlock()
	call.Error, call.Fault, call.Throttle = false, false, false
	if attempts, ok := retry.GetAttemptResults(metadata); ok {
		if retries := len(attempts.Results) - 1; retries > 0 {
			call.GetAWS()["retries"] = retries
		}
		for _, attempt := range attempts.Results {
			call.Throttle = call.Throttle || attempt.Err != nil && name(attempt.Err) == fault.Throttled
		}
	}
	if err == nil {
		return
	}
	var response *smithyhttp.ResponseError
	call.Error = errors.As(err, &response) && response.HTTPStatusCode() < 500
	call.Fault = !call.Error
}

// causes words an error in few bytes, since a trace holds little (docs/tracing.md): its name and its message.
type causes struct {
	exception.DefaultFormattingStrategy
}

// longestCause bounds a message, in bytes.
const longestCause = 500

// ExceptionFromError implements exception.FormattingStrategy.
func (causes) ExceptionFromError(err error) exception.Exception {
	what := exception.Exception{ID: xray.NewSegmentID(), Type: string(name(err)), Message: err.Error()}
	var own *fault.Error
	var api smithy.APIError
	if !errors.As(err, &own) && errors.As(err, &api) {
		what.Type, what.Message, what.Remote = api.ErrorCode(), api.ErrorMessage(), true
	}
	what.Message = text.Short(text.Line(what.Message), longestCause)
	return what
}
