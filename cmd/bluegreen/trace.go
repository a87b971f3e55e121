package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/spf13/cobra"

	"bluegreen/internal/trace"
)

func newTrace(term terminal) *cobra.Command {
	var options trace.Options
	var at place
	var asJSON bool
	c := newCommand("trace EXECUTION", "show what an execution did and how long it took, as X-Ray saw it",
		func(ctx context.Context, args []string) error {
			return runTrace(ctx, term, args[0], at, options, asJSON)
		})
	c.Long = "Shows what an execution did and how long it took, as X-Ray saw it. " + executions
	flags := c.Flags()
	at.flags(flags)
	flags.BoolVar(&asJSON, "json", false, "print the trace as X-Ray has it: its segments, with those below each, as JSON")
	flags.BoolVar(&options.All, "all", false, "show every state and every call, each on a line of its own")
	return c
}

// runTrace prints the X-Ray trace of an execution.
func runTrace(ctx context.Context, term terminal, execution string, at place, options trace.Options, asJSON bool) error {
	cfg, reader, err := at.open(ctx, term)
	if err != nil {
		return err
	}
	arn, err := reader.Find(ctx, execution)
	if err != nil {
		return err
	}
	found, err := trace.Of(ctx, sfn.NewFromConfig(cfg), xray.NewFromConfig(cfg), arn)
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	if asJSON {
		return writeJSON(term, found)
	}
	found.Print(term.out, options)
	return nil
}
