// Package invariant holds the promises of docs/design.md as checks on a rehearsal: on every instant of the world, on
// every API call right before and right after its effect, and on every end of an execution.
package invariant

import (
	"fmt"
	"slices"

	localec2 "bluegreen/internal/localaws/ec2"
)

// table is every invariant: the number of its promise, and how it begins in a world that serves. They hear of what
// happens in this order. A write uses up what its function knows of the lock, so the fence hears of it after those that ask
// the fence.
var table = []struct {
	promise int
	begin   func(base, snapshot) invariant
}{
	{1, newCapacity},
	{2, newTraffic},
	{2, newRequests},
	{3, newGrace},
	{4, newEndStates},
	{4, newScaling},
	{4, newSchedules},
	{4, newPools},
	{5, newOwnership},
	{6, newFence},
	{7, newPrivilege},
	{8, newConsent},
}

// Promises are the numbers of the promises that have an invariant, in order.
func Promises() []int {
	var numbers []int
	for _, row := range table {
		numbers = append(numbers, row.promise)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// invariant is a promise as a check, in a file of its own. It embeds base, and names what concerns it. Each method runs with
// the account's lock held.
type invariant interface {
	// look holds what stands against the promise. by is whose doing the last change was; nil: nobody's.
	look(now snapshot, by *apiCall)
	// beforeWrite holds a function's write against the promise, right before its effect.
	beforeWrite(*apiCall)
	// done takes in the effect of anybody's call that succeeded, given what was before it.
	done(*apiCall, before)
	// refused takes in that a function's call failed without an effect.
	refused(*apiCall)
	// instanceChanged takes in that an instance is in another state, or answers in another way.
	instanceChanged(*localec2.Instance)
	// executionStarted takes in that an execution, by its ARN, begins, or goes on where it was redriven.
	executionStarted(arn, input string)
	// executionEnded holds the world against an execution's end: one of the design's end states, or Step Functions' status.
	executionEnded(arn, end, input string)
	// atRest returns what is wrong with a world that has come to rest.
	atRest() []string
}

// base is an invariant that nothing concerns.
type base struct {
	w       *Watcher
	promise int
}

func (base) look(snapshot, *apiCall)            {}
func (base) beforeWrite(*apiCall)               {}
func (base) done(*apiCall, before)              {}
func (base) refused(*apiCall)                   {}
func (base) instanceChanged(*localec2.Instance) {}
func (base) executionStarted(_, _ string)       {}
func (base) executionEnded(_, _, _ string)      {}
func (base) atRest() []string                   { return nil }

// breaks reports that the promise is broken. What was reported already is not reported again.
func (b base) breaks(format string, args ...any) {
	text := fmt.Sprintf("promise %d: ", b.promise) + fmt.Sprintf(format, args...)
	const kept = 20
	if w := b.w; len(w.broken) < kept && !slices.Contains(w.broken, text) {
		w.broken = append(w.broken, text)
	}
}
