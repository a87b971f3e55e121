package iam

import (
	"slices"
	"strings"
)

// Request is one action that is asked for.
type Request struct {
	Action   string // e.g. autoscaling:UpdateAutoScalingGroup
	Resource string // ARN; * where AWS knows no resource level
	Keys     Keys   // condition keys; nil: none
}

// Decision is what policies say of a request: an explicit deny wins over every allow, and what none allows is denied.
type Decision struct {
	Allowed bool
	Denied  bool     // by a statement
	By      []string // Sids of the statements that allow it, or that deny it
}

// statements are the statements of a role's policies, found by the action that they name.
type statements struct {
	exact    map[string][]*statement // by action, in lower case
	patterns []*statement            // those with an action that is a pattern
}

func newStatements(policies []*Policy) statements {
	all := statements{exact: make(map[string][]*statement)}
	for _, policy := range policies {
		for _, s := range policy.statements {
			if slices.ContainsFunc(s.actions, func(p pattern) bool { return !p.plain }) {
				all.patterns = append(all.patterns, s)
				continue
			}
			for _, action := range s.actions {
				if !slices.Contains(all.exact[action.text], s) {
					all.exact[action.text] = append(all.exact[action.text], s)
				}
			}
		}
	}
	return all
}

// Evaluate decides a request by policies alone.
func Evaluate(request Request, policies ...*Policy) Decision {
	return newStatements(policies).decide(request)
}

func (all statements) decide(request Request) Decision {
	action := strings.ToLower(request.Action)
	var allows, denies []string
	weigh := func(s *statement) {
		switch {
		case !s.applies(request):
		case s.deny:
			denies = append(denies, s.sid)
		default:
			allows = append(allows, s.sid)
		}
	}
	for _, s := range all.exact[action] {
		weigh(s)
	}
	for _, s := range all.patterns {
		if slices.ContainsFunc(s.actions, func(p pattern) bool { return p.matches(action) }) {
			weigh(s)
		}
	}
	if denies != nil {
		return Decision{Denied: true, By: denies}
	}
	return Decision{Allowed: allows != nil, By: allows}
}

// applies reports whether a statement that names the action means the request.
func (s *statement) applies(request Request) bool {
	return slices.ContainsFunc(s.resources, func(p arnPattern) bool { return p.matches(request.Resource) }) &&
		!slices.ContainsFunc(s.conditions, func(c condition) bool { return !c.holds(request.Keys) })
}
