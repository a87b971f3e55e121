package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"bluegreen/internal/graph"
)

// newGraph draws a state machine.
func newGraph(term terminal) *cobra.Command {
	var format, machine string
	c := newCommand("graph", "draw the state machine, for pages that draw Mermaid", func(context.Context, []string) error {
		switch {
		case format != "mermaid":
			return usagef("graph: -o %q: want mermaid, the one format that is drawn so far", format)
		case !slices.Contains(graph.Machines(), machine):
			return usagef("graph: --of %q: want %s", machine, strings.Join(graph.Machines(), " or "))
		}
		return graph.Mermaid(term.out, machine)
	})
	c.Flags().StringVarP(&format, "output", "o", "mermaid", "`format`: mermaid")
	c.Flags().StringVar(&machine, "of", "deploy", "`machine` to draw: deploy, or drain, which drains at every scale-in")
	return c
}
