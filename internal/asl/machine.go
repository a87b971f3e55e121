package asl

import "strings"

// Machine is a state machine that Parse found to be right. It is never changed, so any number of executions share it.
type Machine struct {
	definition []byte
}

// DefinitionError holds every problem of a definition.
type DefinitionError struct {
	Problems []Problem
}

// Problem is one thing that is wrong with a definition.
type Problem struct {
	Code string // "SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", …
	Text string // what is wrong and what would be right
	Path string // where: "/States/X/Resource"
}

func (p Problem) String() string { return p.Code + ": " + p.Text + " at " + p.Path }

// Error words all problems as CreateStateMachine does.
func (e *DefinitionError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.String()
	}
	return "Invalid State Machine Definition: '" + strings.Join(texts, ", ") + "'"
}
