package asl

import "time"

// state is one state of a machine. Which fields are set depends on its kind.
type state struct {
	name string
	kind stateKind
	next string // empty for a state that ends its flow

	inputPath, outputPath       *jsonPath // nil for "$"
	discardInput, discardOutput bool      // the path is null
	parameters, resultSelector  template  // nil without one
	resultPath                  *jsonPath // nil for "$"
	discardResult               bool      // ResultPath is null
	assign                      template  // nil without one
	retriers                    []retrier
	catchers                    []catcher
	result                      any // of a Pass state
	hasResult                   bool
	task                        *taskFields
	wait                        *waitFields
	choices                     []choice
	otherwise                   string // Default of a Choice state
	failError, failCause        failText
	branches                    []*flow
	items                       *mapFields
}

// stateKind is a state's Type; event types begin with it.
type stateKind string

const (
	kindPass     stateKind = "Pass"
	kindTask     stateKind = "Task"
	kindChoice   stateKind = "Choice"
	kindWait     stateKind = "Wait"
	kindSucceed  stateKind = "Succeed"
	kindFail     stateKind = "Fail"
	kindParallel stateKind = "Parallel"
	kindMap      stateKind = "Map"
)

// taskFields are those of a Task state.
type taskFields struct {
	resource  string
	service   string // empty for a function's ARN
	action    string
	waits     bool // for a task token
	timeout   seconds
	heartbeat seconds
}

// seconds is a number in the definition or a path to one.
type seconds struct {
	number int64 // zero without one
	path   *jsonPath
}

// waitFields are those of a Wait state: exactly one is set.
type waitFields struct {
	seconds       *int64
	until         *time.Time
	secondsPath   *jsonPath
	timestampPath *jsonPath
}

// failText is the Error or the Cause of a Fail state.
type failText struct {
	text       string
	expression *expression // ErrorPath, CausePath
}

// mapFields are those of an inline Map state.
type mapFields struct {
	processor       *flow
	itemsPath       *jsonPath // nil for "$"
	selector        template  // nil without one
	concurrency     int64     // zero without a limit
	concurrencyPath *jsonPath
}

// retrier is one entry of Retry.
type retrier struct {
	errors      []string
	interval    time.Duration
	maxAttempts int64
	backoffRate float64
	maxDelay    time.Duration // zero without one
	fullJitter  bool
}

// catcher is one entry of Catch.
type catcher struct {
	errors        []string
	next          string
	resultPath    *jsonPath // nil for "$"
	discardResult bool
	assign        template
}
