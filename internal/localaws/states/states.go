// Package states is AWS Step Functions: Standard state machines of JSONPath definitions, which package asl interprets.
// Error texts are those that AWS was recorded with in the tests of a public emulator.
package states

import (
	"regexp"
	"strings"
	"sync"
	"time"

	"bluegreen/internal/asl"
	"bluegreen/internal/localaws/account"
	locallambda "bluegreen/internal/localaws/lambda"
	localsns "bluegreen/internal/localaws/sns"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/xray"
)

// Machines are the state machines of one account, with their executions.
type Machines struct {
	acct       *account.Account
	functions  *locallambda.Functions
	topics     *localsns.Topics
	settings   Settings
	byARN      map[string]*machine
	executions map[string]*execution
	tokens     tokens
	traces     *xray.Traces // nil: nothing is traced

	feed feed
}

// machine is one state machine, as it stands now. The account's lock guards it.
type machine struct {
	revision
	name, arn  string
	created    time.Time
	deleting   bool
	tags       map[string]string
	executions []*execution // in the order of their starts

	versions    []*version // in the order in which they were published
	lastVersion int        // its number; numbers are not used twice
	aliases     []*alias   // in the order of their making
}

// revision is what an execution runs.
type revision struct {
	revisionID string // "" until the first update
	roleARN    string
	definition string
	tracing    bool // by X-Ray, as far as upstream does not decide
	parsed     *asl.Machine
	updated    time.Time
}

// New returns an account's Step Functions: no state machine. Tasks invoke functions and publish to topics.
func New(acct *account.Account, functions *locallambda.Functions, topics *localsns.Topics, settings Settings) *Machines {
	m := &Machines{
		acct: acct, functions: functions, topics: topics, settings: settings,
		byARN: make(map[string]*machine), executions: make(map[string]*execution),
		tokens: tokens{byToken: make(map[string]*execution)},
	}
	m.feed = feed{clock: acct.Clock, deliver: m.deliver}
	return m
}

// names of state machines and executions may hold anything but these (SDK, DescribeExecution's Name).
var invalidInName = regexp.MustCompile("[\\s<>{}\\[\\]?*\"#%\\\\^|~`$&,;:/\\x00-\\x1f\\x7f-\\x{9f}\\x{fffe}\\x{ffff}\\x{d800}-\\x{dfff}\\x{10ffff}]")

func checkName(name string) error {
	if len(name) > 80 {
		return wire.Errorf("ValidationException", "1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must have length less than or equal to 80", name)
	}
	if name == "" || invalidInName.MatchString(name) {
		return wire.Errorf("InvalidName", "Invalid Name: '%s'", name)
	}
	return nil
}

func checkARN(arn, kind string) error {
	if !strings.HasPrefix(arn, "arn:") {
		return wire.Errorf("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: %s'", arn)
	}
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 || parts[2] != "states" {
		return wire.Errorf("InvalidArn", "Invalid Arn: '%s'", arn)
	}
	if parts[5] != kind {
		return wire.Errorf("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: %s'", parts[5])
	}
	return nil
}

// find returns the state machine that arn names. The lock is held.
func (m *Machines) find(arn string) (*machine, error) {
	if err := checkARN(arn, "stateMachine"); err != nil {
		return nil, err
	}
	found, ok := m.byARN[arn]
	if !ok {
		return nil, wire.Errorf("StateMachineDoesNotExist", "State Machine Does Not Exist: '%s'", arn)
	}
	return found, nil
}

// findExecution returns the execution that arn names. The lock is held.
func (m *Machines) findExecution(arn string) (*execution, error) {
	if err := checkARN(arn, "execution"); err != nil {
		return nil, err
	}
	found, ok := m.executions[arn]
	if !ok {
		return nil, wire.Errorf("ExecutionDoesNotExist", "Execution Does Not Exist: '%s'", arn)
	}
	return found, nil
}

// tokens knows which execution waits for a task token. It has a lock of its own: tasks register tokens while others
// hold the account's.
type tokens struct {
	mu      sync.Mutex
	byToken map[string]*execution
}

func (t *tokens) register(token string, e *execution) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byToken[token] = e
}

func (t *tokens) find(token string) (*execution, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.byToken[token]
	return e, ok
}
