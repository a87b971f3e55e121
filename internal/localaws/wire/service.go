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
	RPCv2CBOR                     // monitoring (CloudWatch)
	RESTXML                       // route53
)

// Service is one AWS service: its operations and how it is spoken to.
type Service struct {
	SigningName  string // in the credential scope of a signed request, e.g. "autoscaling"
	Protocol     Protocol
	Also         []Protocol // further ones that the same operations are spoken in: a request says which
	Version      string     // API version of the query protocols, e.g. "2011-01-01"
	Namespace    string     // XML namespace of the query protocols' answers
	TargetPrefix string     // X-Amz-Target of the JSON protocols, service in the paths of RPCv2CBOR, e.g. "AWSStepFunctions"
	ActionPrefix string     // of the actions in IAM's policies; default SigningName
	Global       bool       // it has one endpoint for all Regions, and is signed for any
	Region       string     // that it lives in, if it lives in one only; default: the account's
	LowerCamel   bool       // JSON member names begin with a lower-case letter (states)
	Operations   []Operation

	// Wire names that do not follow the protocol's rule (see naming), keyed "Type.Field" by the SDK's Go names, e.g.
	// "Reservation.Instances": "instancesSet". `go run bluegreen/internal/localaws/wire/wirenames -service ec2
	// -operations RunInstances,… -out names.go`, run in the service's package, writes both tables (requestNames and
	// responseNames) from the SDK's own serializers; keep it as a go:generate line.
	RequestNames  map[string]string
	ResponseNames map[string]string

	// EmptyLists are the lists that do not follow the rule for those that are empty, keyed "Type.Field" by the SDK's Go
	// names: an answer's own list is there, as an empty one; one further inside an answer is left out.
	EmptyLists map[string]EmptyList

	Unions []Union // the union types that the operations' types contain

	// QueryCodes are the codes of the errors, by their present ones, in the query protocol that the service once spoke
	// (sqs): clients read them from the header x-amzn-query-error. An error that is not here has one code. Nil for a
	// service that never spoke it.
	QueryCodes map[string]string

	// ErrorTypes are the whole names of the errors' types in the JSON protocols' bodies, namespace included, by code. An
	// error that is not here is named by its code.
	ErrorTypes map[string]string
}

// EmptyList says whether an answer has a list that is empty: AWS differs from member to member.
type EmptyList int

// What becomes of an empty list.
const (
	LeftOut     EmptyList = iota
	There                 // as an empty list
	ThereIfMade           // where the operation made it: a nil one is left out
)

// shows reports whether v, an empty list, is part of the answer.
func (e EmptyList) shows(v reflect.Value) bool { return e == There || e == ThereIfMade && !v.IsNil() }

// Operation is one API operation.
type Operation struct {
	Name     string
	Input    reflect.Type // the SDK's input struct
	Output   reflect.Type // the SDK's output struct
	Modelled []string     // input members that the operation honours; any other that is set is refused by name
	Unlocked bool         // the operation takes the account's lock itself, because it waits
	Method   string       // of the REST protocols only
	Path     string       // of the REST protocols only, e.g. "/2015-03-31/functions/{FunctionName}/invocations"
	Handle   func(call *Call, input any) (output any, err error)

	Required      []string          // input members without which the operation answers the service's validation error
	Queries       map[string]string // of the REST protocols only: members of the input that travel in the query string under another name, by that name
	Headers       map[string]string // of the REST protocols only: members of input or output that travel as a header, by Go name
	PayloadMember string            // RESTJSON1 only: the member of input or output that is the whole body
	StatusMember  string            // RESTJSON1 only: the output member that is the HTTP status
	Success       int               // of the REST protocols only: HTTP status of success; 0 is 200
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

// REST says where an operation of a REST protocol is found. {FunctionName} in path sets the input member of that name, and so does
// a parameter of the query string; other members come from the headers and the payload that WithHeaders and WithPayload
// name, or from the body.
func (o Operation) REST(method, path string) Operation {
	o.Method, o.Path = method, path
	return o
}

// WithQuery says which members of the input travel in the query string under another name, by that name.
func (o Operation) WithQuery(members map[string]string) Operation {
	o.Queries = members
	return o
}

// WithHeaders says which members of the input or output, by Go name, travel as which header.
func (o Operation) WithHeaders(headers map[string]string) Operation {
	o.Headers = headers
	return o
}

// WithPayload says which member of the input or output, a []byte, is the whole body (RESTJSON1).
func (o Operation) WithPayload(member string) Operation {
	o.PayloadMember = member
	return o
}

// WithStatus says which output member is the HTTP status (RESTJSON1); "" is none. Where it is not set, or zero, the
// status is success.
func (o Operation) WithStatus(member string, success int) Operation {
	o.StatusMember, o.Success = member, success
	return o
}

// Requires names input members that must be set.
func (o Operation) Requires(members ...string) Operation {
	o.Required = append(o.Required[:len(o.Required):len(o.Required)], members...)
	return o
}

// Union is a union type of the SDK: an interface and the types that implement it.
type Union struct {
	Interface reflect.Type
	Members   []reflect.Type // pointers to structs with one field, Value, named <Interface>Member<wire name>
}

// UnionOf describes the union I by one value of each of its member types.
func UnionOf[I any](members ...I) Union {
	union := Union{Interface: reflect.TypeFor[I]()}
	for _, member := range members {
		union.Members = append(union.Members, reflect.TypeOf(member))
	}
	return union
}

// Call is one request to one operation.
type Call struct {
	Context   context.Context
	Service   string // signing name
	Prefix    string // of the service's actions in IAM's policies: mostly the signing name
	Operation string
	Caller    string // the access key id that signed the request; each Lambda invocation has its own
	RequestID string
	Time      time.Time
	Principal Principal // whose access key the caller has
	Trace     string    // the header X-Amzn-Trace-Id; "" without one

	// Sent are the members that the body of a request in a JSON protocol has, by wire name: where an input's own type cannot
	// tell zero from nothing.
	Sent map[string]bool
}

// Principal is who an access key id belongs to.
type Principal struct {
	ARN      string // e.g. arn:aws:sts::000000000000:assumed-role/role/session
	UserID   string
	Role     string // name of the role that the key is a session of; "" for people
	Function string // name of the Lambda function that runs under the key; "" for people
}

// Error is an error as AWS words it.
type Error struct {
	Code    string
	Message string
	Status  int // HTTP status: 400 for the sender's faults, 500 and above for the service's

	Members map[string]any // further members of the error in the JSON protocols, by wire name, e.g. "Item"
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns the sender's fault code (HTTP status 400).
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: 400}
}
