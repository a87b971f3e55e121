package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"bluegreen/internal/awserror"
)

// newRoot makes the command line; term is where its commands speak.
func newRoot(term terminal) *cobra.Command {
	root := &cobra.Command{
		Use:                "bluegreen",
		Short:              "replace a fleet of EC2 instances by a new copy of it without losing a request or a job",
		Long:               "bluegreen replaces a fleet of EC2 instances by a new copy of it without losing a request or a job.",
		Version:            versionText(),
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true, // unknownCommand suggests in our words
		DisableAutoGenTag:  true,
		RunE:               func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	add(root, "Before a deployment:", newValidate(term), newPlan(term), newRehearse(term), newGuardrails(term))
	add(root, "Deploy:", newDeploy(term), newRollback(term), newRecover(term), newApprove(term), newAbort(term), newStop(term), newRedrive(term))
	add(root, "Look:", newStatus(term), newList(term), newShow(term), newReport(term), newTrace(term), newGraph(term))
	add(root, "On this machine:", newDemo(term), newLocal(term), newSearch(term))
	root.AddCommand(newWorker(term), newFunction(), newVersion(term), newMan(term))
	root.SetOut(term.out)
	root.SetErr(term.err)
	root.SetHelpFunc(help)
	root.SetFlagErrorFunc(misused)
	root.SetVersionTemplate(versionLine())
	nameShells(root)
	nameHelp(root)
	return root
}

// add adds a group of commands.
func add(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, c := range commands {
		c.GroupID = title
		root.AddCommand(c)
	}
}

// nameShells has the completion command, which is cobra's own, answer a shell that it does not know.
func nameShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short, c.Long = "write the completion script of a shell: bash, zsh, fish or powershell", ""
		c.Args = cobra.ArbitraryArgs
		c.RunE = func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return wrongUse(c, "unknown shell %q: want bash, zsh, fish or powershell", args[0])
		}
	}
}

// nameHelp says in our words what the help command, which is cobra's own, does.
func nameHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Short = "list the commands, or say how one is used"
		}
	}
}

// newCommand is one thing that bluegreen can do: its name, then those of its arguments, and one line on it.
func newCommand(use, summary string, run func(context.Context, []string) error) *cobra.Command {
	return &cobra.Command{
		Use:   use,
		Short: summary,
		Args:  arguments(strings.Fields(use)[1:]),
		RunE:  func(c *cobra.Command, args []string) error { return run(c.Context(), args) },
	}
}

// arguments wants as many arguments as there are names of them; those in brackets may be left out.
func arguments(names []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) > len(names):
			return wrongUse(c, "unexpected argument %q", args[len(names)])
		case len(args) < len(names) && !strings.HasPrefix(names[len(args)], "["):
			return wrongUse(c, "%s is missing", names[len(args)])
		}
		return nil
	}
}

// argument is one that may be left out: empty where it is.
func argument(args []string, n int) string {
	if n < len(args) {
		return args[n]
	}
	return ""
}

// usageError is a command line that cannot be run: the sender's fault, exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// wrongUse is a command that cannot be run with these flags and arguments.
func wrongUse(c *cobra.Command, format string, args ...any) error {
	return usagef("%s: %s; \"%s --help\" lists the flags", c.Name(), fmt.Sprintf(format, args...), c.CommandPath())
}

// The exit codes beside 0, done, 1, failed, and 2, not understood.
const (
	exitRolledBack = 3
	exitRejected   = 4 // also of what would be Rejected
	exitStranded   = 5
	exitStopped    = 6
	exitRunning    = 7 // it goes on: the time was up, or who watched has left
)

// exitError is a failure with an exit code of its own.
type exitError struct {
	code int
	text string
}

func (e exitError) Error() string { return e.text }

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, term terminal, args []string) int {
	term = term.safe()
	root := newRoot(term)
	root.SetArgs(append([]string{}, args...)) // of nil cobra makes the process's own
	c, err := root.ExecuteContextC(ctx)
	var own exitError
	switch {
	case errors.As(err, &own): // it says itself what was interrupted
	case err != nil && ctx.Err() != nil:
		err = fmt.Errorf("%s was interrupted; nothing of it is left running", c.Name())
	case err != nil:
		err = unknownCommand(root, err)
	}
	return exitCode(term, err)
}

// exitCode prints err, if there is one, and returns the exit code.
func exitCode(term terminal, err error) int {
	var wrongUse usageError
	var own exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &own):
		fmt.Fprintf(term.err, "bluegreen: %s\n", err)
		return own.code
	case errors.As(err, &wrongUse):
		fmt.Fprintf(term.err, "bluegreen: %s\n", err)
		return 2
	}
	fmt.Fprintf(term.err, "bluegreen: %s\n", awserror.Text(err))
	return 1
}

// unknownCommand is cobra's error of a command that does not exist in our words, with the one that was probably meant; any other
// error is as it was.
func unknownCommand(root *cobra.Command, err error) error {
	rest, unknown := strings.CutPrefix(err.Error(), "unknown command ")
	if !unknown {
		return err
	}
	quoted, _ := strconv.QuotedPrefix(rest)
	name, bad := strconv.Unquote(quoted)
	if bad != nil {
		return err
	}
	var known []string
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	return usagef("unknown command %q%s; \"bluegreen help\" lists the commands", name, suggestion(name, known))
}
