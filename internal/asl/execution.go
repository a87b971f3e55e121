package asl

import (
	"errors"
	"sync"
	"time"

	"bluegreen/internal/clock"
)

// Status is an execution's status, in the API's words.
type Status string

// The statuses.
const (
	Running      Status = "RUNNING"
	Succeeded    Status = "SUCCEEDED"
	StatusFailed Status = "FAILED"
	TimedOut     Status = "TIMED_OUT"
	Aborted      Status = "ABORTED"
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
	Tasks            Tasks
	// Record, if set, is told of each event as it happens, in order, with the execution's lock held: it must not call
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

// What the methods of an Execution refuse.
var (
	// ErrNoSuchToken means that the execution never gave out the token: InvalidToken in the API.
	ErrNoSuchToken = errors.New("Invalid Token: 'Invalid token'")
	// ErrTaskTimedOut means that nobody waits for the token any more: TaskTimedOut in the API.
	ErrTaskTimedOut = errors.New("Task Timed Out: 'Provided task does not exist anymore'")
	// ErrNotRedrivable means that the execution is running, has succeeded, or has too long a history.
	ErrNotRedrivable = errors.New("execution is not redrivable")
)

// Execution is one run of a machine. Its methods may be called from any task.
type Execution struct {
	machine *Machine
	options Options

	mu     sync.Mutex
	result Result
	events []Event
}
