package notice

import (
	"encoding/json"
	"slices"
	"testing"

	"bluegreen/internal/actions"
	"bluegreen/statemachine"
)

// state is as much of a state of the machines as the table is about.
type state struct {
	Type       string
	Parameters struct{ FunctionName string } // the state that the function is named after
}

// states are those of both machines that could tell something: a Choice and a Wait do nothing.
func states(t *testing.T) map[string]state {
	t.Helper()
	all := make(map[string]state)
	for _, define := range []func(string, func(statemachine.Function) string) (string, error){statemachine.Definition, statemachine.InPlace, statemachine.GracefulShutdown} {
		text, err := define("aws", func(f statemachine.Function) string { return f.State })
		if err != nil {
			t.Fatal(err)
		}
		var machine struct{ States map[string]state }
		if err := json.Unmarshal([]byte(text), &machine); err != nil {
			t.Fatal(err)
		}
		for name, s := range machine.States {
			if s.Type != "Choice" && s.Type != "Wait" {
				all[name] = s
			}
		}
	}
	return all
}

// For each state it is written who hears what of it, or why nobody does.
func TestEveryStateIsInTheTable(t *testing.T) {
	all := states(t)
	for name := range all {
		if _, ok := table[name]; !ok {
			t.Errorf("%s is not in the table of notices: say who hears what of it, or why nobody does", name)
		}
	}
	for name, row := range table {
		switch s, ok := all[name]; {
		case !ok:
			t.Errorf("%s is in the table, and no state of the machines", name)
		case (len(row.stages) == 0) != (row.nobody != ""):
			t.Errorf("%s: want stages, or a reason why nobody hears of it, not both", name)
		case len(row.stages) > 0 && s.Type != "Task":
			t.Errorf("%s calls no function that could tell", name)
		}
	}
}

// A function may reach those whom the table has hear of its states, and nobody else.
func TestFunctionsMayTellWhatTheTableSays(t *testing.T) {
	people, programs := make(map[string]bool), make(map[string]bool)
	for name, s := range states(t) {
		for _, stage := range table[name].stages {
			programs[s.Parameters.FunctionName] = true
			people[s.Parameters.FunctionName] = people[s.Parameters.FunctionName] || stage.to == peopleAndPrograms
		}
	}
	for _, f := range statemachine.Functions {
		may := actions.Of(f.State)
		if got := slices.Contains(may, actions.Operation{Service: "sns", Name: "Publish"}); got != people[f.State] {
			t.Errorf("%s may send mail: %v; the table has it tell people: %v", f.State, got, people[f.State])
		}
		if got := slices.Contains(may, actions.Operation{Service: "events", Name: "PutEvents"}); got != programs[f.State] {
			t.Errorf("%s may put events: %v; the table has it tell programs: %v", f.State, got, programs[f.State])
		}
	}
}
