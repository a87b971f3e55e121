package sweep

import (
	"fmt"

	locallambda "bluegreen/internal/localaws/lambda"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/rehearsal"
)

// lambdaFault is one way in which Lambda fails an invocation. The errors are those that Step Functions' users meet.
type lambdaFault struct {
	kind  string
	fault locallambda.Fault
	long  bool // all invocations of the function fail so for an hour from this one on
}

var (
	lambdaThrottles = &wire.Error{Code: "TooManyRequestsException", Message: "Rate Exceeded.", Status: 429}
	lambdaFails     = &wire.Error{Code: "ServiceException", Message: "An error occurred and the request cannot be processed.", Status: 500}
	answerLost      = &wire.Error{Code: "SdkClientException", Message: "Unable to execute HTTP request: Read timed out"}
)

var lambdaFaults = []lambdaFault{
	{kind: "Lambda throttles it", fault: locallambda.Fault{Refuse: lambdaThrottles}},
	{kind: "Lambda fails it", fault: locallambda.Fault{Refuse: lambdaFails}},
	{kind: "Lambda loses its answer", fault: locallambda.Fault{Lose: answerLost}},
	{kind: "Lambda throttles it for an hour", fault: locallambda.Fault{Refuse: lambdaThrottles}, long: true},
	{kind: "Lambda fails it for an hour", fault: locallambda.Fault{Refuse: lambdaFails}, long: true},
	{kind: "Lambda loses its answers for an hour", fault: locallambda.Fault{Lose: answerLost}, long: true},
}

// invokePoints are every invocation in every way.
func invokePoints(invokes []Visit) []Point {
	var points []Point
	seen := make(map[string]int)
	for i, invoked := range invokes {
		function := invoked.Name
		seen[function]++
		nth := seen[function]
		for _, f := range lambdaFaults {
			points = append(points, Point{
				Kind: f.kind, Where: fmt.Sprintf("invocation %d of %s", nth, rehearsal.StateOf(function)),
				arm:   func(run *courseRun) { run.failInvoke(function, nth, f) },
				place: fmt.Sprintf("invocation of %s, stage %q", rehearsal.StateOf(function), invoked.Stage), nth: i,
			})
		}
	}
	return points
}

// failInvoke lets Lambda fail the nth invocation of a function, or all from it on for an hour.
func (run *courseRun) failInvoke(function string, nth int, f lambdaFault) {
	until := run.r.Clock.Now()
	run.onInvoke = func(invoked string, n int) locallambda.Fault {
		if invoked == function && n == nth {
			until = run.r.Clock.Now().Add(longestFault)
			return f.fault
		}
		if f.long && invoked == function && n > nth && run.r.Clock.Now().Before(until) {
			return f.fault
		}
		return locallambda.Fault{}
	}
}

// outlive lets the nth invocation of a function go on past its timeout.
func (run *courseRun) outlive(function string, nth int) {
	run.onInvoke = func(invoked string, n int) locallambda.Fault {
		return locallambda.Fault{Outlive: invoked == function && n == nth}
	}
}
