package deploy

import (
	"encoding/json"
)

// Action is what the execution is asked to do.
type Action string

// The actions.
const (
	ActionDeploy  Action = "deploy"  // replace the live fleet by a copy
	ActionRecover Action = "recover" // only put right what an ended execution left
)

// Strategy is how traffic moves from blue to green.
type Strategy string

// The strategies.
const (
	StrategyAttach Strategy = "attach" // green joins blue's target groups, then blue leaves them
	StrategyNone   Strategy = "none"   // no load balancer: workers on a queue
)

// Request is the input of an execution.
type Request struct {
	Project     string
	Action      Action
	BlueName    string // any group of the lineage
	WaitSeconds int    // the longest pause between two polls while something is about to happen
	Strategy    Strategy
	Health      HealthPolicy
}

// HealthPolicy says when green counts as healthy.
type HealthPolicy struct {
	TimeoutSeconds int `json:"timeout_seconds"`
	Consecutive    int `json:"consecutive"` // good samples in a row
}

// ParseRequest decodes an execution's input strictly. The error is a BadRequest that names every problem, each with its
// JSON path, what is wrong and what would be right.
func ParseRequest(input json.RawMessage) (Request, error) {
	request := Request{
		Action:      ActionDeploy,
		WaitSeconds: 30,
		Health:      HealthPolicy{TimeoutSeconds: 1800, Consecutive: 2},
	}
	form := object{
		required("project", text(&request.Project, 1, 128)),
		optional("action", oneOf(&request.Action, ActionDeploy, ActionRecover)),
		required("blue", object{
			required("asg_name", text(&request.BlueName, 1, 255)),
		}),
		optional("Wait", whole(&request.WaitSeconds, 1, 300, "seconds")),
		optional("traffic", object{
			optional("strategy", oneOf(&request.Strategy, StrategyAttach, StrategyNone)),
		}),
		optional("health", object{
			optional("timeout_seconds", whole(&request.Health.TimeoutSeconds, 60, 43200, "seconds")),
			optional("consecutive", whole(&request.Health.Consecutive, 1, 20, "samples")),
		}),
	}
	if err := decode(input, form); err != nil {
		return Request{}, err
	}
	return request, nil
}
