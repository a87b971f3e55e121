package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"bluegreen/internal/form"
	"bluegreen/internal/text"
)

// misused is an error of flags in our words; a flag that does not exist is answered with the nearest one that does.
func misused(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := dashed(unknown.GetSpecifiedShortnames() != "", unknown.GetSpecifiedName())
		return wrongUse(c, "unknown flag %s%s", name, suggestion(name, flagNames(c)))
	case errors.As(err, &bare):
		return wrongUse(c, "%s needs a value", dashed(bare.GetSpecifiedShortnames() != "", bare.GetSpecifiedName()))
	case errors.As(err, &bad):
		return wrongUse(c, "--%s %q: want %s", bad.GetFlag().Name, bad.GetValue(), wanted(bad.GetFlag()))
	}
	return wrongUse(c, "%s", err)
}

func dashed(short bool, name string) string {
	if short {
		return "-" + name
	}
	return "--" + name
}

// wanted says what values a flag takes.
func wanted(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "int", "uint64":
		return "a whole number, such as " + f.DefValue
	case "float64":
		return "a number, such as " + f.DefValue
	case "duration":
		return "a length of time, such as 90s or 1h30m"
	}
	return "another value"
}

func flagNames(c *cobra.Command) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// suggestion is ` (did you mean "x"?)` for the known name that was probably meant.
func suggestion(name string, known []string) string {
	if near := form.Near(name, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}

// helpOn prints what a group's commands do.
func helpOn(out io.Writer, group *cobra.Group, commands []*cobra.Command) {
	title := "\n" + group.Title + "\n"
	for _, c := range commands {
		if c.GroupID != group.ID || !c.IsAvailableCommand() && c.Name() != "help" {
			continue
		}
		fmt.Fprint(out, title)
		title = ""
		for _, line := range text.Wrap(fmt.Sprintf("  %-10s ", c.Name()), strings.Repeat(" ", 13), c.Short) {
			fmt.Fprintln(out, line)
		}
	}
}

// help prints how a command is used; of the command line itself, what there is.
func help(c *cobra.Command, _ []string) {
	out := c.OutOrStdout()
	about := strings.Join(text.Wrap("", "", cmp.Or(c.Long, c.Short)), "\n")
	if c.HasParent() && !c.HasSubCommands() {
		fmt.Fprintf(out, "%s\n\nUsage: %s\n\n%s", about, c.UseLine(), c.LocalFlags().FlagUsagesWrapped(text.Columns))
		return
	}
	fmt.Fprintf(out, "%s\n\nUsage: %s <command> [flags]\n", about, c.CommandPath())
	for _, group := range append(c.Groups(), &cobra.Group{Title: "More commands:"}) {
		helpOn(out, group, c.Commands())
	}
	fmt.Fprintf(out, "\n\"%s <command> --help\" lists the flags of a command.\n", c.CommandPath())
}
