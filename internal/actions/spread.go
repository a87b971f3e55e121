package actions

import (
	"fmt"
	"slices"
	"sort"
)

// What IAM takes (IAM quotas). White space does not count.
const (
	MostInline   = 10240 // characters of the policies that stand in a role, together
	MostManaged  = 6144  // characters of a managed policy
	MostAttached = 10    // managed policies of a role; an account may have had more granted
)

// Policies is Policy, spread over as many policies as IAM's quotas ask for: the first stands in the role, the others are
// managed policies. A statement that goes on in the next policy, with more of its resources, has the same Sid there. It
// fails when the role cannot hold that much.
//
// Lengths are those within the scope as it is given: what is put in later must be no longer than its placeholder.
func Policies(state string, scope Scope) ([][]Statement, error) {
	statements, err := Policy(state, scope)
	if err != nil {
		return nil, err
	}
	policies, ok := spread(statements)
	if !ok {
		return nil, fmt.Errorf("what %s may do does not fit into a role: IAM takes %d characters in it and %d managed policies of %d; name the %d fleets and %d roles by fewer, wider patterns, or have a deployer for each part of them",
			state, MostInline, MostAttached, MostManaged, len(scope.Fleets), len(scope.FleetRoles))
	}
	return policies, nil
}

// Check reports a scope that names more than a role can hold.
func (s Scope) Check() error {
	for _, state := range States() {
		if _, err := Policies(state, s); err != nil {
			return err
		}
	}
	return nil
}

// spread fills one policy after the other. It reports whether the statements fit.
func spread(statements []Statement) ([][]Statement, bool) {
	policies := [][]Statement{nil}
	for _, s := range statements {
		for {
			last := len(policies) - 1
			n := room(policies[last], s, last)
			if n > 0 {
				policies[last] = append(policies[last], s.on(s.Resources[:n]))
			}
			if s = s.on(s.Resources[n:]); len(s.Resources) == 0 {
				break
			}
			if len(policies[last]) == 0 || last == MostAttached {
				return nil, false
			}
			policies = append(policies, nil)
		}
	}
	return policies, true
}

// room is how many of a statement's resources the policy of that number still takes.
func room(policy []Statement, s Statement, number int) int {
	most := MostManaged
	if number == 0 {
		most = MostInline
	}
	return sort.Search(len(s.Resources), func(n int) bool {
		document, err := Document(append(slices.Clip(policy), s.on(s.Resources[:n+1])))
		return err != nil || len(document) > most
	})
}

func (s Statement) on(resources []string) Statement {
	s.Resources = resources
	return s
}
