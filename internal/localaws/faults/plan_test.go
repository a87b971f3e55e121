package faults_test

import (
	"fmt"
	"testing"
	"time"

	"bluegreen/internal/localaws/faults"
)

// struck are the numbers of the calls, of n equal ones, that the rule strikes.
func struck(rule faults.Rule, n int, point faults.Point) string {
	plan, hit := faults.NewPlan(rule), []int{}
	for i := range n {
		strikes := plan.Strike(point)
		if len(strikes.Before)+len(strikes.After) > 0 {
			hit = append(hit, i+1)
		}
	}
	return fmt.Sprint(hit)
}

func TestRuleStrikesItsCalls(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	point := faults.Point{Service: "ec2", Operation: "RunInstances", Caller: "key", Function: "f", Time: now}
	for _, c := range []struct {
		rule faults.Rule
		want string
	}{
		{faults.Rule{}, "[1]"},
		{faults.Rule{Times: 2}, "[1 2]"},
		{faults.Rule{Nth: 3}, "[3]"},
		{faults.Rule{Nth: 2, Times: 2}, "[2 3]"},
		{faults.Rule{Nth: 2, Times: -1}, "[2 3 4]"},
		{faults.Rule{Service: "ec2", Operation: "RunInstances", Caller: "key", Function: "f", Times: -1}, "[1 2 3 4]"},
		{faults.Rule{Service: "sns"}, "[]"},
		{faults.Rule{Operation: "CreateTags"}, "[]"},
		{faults.Rule{Caller: "other"}, "[]"},
		{faults.Rule{Function: "g"}, "[]"},
		{faults.Rule{From: now, Until: now.Add(1)}, "[1]"},
		{faults.Rule{From: now.Add(1)}, "[]"},
		{faults.Rule{Until: now}, "[]"},
	} {
		c.rule.Kind = faults.Deny
		if got := struck(c.rule, 4, point); got != c.want {
			t.Errorf("%+v: struck %s, want %s", c.rule, got, c.want)
		}
	}
}

func TestKindsStrikeBeforeOrAfterTheEffect(t *testing.T) {
	for kind := faults.Throttle; kind <= faults.KillAfter; kind++ {
		named, ok := faults.KindNamed(kind.String())
		if !ok || named != kind {
			t.Errorf("kind %d is called %q, which names %d", kind, kind, named)
		}
		strikes := faults.NewPlan(faults.Rule{Kind: kind}).Strike(faults.Point{})
		after := kind == faults.FailAfter || kind == faults.LoseAnswer || kind == faults.SlowAfter || kind == faults.KillAfter
		if (len(strikes.After) == 1) != after || (len(strikes.Before) == 1) == after {
			t.Errorf("%s strikes %+v", kind, strikes)
		}
	}
}

func TestRemovedRuleStrikesNoMore(t *testing.T) {
	plan := faults.NewPlan()
	remove := plan.Add(faults.Rule{Kind: faults.Throttle, Times: -1})
	if len(plan.Strike(faults.Point{}).Before) != 1 {
		t.Error("the rule did not strike")
	}
	remove()
	if len(plan.Strike(faults.Point{}).Before) != 0 {
		t.Error("the removed rule struck")
	}
}

func TestLogKeepsTheLastCalls(t *testing.T) {
	plan := faults.NewPlan()
	plan.Keep(3)
	for range 10 {
		plan.Note(faults.Record{})
	}
	var kept []int
	for _, record := range plan.Calls() {
		kept = append(kept, record.N)
	}
	if fmt.Sprint(kept, plan.Total()) != "[8 9 10] 10" {
		t.Errorf("kept %v of %d", kept, plan.Total())
	}
}
