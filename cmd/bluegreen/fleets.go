package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"bluegreen/internal/localaws/world"
)

// fleetKind is what a fleet does for a living.
type fleetKind struct {
	name  string
	story string // one line
	input string // file with the request that replaces it
	works bool   // at jobs from a queue; else it answers requests
	shape func(*world.Plan)
}

func fleetKinds() []fleetKind {
	return []fleetKind{
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

// fleetNamed finds a kind of fleet.
func fleetNamed(name string) (fleetKind, error) {
	var texts []string
	for _, k := range fleetKinds() {
		if k.name == name {
			return k, nil
		}
		texts = append(texts, fmt.Sprintf("%q (%s)", k.name, k.story))
	}
	return fleetKind{}, usagef("--fleet %q: want %s", name, strings.Join(texts, " or "))
}

// readRequest reads a file with a request, or if none is named that of a kind of fleet, and tells which it was.
func readRequest(named, fleet string) (file string, content []byte, err error) {
	kind, err := fleetNamed(fleet)
	if err != nil {
		return "", nil, err
	}
	file = cmp.Or(named, kind.input)
	if content, err = os.ReadFile(file); err != nil {
		return "", nil, fmt.Errorf("read the request: %w; run this where pipeline/ is, or name a file with --input", err)
	}
	return file, content, nil
}
