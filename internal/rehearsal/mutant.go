package rehearsal

import (
	"bluegreen/internal/actions"
	"bluegreen/internal/lambdaentry"
)

// Mutant is how a deployment differs from the real one: on purpose, to show that the promises' checkers see it. The
// zero Mutant is the real one.
type Mutant struct {
	Work       map[string]lambdaentry.New     // by state: runs in place of the state's own
	Actions    map[string][]actions.Operation // by state: what its function may call besides its own list
	Lacks      map[string]string              // by state: the Sid of a statement that its policy does not have
	Answer     lambdaentry.NewRequest         // runs in place of the function Answer's work; nil: the real one
	Definition func(definition string) string // changes the state machine; nil: nothing
}
