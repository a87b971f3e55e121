package local

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/pipeline"
)

// FleetKind is what a fleet's instances do.
type FleetKind struct {
	Name  string
	About string // one line
	Input string // the request that replaces it, by its name in package pipeline

	Compared bool // blue and green are laid side by side in a demonstration

	works  bool            // at jobs from a queue; else it answers requests
	source string          // that it launches from; empty: a template
	behind string          // one of balancers; empty: an application load balancer
	moves  deploy.Strategy // that the request names; empty: none
	shape  func(*world.Plan)
}

// From is the kind of fleet that launches from a source of that name. The error names those that there are.
func (k FleetKind) From(source string) (FleetKind, error) {
	if !new(world.Plan).LaunchFrom(source) {
		return k, fmt.Errorf("%q: want %s", source, strings.Join(world.Sources(), ", "))
	}
	k.source = source
	return k, nil
}

// balancers are what a fleet may stand behind, the first one unless it is said.
var balancers = []string{"application", "classic"}

// Behind is the kind of fleet behind a load balancer of that type. The error names those that there are.
func (k FleetKind) Behind(balancer string) (FleetKind, error) {
	switch {
	case !slices.Contains(balancers, balancer):
		return k, fmt.Errorf("%q: want %s", balancer, strings.Join(balancers, " or "))
	case k.works && balancer != balancers[0]:
		return k, fmt.Errorf("%q: workers stand behind no load balancer", balancer)
	}
	k.behind = balancer
	return k, nil
}

// record is the name by which clients know a fleet whose records move.
const record = "shop.example.com"

// By is the kind of fleet whose traffic moves by a strategy, which its request names; empty: what fits. The error names those that there are.
func (k FleetKind) By(strategy string) (FleetKind, error) {
	var fits []string
	for _, s := range deploy.Strategies() {
		if s.Stays() && k.Name == "web" || !s.Stays() && s.Waits() != k.works { // the others have what a group that stays may not have yet
			fits = append(fits, string(s))
		}
	}
	if strategy != "" && !slices.Contains(fits, strategy) {
		return k, fmt.Errorf("%q: want %s", strategy, strings.Join(fits, " or "))
	}
	k.moves = deploy.Strategy(strategy)
	return k, nil
}

// plan is the fleet's, by the default one.
func (k FleetKind) plan() world.Plan {
	plan := world.DefaultPlan()
	if k.source != "" {
		plan.LaunchFrom(k.source)
	}
	if k.behind == "classic" {
		plan.Classics = 1
	}
	if k.moves.MovesRecords() {
		plan.Record = record
	}
	plan.InPlace = k.moves != "" && k.moves.Stays()
	k.shape(&plan)
	return plan
}

// Request is a request in JSON with what this fleet's needs: where it launches from a configuration, which has no versions, the
// new image is named; and the strategy that its kind names, with the record that moves.
func (e *Environment) Request(input string) (string, error) {
	if !e.namesImage && e.moves == "" {
		return input, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(input), &members); err != nil {
		return "", fmt.Errorf("not a JSON object: %w", err)
	}
	if members["traffic"] == nil && e.moves != "" {
		members["traffic"] = json.RawMessage(fmt.Sprintf(`{"strategy":%q}`, e.moves))
		if w := e.World; w.Record != "" {
			members["traffic"] = json.RawMessage(fmt.Sprintf(`{"strategy":%q,"records":[{"hosted_zone_id":%q,"name":%q}]}`, e.moves, w.HostedZoneID, w.Record))
		}
	}
	if members["green"] == nil && e.namesImage {
		members["green"] = json.RawMessage(fmt.Sprintf(`{"image":{"id":%q}}`, e.World.GreenImage))
	}
	named, err := json.Marshal(members)
	return string(named), err
}

// FleetKinds are those that the local AWS knows.
func FleetKinds() []FleetKind {
	return []FleetKind{
		{Name: "web", About: "web servers behind a load balancer", Input: pipeline.Minimal, shape: func(*world.Plan) {}},
		{Name: "workers", About: "workers that take jobs from a queue", Input: pipeline.Workers, works: true, shape: shapeWorkers},
		{Name: "rich", About: "web servers with everything that a group can have", Input: pipeline.Minimal, Compared: true, shape: (*world.Plan).Enrich},
		{Name: scalingFleet, About: "web servers with scaling policies, whose load doubles twice", Input: pipeline.Minimal, shape: shapeScaling},
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
	return FleetKind{}, fmt.Errorf("%q: want %s", name, strings.Join(texts, ", "))
}
