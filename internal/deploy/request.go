package deploy

import (
	"encoding/json"
)

// Action is what the execution is asked to do.
type Action string

// The actions.
const (
	ActionDeploy   Action = "deploy"   // replace the live fleet by a copy
	ActionRollback Action = "rollback" // replace the live fleet by the one that it replaced
	ActionRecover  Action = "recover"  // only put right what an ended execution left
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
	Drain       DrainPolicy
	BlueAfter   BlueAfter
}

// DrainPolicy says how an instance that goes is shut down gracefully, while a lifecycle hook holds it.
type DrainPolicy struct {
	Command        []string  `json:"command,omitempty"` // shell lines run on it through SSM; none: it completes its own hook
	Hook           string    `json:"hook,omitempty"`    // the terminating hook that holds it, where the fleet has several
	TimeoutSeconds int       `json:"timeout_seconds"`   // for one instance, from the start of its command
	OnTimeout      OnTimeout `json:"on_timeout"`        // what becomes of an instance whose drain failed or took too long
}

// OnTimeout is how a lifecycle action is completed when its drain did not succeed.
type OnTimeout string

// The ways. AWS terminates the instance after both results; ABANDON skips the hooks that remain, and keeps the instance
// for a person where the group's instance lifecycle policy retains abandoned ones (aws-facts A1).
const (
	TimeoutContinue OnTimeout = "CONTINUE"
	TimeoutAbandon  OnTimeout = "ABANDON"
	TimeoutRetain   OnTimeout = "retain"
)

// BlueAfter is what becomes of blue once it is empty.
type BlueAfter string

// What can become of it.
const (
	AfterScaleToZero BlueAfter = "scale_to_zero" // it stays at size 0, quiet, ready for a rollback
	AfterDelete      BlueAfter = "delete"
)

// HealthPolicy says when green counts as healthy.
type HealthPolicy struct {
	TimeoutSeconds int `json:"timeout_seconds"`
	Consecutive    int `json:"consecutive"` // good samples in a row
}

const defaultWaitSeconds = 30

// ParseRequest decodes an execution's input strictly. The error is a BadRequest that names every problem, each with its
// JSON path, what is wrong and what would be right.
func ParseRequest(input json.RawMessage) (Request, error) {
	request := Request{
		Action:      ActionDeploy,
		WaitSeconds: defaultWaitSeconds,
		Health:      HealthPolicy{TimeoutSeconds: 1800, Consecutive: 2},
		Drain:       DrainPolicy{TimeoutSeconds: 900, OnTimeout: TimeoutContinue},
		BlueAfter:   AfterScaleToZero,
	}
	form := object{
		required("project", text(&request.Project, 1, 128)),
		optional("action", oneOf(&request.Action, ActionDeploy, ActionRollback, ActionRecover)),
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
		optional("drain", object{
			optional("command", lines(&request.Drain.Command, 100, 2000)),
			optional("hook", text(&request.Drain.Hook, 1, 255)),
			optional("timeout_seconds", whole(&request.Drain.TimeoutSeconds, 30, 172800, "seconds")),
			optional("on_timeout", oneOf(&request.Drain.OnTimeout, TimeoutContinue, TimeoutAbandon, TimeoutRetain)),
		}),
		optional("blue_after", object{
			optional("then", oneOf(&request.BlueAfter, AfterScaleToZero, AfterDelete)),
		}),
	}
	if err := decode(input, form); err != nil {
		return Request{}, err
	}
	return request, nil
}
