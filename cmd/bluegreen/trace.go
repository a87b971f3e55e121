package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/xray"

	"bluegreen/internal/trace"
)

// runTrace prints the X-Ray trace of an execution.
func runTrace(ctx context.Context, term terminal, args []string) error {
	flags, options := newFlags("trace"), trace.Options{}
	endpoint := flags.String("endpoint-url", "", "`URL` of the AWS to ask, such as that of bluegreen local; without it the real one")
	flags.BoolVar(&options.All, "all", false, "show every state and every call, each on a line of its own")
	execution, err := parseArgument(term, flags, args, "EXECUTION")
	if err != nil {
		return err
	}
	if !strings.HasPrefix(execution, "arn:") || !strings.Contains(execution, ":execution:") {
		return usagef("trace: %q is no execution: want its ARN, which \"aws stepfunctions list-executions\" shows", execution)
	}
	cfg, err := awsConfig(ctx, *endpoint)
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
