package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"bluegreen/internal/jobs"
	"bluegreen/internal/local"
)

// newFunction is what the functions of a local AWS run.
func newFunction() *cobra.Command {
	c := newCommand(local.Program+" STATE", "be the function of a state, as the functions of a local AWS are",
		func(_ context.Context, args []string) error {
			if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
				return usagef("function: Lambda alone runs it, and that of \"bluegreen local\"")
			}
			return local.Serve(args[0])
		})
	c.Hidden = true
	return c
}

func newWorker(term terminal) *cobra.Command {
	var options jobs.Options
	c := newCommand(jobs.Program, "take jobs from a queue, as the instances of the workers' fleet do",
		func(ctx context.Context, _ []string) error { return runWorker(ctx, term, options) })
	options.Flags(c.Flags())
	c.Hidden = true
	return c
}

// runWorker works until it is asked to drain. Instances of the workers' fleet run it.
func runWorker(ctx context.Context, term terminal, options jobs.Options) error {
	instance := os.Getenv("INSTANCE_ID")
	if options.Queue == "" || options.Endpoint == "" || options.Speed <= 0 || instance == "" {
		return usagef("worker: it runs on instances of \"bluegreen local --fleet workers\", with --queue, --endpoint and INSTANCE_ID")
	}
	return jobs.NewWorker(local.Config(options.Endpoint, options.Region), options, instance, term.out).Run(ctx)
}
