// Package awserror words the AWS SDK's errors for people: what was asked of which service, and what it said.
package awserror

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Text is err's text. Where a call to AWS is its cause, the SDK's account of the whole request becomes
// "<service> <operation>: <message> (<code>, <attempts>, <request id>)", or tells that nobody answered.
func Text(err error) string {
	text := err.Error()
	var call *smithy.OperationError
	if !errors.As(err, &call) {
		return text
	}
	before, after, found := strings.Cut(text, call.Error())
	if !found {
		return text
	}
	return before + call.Service() + " " + call.Operation() + ": " + cause(call.Err) + after
}

func cause(err error) string {
	var said smithy.APIError
	var unreached *net.OpError
	switch {
	case errors.As(err, &said):
		return fmt.Sprintf("%s (%s)", strings.TrimSuffix(said.ErrorMessage(), "."), strings.Join(particulars(said, err), ", "))
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer before the time was up"
	case errors.As(err, &unreached) && errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing answers at %s", unreached.Addr)
	case errors.As(err, &unreached):
		return "no connection: " + unreached.Err.Error()
	}
	return err.Error()
}

// particulars are the error's code, how often the call was tried, and the id that AWS's support asks for.
func particulars(said smithy.APIError, err error) []string {
	all := []string{said.ErrorCode()}
	var spent *retry.MaxAttemptsError
	if errors.As(err, &spent) {
		all = append(all, fmt.Sprintf("tried %d times", spent.Attempt))
	}
	var request interface{ ServiceRequestID() string }
	if errors.As(err, &request) && request.ServiceRequestID() != "" {
		all = append(all, "request "+request.ServiceRequestID())
	}
	return all
}
