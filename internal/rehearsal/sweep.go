package rehearsal

import (
	"context"
	"fmt"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/world"
)

// Courses are the deployments that the sweep disturbs: each strategy, and each part of the way back.
func Courses() []Course {
	const request = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "Wait": 30, "health": {"timeout_seconds": 240}}`
	workers := world.DefaultPlan()
	workers.Balanced = false
	return []Course{
		{Name: "attach", Plan: world.DefaultPlan(), Request: request},
		{Name: "none", Plan: workers, Request: request},
		{Name: "sick green", Plan: world.DefaultPlan(), Request: request, Prepare: func(r *Rehearsal) {
			r.AWS.Account.Lock()
			defer r.AWS.Account.Unlock()
			r.AWS.Compute.MarkImageSick(r.World.GreenImage)
		}},
		{Name: "no capacity", Plan: world.DefaultPlan(), Request: request, Prepare: func(r *Rehearsal) {
			r.AWS.Account.Lock()
			defer r.AWS.Account.Unlock()
			for _, zone := range r.AWS.Compute.Zones() {
				r.AWS.Compute.SetCapacity(zone, r.World.InstanceType, 0)
			}
		}},
	}
}

// longestFault is how long the longest disturbance lasts: longer than the retries, so that a person has to mend it.
const longestFault = time.Hour

// Disturbance is one way in which one AWS call of a function goes wrong.
type Disturbance struct {
	Name string
	rule func(at faults.Rule, when time.Time) faults.Rule
}

// Disturbances are all of them.
func Disturbances() []Disturbance {
	kind := func(kind faults.Kind) func(faults.Rule, time.Time) faults.Rule {
		return func(at faults.Rule, _ time.Time) faults.Rule {
			at.Kind = kind
			return at
		}
	}
	slow := func(k faults.Kind) func(faults.Rule, time.Time) faults.Rule {
		return func(at faults.Rule, _ time.Time) faults.Rule {
			at.Kind, at.Delay = k, (deploy.FunctionTimeoutSeconds+30)*time.Second
			return at
		}
	}
	lasting := func(k faults.Kind, length time.Duration) func(faults.Rule, time.Time) faults.Rule {
		return func(at faults.Rule, when time.Time) faults.Rule {
			return faults.Rule{Kind: k, Service: at.Service, Operation: at.Operation, Function: at.Function, From: when, Until: when.Add(length), Times: -1}
		}
	}
	return []Disturbance{
		{"throttled once", kind(faults.Throttle)},
		{"throttled for a minute", lasting(faults.Throttle, time.Minute)},
		{"fails before its effect", kind(faults.FailBefore)},
		{"fails after its effect", kind(faults.FailAfter)},
		{"loses its answer", kind(faults.LoseAnswer)},
		{"slow before its effect", slow(faults.SlowBefore)},
		{"slow after its effect", slow(faults.SlowAfter)},
		{"denied", kind(faults.Deny)},
		{"denied for an hour", lasting(faults.Deny, longestFault)},
		{"death before it", kind(faults.KillBefore)},
		{"death after it", kind(faults.KillAfter)},
	}
}

// Point is one place where the sweep strikes: a call of the undisturbed course.
type Point struct {
	Call        faults.Record
	Nth         int // among the calls of the same function to the same operation
	Disturbance Disturbance
}

func (p Point) String() string {
	return fmt.Sprintf("%s of %s:%s by %s, %s", ordinal(p.Nth), p.Call.Service, p.Call.Operation, p.Call.Function, p.Disturbance.Name)
}

func ordinal(n int) string { return fmt.Sprintf("call %d", n) }

// Points are the places of a course: every call that a function made, and every way to disturb it.
func Points(undisturbed Outcome) []Point {
	type operation struct{ service, operation, function string }
	seen := make(map[operation]int)
	var points []Point
	for _, call := range undisturbed.Calls {
		key := operation{call.Service, call.Operation, call.Function}
		seen[key]++
		for _, disturbance := range Disturbances() {
			points = append(points, Point{Call: call, Nth: seen[key], Disturbance: disturbance})
		}
	}
	return points
}

// Strike takes the course with the point disturbed.
func (c Course) Strike(seed uint64, p Point) (Outcome, error) {
	return c.Run(seed, func(_ context.Context, r *Rehearsal) {
		at := faults.Rule{Service: p.Call.Service, Operation: p.Call.Operation, Function: p.Call.Function, Nth: p.Nth}
		r.AWS.Faults.Add(p.Disturbance.rule(at, p.Call.Time))
	})
}
