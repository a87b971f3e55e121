package demo

import (
	"encoding/json"
	"fmt"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/local"
)

// Scenario is how the new fleet does in a demonstration.
type Scenario struct {
	name     string
	about    string // one line
	endState string
	patience int // seconds that green gets to become healthy, unless the request says otherwise; 0: the product's default
	prepare  func(*local.Environment)
}

func scenarios() []Scenario {
	return []Scenario{
		{"well", "green gets healthy and takes over", deploy.EndSucceeded, 0, func(*local.Environment) {}},
		{"sick", "the application on green's image never answers, and blue stays", deploy.EndRolledBack, 240, sickenGreen},
		{"short", "EC2 has capacity for two more instances only, and blue stays", deploy.EndRolledBack, 240, limitCapacity},
	}
}

// ScenarioNamed finds a scenario. The error names those that there are.
func ScenarioNamed(name string) (Scenario, error) {
	var texts []string
	for _, s := range scenarios() {
		if s.name == name {
			return s, nil
		}
		texts = append(texts, fmt.Sprintf("%q (%s)", s.name, s.about))
	}
	return Scenario{}, fmt.Errorf("%q: want %s", name, strings.Join(texts, ", "))
}

// Prepare makes a local AWS in which the new fleet does so.
func (s Scenario) Prepare(e *local.Environment) { s.prepare(e) }

func sickenGreen(e *local.Environment) {
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	e.AWS.Compute.MarkImageSick(e.World.GreenImage)
}

func limitCapacity(e *local.Environment) {
	e.AWS.Account.Lock()
	defer e.AWS.Account.Unlock()
	for n, zone := range e.AWS.Compute.Zones() {
		left := 0
		if n < 2 {
			left = 1
		}
		e.AWS.Compute.SetCapacity(zone, e.World.InstanceType, left)
	}
}

// rollbackRequest asks to bring the fleet of a deployment's request back.
func rollbackRequest(request string) (string, error) {
	var deployed struct {
		Project json.RawMessage `json:"project"`
		Blue    json.RawMessage `json:"blue"`
	}
	if err := json.Unmarshal([]byte(request), &deployed); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]any{"project": deployed.Project, "blue": deployed.Blue, "action": deploy.ActionRollback})
	return string(text), err
}

// Request is the input of the execution: the file's, with the scenario's patience unless it has its own.
func (s Scenario) Request(input []byte) (string, error) {
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
