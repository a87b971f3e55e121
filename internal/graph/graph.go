// Package graph draws the state machines from their definitions.
package graph

import (
	"encoding/json"
	"fmt"
	"slices"

	"bluegreen/statemachine"
)

// machine is one that can be drawn. A new one is a line of machines, and a layout.
type machine struct {
	name   string
	file   string // that defines it, in package statemachine
	define func(partition string, arn func(statemachine.Function) string) (string, error)
	layout layout
}

var machines = []machine{
	{"deploy", "bluegreen.asl.json", statemachine.Definition, deployLayout},
	{"in-place", "in-place.asl.json", statemachine.InPlace, inPlaceLayout},
	{"drain", "graceful-shutdown.asl.json", statemachine.GracefulShutdown, drainLayout},
}

// Machines are the names of the state machines that can be drawn.
func Machines() []string {
	var names []string
	for _, m := range machines {
		names = append(names, m.name)
	}
	return names
}

// state is as much of a state as a drawing has.
type state struct {
	Type    string
	Next    string
	Default string
	End     bool
	Choices []struct{ Next string }
	Catch   []struct {
		ErrorEquals []string
		Next        string
	}
}

// named is a machine by its name among Machines, and its definition.
func named(name string) (m machine, startAt string, states map[string]state, err error) {
	i := slices.IndexFunc(machines, func(m machine) bool { return m.name == name })
	if i < 0 {
		return m, "", nil, fmt.Errorf("there is no state machine %q to draw", name)
	}
	startAt, states, err = machines[i].definition()
	if err != nil {
		err = fmt.Errorf("draw %s: %w", name, err)
	}
	return machines[i], startAt, states, err
}

func (m machine) definition() (startAt string, states map[string]state, err error) {
	text, err := m.define("aws", func(f statemachine.Function) string { return f.State })
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

// ends reports whether an execution ends in the state.
func (s state) ends() bool { return s.End || s.Type == "Succeed" || s.Type == "Fail" }

// strands reports whether an error may leave the state uncaught, which ends the execution there: that is Stranded.
func (s state) strands() bool {
	return s.Type == "Task" && !slices.ContainsFunc(s.Catch, func(c struct {
		ErrorEquals []string
		Next        string
	}) bool {
		return slices.Contains(c.ErrorEquals, "States.ALL")
	})
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
