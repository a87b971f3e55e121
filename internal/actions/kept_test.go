package actions

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// No role loses what the release before allowed: executions under way still run that release's functions.
func TestNothingIsLostSinceTheReleaseBefore(t *testing.T) {
	for state, before := range released {
		now, err := Policy(state, ReleasedScope())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(States(), state) {
			t.Errorf("%s has no role any more: executions under way still call its function; keep it for one release", state)
		}
		for _, loss := range lost(before, now) {
			t.Errorf("%s may no longer %s: executions under way still do; keep the line of the release before in grants, "+
				"marked kept, and give the line that takes its place another Sid", state, loss)
		}
	}
}

// lost are what one policy allowed and another does not, in the same scope: action, resource and conditions.
func lost(before, now []Statement) []string {
	var all []string
	for _, s := range before {
		for _, action := range s.Actions {
			for _, resource := range s.Resources {
				if !slices.ContainsFunc(now, func(n Statement) bool {
					return slices.Contains(n.Actions, action) && slices.Contains(n.Resources, resource) && noStricter(s.Conditions, n.Conditions)
				}) {
					all = append(all, fmt.Sprintf("%s on %s if %v", action, resource, s.Conditions))
				}
			}
		}
	}
	return all
}

// noStricter reports whether conditions hold whenever those before did: the same ones, each with all of its values.
func noStricter(before, now []Condition) bool {
	return slices.EqualFunc(before, now, func(b, n Condition) bool {
		return b.Operator == n.Operator && b.Key == n.Key &&
			!slices.ContainsFunc(b.Values, func(value string) bool { return !slices.Contains(n.Values, value) })
	})
}

// Each way in which a role can lose something is seen.
func TestLossIsSeen(t *testing.T) {
	tagged := []Condition{{"StringEquals", "aws:ResourceTag/t", []string{"v"}}}
	before := []Statement{{Sid: "A", Actions: []string{"s:Read", "s:Write"}, Resources: []string{"one", "two"}}}
	for name, c := range map[string]struct {
		now  Statement
		want string
	}{
		"the same":                 {before[0], ""},
		"another Sid":              {Statement{Sid: "B", Actions: before[0].Actions, Resources: before[0].Resources}, ""},
		"an action is taken out":   {Statement{Actions: []string{"s:Read"}, Resources: before[0].Resources}, "s:Write on one if [] s:Write on two if []"},
		"a resource is taken out":  {Statement{Actions: before[0].Actions, Resources: []string{"one"}}, "s:Read on two if [] s:Write on two if []"},
		"it is on a condition now": {Statement{Actions: before[0].Actions, Resources: []string{"one", "two"}, Conditions: tagged}, "s:Read on one if [] s:Read on two if [] s:Write on one if [] s:Write on two if []"},
	} {
		if got := strings.Join(lost(before, []Statement{c.now}), " "); got != c.want {
			t.Errorf("%s: lost %q, want %q", name, got, c.want)
		}
	}
	under := func(values ...string) []Statement {
		return []Statement{{Actions: []string{"s:Read"}, Resources: []string{"one"}, Conditions: []Condition{{"StringEquals", "k", values}}}}
	}
	if got := lost(under("a"), under("a", "b")); len(got) > 0 {
		t.Errorf("a condition that takes more values: lost %q", got)
	}
	if got := lost(under("a", "b"), under("a")); len(got) != 1 {
		t.Errorf("a condition that takes fewer values: lost %q", got)
	}
}

// What a function no longer needs stays for one release, in statements that say why; nothing is kept for a function that
// never had it.
func TestKept(t *testing.T) {
	reads := []string{"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribePolicies"}
	table := []grant{
		{sid: "Read", actions: append(reads, "autoscaling:DescribeScheduledActions"), why: "sees"},
		{sid: "Drop", actions: []string{"dynamodb:DeleteItem"}, on: Scope.table, why: "drops"},
		{sid: "Wide", actions: []string{"dynamodb:GetItem"}, on: Scope.table, why: "reads all", kept: true},
		{sid: "Narrow", actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, on: Scope.table, conditions: always(Condition{"Null", "k", []string{"false"}}), why: "reads some"},
		{sid: "Update", actions: []string{"autoscaling:ResumeProcesses", "autoscaling:UpdateAutoScalingGroup"}, on: Scope.groups, why: "changes"},
		{sid: "Resolve", actions: []string{"ssm:GetParameters"}, why: "resolves"},
	}
	before := []Statement{{Sid: "Read", Actions: reads}, {Sid: "Drop", Actions: []string{"dynamodb:DeleteItem"}}, {Sid: "Wide", Actions: []string{"dynamodb:GetItem"}}}
	for _, c := range []struct {
		before []Statement
		want   []string
	}{
		{nil, []string{"Read [autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScheduledActions]", "Narrow [dynamodb:GetItem dynamodb:PutItem]", "Update [autoscaling:ResumeProcesses autoscaling:UpdateAutoScalingGroup]", "Resolve [ssm:GetParameters]"}},
		{before, []string{"Read [autoscaling:DescribeAutoScalingGroups autoscaling:DescribeScheduledActions]", "KeptRead [autoscaling:DescribePolicies]", "KeptDrop [dynamodb:DeleteItem]",
			"KeptWide [dynamodb:GetItem]", "Narrow [dynamodb:GetItem dynamodb:PutItem]", "Update [autoscaling:ResumeProcesses autoscaling:UpdateAutoScalingGroup]", "Resolve [ssm:GetParameters]"}},
	} {
		statements, err := allow("RestoreBlue", ReleasedScope(), table, c.before)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range statements {
			got = append(got, fmt.Sprint(s.Sid, " ", s.Actions))
			if strings.Contains(s.Why, "executions under way") != IsKept(s.Sid) {
				t.Errorf("%s is there because it %s", s.Sid, s.Why)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("statements (-want +got):\n%s", diff)
		}
	}
}

// A line that no function needs, and none of the release before needed, is to be deleted.
func TestEveryGrantIsNeeded(t *testing.T) {
	used, scope := make(map[string]bool), ReleasedScope()
	scope.BuildImages, scope.InPlaceTemplates = true, []string{"lt-0123456789abcdef0"}
	for _, state := range States() {
		statements, err := Policy(state, scope)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statements {
			for _, action := range s.Actions {
				used[strings.TrimPrefix(s.Sid, kept)+action] = true
			}
		}
	}
	for _, g := range grants {
		if IsKept(g.sid) {
			t.Errorf("%s is called like a statement that is kept", g.sid)
		}
		for _, action := range g.actions {
			if !used[g.sid+action] {
				t.Errorf("%s allows %s, which nobody needs: take it out of grants", g.sid, action)
			}
		}
	}
}
