package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"bluegreen/internal/deploy"
	"bluegreen/internal/deployments"
)

// newApprove lets traffic move.
func newApprove(term terminal) *cobra.Command {
	return newAnswer(term, deploy.Approve, "let traffic move to green, where a deployment's request asks for approval")
}

// newAbort sends a deployment back.
func newAbort(term terminal) *cobra.Command {
	return newAnswer(term, deploy.Abort, "send a deployment back that runs, until it is committed")
}

// newAnswer is a command that tells a deployment what a person says of it.
func newAnswer(term terminal, verb deploy.Verb, summary string) *cobra.Command {
	var o actOptions
	var by, reason string
	c := newCommand(string(verb)+" EXECUTION", summary, func(ctx context.Context, args []string) error {
		if err := o.check(string(verb), term); err != nil {
			return err
		}
		if verb == deploy.Abort && reason == "" {
			return usagef("abort: no reason: --reason says why, for the record and the report")
		}
		cfg, reader, err := o.open(ctx, term)
		if err != nil {
			return err
		}
		d, err := meant(ctx, reader, args[0])
		if err != nil {
			return err
		}
		if d.State != deployments.Running {
			return fmt.Errorf("%s runs no more: it ended %s", d.Name, d.State)
		}
		if err := o.ask(term, fmt.Sprintf("%s %s, %s of %s, at %s?", said[verb], d.Name, d.Action, d.Of(), d.Stage)); err != nil {
			return err
		}
		answered, err := reader.Answer(context.WithoutCancel(ctx), deploy.Answer{
			Execution: d.Execution, Verb: verb, By: cmp.Or(by, caller(ctx, cfg)), Reason: reason,
		}) // whether it counts must be known
		if err != nil {
			return err
		}
		if o.json {
			return writeJSON(term, answered)
		}
		fmt.Fprintf(term.out, "%s: %s\n", d.Name, answered.What)
		return nil
	})
	c.Long = said[verb] + "s a deployment that runs, and prints what comes of it. The deployment heeds it at its next look, within two minutes. " + executions
	o.place.flags(c.Flags())
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.json, "json", false, "print what comes of it as JSON")
	c.Flags().StringVar(&by, "by", "", "`who` answers; without it who the credentials are")
	c.Flags().StringVar(&reason, "reason", "", "`why`, for the record, mails and the report")
	o.every = time.Second
	return c
}

// said are the answers at the beginning of a sentence.
var said = map[deploy.Verb]string{deploy.Approve: "Approve", deploy.Abort: "Abort"}

// caller is who the credentials are, as AWS says.
func caller(ctx context.Context, cfg aws.Config) string {
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "somebody with bluegreen" // CloudTrail knows who
	}
	return aws.ToString(who.Arn)
}
