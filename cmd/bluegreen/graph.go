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
	c := newCommand("graph", "draw a state machine: as a picture, or for pages that draw Mermaid", func(context.Context, []string) error {
		if !slices.Contains(graph.Machines(), machine) {
			return usagef("graph: --of %q: want %s", machine, strings.Join(graph.Machines(), " or "))
		}
		switch format {
		case "svg":
			return graph.SVG(term.out, machine, nil)
		case "mermaid":
			return graph.Mermaid(term.out, machine)
		}
		return usagef("graph: -o %q: want svg or mermaid", format)
	})
	c.Flags().StringVarP(&format, "output", "o", "svg", "`format`: svg or mermaid")
	c.Flags().StringVar(&machine, "of", "deploy", "`machine` to draw: deploy, or drain, which drains at every scale-in")
	return c
}
