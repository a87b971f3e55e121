// Package graph draws the state machines from their definitions.
package graph

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"bluegreen/statemachine"
)

// Machines are the names of the state machines that can be drawn.
func Machines() []string { return []string{"deploy", "drain"} }

// state is as much of a state as a drawing has.
type state struct {
	Type    string
	Next    string
	Default string
	End     bool
	Choices []struct{ Next string }
	Catch   []struct{ Next string }
}

// definition is a machine by its name among Machines.
func definition(machine string) (startAt string, states map[string]state, err error) {
	define := statemachine.Definition
	if machine == "drain" {
		define = statemachine.GracefulShutdown
	}
	text, err := define("aws", func(f statemachine.Function) string { return f.State })
	if err != nil {
		return "", nil, err
	}
	var whole struct {
		StartAt string
		States  map[string]state
	}
	err = json.Unmarshal([]byte(text), &whole)
	return whole.StartAt, whole.States, err
}

// Mermaid writes a machine as a state diagram in the language of Mermaid, which many pages of documentation draw. A way that an error
// takes is labelled so.
func Mermaid(out io.Writer, machine string) error {
	startAt, states, err := definition(machine)
	if err != nil {
		return fmt.Errorf("draw %s: %w", machine, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    [*] --> %s\n", startAt)
	for _, name := range slices.Sorted(maps.Keys(states)) {
		s := states[name]
		if s.Type == "Choice" {
			fmt.Fprintf(&b, "    state %s <<choice>>\n", name)
		}
		for _, next := range s.ways() {
			fmt.Fprintf(&b, "    %s --> %s\n", name, next)
		}
		for _, next := range s.errors() {
			fmt.Fprintf(&b, "    %s --> %s: error\n", name, next)
		}
		if s.End || s.Type == "Succeed" || s.Type == "Fail" {
			fmt.Fprintf(&b, "    %s --> [*]\n", name)
		}
	}
	_, err = io.WriteString(out, b.String())
	return err
}

// ways are the states that follow when all goes well, each once.
func (s state) ways() []string {
	var all []string
	for _, c := range s.Choices {
		all = append(all, c.Next)
	}
	return once(append(all, s.Default, s.Next))
}

// errors are the states that follow an error, each once.
func (s state) errors() []string {
	var all []string
	for _, c := range s.Catch {
		all = append(all, c.Next)
	}
	return once(all)
}

func once(names []string) []string {
	var all []string
	for _, name := range names {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
