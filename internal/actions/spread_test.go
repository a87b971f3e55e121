package actions_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/actions"
)

// named is a scope of so many fleets, each with a name of 40 to 60 characters, where ARNs are longest.
func named(fleets int) actions.Scope {
	s := actions.Standard("aws-iso-f", "us-isof-south-1", "000000000000", "ec", "mqagt", "dev")
	s.Fleets = nil
	for i := range fleets {
		name := fmt.Sprintf("payments-production-%02d-", i)
		s.Fleets = append(s.Fleets, name+strings.Repeat("x", 39+i%21-len(name))+"*")
	}
	return s
}

// union is everything that statements allow: each action on each resource, with the conditions.
func union(statements []actions.Statement) map[string]bool {
	all := make(map[string]bool)
	for _, s := range statements {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				all[fmt.Sprint(s.Sid, action, resource, s.Conditions)] = true
			}
		}
	}
	return all
}

// However many fleets are named, each function gets what it needs, in policies that IAM takes.
func TestPoliciesAreSpread(t *testing.T) {
	managed := 0
	for _, fleets := range []int{1, 12, 50} {
		for _, state := range actions.States() {
			policies, err := actions.Policies(state, named(fleets))
			if err != nil {
				t.Errorf("%d fleets: %v", fleets, err)
				continue
			}
			if len(policies)-1 > 10 {
				t.Errorf("%d fleets: %s has %d managed policies", fleets, state, len(policies)-1)
			}
			managed += len(policies) - 1
			var all []actions.Statement
			for i, statements := range policies {
				all = append(all, statements...)
				holds(t, state, i, statements)
			}
			whole, err := actions.Policy(state, named(fleets))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(union(whole), union(all)); diff != "" {
				t.Errorf("%d fleets: %s is not allowed what it was (-want +got):\n%s", fleets, state, diff)
			}
		}
		if fleets == 1 && managed > 0 {
			t.Errorf("one fleet takes %d managed policies", managed)
		}
	}
	if managed == 0 {
		t.Error("nothing was spread")
	}
}

// holds checks one policy: its length, and that no two statements have the same Sid.
func holds(t *testing.T, state string, number int, statements []actions.Statement) {
	t.Helper()
	document, err := actions.Document(statements)
	if err != nil {
		t.Fatal(err)
	}
	most := 6144
	if number == 0 {
		most = 10240
	}
	if len(document) > most || len(statements) == 0 {
		t.Errorf("policy %d of %s has %d statements, and %d characters of %d", number, state, len(statements), len(document), most)
	}
	sids := make(map[string]bool)
	for _, s := range statements {
		if sids[s.Sid] {
			t.Errorf("policy %d of %s has two statements %s", number, state, s.Sid)
		}
		sids[s.Sid] = true
	}
}

// What IAM would refuse when the stack is deployed is refused before: too much in all, and names in a condition that no
// policy can hold, since a condition is not spread.
func TestTooMuchForARole(t *testing.T) {
	for _, fleets := range []int{75, 200} {
		err := named(fleets).Check()
		want := fmt.Sprintf("name the %d fleets and 1 roles by fewer, wider patterns", fleets)
		if err == nil || !strings.Contains(err.Error(), " may do does not fit into a role") || !strings.Contains(err.Error(), want) {
			t.Errorf("%d fleets: %v", fleets, err)
		}
	}
	if err := named(50).Check(); err != nil {
		t.Error(err)
	}
}
