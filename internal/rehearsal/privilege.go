package rehearsal

import (
	"slices"

	"bluegreen/internal/actions"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/iam"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// Promise 7: each function has a role of its own, whose policy the model of IAM enforces. What it denies no function of
// ours may ask for.

// scope is what the functions of a plan's world may touch.
func scope(plan world.Plan, accountID, region string) actions.Scope {
	s := actions.Standard("aws", region, accountID, plan.Project, plan.Role, plan.Environment)
	s.Table = plan.LedgerTable
	if plan.Group != "" && !slices.Contains(s.Fleets, plan.Group) {
		s.Fleets = append(s.Fleets, plan.Group)
	}
	s.FunctionPrefix = functionName(statemachine.Name(plan.Project, plan.Role, plan.Environment), "")
	return s
}

// givePolicies gives each function's role its policy. A mutant's role is allowed what the mutant does besides.
func (r *Rehearsal) givePolicies(plan world.Plan) error {
	within := scope(plan, r.AWS.Account.ID, r.AWS.Account.Region)
	machine := statemachine.Name(plan.Project, plan.Role, plan.Environment)
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	for _, state := range actions.States() {
		statements, err := actions.Policy(state, within)
		if err != nil {
			return err
		}
		for _, operation := range r.mutant.Actions[state] {
			statements = append(statements, actions.Statement{Sid: "Mutant", Actions: operation.IAM(), Resources: []string{"*"}})
		}
		document, err := actions.Document(statements)
		if err != nil {
			return err
		}
		if err := r.AWS.Roles.PutPolicy(functionName(machine, state), "actions", document); err != nil {
			return err
		}
	}
	return nil
}

// denied hears of what a function asked for and may not do.
func (w *watch) denied(call *wire.Call, request iam.Request) {
	if state, ours := w.states[call.Principal.Function]; ours {
		w.breaks(7, "%s may not %s on %s, which %s:%s takes", state, request.Action, request.Resource, call.Service, call.Operation)
	}
}

// Use is an action that a function used, and the statement of its policy that allows it.
type Use struct{ State, Sid, Action string }

// Used returns which allowed actions the functions have used, in order.
func (r *Rehearsal) Used() []Use {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	var used []Use
	for _, use := range r.AWS.Roles.Used() {
		if state, ours := r.watch.states[use.Role]; ours {
			used = append(used, Use{state, use.Sid, use.Action})
		}
	}
	return used
}

// Unused returns what the policies of the standard world's functions allow and used has not, in order. What Lambda itself
// uses is left out: the model's Lambda needs no permissions.
func Unused(used map[Use]bool) ([]Use, error) {
	var unused []Use
	for _, state := range actions.States() {
		statements, err := actions.Policy(state, scope(world.DefaultPlan(), localaws.DefaultAccountID, localaws.DefaultRegion))
		if err != nil {
			return nil, err
		}
		for _, s := range statements {
			for _, action := range s.Actions {
				if use := (Use{state, s.Sid, action}); !s.Runtime && !used[use] {
					unused = append(unused, use)
				}
			}
		}
	}
	return unused, nil
}
