package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"bluegreen/internal/localaws/world"
)

// scenario is how the new fleet does in a demonstration.
type scenario struct {
	name     string
	story    string // one line
	endState string
	patience int // seconds that green gets to become healthy, unless the request says otherwise; 0: the product's default
	prepare  func(*house, world.World)
}

func scenarios() []scenario {
	return []scenario{
		{"well", "green gets healthy and takes over", "Succeeded", 0, func(*house, world.World) {}},
		{"sick", "the application on green's image never answers, and blue stays", "RolledBack", 240, sickenGreen},
		{"short", "EC2 has capacity for two more instances only, and blue stays", "RolledBack", 240, limitCapacity},
	}
}

// scenarioNamed finds a scenario.
func scenarioNamed(name string) (scenario, error) {
	var texts []string
	for _, s := range scenarios() {
		if s.name == name {
			return s, nil
		}
		texts = append(texts, fmt.Sprintf("%q (%s)", s.name, s.story))
	}
	return scenario{}, usagef("--green %q: want %s", name, strings.Join(texts, ", "))
}

func sickenGreen(h *house, w world.World) {
	h.aws.Account.Lock()
	defer h.aws.Account.Unlock()
	h.aws.Compute.MarkImageSick(w.GreenImage)
}

func limitCapacity(h *house, w world.World) {
	h.aws.Account.Lock()
	defer h.aws.Account.Unlock()
	for n, zone := range h.aws.Compute.Zones() {
		left := 0
		if n < 2 {
			left = 1
		}
		h.aws.Compute.SetCapacity(zone, w.InstanceType, left)
	}
}

// request is the input of the execution: the file's, with the scenario's patience unless it has its own.
func (s scenario) request(input []byte) (string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(input, &members); err != nil {
		return "", fmt.Errorf("not a JSON object: %w", err)
	}
	if _, own := members["health"]; own || s.patience == 0 {
		return string(input), nil
	}
	members["health"] = json.RawMessage(fmt.Sprintf(`{"timeout_seconds":%d}`, s.patience))
	extended, err := json.Marshal(members)
	return string(extended), err
}
