// Package faults makes a model of AWS fail on purpose: a plan of rules that match API calls, and a log of every call
// that was made, from which a sweep takes the points where it can strike.
package faults

import (
	"sync"
	"time"
)

// Kind is what a rule does to a call.
type Kind int

// The kinds of fault.
const (
	Throttle    Kind = iota + 1 // refused as the service refuses a caller that is too fast; nothing happens
	FailBefore                  // InternalFailure (HTTP 500) before the effect
	Unavailable                 // ServiceUnavailable (HTTP 503) before the effect
	FailAfter                   // the effect happens, then InternalFailure (HTTP 500)
	LoseAnswer                  // the effect happens, then the connection closes without an answer
	SlowBefore                  // Rule.Delay passes before the effect
	SlowAfter                   // Rule.Delay passes after the effect, before the answer
	Deny                        // refused for want of a permission; nothing happens
	Refuse                      // refused with Rule.Code and Rule.Message; nothing happens
	KillBefore                  // the caller dies before the effect
	KillAfter                   // the effect happens, then the caller dies without having seen the answer
)

var kindNames = map[Kind]string{
	Throttle: "throttle", FailBefore: "fail-before", Unavailable: "unavailable", FailAfter: "fail-after",
	LoseAnswer: "lose-answer", SlowBefore: "slow-before", SlowAfter: "slow-after", Deny: "deny", Refuse: "refuse",
	KillBefore: "kill-before", KillAfter: "kill-after",
}

// String is the kind's name in scenarios, e.g. "fail-after".
func (k Kind) String() string { return kindNames[k] }

// KindNamed finds the kind that String names so.
func KindNamed(name string) (Kind, bool) {
	for kind, n := range kindNames {
		if n == name {
			return kind, true
		}
	}
	return 0, false
}

// after reports whether the kind strikes once the effect has happened.
func (k Kind) after() bool {
	return k == FailAfter || k == LoseAnswer || k == SlowAfter || k == KillAfter
}

// Rule says which calls meet a fault. An empty field matches everything.
type Rule struct {
	Service   string // signing name, e.g. "autoscaling"
	Operation string
	Caller    string    // access key id
	Function  string    // name of the Lambda function that called; AnyFunction is every one, and nobody else
	From      time.Time // first instant at which the rule holds
	Until     time.Time // first instant at which it holds no more
	Nth       int       // the first matching call that meets the fault, counted from 1; 0 is 1
	Times     int       // how many matching calls in a row meet it; 0 is 1, below 0 is every one from the Nth

	Kind    Kind
	Delay   time.Duration // of the slow kinds, in the clock's time
	Code    string        // of Refuse: the service's own error code
	Message string        // of Refuse
	Status  int           // of Refuse: HTTP status, 0 is 400
}

// AnyFunction stands for every Lambda function in a Rule.
const AnyFunction = "*"

// Point is one call as the plan sees it.
type Point struct {
	Service, Operation string
	Caller, Function   string
	Time               time.Time
}

func (r *Rule) matches(p Point) bool {
	for _, pair := range [...][2]string{
		{r.Service, p.Service}, {r.Operation, p.Operation}, {r.Caller, p.Caller}, {r.Function, p.Function},
	} {
		any := pair[0] == "" || pair[0] == AnyFunction && pair[1] != ""
		if !any && pair[0] != pair[1] {
			return false
		}
	}
	return !p.Time.Before(r.From) && (r.Until.IsZero() || p.Time.Before(r.Until))
}

// strikes reports whether the rule strikes its count-th matching call.
func (r *Rule) strikes(count int) bool {
	first, times := max(r.Nth, 1), r.Times
	if times == 0 {
		times = 1
	}
	return count >= first && (times < 0 || count < first+times)
}

// Plan is the faults of one run and the log of its calls. The zero Plan has no fault and keeps no log. A Plan may be
// used by several goroutines.
type Plan struct {
	mu    sync.Mutex
	rules []*armed
	kill  func(caller string)
	keep  int
	log   []Record
	total int
}

// armed is a rule with the number of calls that matched it so far.
type armed struct {
	Rule
	count int
}

// NewPlan returns a plan of rules.
func NewPlan(rules ...Rule) *Plan {
	plan := &Plan{}
	for _, rule := range rules {
		plan.Add(rule)
	}
	return plan
}

// Add adds a rule, which counts the calls from now on. The function that it returns takes the rule away again.
func (p *Plan) Add(rule Rule) (remove func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	added := &armed{Rule: rule}
	p.rules = append(p.rules, added)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for i, r := range p.rules {
			if r == added {
				p.rules = append(p.rules[:i:i], p.rules[i+1:]...)
				return
			}
		}
	}
}

// OnKill sets what ends a caller (an access key id) when a kill strikes it. It must come back: in process it only marks
// the caller dead, and the caller's transport ends the task.
func (p *Plan) OnKill(kill func(caller string)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kill = kill
}

// Kill ends caller by what OnKill set, if anything.
func (p *Plan) Kill(caller string) {
	p.mu.Lock()
	kill := p.kill
	p.mu.Unlock()
	if kill != nil {
		kill(caller)
	}
}

// Strikes are the rules that strike one call, in the order in which they were added.
type Strikes struct {
	Before []Rule
	After  []Rule
}

// Strike counts the call and returns the rules that strike it. It is called once for each call.
func (p *Plan) Strike(point Point) Strikes {
	p.mu.Lock()
	defer p.mu.Unlock()
	var strikes Strikes
	for _, rule := range p.rules {
		if !rule.matches(point) {
			continue
		}
		rule.count++
		if !rule.strikes(rule.count) {
			continue
		}
		if rule.Kind.after() {
			strikes.After = append(strikes.After, rule.Rule)
		} else {
			strikes.Before = append(strikes.Before, rule.Rule)
		}
	}
	return strikes
}
