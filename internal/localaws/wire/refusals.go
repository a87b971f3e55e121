package wire

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
)

// throttled is what a service answers to a caller that is too fast.
func throttled(service string) *Error {
	switch service {
	case "ec2":
		return &Error{Code: "RequestLimitExceeded", Message: "Request limit exceeded.", Status: http.StatusServiceUnavailable}
	case "dynamodb":
		return Errorf("ThrottlingException", "Rate of requests exceeds the allowed throughput.")
	case "lambda":
		return &Error{Code: "TooManyRequestsException", Message: "Rate exceeded", Status: http.StatusTooManyRequests}
	case "xray":
		return &Error{Code: "ThrottledException", Message: "Rate exceeded", Status: http.StatusTooManyRequests}
	case "states", "ssm", "events", "codepipeline", "codecommit", "wafv2", "shield", "globalaccelerator":
		return Errorf("ThrottlingException", "Rate exceeded")
	}
	return Errorf("Throttling", "Rate exceeded")
}

// failed is what a service answers when something broke inside it.
func failed(service string) *Error {
	message := "An internal error has occurred."
	switch service {
	case "ec2":
		return &Error{Code: "InternalError", Message: "An internal error has occurred", Status: 500}
	case "dynamodb":
		return &Error{Code: "InternalServerError", Message: "Internal server error", Status: 500}
	case "lambda":
		return &Error{Code: "ServiceException", Message: message, Status: 500}
	}
	return &Error{Code: "InternalFailure", Message: message, Status: 500}
}

// unavailable is what a service answers when it cannot take requests.
func unavailable(service string) *Error {
	code := "ServiceUnavailable"
	if service == "ec2" {
		code = "Unavailable"
	}
	return &Error{Code: code, Message: "Service is unable to handle request.", Status: http.StatusServiceUnavailable}
}

// denied is what a service answers to a principal without the permission for an operation.
func denied(call *Call) *Error {
	action := call.Prefix + ":" + call.Operation
	if action == "lambda:Invoke" {
		action = "lambda:InvokeFunction"
	}
	return Denied(call, action, "*", false)
}

// Denied is what a call's service answers when a policy denies an action on a resource, or none allows it. The resource
// is * for an action that knows no resource level.
func Denied(call *Call, action, resource string, byPolicy bool) *Error {
	what, why := action, "because no identity-based policy allows the "+action+" action"
	if resource != "*" {
		what += " on resource: " + resource
	}
	if byPolicy {
		why = "with an explicit deny in an identity-based policy"
	}
	message := fmt.Sprintf("User: %s is not authorized to perform: %s %s", call.Principal.ARN, what, why)
	switch call.Service {
	case "ec2":
		return &Error{Code: "UnauthorizedOperation", Message: "You are not authorized to perform this operation. " + message, Status: 403}
	case "dynamodb", "states", "ssm", "events", "codepipeline", "codecommit", "wafv2", "shield", "globalaccelerator":
		return Errorf("AccessDeniedException", "%s", message)
	case "lambda", "xray":
		return &Error{Code: "AccessDeniedException", Message: message, Status: 403}
	case "sns":
		return &Error{Code: "AuthorizationError", Message: message, Status: 403}
	}
	return &Error{Code: "AccessDenied", Message: message, Status: 403}
}

// refuseForeign is the answer to a request that Foreign says why not to serve. AWS has none such: the code is the one that
// every client knows.
func refuseForeign(p Protocol, why string) *Error {
	return &Error{Code: p.commonCode("AccessDenied"), Message: why, Status: http.StatusForbidden}
}

// unsigned is what AWS answers to a request without a signature: each of these has been seen of a service that speaks the
// protocol (sts, ec2, dynamodb, lambda).
func unsigned(p Protocol) *Error {
	message := "Request is missing Authentication Token"
	switch p {
	case EC2Query:
		return Errorf("MissingParameter", "The request must contain the parameter AWSAccessKeyId")
	case AWSJSON10, AWSJSON11, RPCv2CBOR:
		return Errorf("MissingAuthenticationTokenException", "%s", message)
	case RESTJSON1:
		return &Error{Code: "MissingAuthenticationTokenException", Message: "Missing Authentication Token", Status: http.StatusForbidden}
	}
	return &Error{Code: "MissingAuthenticationToken", Message: message, Status: http.StatusForbidden}
}

// incompletelySigned is what AWS answers to a request whose signature lacks something.
func incompletelySigned(p Protocol, what string) *Error {
	refusal := Errorf(p.commonCode("IncompleteSignature"), "%s", what)
	if p == RESTJSON1 {
		refusal.Status = http.StatusForbidden
	}
	return refusal
}

// commonCode is the code of an error that all services have: the JSON protocols call them exceptions.
func (p Protocol) commonCode(code string) string {
	switch p {
	case AWSJSON10, AWSJSON11, RESTJSON1, RPCv2CBOR:
		return code + "Exception"
	}
	return code
}

// NotModelled is the answer to what AWS has and the model has not. 501 is a status that no client retries.
func NotModelled(format string, args ...any) *Error {
	return &Error{Code: "NotModelled", Message: "localaws does not model " + fmt.Sprintf(format, args...), Status: http.StatusNotImplemented}
}

// Missing is what the call's service answers when members, by Go name, are not set.
func Missing(call *Call, members ...string) *Error {
	if call.Service == "ec2" {
		return Errorf("MissingParameter", "The request must contain the parameter %s", members[0])
	}
	var faults []string
	for _, member := range members {
		faults = append(faults, fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", lowerFirst(member)))
	}
	plural := ""
	if len(members) > 1 {
		plural = "s"
	}
	return Errorf(validationCode(call.Service), "%d validation error%s detected: %s", len(members), plural, strings.Join(faults, "; "))
}

func validationCode(service string) string {
	switch service {
	case "dynamodb", "states", "ssm", "events", "codepipeline":
		return "ValidationException"
	case "lambda":
		return "InvalidParameterValueException"
	case "xray":
		return "InvalidRequestException"
	case "route53":
		return "InvalidInput"
	case "ec2":
		return "InvalidParameterValue"
	}
	return "ValidationError"
}

// Require answers the service's validation error if a member of input, a pointer to the SDK's input struct, is not set.
func Require(call *Call, input any, members ...string) error {
	v := reflect.ValueOf(input).Elem()
	var missing []string
	for _, member := range members {
		if v.FieldByName(member).IsZero() {
			missing = append(missing, member)
		}
	}
	if missing != nil {
		return Missing(call, missing...)
	}
	return nil
}
