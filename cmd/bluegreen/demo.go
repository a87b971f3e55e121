package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bluegreen/internal/demo"
)

// demoOptions say what to demonstrate.
type demoOptions struct {
	local     *localOptions
	input     string  // file with the request
	perSecond int     // requests, wall
	perMinute float64 // jobs, the clock's
	green     string  // how it does
	json      bool
	build     bool // green's image is built first
}

func (o *demoOptions) check() error {
	if o.perSecond < 1 || o.perSecond > 2000 {
		return usagef("--requests %d: want 1 to 2000 a second", o.perSecond)
	}
	if !(o.perMinute > 0 && o.perMinute <= 600) {
		return usagef("--jobs %g: want more than 0, and at most 600 a minute", o.perMinute)
	}
	return o.local.check()
}

func newDemo(term terminal) *cobra.Command {
	options := demoOptions{local: &localOptions{}}
	c := newCommand("demo", "replace a fleet that serves requests or works at jobs, watch it, and check that nothing was lost",
		func(ctx context.Context, _ []string) error { return runDemo(ctx, term, options) })
	flags := c.Flags()
	options.local.flags(flags, "127.0.0.1:0")
	flags.StringVar(&options.input, "input", "", "`file` with the request; without it the fleet's own")
	flags.IntVar(&options.perSecond, "requests", 200, "requests a `second` of real time, for a web fleet; one that scales begins with a quarter")
	flags.Float64Var(&options.perMinute, "jobs", 12, "jobs a `minute` of the local AWS, for a fleet of workers")
	flags.StringVar(&options.green, "green", "well", "how the new fleet does: well, sick or short (of capacity)")
	flags.BoolVar(&options.build, "build", false, "build green's image first: commands install another version of the application")
	flags.BoolVar(&options.json, "json", false, "print the summary as JSON")
	return c
}

// runDemo demonstrates one deployment under traffic and returns an error when a promise broke.
func runDemo(ctx context.Context, term terminal, options demoOptions) error {
	if err := options.check(); err != nil {
		return err
	}
	scenario, err := demo.ScenarioNamed(options.green)
	if err != nil {
		return usagef("--green %s", err)
	}
	file, input, err := readRequest(options.input, options.local.fleet)
	if err != nil {
		return err
	}
	request, err := scenario.Request(input)
	if err != nil {
		return fmt.Errorf("read the request in %s: %w", file, err)
	}
	if options.build {
		if request, err = demo.Building(request); err != nil {
			return err
		}
	}
	out := &progress{term: term}
	e, err := openSeeded(ctx, out, *options.local)
	if err != nil {
		return err
	}
	defer e.Close()
	if request, err = e.Request(request); err != nil {
		return err
	}
	kind, err := options.local.kind()
	if err != nil {
		return err
	}
	d := demo.Demonstration{
		Environment: e, Scenario: scenario, Request: request, Out: out,
		PerSecond: options.perSecond, PerMinute: options.perMinute, Seed: options.local.Seed, Compared: kind.Compared,
	}
	result, err := d.Run(ctx)
	if err != nil {
		return err
	}
	write := result.WriteText
	if options.json {
		write = result.WriteJSON
	}
	if err := write(term.out); err != nil {
		return err
	}
	return result.Err()
}
