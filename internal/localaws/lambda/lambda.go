// Package lambda is AWS Lambda: functions whose code is a process under a real Lambda Runtime API, or Go code in this
// process. On a Virtual clock only Go code runs; a process computes in real time and so needs a Scaled clock.
package lambda

import (
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/xray"
)

// Functions are the functions of one account.
type Functions struct {
	acct      *account.Account
	settings  Settings
	wall      *clock.Scaled // processes live in real time
	speed     float64       // of the account's clock against the wall; 0 when the clock is virtual
	byName    map[string]*function
	busy      map[string]int // invocations that take concurrency, by function name
	callers   callers
	processes map[*environment]struct{}
	closed    bool

	connect  func(wire.Caller) aws.Config
	plan     func(Invocation) Fault
	endpoint string
	daemon   string       // address of X-Ray's
	traces   *xray.Traces // nil: nothing is traced
	log      logWriter
	tempDirs []string
}

// Code is a function's code in this process. It runs as a task of the clock, and its context ends at the function's
// timeout. A panic becomes a function error, as it does in a real Go Lambda.
type Code func(ctx context.Context, inv Invocation, payload []byte) (response []byte, failure *Failure)

// Process is a function's code on this machine's disk: a directory that holds an executable named bootstrap, or the
// path of the executable itself.
type Process struct{ Path string }

// Invocation is what a function's code knows about the invocation that it serves.
type Invocation struct {
	RequestID    string
	FunctionName string
	FunctionARN  string
	AccessKeyID  string     // of this invocation's AWS calls
	Deadline     time.Time  // on the account's clock
	AWS          aws.Config // of this invocation's SDK clients, whose calls end with it; empty for a process
}

// Failure is Lambda's function error. Its JSON is what an invoker sees.
type Failure struct {
	ErrorMessage string       `json:"errorMessage"`
	ErrorType    string       `json:"errorType"`
	StackTrace   []StackFrame `json:"stackTrace,omitempty"`
}

// StackFrame is one line of a Go function's stack trace.
type StackFrame struct {
	Path  string `json:"path"`
	Line  int32  `json:"line"`
	Label string `json:"label"`
}

// FunctionSpec describes a function for Define.
type FunctionSpec struct {
	Name                string
	Description         string
	Role                string // default: a role of this account named after the function
	Handler             string // default "bootstrap"
	Timeout             time.Duration
	MemorySize          int32 // MB, default 128
	Environment         map[string]string
	ReservedConcurrency *int32 // nil: none is reserved
	Traced              bool   // X-Ray tracing mode Active; else PassThrough
}

// Fault is what a fault plan lets befall one invoke.
type Fault struct {
	// Refuse makes Lambda answer with this error; the code does not run. Status 0 stands for an error of the caller's
	// own SDK client, such as SdkClientException.
	Refuse *wire.Error
	// Lose makes the invoker get this error in place of the answer; the code does run.
	Lose *wire.Error
	// Outlive keeps the code running past the function's timeout: the invoker gets the timeout's error, and the
	// invocation goes on making its calls.
	Outlive bool
}

// New returns an account's functions: none.
func New(acct *account.Account, settings Settings) *Functions {
	f := &Functions{
		acct:      acct,
		settings:  settings,
		wall:      clock.NewScaled(1),
		byName:    make(map[string]*function),
		busy:      make(map[string]int),
		callers:   callers{byKey: make(map[string]*invoke)},
		processes: make(map[*environment]struct{}),
		connect:   func(wire.Caller) aws.Config { return aws.Config{} },
		plan:      func(Invocation) Fault { return Fault{} },
		log:       logWriter{w: io.Discard},
	}
	if scaled, ok := acct.Clock.(interface{ Speed() float64 }); ok {
		f.speed = scaled.Speed()
	}
	return f
}

// SetConnect says how in-process code reaches AWS: connect is the Config method of the wire.Endpoint.
func (f *Functions) SetConnect(connect func(wire.Caller) aws.Config) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.connect = connect
}

// SetEndpoint sets the URL that processes find AWS at (AWS_ENDPOINT_URL).
func (f *Functions) SetEndpoint(url string) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.endpoint = url
}

// SetLog sends what processes write, line by line with the function's name before it, to w.
func (f *Functions) SetLog(w io.Writer) { f.log.redirect(w) }

// SetFaults sets the plan that is asked, with the account's lock held, before each invoke.
func (f *Functions) SetFaults(plan func(Invocation) Fault) {
	f.acct.Lock()
	defer f.acct.Unlock()
	f.plan = plan
}

// Define creates a function, or replaces one of the same name, that is ready at once. Code is a Process or a Code.
func (f *Functions) Define(spec FunctionSpec, code any) error {
	fn, err := f.fromSpec(spec)
	if err != nil {
		return err
	}
	switch code := code.(type) {
	case Process:
		if f.speed == 0 {
			return fmt.Errorf("function %s: a process needs the scaled clock: it computes in real time", spec.Name)
		}
		if fn.bootstrap, err = findBootstrap(code.Path); err != nil {
			return fmt.Errorf("function %s: %w", spec.Name, err)
		}
	case Code:
		fn.code = code
	case func(context.Context, Invocation, []byte) ([]byte, *Failure):
		fn.code = code
	default:
		return fmt.Errorf("function %s: its code is a %T, not a lambda.Process or lambda.Code", spec.Name, code)
	}
	f.acct.Lock()
	defer f.acct.Unlock()
	if previous, ok := f.byName[spec.Name]; ok {
		f.retire(previous)
	}
	f.touch(fn)
	f.byName[spec.Name] = fn
	return nil
}

func (f *Functions) fromSpec(spec FunctionSpec) (*function, error) {
	if !functionName.MatchString(spec.Name) {
		return nil, fmt.Errorf("function name %q: want 1 to 64 letters, digits, hyphens and underscores", spec.Name)
	}
	fn := &function{
		name:         spec.Name,
		arn:          f.acct.ARN("lambda", "function:"+spec.Name),
		description:  spec.Description,
		role:         spec.Role,
		handler:      spec.Handler,
		runtime:      "provided.al2023",
		architecture: map[string]string{"arm64": "arm64"}[runtime.GOARCH],
		timeout:      spec.Timeout,
		memory:       spec.MemorySize,
		environment:  maps.Clone(spec.Environment),
		reserved:     spec.ReservedConcurrency,
		active:       true,
	}
	if spec.Traced {
		fn.tracing = types.TracingModeActive
	}
	fn.setDefaults(f.acct.ID)
	if fn.timeout < time.Second || fn.timeout > maxTimeout || fn.timeout%time.Second != 0 {
		return nil, fmt.Errorf("function %s: timeout %s: want whole seconds from 1 s to 900 s", spec.Name, fn.timeout)
	}
	return fn, nil
}

// find returns the function that a name, a partial ARN or an ARN names. The lock is held.
func (f *Functions) find(nameOrARN, qualifier string) (*function, *wire.Error) {
	name, inARN := splitName(nameOrARN)
	if qualifier == "" {
		qualifier = inARN
	}
	fn, ok := f.byName[name]
	if ok && (qualifier == "" || qualifier == latest) && strings.HasSuffix(fn.arn, arnTail(nameOrARN, fn)) {
		return fn, nil
	}
	arn := nameOrARN
	if !strings.HasPrefix(arn, "arn:") {
		arn = f.acct.ARN("lambda", "function:"+name)
	} else if inARN != "" {
		arn = strings.TrimSuffix(arn, ":"+inARN)
	}
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return nil, &wire.Error{Code: "ResourceNotFoundException", Message: "Function not found: " + arn, Status: 404}
}
