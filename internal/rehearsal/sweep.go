package rehearsal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/faults"
	"bluegreen/statemachine"
)

// Point is one place of a course where a sweep strikes, and how.
type Point struct {
	Number int    // among the course's points, from 1
	Kind   string // what is done; one of Kinds
	Where  string // to what

	arm  func(*trial) // before the deployment starts; nil is nothing
	then aftermath    // once the execution has ended; nil is what a person does: recover, if it ended badly

	harmless bool // the execution must end as it does undisturbed
}

func (p Point) String() string { return p.Where + ": " + p.Kind }

// Recovers reports whether the point's world is put right by action recover where the execution ends Stranded.
func (p Point) Recovers() bool { return p.then == nil }

// Redriven is the point again, with a redrive in place of the recovery where the execution ends Stranded.
func (p Point) Redriven() Point {
	p.Kind, p.then = Redrives, redriven
	return p
}

// Redrives is the kind of the points that Redriven gives; they follow from what the others come to.
const Redrives = "redriven after it was stranded"

// Points are the places of a course, from what its undisturbed run was made of: each AWS call of a function in every
// way that a call can go wrong, each invocation in every way that Lambda can, and a stop at each state.
func (c Course) Points(undisturbed Outcome) []Point {
	points := callPoints(undisturbed.Calls)
	points = append(points, invokePoints(undisturbed.Invokes)...)
	points = append(points, stopPoints(undisturbed.Entered)...)
	for i := range points {
		points[i].Number = i + 1
	}
	return points
}

// Kinds are all kinds of points, in the order of a table.
func Kinds() []string {
	var kinds []string
	for _, d := range disturbances {
		kinds = append(kinds, d.kind)
	}
	for _, d := range lambdaFaults {
		kinds = append(kinds, d.kind)
	}
	for _, s := range stops {
		kinds = append(kinds, s.kind)
	}
	return append(kinds, Redrives)
}

// struckCall is one call of the undisturbed course.
type struckCall struct {
	faults.Record
	nth    int // among the calls of its function to its operation, from 1
	invoke int // which invocation of its function made it, from 1
}

func (c struckCall) String() string {
	return fmt.Sprintf("%s:%s, call %d by %s", c.Service, c.Operation, c.nth, stateOf(c.Function))
}

// stateOf is the state whose work a function does.
func stateOf(function string) string { return function[strings.LastIndexByte(function, '-')+1:] }

// only is a rule that strikes this call and no other.
func (c struckCall) only(kind faults.Kind) faults.Rule {
	return faults.Rule{Kind: kind, Service: c.Service, Operation: c.Operation, Function: c.Function, Nth: c.nth}
}

// lasting is a rule that strikes this call and those of a function that follow for a while.
func (c struckCall) lasting(kind faults.Kind, function string, length time.Duration) faults.Rule {
	return faults.Rule{
		Kind: kind, Service: c.Service, Operation: c.Operation, Function: function,
		From: c.Time, Until: c.Time.Add(length), Times: -1,
	}
}

// disturbance is one way in which one AWS call of a function goes wrong.
type disturbance struct {
	kind string
	arm  func(*trial, struckCall)
}

func rule(of func(struckCall) faults.Rule) func(*trial, struckCall) {
	return func(t *trial, c struckCall) { t.r.AWS.Faults.Add(of(c)) }
}

func once(kind faults.Kind) func(*trial, struckCall) {
	return rule(func(c struckCall) faults.Rule { return c.only(kind) })
}

// beyondTimeout is longer than any function may run and than its task waits.
const beyondTimeout = (deploy.FunctionTimeoutSeconds + 30) * time.Second

func slow(kind faults.Kind) func(*trial, struckCall) {
	return rule(func(c struckCall) faults.Rule {
		r := c.only(kind)
		r.Delay = beyondTimeout
		return r
	})
}

func forItsFunction(kind faults.Kind, length time.Duration) func(*trial, struckCall) {
	return rule(func(c struckCall) faults.Rule { return c.lasting(kind, c.Function, length) })
}

// forAll strikes all functions, and spares the people who look at the world meanwhile.
func forAll(kind faults.Kind, length time.Duration) func(*trial, struckCall) {
	return func(t *trial, c struckCall) {
		machine := shortName(t.r.World.MachineARN)
		for _, f := range statemachine.Functions {
			t.r.AWS.Faults.Add(c.lasting(kind, functionName(machine, f.State), length))
		}
	}
}

// disturbances are all of them.
var disturbances = []disturbance{
	{"throttled once", once(faults.Throttle)},
	{"throttled for a minute", forItsFunction(faults.Throttle, time.Minute)},
	{"fails before its effect", once(faults.FailBefore)},
	{"fails after its effect", once(faults.FailAfter)},
	{"loses its answer", once(faults.LoseAnswer)},
	{"slow before its effect", slow(faults.SlowBefore)},
	{"slow after its effect", slow(faults.SlowAfter)},
	{"denied", once(faults.Deny)},
	{"denied for an hour", forItsFunction(faults.Deny, longestFault)},
	{"throttled for an hour, for all", forAll(faults.Throttle, longestFault)},
	{"unavailable for an hour, for all", forAll(faults.Unavailable, longestFault)},
	{"death before it", once(faults.KillBefore)},
	{"death after it", once(faults.KillAfter)},
	{"outlives its task", outlivesTask},
	{"outlives the deployment", outlivesDeployment},
}

// outlivesTask lets the function of a call that is slow beyond its task's timeout go on, while the retry works.
func outlivesTask(t *trial, c struckCall) {
	slow(faults.SlowBefore)(t, c)
	t.outlive(c.Function, c.invoke)
}

// longAsleep is longer than a disturbed deployment lasts.
const longAsleep = 45 * time.Minute

// outlivesDeployment lets the function wake up when all is over: it must write nothing any more. A write was under way:
// AWS did it at once, and its answer is late. A read is late itself, and what it shows is what there is when the function
// wakes up; so is a write of the record, which is on condition of what was read.
func outlivesDeployment(t *trial, c struckCall) {
	r := c.only(faults.SlowBefore)
	if !reads(c.Operation) && c.Operation != "PutItem" {
		r.Kind = faults.SlowAfter
	}
	r.Delay = longAsleep
	t.r.AWS.Faults.Add(r)
	t.asleep = c.Time.Add(longAsleep + time.Minute)
	t.outlive(c.Function, c.invoke)
}

func reads(operation string) bool {
	for _, prefix := range []string{"Describe", "Get", "List"} {
		if strings.HasPrefix(operation, prefix) {
			return true
		}
	}
	return tells(operation)
}

// callPoints are every call in every way.
func callPoints(calls []faults.Record) []Point {
	var points []Point
	for _, call := range number(calls) {
		for _, d := range disturbances {
			// Whatever keeps people and programs from being told, the deployment goes on.
			points = append(points, Point{Kind: d.kind, Where: call.String(), arm: func(t *trial) { d.arm(t, call) }, harmless: tells(call.Operation)})
		}
	}
	return points
}

// number finds each call's place among its kind, and the invocation that made it: in process each has a key of its own.
func number(calls []faults.Record) []struckCall {
	type operation struct{ service, operation, function string }
	seen := make(map[operation]int)
	callers := make(map[string][]string) // of each function, in order
	var numbered []struckCall
	for _, call := range calls {
		key := operation{call.Service, call.Operation, call.Function}
		seen[key]++
		if !slices.Contains(callers[call.Function], call.Caller) {
			callers[call.Function] = append(callers[call.Function], call.Caller)
		}
		numbered = append(numbered, struckCall{Record: call, nth: seen[key], invoke: slices.Index(callers[call.Function], call.Caller) + 1})
	}
	return numbered
}
