package rehearsal

import (
	"bluegreen/internal/actions"
	"bluegreen/internal/localaws/faults"
)

// privilege holds promise 7: a function calls what its list says, and nothing else. As IAM would, it denies the rest.
type privilege struct {
	allowed map[string]map[string]bool // operations by state
	used    map[string]map[string]bool
}

func newPrivilege(mutant Mutant) privilege {
	p := privilege{allowed: make(map[string]map[string]bool), used: make(map[string]map[string]bool)}
	for _, state := range actions.States() {
		p.allowed[state], p.used[state] = make(map[string]bool), make(map[string]bool)
		for _, operation := range append(actions.Of(state), mutant.Actions[state]...) {
			p.allowed[state][operation.String()] = true
		}
	}
	return p
}

// authorize decides whether a call may be made. It takes the lock itself.
func (w *watch) authorize(call faults.Point) bool {
	state, ours := w.states[call.Function]
	if !ours {
		return true
	}
	w.r.AWS.Account.Lock()
	defer w.r.AWS.Account.Unlock()
	operation := actions.Operation{Service: call.Service, Name: call.Operation}.String()
	if !w.privilege.allowed[state][operation] {
		w.breaks(7, "%s calls %s, which is not in its list", state, operation)
		return false
	}
	w.privilege.used[state][operation] = true
	return true
}
