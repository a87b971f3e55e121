package rehearsal

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"bluegreen/infra/templates"
	"bluegreen/internal/actions"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/iam"
	"bluegreen/internal/localaws/world"
	"bluegreen/statemachine"
)

// Each function has a role of its own, whose policies the model of IAM enforces. What a role keeps for the release before is
// denied here: it is not for the functions as they are.

// policies are what the functions may do, by state.
type policies map[string][]*iam.Policy

// synthesised are the policies of the Deployer stack's template, read once.
var synthesised = sync.OnceValues(func() (policies, error) { return policiesIn(templates.Deployer) })

// policiesIn are the policies in the text of a Deployer template.
func policiesIn(text []byte) (policies, error) {
	template, err := templates.Parse(text, templates.Place{Partition: "aws", Region: localaws.DefaultRegion, Account: localaws.DefaultAccountID})
	if err != nil {
		return nil, err
	}
	functions, err := template.Functions()
	if err != nil {
		return nil, err
	}
	roles, err := template.Roles()
	if err != nil {
		return nil, err
	}
	all := make(policies)
	for _, function := range functions {
		for _, role := range roles {
			if role.ID != function.Role {
				continue
			}
			for name, document := range role.Policies {
				policy, err := parse(document)
				if err != nil {
					return nil, fmt.Errorf("the template's role %s: %s: %w", role.ID, name, err)
				}
				all[function.State()] = append(all[function.State()], policy)
			}
		}
	}
	return all, nil
}

// parse reads a policy, but for what it keeps for the release before.
func parse(document []byte) (*iam.Policy, error) {
	policy, err := iam.Parse(document)
	if err != nil {
		return nil, err
	}
	return policy.Without(actions.IsKept), nil
}

// scope is what the functions of the deployer of a plan's fleet may touch, in its world.
func scope(plan world.Plan, w world.World) actions.Scope {
	s := actions.Standard("aws", cmp.Or(plan.Region, localaws.DefaultRegion), localaws.DefaultAccountID, plan.Project, plan.Role, plan.Environment)
	s.Table, s.BuildImages, s.BuilderSubnets = plan.LedgerTable, plan.Builds, w.BuilderSubnets
	if plan.Group != "" {
		s.Fleets = append(s.Fleets, plan.Group)
	}
	if plan.InPlace && w.TemplateID != "" {
		s.InPlaceTemplates = []string{w.TemplateID}
	}
	if w.Record != "" {
		s.Records = []deploy.Record{{Zone: w.HostedZoneID, Name: w.Record}}
	}
	return s
}

// Variables are the groups of the deployer of a plan's fleet, and their roles, as the environment of its functions names them.
func Variables(plan world.Plan) map[string]string {
	return map[string]string{
		lambdaentry.PipelineVariable:    scope(plan, world.World{}).Pipeline,
		lambdaentry.BuildImagesVariable: strconv.FormatBool(plan.Builds), lambdaentry.BuildLogsVariable: scope(plan, world.World{}).BuildLogs,
		lambdaentry.FleetsVariable: strings.Join(scope(plan, world.World{}).Fleets, ","), lambdaentry.FleetRolesVariable: strings.Join(scope(plan, world.World{}).FleetRoles, ","),
	}
}

// policiesOf are what the functions of the deployer of a plan's fleet may do: the template's policies, or, for a fleet of
// another name, those that the template has with other parameters.
func policiesOf(plan world.Plan, w world.World) (policies, error) {
	of, standard := scope(plan, w), scope(world.DefaultPlan(), world.World{})
	if of.Region == standard.Region && of.Table == standard.Table && slices.Equal(of.Fleets, standard.Fleets) && of.Records == nil && !of.BuildImages && of.InPlaceTemplates == nil {
		return synthesised()
	}
	all := make(policies)
	for _, state := range actions.States() {
		spread, err := actions.Policies(state, of)
		if err != nil {
			return nil, err
		}
		for _, statements := range spread {
			policy, err := policyOf(statements)
			if err != nil {
				return nil, err
			}
			all[state] = append(all[state], policy)
		}
	}
	return all, nil
}

func policyOf(statements []actions.Statement) (*iam.Policy, error) {
	document, err := actions.Document(statements)
	if err != nil {
		return nil, err
	}
	return parse(document)
}

// Confine gives the role of each function of a plan's world the policies that it has on AWS.
func Confine(a *localaws.AWS, plan world.Plan, w world.World) error {
	return Mutant{}.confine(a, plan, w)
}

// confine gives a mutant's roles what they may do besides too, and leaves out what they lack.
func (m Mutant) confine(a *localaws.AWS, plan world.Plan, w world.World) error {
	all, err := policiesOf(plan, w)
	if err != nil {
		return err
	}
	machine := statemachine.Name(plan.Project, plan.Role, plan.Environment)
	a.Account.Lock()
	defer a.Account.Unlock()
	for _, state := range actions.States() {
		if len(all[state]) == 0 {
			return fmt.Errorf("the synthesised template has no function of %s, or its role no policy: go test ./infra -update", state)
		}
		given := slices.Clone(all[state])
		for i, policy := range given {
			given[i] = policy.Without(func(sid string) bool { return sid == m.Lacks[state] })
		}
		if len(m.Actions[state]) > 0 {
			besides, err := policyOf([]actions.Statement{m.besides(state)})
			if err != nil {
				return err
			}
			given = append(given, besides)
		}
		for i, policy := range given {
			a.Roles.PutPolicy(functionName(machine, state), strconv.Itoa(i), policy)
		}
	}
	return nil
}

// besides is what a mutant's function of a state may do besides.
func (m Mutant) besides(state string) actions.Statement {
	s := actions.Statement{Sid: "Mutant", Resources: []string{"*"}}
	for _, operation := range m.Actions[state] {
		s.Actions = append(s.Actions, operation.IAM()...)
	}
	return s
}

// Use is an action that a function used, and the statement of its policy that allows it.
type Use struct{ State, Sid, Action string }

// Used returns which allowed actions the functions have used, in order. What two statements allow needs neither.
func (r *Rehearsal) Used() []Use {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	var used []Use
	for _, use := range r.AWS.Roles.Used() {
		if state := StateOf(use.Role); r.FunctionName(state) == use.Role {
			used = append(used, Use{state, use.Sid, use.Action})
		}
	}
	return used
}

// Unused returns what the functions of the standard world, which may build images, are allowed since they need it, and used has not, in order. What
// Lambda itself uses is left out: the model's Lambda asks for no permission.
func Unused(used map[Use]bool) ([]Use, error) {
	var unused []Use
	plan := world.DefaultPlan()
	plan.Builds, plan.InPlace = true, true
	standard := scope(plan, world.World{HostedZoneID: "Z", Record: "shop.example.com", TemplateID: "lt-0"})
	for _, state := range actions.States() {
		statements, err := actions.Needed(state, standard)
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
