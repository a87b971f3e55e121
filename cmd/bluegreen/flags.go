package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
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
		text := err.Error()
		if unknown, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
			unknown = "--" + strings.TrimPrefix(unknown, "-")
			text = fmt.Sprintf("unknown flag %s%s", unknown, suggestion(unknown, flagNames(flags)))
		}
		return usagef("%s: %s; \"bluegreen %s --help\" lists the flags", flags.Name(), text, flags.Name())
	case flags.NArg() > 0:
		return usagef("%s: unexpected argument %q; \"bluegreen %s --help\" lists the flags", flags.Name(), flags.Arg(0), flags.Name())
	}
	return nil
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

// suggestion is ", did you mean x?" for the known name that differs least from name, if one is near.
func suggestion(name string, known []string) string {
	best, distance := "", 3
	for _, candidate := range known {
		if d := editDistance(name, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// editDistance is how many letters must be put in, taken out or replaced to make a of b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
