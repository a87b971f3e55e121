package actions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Statement allows actions on resources, under conditions that must all hold.
type Statement struct {
	Sid        string // stable: the same statement has the same one in every function's policy
	Actions    []string
	Resources  []string // * alone: AWS knows no resource level for the actions
	Conditions []Condition
	Why        string

	Runtime bool // Lambda itself uses it, in the function's name
}

// Condition holds when the request's value of the key compares with one of the values.
type Condition struct {
	Operator, Key string // e.g. StringLike, aws:RequestTag/bluegreen:lineage
	Values        []string
}

// Policy is what the function of a state may do within a scope, in the order of the table: what it needs, and what the one
// of the release before needed. It fails for an action that the table does not know.
func Policy(state string, scope Scope) ([]Statement, error) {
	return allow(state, scope, grants, released[state])
}

// Needed is Policy without what is kept for the release before.
func Needed(state string, scope Scope) ([]Statement, error) {
	return allow(state, scope, grants, nil)
}

func allow(state string, scope Scope, table []grant, before []Statement) ([]Statement, error) {
	var needed []string
	for _, operation := range Of(state) {
		needed = append(needed, operation.IAM()...)
	}
	known := make(map[string]bool)
	var statements []Statement
	for _, g := range table {
		var needs, keeps []string
		for _, action := range g.actions {
			switch {
			case !g.kept && (g.runtime || slices.Contains(g.only, state) || g.only == nil && slices.Contains(needed, action)):
				known[action] = true
				needs = append(needs, action)
			case allowed(before, g.sid, action):
				keeps = append(keeps, action)
			}
		}
		for _, s := range g.statements(state, scope) {
			if len(needs) > 0 {
				statements = append(statements, s.of(needs))
			}
			if len(keeps) > 0 {
				statements = append(statements, s.of(keeps).keep())
			}
		}
	}
	for _, action := range needed {
		if !known[action] {
			return nil, fmt.Errorf("%s needs %s, and nothing says on which resources: give it a line in grants (internal/actions)", state, action)
		}
	}
	return statements, nil
}

// statements are the line for a state's function, with no action yet: those that name a resource.
func (g grant) statements(state string, scope Scope) []Statement {
	parts := []Scope{scope}
	if g.parts != nil {
		parts = g.parts(scope)
	}
	var all []Statement
	for i, part := range parts {
		s := g.statement(state, part)
		if i > 0 {
			s.Sid += strconv.Itoa(i + 1)
		}
		if len(s.Resources) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// statement is the line for a state's function, with no action yet.
func (g grant) statement(state string, scope Scope) Statement {
	s := Statement{Sid: g.sid, Why: g.why, Runtime: g.runtime, Resources: []string{"*"}}
	switch {
	case g.logs:
		s.Resources = scope.logs(state)
	case g.on != nil:
		s.Resources = g.on(scope)
	}
	if g.conditions != nil {
		s.Conditions = g.conditions(scope)
	}
	return s
}

func (s Statement) of(actions []string) Statement {
	s.Actions = actions
	return s
}

// Document is an IAM policy document with the statements.
func Document(statements []Statement) ([]byte, error) {
	return json.Marshal(struct {
		Version   string
		Statement []Statement
	}{"2012-10-17", statements})
}

// MarshalJSON writes the statement as IAM reads it.
func (s Statement) MarshalJSON() ([]byte, error) {
	var conditions map[string]map[string][]string
	for _, c := range s.Conditions {
		if conditions == nil {
			conditions = make(map[string]map[string][]string)
		}
		if conditions[c.Operator] == nil {
			conditions[c.Operator] = make(map[string][]string)
		}
		conditions[c.Operator][c.Key] = c.Values
	}
	return json.Marshal(struct {
		Sid       string
		Effect    string
		Action    []string
		Resource  []string
		Condition map[string]map[string][]string `json:",omitempty"`
	}{s.Sid, "Allow", s.Actions, s.Resources, conditions})
}

// Unscoped are the actions for which AWS knows no resource level, and why functions need them: they alone are allowed on *.
func Unscoped() map[string]string {
	why := make(map[string]string)
	for _, g := range grants {
		if g.on == nil && !g.logs {
			for _, action := range g.actions {
				why[action] = g.why
			}
		}
	}
	return why
}
