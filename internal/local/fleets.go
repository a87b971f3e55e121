package local

import (
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/localaws/world"
)

// FleetKind is what a fleet's instances do.
type FleetKind struct {
	Name  string
	About string // one line
	Input string // file with the request that replaces it

	works bool // at jobs from a queue; else it answers requests
	shape func(*world.Plan)
}

// FleetKinds are those that the local AWS knows.
func FleetKinds() []FleetKind {
	return []FleetKind{
		{"web", "web servers behind a load balancer", "pipeline/state_machine_input.json", false, func(*world.Plan) {}},
		{"workers", "workers that take jobs from a queue", "pipeline/examples/workers.json", true, shapeWorkers},
	}
}

// shapeWorkers makes a plan that of a fleet without load balancer, whose instances are ready and drained when their
// lifecycle hooks say so.
func shapeWorkers(plan *world.Plan) {
	plan.Balanced = false
	plan.Hooks = []world.Hook{
		{Name: readyHook, Launching: true, Heartbeat: 5 * time.Minute, Default: "ABANDON"},
		{Name: drainHook, Heartbeat: time.Minute},
	}
}

// FleetNamed finds a kind of fleet. The error names those that there are.
func FleetNamed(name string) (FleetKind, error) {
	var texts []string
	for _, k := range FleetKinds() {
		if k.Name == name {
			return k, nil
		}
		texts = append(texts, fmt.Sprintf("%q (%s)", k.Name, k.About))
	}
	return FleetKind{}, fmt.Errorf("%q: want %s", name, strings.Join(texts, " or "))
}
