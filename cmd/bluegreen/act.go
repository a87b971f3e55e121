package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"bluegreen/internal/awserror"
	"bluegreen/internal/deploy"
	"bluegreen/internal/deployments"
	"bluegreen/internal/plan"
	"bluegreen/internal/survey"
	"bluegreen/internal/text"
)

// newDeploy starts what a request asks for.
func newDeploy(term terminal) *cobra.Command {
	var o actOptions
	var file string
	c := newCommand("deploy", "start the deployment of a request, and watch it to its end", func(ctx context.Context, _ []string) error {
		if file == "" {
			return noRequest("deploy")
		}
		input, err := readInput(file)
		if err != nil {
			return err
		}
		request, err := deploy.ParseRequest(input)
		switch {
		case err != nil:
			return exitError{exitRejected, fmt.Sprintf("%s: %s", file, err)}
		case request.Action == deploy.ActionPlan:
			return usagef("deploy: $.action is %q: \"bluegreen plan -f %s\" plans", request.Action, file)
		}
		if err := o.check("deploy", term); err != nil {
			return err
		}
		cfg, reader, err := o.open(ctx, term)
		if err != nil {
			return err
		}
		m, err := reader.MachineOf(ctx, request.BlueName)
		if err != nil {
			return err
		}
		if err := showPlan(ctx, term, cfg, m, request.Action, input); err != nil {
			return err
		}
		return o.start(ctx, term, reader, m, request, input)
	})
	c.Long = "Starts the deployment of a request, and watches it to its end. It says first what it would do, and asks. " + watching
	c.Flags().StringVarP(&file, "file", "f", "", requestFlag)
	o.flags(c)
	return c
}

// watching says what the commands that start something have in common.
const watching = "Ctrl-C, or the end of --timeout, ends the watching and never what is watched. The exit code is 0 for Succeeded, " +
	"1 where this command or the execution itself failed, 2 for a command line that is not understood, 3 for RolledBack, 4 for Rejected, " +
	"5 for Stranded, 6 where it was stopped, 7 where it still runs."

// newRollback brings a fleet back.
func newRollback(term terminal) *cobra.Command {
	return newAsked(term, deploy.ActionRollback, "bring back the fleet that the live one replaced, and watch that to its end")
}

// newRecover finishes or undoes what is left.
func newRecover(term terminal) *cobra.Command {
	return newAsked(term, deploy.ActionRecover, "finish or undo what an execution left that has ended, and watch that to its end")
}

// newAsked is a command that starts an action for a group, of which nothing else is asked.
func newAsked(term terminal, action deploy.Action, summary string) *cobra.Command {
	var o actOptions
	var project, reason string
	c := newCommand(string(action)+" GROUP", summary, func(ctx context.Context, args []string) error {
		if err := o.check(string(action), term); err != nil {
			return err
		}
		cfg, reader, err := o.open(ctx, term)
		if err != nil {
			return err
		}
		input, err := reader.Ask(ctx, action, args[0], project, reason, now())
		if err != nil {
			return err
		}
		request, err := deploy.ParseRequest(input)
		if err != nil {
			return usagef("%s: %s", action, err)
		}
		m, err := reader.MachineOf(ctx, args[0])
		if err != nil {
			return err
		}
		if err := showPlan(ctx, term, cfg, m, action, input); err != nil {
			return err
		}
		return o.start(ctx, term, reader, m, request, input)
	})
	c.Long = strings.ToUpper(summary[:1]) + summary[1:] + ". GROUP is any group of the lineage. " + watching
	c.Flags().StringVar(&project, "project", "", "`project` of the request; without it the lineage's, by its groups' tags or its last deployment")
	c.Flags().StringVar(&reason, "reason", "", "`why`, for the record, mails and the report")
	o.flags(c)
	return c
}

// actOptions say how something is started and watched.
type actOptions struct {
	place
	detach, yes, json bool
	timeout, every    time.Duration
}

func (o *actOptions) flags(c *cobra.Command) {
	o.place.flags(c.Flags())
	c.Flags().BoolVar(&o.detach, "detach", false, "do not watch: print the execution's ARN and end")
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&o.json, "json", false, "print how it ended as JSON")
	c.Flags().DurationVar(&o.timeout, "timeout", 0, "how `long` to watch; without it to the end")
	c.Flags().DurationVar(&o.every, "every", 3*time.Second, "how `long` between two looks")
}

func (o *actOptions) check(command string, term terminal) error {
	switch {
	case o.every < time.Second:
		return usagef("%s: --every %s: want 1s or more", command, o.every)
	case o.timeout < 0:
		return usagef("%s: --timeout %s: want 1s or more", command, o.timeout)
	case !o.yes && term.in == nil:
		return usagef("%s: nobody can be asked, as this is no terminal: --yes says yes beforehand", command)
	}
	return nil
}

// ask asks a person; no is an error.
func (o *actOptions) ask(term terminal, question string) error {
	if o.yes {
		return nil
	}
	fmt.Fprintf(term.err, "%s Type yes: ", question)
	answer, _ := bufio.NewReader(term.in).ReadString('\n') // the end of input is no yes
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("it was not answered with yes: nothing was done")
	}
	return nil
}

// showPlan shows a plan's sum. What would be Rejected is not started. A plan that cannot be made, for want of a permission say, holds nothing
// up: the deployment looks itself before anything is touched.
func showPlan(ctx context.Context, term terminal, cfg aws.Config, m deployments.Machine, action deploy.Action, input json.RawMessage) error {
	if action == deploy.ActionRecover {
		return nil // it does what is left to do, which its execution finds
	}
	p, err := plan.Real(ctx, cfg, survey.Unsaid(m.Ledger(), ""), input, now())
	switch {
	case ctx.Err() != nil:
		return err
	case err != nil:
		fmt.Fprintf(term.err, "What it would do could not be seen: %s\n", awserror.Text(err))
		return nil
	}
	plan.PrintSum(term.err, p)
	if !p.Begins {
		return exitError{exitRejected, fmt.Sprintf("it would be Rejected (%s): nothing was started", p.Error)}
	}
	return nil
}

// start asks, starts an execution, and watches it.
func (o *actOptions) start(ctx context.Context, term terminal, reader deployments.Reader, m deployments.Machine, request deploy.Request, input json.RawMessage) error {
	if err := o.ask(term, fmt.Sprintf("Start this %s of %s with %s?", request.Action, request.BlueName, m.Name)); err != nil {
		return err
	}
	arn, err := reader.Start(context.WithoutCancel(ctx), m, input, now()) // whether it was started must be known
	if err != nil {
		return err
	}
	fmt.Fprintf(term.err, "started %s\n", arn)
	return o.watch(ctx, term, reader, arn)
}

// newStop stops an execution.
func newStop(term terminal) *cobra.Command {
	var o actOptions
	var why string
	c := newCommand("stop EXECUTION", "stop a deployment that runs; what it leaves is finished or undone by a recovery", func(ctx context.Context, args []string) error {
		if err := o.check("stop", term); err != nil {
			return err
		}
		reader, d, err := o.find(ctx, term, args[0])
		if err != nil {
			return err
		}
		if err := o.ask(term, fmt.Sprintf("Stop %s, %s of %s, at %s?", d.Name, d.Action, d.Of(), d.Stage)); err != nil {
			return err
		}
		if err := reader.Stop(ctx, d, why); err != nil {
			return err
		}
		fmt.Fprintf(term.out, stoppedText, d.Name, text.Quote(d.Group))
		return nil
	})
	c.Long = "Stops a deployment that runs. What it leaves is finished or undone by a recovery. " + executions
	o.place.flags(c.Flags())
	c.Flags().BoolVar(&o.yes, "yes", false, "do not ask")
	c.Flags().StringVar(&why, "reason", "stopped with bluegreen stop", "`why`, for the execution's history")
	o.every = time.Second
	return c
}

const stoppedText = `%[1]s was stopped.
What it leaves is finished or undone by a recovery, which the deployer starts
by itself unless the parameter recover says otherwise. To see, and to start one:
  bluegreen status %[2]s
  bluegreen recover %[2]s
`

// newRedrive lets an execution go on.
func newRedrive(term terminal) *cobra.Command {
	var o actOptions
	c := newCommand("redrive EXECUTION", "let a deployment that is Stranded, or was stopped, go on where it ended, and watch it to its end", func(ctx context.Context, args []string) error {
		if err := o.check("redrive", term); err != nil {
			return err
		}
		reader, d, err := o.find(ctx, term, args[0])
		if err != nil {
			return err
		}
		if err := o.ask(term, fmt.Sprintf("Let %s, %s of %s, go on at %s?", d.Name, d.Action, d.Of(), d.Stage)); err != nil {
			return err
		}
		if err := reader.Redrive(context.WithoutCancel(ctx), d); err != nil {
			return err
		}
		return o.watch(ctx, term, reader, d.Execution)
	})
	c.Long = "Lets a deployment that is Stranded, or was stopped, go on where it ended, and watches it to its end. " + executions + " " + watching
	o.flags(c)
	return c
}

// find reads the deployment that is meant.
func (o *actOptions) find(ctx context.Context, term terminal, execution string) (deployments.Reader, deployments.Deployment, error) {
	_, reader, err := o.open(ctx, term)
	if err != nil {
		return reader, deployments.Deployment{}, err
	}
	d, err := meant(ctx, reader, execution)
	return reader, d, err
}
