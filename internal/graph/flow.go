package graph

import (
	"maps"
	"slices"
)

// step leads from a state that has a place to the next one that has: through choices, waits and what only notes something.
type step struct{ from, to string }

// steps are all of them, and the state with a place that an execution begins at.
func (l layout) steps(startAt string, states map[string]state) (first string, all []step) {
	for _, to := range l.reached(states, []string{startAt}) {
		first = to
	}
	for _, from := range slices.Sorted(maps.Keys(l.places)) {
		s := states[from]
		for _, to := range l.reached(states, append(s.ways(), s.errors()...)) {
			all = append(all, step{from, to})
		}
	}
	return first, all
}

// reached are the states with a place that some lead to, themselves among them, in the order of their names.
func (l layout) reached(states map[string]state, from []string) []string {
	seen := make(map[string]bool)
	var all []string
	for len(from) > 0 {
		name := from[0]
		from = from[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		if _, placed := l.places[name]; placed {
			all = append(all, name)
			continue
		}
		from = append(from, append(states[name].ways(), states[name].errors()...)...)
	}
	slices.Sort(all)
	return all
}
