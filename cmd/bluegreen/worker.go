package main

import (
	"context"
	"os"

	"bluegreen/internal/jobs"
	"bluegreen/internal/local"
)

// runWorker works until it is asked to drain. Instances of the workers' fleet run it.
func runWorker(ctx context.Context, term terminal, args []string) error {
	flags, options := newFlags(jobs.Program), jobs.Options{}
	options.Flags(flags)
	if err := parseFlags(term, flags, args); err != nil {
		return err
	}
	instance := os.Getenv("INSTANCE_ID")
	if options.Queue == "" || options.Endpoint == "" || options.Speed <= 0 || instance == "" {
		return usagef("worker: it runs on instances of \"bluegreen local --fleet workers\", with --queue, --endpoint and INSTANCE_ID")
	}
	return jobs.NewWorker(local.Config(options.Endpoint), options, instance, term.out).Run(ctx)
}
