// Package wire speaks the protocols of the real AWS clients over HTTP: it finds the operation that a request names,
// decodes the SDK's own input type, runs the operation, and encodes the SDK's own output type or AWS's error.
package wire

import (
	"context"
	"fmt"
	"reflect"
	"time"
)

// Protocol is a wire protocol of AWS.
type Protocol int

// The protocols, by the name that the API models give them.
const (
	AWSQuery  Protocol = iota + 1 // autoscaling, elasticloadbalancing (both), sns, sts
	EC2Query                      // ec2
	AWSJSON10                     // dynamodb, states, sqs
	AWSJSON11                     // ssm, events, codecommit, codepipeline
	RESTJSON1                     // lambda
)

// Service is one AWS service: its operations and how it is spoken to.
type Service struct {
	SigningName  string // in the credential scope of a signed request, e.g. "autoscaling"
	Protocol     Protocol
	Version      string // API version of the query protocols, e.g. "2011-01-01"
	Namespace    string // XML namespace of the query protocols' answers
	TargetPrefix string // X-Amz-Target of the JSON protocols, e.g. "AWSStepFunctions"
	Operations   []Operation
}

// Operation is one API operation.
type Operation struct {
	Name     string
	Input    reflect.Type // the SDK's input struct
	Output   reflect.Type // the SDK's output struct
	Modelled []string     // input members that the operation honours; any other that is set is refused by name
	Unlocked bool         // the operation takes the account's lock itself, because it waits
	Method   string       // RESTJSON1 only
	Path     string       // RESTJSON1 only, e.g. "/2015-03-31/functions/{FunctionName}/invocations"
	Handle   func(call *Call, input any) (output any, err error)
}

// Op describes the operation name, whose input members in modelled are honoured. A nested member is named with dots
// (Filters.Name); naming a member without any of its nested ones honours all of it. The account's lock is held while
// handle runs.
func Op[In, Out any](name string, handle func(*Call, *In) (*Out, error), modelled ...string) Operation {
	return Operation{
		Name:     name,
		Input:    reflect.TypeFor[In](),
		Output:   reflect.TypeFor[Out](),
		Modelled: modelled,
		Handle: func(call *Call, input any) (any, error) {
			output, err := handle(call, input.(*In))
			if err != nil {
				return nil, err
			}
			return output, nil
		},
	}
}

// Waits marks an operation that waits for something: it runs without the account's lock and takes it when it needs it.
func (o Operation) Waits() Operation {
	o.Unlocked = true
	return o
}

// REST says where a RESTJSON1 operation is found.
func (o Operation) REST(method, path string) Operation {
	o.Method, o.Path = method, path
	return o
}

// Call is one request to one operation.
type Call struct {
	Context   context.Context
	Service   string // signing name
	Operation string
	Caller    string // the access key id that signed the request; each Lambda invocation has its own
	RequestID string
	Time      time.Time
}

// Error is an error as AWS words it.
type Error struct {
	Code    string
	Message string
	Status  int // HTTP status: 400 for the sender's faults, 500 and above for the service's
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns the sender's fault code (HTTP status 400).
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}
