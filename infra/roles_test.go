package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/google/go-cmp/cmp"

	"bluegreen/infra/deployer"
	"bluegreen/infra/settings"
	"bluegreen/infra/templates"
	"bluegreen/internal/actions"
)

// A deployer of fifty named fleets can be deployed: each function is allowed what it needs for all of them, in policies
// that IAM takes, where names are longest; and cdk-nag finds nothing in the managed ones either.
func TestRolesOfManyFleets(t *testing.T) {
	place := templates.Place{Partition: "aws-iso-f", Region: "us-isof-south-1", Account: "123456789012"}
	scope := actions.Standard(place.Partition, place.Region, place.Account, "ec", "mqagt", "dev")
	scope.Fleets, scope.FleetRoles = nil, []string{"shop-instance"}
	for i := range 50 {
		scope.Fleets = append(scope.Fleets, fmt.Sprintf("payments-production-of-a-team-with-long-names-%02d-*", i))
	}
	text := variant(t, map[string]any{"build": synthesised.build, "fleets": strings.Join(scope.Fleets, ","), "fleet_roles": "shop-instance"},
		func(app awscdk.App, s settings.Settings) awscdk.Stack { return deployer.New(app, s) })
	template, err := templates.Parse(text, place)
	if err != nil {
		t.Fatal(err)
	}
	functions, err := template.Functions()
	if err != nil {
		t.Fatal(err)
	}
	roles, err := template.Roles()
	if err != nil {
		t.Fatal(err)
	}
	managed := 0
	for _, f := range functions {
		role := roles[slices.IndexFunc(roles, func(r templates.Role) bool { return r.ID == f.Role })]
		managed += len(role.Policies) - 1
		want, err := actions.Policy(f.State(), scope)
		if err != nil {
			t.Fatal(err)
		}
		document, err := actions.Document(want)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(allowed(t, document), allowed(t, fits(t, role)...)); diff != "" {
			t.Errorf("%s is not allowed what internal/actions says (-want +got):\n%s", f.State(), diff)
		}
	}
	if managed == 0 {
		t.Error("nothing is spread: name more fleets")
	}
}

// fits are the documents of a role, each no longer than IAM takes.
func fits(t *testing.T, role templates.Role) [][]byte {
	t.Helper()
	if n := len(role.Policies) - 1; n > actions.MostAttached || len(role.Managed) > 0 {
		t.Errorf("%s has %d managed policies, and others: %v", role.ID, n, role.Managed)
	}
	var all [][]byte
	for name, document := range role.Policies {
		most := actions.MostManaged
		if name == "Work" {
			most = actions.MostInline
		}
		if len(document) > most {
			t.Errorf("%s of %s has %d characters, and IAM takes %d", name, role.ID, len(document), most)
		}
		all = append(all, document)
	}
	return all
}

// allowed is everything that documents allow: each action on each resource, with the conditions.
func allowed(t *testing.T, documents ...[]byte) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	for _, document := range documents {
		var read struct {
			Statement []struct {
				Sid              string
				Action, Resource any
				Condition        map[string]map[string]any
			}
		}
		if err := json.Unmarshal(document, &read); err != nil {
			t.Fatal(err)
		}
		for _, s := range read.Statement {
			for _, keys := range s.Condition {
				for key, values := range keys {
					keys[key] = each(values)
				}
			}
			for _, action := range each(s.Action) {
				for _, resource := range each(s.Resource) {
					all[fmt.Sprint(s.Sid, action, resource, s.Condition)] = true
				}
			}
		}
	}
	return all
}

// each are the elements of a list that may be written as its only one.
func each(value any) []any {
	if all, ok := value.([]any); ok {
		return all
	}
	return []any{value}
}
