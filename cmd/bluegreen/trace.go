package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"
	"github.com/spf13/cobra"

	"bluegreen/internal/trace"
)

func newTrace(term terminal) *cobra.Command {
	var options trace.Options
	var endpoint string
	c := newCommand("trace EXECUTION", "show what an execution did and how long it took, as X-Ray saw it",
		func(ctx context.Context, args []string) error { return runTrace(ctx, term, args[0], endpoint, options) })
	flags := c.Flags()
	flags.StringVar(&endpoint, "endpoint-url", "", "`URL` of the AWS to ask, such as that of bluegreen local; without it the real one")
	flags.BoolVar(&options.All, "all", false, "show every state and every call, each on a line of its own")
	return c
}

// runTrace prints the X-Ray trace of an execution.
func runTrace(ctx context.Context, term terminal, execution, endpoint string, options trace.Options) error {
	if !strings.HasPrefix(execution, "arn:") || !strings.Contains(execution, ":execution:") {
		return usagef("trace: %q is no execution: want its ARN, which \"aws stepfunctions list-executions\" shows", execution)
	}
	cfg, err := awsConfig(ctx, endpoint)
	if err != nil {
		return err
	}
	found, err := trace.Of(ctx, sfn.NewFromConfig(cfg), xray.NewFromConfig(cfg), execution)
	if err != nil {
		return fmt.Errorf("trace: %w", err)
	}
	found.Print(term.out, options)
	return nil
}
