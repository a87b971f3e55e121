package graph

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Mermaid writes a machine as a state diagram in the language of Mermaid, which many pages of documentation draw. A way that an error
// takes is labelled so.
func Mermaid(out io.Writer, name string) error {
	_, startAt, states, err := named(name)
	if err != nil {
		return err
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
		if s.ends() {
			fmt.Fprintf(&b, "    %s --> [*]\n", name)
		}
	}
	_, err = io.WriteString(out, b.String())
	return err
}
