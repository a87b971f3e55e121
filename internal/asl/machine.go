package asl

import (
	"strings"
	"time"
)

// Machine is a state machine that Parse found to be right. It is never changed, so any number of executions share it.
type Machine struct {
	definition []byte
	flow       *flow
	timeout    time.Duration // zero without one
}

// Definition is the text that the machine was parsed from.
func (m *Machine) Definition() []byte { return m.definition }

// flow is a set of states with a first one: the machine itself, a branch of a Parallel, or what a Map does per item.
type flow struct {
	startAt string
	states  map[string]*state
}

// DefinitionError holds every problem of a definition.
type DefinitionError struct {
	Problems []Problem
}

// Problem is one thing that is wrong with a definition.
type Problem struct {
	Code string // an error code of ValidateStateMachineDefinition: SCHEMA_VALIDATION_FAILED, MISSING_TRANSITION_TARGET, …
	Text string // what is wrong and what would be right
	Path string // where: "/States/X/Resource"; empty when the whole text is wrong
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Code + ": " + p.Text
	}
	return p.Code + ": " + p.Text + " at " + p.Path
}

// Error words all problems as CreateStateMachine does.
func (e *DefinitionError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	return "Invalid State Machine Definition: '" + strings.Join(texts, ", ") + "'"
}
