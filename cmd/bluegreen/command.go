package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"bluegreen/internal/awserror"
)

// command is one thing that bluegreen can do.
type command struct {
	name    string
	summary string // one line
	run     func(context.Context, terminal, []string) error
}

func commands() []command {
	return []command{
		{"demo", "replace a fleet that serves requests or works at jobs, watch it, and check that nothing was lost", runDemo},
		{"local", "keep a local AWS with the same fleet up, for the aws CLI and for you", runLocal},
		{"worker", "take jobs from a queue, as the instances of the workers' fleet do", runWorker},
		{"search", "draw deployments, faults and mishaps from seeds, and rehearse them in virtual time", runSearch},
		{"rehearse", "rehearse a deployment of your real fleet on a model of it; reads AWS, writes nothing", runRehearse},
		{"guardrails", "check the operators' policy, and say what it allows now", runGuardrails},
		{"trace", "show what an execution did and how long it took, as X-Ray saw it", runTrace},
		{"version", "print the version", runVersion},
	}
}

// usageError is a command line that cannot be run: the sender's fault, exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// run does what the arguments say and returns the exit code: 0 done, 1 failed, 2 not understood.
func run(ctx context.Context, term terminal, args []string) int {
	term = term.safe()
	name := "help"
	if len(args) > 0 {
		name = args[0]
	}
	switch name {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(term.out, usage())
		return 0
	case "--version", "-version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			err := c.run(ctx, term, args[1:])
			if err != nil && ctx.Err() != nil {
				err = fmt.Errorf("%s was interrupted; nothing of it is left running", name)
			}
			return exitCode(term, err)
		}
	}
	return exitCode(term, usagef("unknown command %q%s; \"bluegreen help\" lists the commands", name, suggestion(name, commandNames())))
}

// exitCode prints err, if there is one, and returns the exit code.
func exitCode(term terminal, err error) int {
	var wrongUse usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrongUse):
		fmt.Fprintf(term.err, "bluegreen: %s\n", err)
		return 2
	case errors.Is(err, errHelp):
		return 0
	}
	fmt.Fprintf(term.err, "bluegreen: %s\n", awserror.Text(err))
	return 1
}

func usage() string {
	var b strings.Builder
	b.WriteString("bluegreen replaces a fleet of EC2 instances by a new copy of it without losing a request or a job.\n\nUsage: bluegreen <command> [flags]\n\nCommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("  help       print this\n\n\"bluegreen <command> --help\" lists the flags of a command.\n")
	return b.String()
}

func commandNames() []string {
	names := []string{"help"}
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}
