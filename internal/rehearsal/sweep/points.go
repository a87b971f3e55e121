package sweep

import (
	"fmt"
	"slices"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/rehearsal"
	"bluegreen/statemachine"
)

// Point is one place of a course where a sweep strikes, and how.
type Point struct {
	Number int    // among the course's points, from 1
	Kind   string // what is done; one of Kinds
	Where  string // to what

	place string // what calls, invocations and entries have in common that are disturbed alike, in whatever course
	nth   int    // among the course's calls, invocations and entries: points of one call have one number
	read  bool   // the call reads
	tells bool   // the call only tells people or programs
	after bool   // the call has had its effect when it goes wrong

	arm  func(*courseRun) // before the deployment starts; nil is nothing
	then aftermath        // once the execution has ended; nil is what a person does: recover, if it ended badly
}

func (p Point) String() string { return p.Where + ": " + p.Kind }

// Recovers reports whether the point's world is mended by action recover where the execution ends Stranded.
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
	points := c.since(callPoints(undisturbed.Calls), func(i int) ledger.Stage { return undisturbed.Calls[i].Stage })
	points = append(points, c.since(invokePoints(undisturbed.Invokes), func(i int) ledger.Stage { return undisturbed.Invokes[i].Stage })...)
	points = append(points, c.since(stopPoints(undisturbed.Entered), func(i int) ledger.Stage { return undisturbed.Entered[i].Stage })...)
	for i := range points {
		points[i].Number = i + 1
	}
	return points
}

// since are those of points that come once the record was at the stage from which on the course is disturbed; stage tells that of their nth
// call, invocation or entry.
func (c Course) since(points []Point, stage func(nth int) ledger.Stage) []Point {
	if c.Since == "" {
		return points
	}
	for i, p := range points {
		if stage(p.nth) == c.Since {
			return points[i:]
		}
	}
	return nil
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
	Call
	nth    int // among the calls of its function to its operation, from 1
	invoke int // which invocation of its function made it, from 1
	before int // how many calls that invocation made before it
}

func (c struckCall) String() string {
	return fmt.Sprintf("%s:%s, call %d by %s", c.Service, c.Operation, c.nth, rehearsal.StateOf(c.Function))
}

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

// place names the call without its course.
func (c struckCall) place() string {
	return fmt.Sprintf("%s %s:%s, call %d of its invocation, stage %q", rehearsal.StateOf(c.Function), c.Service, c.Operation, c.before+1, c.Stage)
}

// disturbance is one way in which one AWS call of a function goes wrong.
type disturbance struct {
	kind  string
	arm   func(*courseRun, struckCall)
	after bool // the effect happens, and then it goes wrong
}

func rule(of func(struckCall) faults.Rule) func(*courseRun, struckCall) {
	return func(run *courseRun, c struckCall) { run.r.AWS.Faults.Add(of(c)) }
}

func once(kind faults.Kind) func(*courseRun, struckCall) {
	return rule(func(c struckCall) faults.Rule { return c.only(kind) })
}

// beyondTimeout is longer than any function may run and than its task waits.
const beyondTimeout = (deploy.FunctionTimeoutSeconds + 30) * time.Second

func slow(kind faults.Kind) func(*courseRun, struckCall) {
	return rule(func(c struckCall) faults.Rule {
		r := c.only(kind)
		r.Delay = beyondTimeout
		return r
	})
}

func forItsFunction(kind faults.Kind, length time.Duration) func(*courseRun, struckCall) {
	return rule(func(c struckCall) faults.Rule { return c.lasting(kind, c.Function, length) })
}

// forAll strikes all functions, and spares the people who look at the world meanwhile.
func forAll(kind faults.Kind, length time.Duration) func(*courseRun, struckCall) {
	return func(run *courseRun, c struckCall) {
		for _, f := range statemachine.Functions {
			run.r.AWS.Faults.Add(c.lasting(kind, run.r.FunctionName(f.State), length))
		}
	}
}

// disturbances are all of them.
var disturbances = []disturbance{
	{kind: "throttled once", arm: once(faults.Throttle)},
	{kind: "throttled for a minute", arm: forItsFunction(faults.Throttle, time.Minute)},
	{kind: "fails before its effect", arm: once(faults.FailBefore)},
	{kind: "fails after its effect", arm: once(faults.FailAfter), after: true},
	{kind: "loses its answer", arm: once(faults.LoseAnswer), after: true},
	{kind: "slow before its effect", arm: slow(faults.SlowBefore)},
	{kind: "slow after its effect", arm: slow(faults.SlowAfter), after: true},
	{kind: "denied", arm: once(faults.Deny)},
	{kind: "denied for an hour", arm: forItsFunction(faults.Deny, longestFault)},
	{kind: "throttled for an hour, for all", arm: forAll(faults.Throttle, longestFault)},
	{kind: "unavailable for an hour, for all", arm: forAll(faults.Unavailable, longestFault)},
	{kind: "death before it", arm: once(faults.KillBefore)},
	{kind: "death after it", arm: once(faults.KillAfter), after: true},
	{kind: "outlives its task", arm: outlivesTask},
	{kind: "outlives the deployment", arm: outlivesDeployment},
}

// outlivesTask lets the function of a call that is slow beyond its task's timeout go on, while the retry works.
func outlivesTask(run *courseRun, c struckCall) {
	slow(faults.SlowBefore)(run, c)
	run.outlive(c.Function, c.invoke)
}

// longAsleep is longer than a disturbed deployment lasts.
const longAsleep = 45 * time.Minute

// outlivesDeployment lets the function wake up when all is over: it must write nothing any more. A write was under way:
// AWS did it at once, and its answer is late. A read is late itself, and what it shows is what there is when the function
// wakes up; so is a write of the record, which is on condition of what was read.
func outlivesDeployment(run *courseRun, c struckCall) {
	r := c.only(faults.SlowBefore)
	if writes(c.Operation) && c.Operation != "PutItem" {
		r.Kind = faults.SlowAfter
	}
	r.Delay = longAsleep
	run.r.AWS.Faults.Add(r)
	run.asleep = c.Time.Add(longAsleep + time.Minute)
	run.outlive(c.Function, c.invoke)
}

// writes reports whether an operation writes to AWS; what only tells others does not count.
func writes(operation string) bool { return !rehearsal.Reads(operation) && !rehearsal.Tells(operation) }

// callPoints are every call in every way.
func callPoints(calls []Call) []Point {
	var points []Point
	for i, call := range number(calls) {
		for _, d := range disturbances {
			points = append(points, Point{
				Kind: d.kind, Where: call.String(), arm: func(run *courseRun) { d.arm(run, call) },
				place: call.place(), nth: i, read: rehearsal.Reads(call.Operation), tells: rehearsal.Tells(call.Operation), after: d.after,
			})
		}
	}
	return points
}

// number finds each call's place among its kind, and the invocation that made it: in process each has a key of its own.
func number(calls []Call) []struckCall {
	type operation struct{ service, operation, function string }
	seen := make(map[operation]int)
	callers := make(map[string][]string) // of each function, in order
	made := make(map[string]int)         // by caller
	var numbered []struckCall
	for _, call := range calls {
		key := operation{call.Service, call.Operation, call.Function}
		seen[key]++
		if !slices.Contains(callers[call.Function], call.Caller) {
			callers[call.Function] = append(callers[call.Function], call.Caller)
		}
		invoke := slices.Index(callers[call.Function], call.Caller) + 1
		numbered = append(numbered, struckCall{Call: call, nth: seen[key], invoke: invoke, before: made[call.Caller]})
		made[call.Caller]++
	}
	return numbered
}
