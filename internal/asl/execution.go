package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"bluegreen/internal/clock"
)

// Status is an execution's status, in the API's words.
type Status string

// The statuses.
const (
	StatusRunning   Status = "RUNNING"
	StatusSucceeded Status = "SUCCEEDED"
	StatusFailed    Status = "FAILED"
	StatusTimedOut  Status = "TIMED_OUT"
	StatusAborted   Status = "ABORTED"
)

// Options are what an execution needs from its host.
type Options struct {
	ID               string // the execution's ARN
	Name             string
	Input            []byte // JSON; empty stands for {}
	RoleArn          string
	StateMachineID   string // its ARN
	StateMachineName string
	Region           string // TaskScheduled events name it
	Clock            clock.Clock
	Seed             uint64 // of retry jitter, States.UUID, States.MathRandom and task tokens
	Tasks            Tasks  // may be nil for a machine without Task states
	// Record, if set, is called with each event as it happens, in order, with the execution's lock held: it must not call
	// the Execution, and must take no lock that is held while the Execution is called.
	Record func(Event)
}

// Result is where an execution stands.
type Result struct {
	Status       Status
	Output       string // JSON, once SUCCEEDED
	Failure             // once FAILED, TIMED_OUT or ABORTED
	StartTime    time.Time
	StopTime     time.Time // zero while RUNNING
	RedriveCount int
	RedriveTime  time.Time // of the last redrive; zero without one
}

// awsError is an error in AWS's own words.
type awsError string

func (e awsError) Error() string { return string(e) }

// What the methods of an Execution refuse.
const (
	// ErrNoSuchToken means that the execution never gave out the token: InvalidToken in the API.
	ErrNoSuchToken = awsError("Invalid Token: 'Invalid token'")
	// ErrTaskTimedOut means that nobody waits for the token any more: TaskTimedOut in the API.
	ErrTaskTimedOut = awsError("Task Timed Out: 'Provided task does not exist anymore'")
	// ErrInvalidOutput means that the output of a task is not JSON: InvalidOutput in the API.
	ErrInvalidOutput = awsError("Invalid Output: 'The output is not valid JSON'")
	// ErrNotRunning means that the execution has ended.
	ErrNotRunning = awsError("The execution is not running")
	// ErrNotRedrivable means that the execution runs (or its Run has not returned yet), has succeeded, or has 24,999
	// events or more:
	// ExecutionNotRedrivable in the API.
	ErrNotRedrivable = awsError("Execution is not redrivable")
)

// Execution is one run of a machine. Its methods may be called from any task.
type Execution struct {
	machine *Machine
	options Options
	clock   clock.Clock
	input   any

	mu     sync.Mutex
	result Result
	events []Event
	source *rand.Rand
	tokens map[string]*attempt // all that were given out; nil once their task is over
	root   *branch
	ctx    context.Context // ends with the execution
	cancel context.CancelFunc
	fresh  bool // Start or Redrive was called, and Run not yet
	runs   bool // Run has not returned
}

// Start begins an execution: it is RUNNING and its history holds ExecutionStarted. Its states run in Run, which the
// host calls next. It fails only for an input that is not JSON.
func (m *Machine) Start(options Options) (*Execution, error) {
	input := emptyDocument
	if len(options.Input) > 0 {
		var err error
		if input, err = parseDocument(options.Input); err != nil {
			return nil, fmt.Errorf("execution input: %w", err)
		}
	}
	x := &Execution{
		machine: m,
		options: options,
		clock:   options.Clock,
		input:   input.value,
		source:  rand.New(rand.NewPCG(options.Seed, 0x73746174657321)),
		tokens:  make(map[string]*attempt),
		fresh:   true,
	}
	x.result = Result{Status: StatusRunning, StartTime: x.clock.Now()}
	x.ctx, x.cancel = x.clock.WithCancel(context.Background())
	x.root = newBranch(x, m.flow, input, nil)
	x.record(0, "ExecutionStarted", &ExecutionStartedDetails{Input: input.text, RoleArn: options.RoleArn})
	return x, nil
}

// Run runs the states until the execution ends, in the calling task, and gives its Result. It is called once after
// Start and once after each Redrive.
func (x *Execution) Run() Result {
	x.mu.Lock()
	fresh, ctx := x.fresh, x.ctx
	x.fresh, x.runs = false, true
	x.mu.Unlock()
	if !fresh {
		panic("asl: Run without Start or Redrive before it")
	}
	if x.machine.timeout > 0 {
		timer := x.clock.AfterFunc(x.machine.timeout, func() {
			x.end(StatusTimedOut, "ExecutionTimedOut", &ExecutionTimedOutDetails{}, Result{})
		})
		defer timer.Stop()
	}
	output, failed := x.root.run(ctx)
	switch {
	case failed == over:
	case failed != nil:
		x.endAfter(x.root, StatusFailed, "ExecutionFailed", &ExecutionFailedDetails{failed.Failure}, Result{Failure: failed.Failure})
	default:
		x.endAfter(x.root, StatusSucceeded, "ExecutionSucceeded", &ExecutionSucceededDetails{Output: output.text}, Result{Output: output.text})
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.runs = false
	return x.result
}

// Stop aborts the execution, as StopExecution does; both texts may be empty. It returns ErrNotRunning when the
// execution has ended already.
func (x *Execution) Stop(errorName, cause string) error {
	f := Failure{errorName, cause}
	if !x.end(StatusAborted, "ExecutionAborted", &ExecutionAbortedDetails{f}, Result{Failure: f}) {
		return ErrNotRunning
	}
	return nil
}

// Result is where the execution stands now.
func (x *Execution) Result() Result {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.result
}

// Options are those that the execution was started with.
func (x *Execution) Options() Options { return x.options }

// Machine is what the execution runs.
func (x *Execution) Machine() *Machine { return x.machine }

// History is every event so far. The caller must not change it.
func (x *Execution) History() []Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.events[:len(x.events):len(x.events)]
}

// random draws from the execution's seeded source.
func (x *Execution) random(draw func(*rand.Rand)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	draw(x.source)
}

// end finishes the execution from outside of its branches; it reports false when it had ended before.
func (x *Execution) end(status Status, kind string, details Details, result Result) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.endLocked(0, status, kind, details, result)
}

// endAfter finishes the execution where its outermost branch has come to.
func (x *Execution) endAfter(b *branch, status Status, kind string, details Details, result Result) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.endLocked(b.last, status, kind, details, result)
}

func (x *Execution) endLocked(previous int64, status Status, kind string, details Details, result Result) bool {
	if x.result.Status != StatusRunning {
		return false
	}
	x.append(previous, kind, details)
	x.result.Status, x.result.Output, x.result.Failure = status, result.Output, result.Failure
	x.result.StopTime = x.clock.Now()
	for token, a := range x.tokens {
		if a != nil {
			x.tokens[token] = nil
		}
	}
	x.cancel()
	return true
}

// validJSON reports whether a task's output may be taken.
func validJSON(output []byte) bool { return json.Valid(output) }
