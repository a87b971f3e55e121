package lambdaentry

import (
	"encoding/json"
	"errors"
	"runtime"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"bluegreen/internal/awserror"
	"bluegreen/internal/fault"
	"bluegreen/internal/text"
)

// longestMessage keeps an error, as Lambda encodes it and with a stack behind it, below the 32,768 characters that Step
// Functions gives a cause.
const longestMessage = 20_000

// failed is the form in which Lambda takes err: its message is one line, wherever it comes from.
func failed(err error) *messages.InvokeResponse_Error {
	message := text.Line(awserror.Text(err))
	for {
		encoded, _ := json.Marshal(message) // a text always encodes
		if len(encoded) <= longestMessage {
			return &messages.InvokeResponse_Error{Type: string(name(err)), Message: message}
		}
		message = text.Short(message, min(len(message), longestMessage)*3/4)
	}
}

// name finds the fault in err, or sorts AWS's errors: by code first, then by whose fault it was.
func name(err error) fault.Name {
	var known *fault.Error
	if errors.As(err, &known) {
		return known.Name
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return apiName(api, err)
	}
	var canceled *smithy.CanceledError
	if errors.As(err, &canceled) {
		return fault.Unavailable
	}
	var request *smithyhttp.RequestSendError
	var response *smithyhttp.ResponseError
	if errors.As(err, &request) || errors.As(err, &response) {
		return fault.Unavailable
	}
	return fault.Bug
}

func apiName(api smithy.APIError, err error) fault.Name {
	code := api.ErrorCode()
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled {
		return fault.Throttled
	}
	switch code {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnrecognizedClientException",
		"InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException":
		return fault.AccessDenied
	case "ResourceContention", "ScalingActivityInProgress", "ResourceInUse", "RequestTimeout",
		"RequestTimeoutException":
		return fault.Unavailable
	}
	var response *smithyhttp.ResponseError
	if api.ErrorFault() == smithy.FaultServer || (errors.As(err, &response) && response.HTTPStatusCode() >= 500) {
		return fault.Unavailable
	}
	return fault.Refused
}

// panicked turns a panic into a Bug that says where it happened.
func panicked(reason any) *messages.InvokeResponse_Error {
	failure := failed(fault.New(fault.Bug, "panic: %v", reason))
	const skip, most = 3, 32 // Callers, panicked, the deferred function
	counters := make([]uintptr, most)
	frames := runtime.CallersFrames(counters[:runtime.Callers(skip, counters)])
	for {
		frame, more := frames.Next()
		failure.StackTrace = append(failure.StackTrace, &messages.InvokeResponse_Error_StackFrame{
			Path: frame.File, Line: int32(frame.Line), Label: frame.Function,
		})
		if !more {
			return failure
		}
	}
}
