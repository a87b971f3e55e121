package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"bluegreen/internal/form"
)

// errHelp is not a fault: the flags were asked for and have been printed.
var errHelp = errors.New("help was asked for")

// newFlags returns the flag set of a command that explains itself in our words.
func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parseFlags parses args; a flag that does not exist is answered with the nearest one that does.
func parseFlags(term terminal, flags *flag.FlagSet, args []string) error {
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return help(term, flags, "")
	case err != nil:
		return usagef("%s: %s; \"bluegreen %s --help\" lists the flags", flags.Name(), misused(flags, err.Error()), flags.Name())
	case flags.NArg() > 0:
		return usagef("%s: unexpected argument %q; \"bluegreen %s --help\" lists the flags", flags.Name(), flags.Arg(0), flags.Name())
	}
	return nil
}

// badValue is how the package flag tells of a value that it cannot take.
var badValue = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-([^:]+): `)

// misused says what is wrong with flags, in our words instead of the package's.
func misused(flags *flag.FlagSet, text string) string {
	if unknown, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		unknown = "--" + strings.TrimPrefix(unknown, "-")
		return fmt.Sprintf("unknown flag %s%s", unknown, suggestion(unknown, flagNames(flags)))
	}
	if bare, ok := strings.CutPrefix(text, "flag needs an argument: "); ok {
		return bare + " needs a value"
	}
	if bad := badValue.FindStringSubmatch(text); bad != nil {
		return fmt.Sprintf("--%s %s: want %s", bad[2], bad[1], wanted(flags.Lookup(bad[2])))
	}
	return text
}

// wanted says what values a flag takes.
func wanted(f *flag.Flag) string {
	if value, ok := f.Value.(flag.Getter); ok {
		switch value.Get().(type) {
		case bool:
			return "true or false"
		case int, uint64:
			return "a whole number, such as " + f.DefValue
		case float64:
			return "a number, such as " + f.DefValue
		case time.Duration:
			return "a length of time, such as 90s or 1h30m"
		}
	}
	return "another value"
}

// help prints how a command is used.
func help(term terminal, flags *flag.FlagSet, argument string) error {
	fmt.Fprintf(term.out, "Usage: bluegreen %s%s [flags]\n\n", flags.Name(), argument)
	flags.SetOutput(term.out)
	flags.PrintDefaults()
	return errHelp
}

// parseArgument parses args of a command that takes one argument, which may stand before, between or behind the flags.
func parseArgument(term terminal, flags *flag.FlagSet, args []string, name string) (string, error) {
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return "", help(term, flags, " "+name)
	case err == nil && flags.NArg() > 0:
		argument, rest := flags.Arg(0), flags.Args()[1:]
		return argument, parseFlags(term, flags, rest)
	}
	if err := parseFlags(term, flags, args); err != nil {
		return "", err
	}
	return "", usagef("%s: %s is missing; \"bluegreen %[1]s --help\" lists the flags", flags.Name(), name)
}

func flagNames(flags *flag.FlagSet) []string {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// suggestion is ` (did you mean "x"?)` for the known name that was probably meant.
func suggestion(name string, known []string) string {
	if near := form.Near(name, known); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
