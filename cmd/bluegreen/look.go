package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"bluegreen/internal/clock"
	"bluegreen/internal/deployments"
)

// newList lists deployments.
func newList(term terminal) *cobra.Command {
	var at place
	var most int
	var asJSON bool
	c := newCommand("list [GROUP]", "list the deployments that were started last, of one group's lineage or of all", func(ctx context.Context, args []string) error {
		const mostListed = 1000
		if most < 1 || most > mostListed {
			return usagef("--limit %d: want 1 to %d", most, mostListed)
		}
		_, reader, err := at.open(ctx, term)
		if err != nil {
			return err
		}
		all, err := reader.List(ctx, argument(args, 0), most, now())
		switch {
		case err != nil:
			return err
		case asJSON:
			return writeJSON(term, all)
		}
		deployments.PrintList(term.out, all)
		return nil
	})
	at.flags(c.Flags())
	c.Flags().IntVar(&most, "limit", 20, "at most this `number` of deployments")
	c.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	return c
}

// newShow shows a deployment.
func newShow(term terminal) *cobra.Command {
	var at place
	var asJSON bool
	c := newCommand("show EXECUTION", "show what a deployment did, how it ended, and what to do next", func(ctx context.Context, args []string) error {
		d, err := at.read(ctx, term, args[0])
		switch {
		case err != nil:
			return err
		case asJSON:
			return writeJSON(term, d)
		}
		deployments.Print(term.out, d)
		return nil
	})
	c.Long = "Shows what a deployment did, how it ended, and what to do next. " + executions
	at.flags(c.Flags())
	c.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return c
}

// executions says how one is named.
const executions = "EXECUTION is an ARN, a name, or latest: the one that was started last."

// read is meant where nothing else is read.
func (p place) read(ctx context.Context, term terminal, execution string) (deployments.Deployment, error) {
	_, reader, err := p.open(ctx, term)
	if err != nil {
		return deployments.Deployment{}, err
	}
	return meant(ctx, reader, execution)
}

// meant reads the deployment that is meant.
func meant(ctx context.Context, reader deployments.Reader, execution string) (deployments.Deployment, error) {
	arn, err := reader.Find(ctx, execution)
	if err != nil {
		return deployments.Deployment{}, err
	}
	return reader.Read(ctx, arn, now())
}

// now is the time.
func now() time.Time { return clock.NewScaled(1).Now() }
