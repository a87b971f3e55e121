package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bluegreen/internal/deploy"
)

// newValidate checks a request without asking AWS.
func newValidate(term terminal) *cobra.Command {
	var file string
	var asJSON bool
	c := newCommand("validate", "check a request, as the state machine would before it looks at the fleet; asks no AWS", func(context.Context, []string) error {
		if file == "" {
			return noRequest("validate")
		}
		input, err := readInput(file)
		if err != nil {
			return err
		}
		request, wrong := deploy.ParseRequest(input)
		if asJSON {
			said := struct {
				Valid   bool   `json:"valid"`
				Problem string `json:"problem,omitempty"`
			}{Valid: wrong == nil}
			if wrong != nil {
				said.Problem = wrong.Error()
			}
			if err := writeJSON(term, said); err != nil {
				return err
			}
		}
		switch {
		case wrong != nil:
			return exitError{exitRejected, fmt.Sprintf("%s: %s", file, wrong)}
		case !asJSON:
			fmt.Fprintf(term.out, "%s is right: %s of %s, project %s\n", file, request.Action, request.BlueName, request.Project)
		}
		return nil
	})
	c.Long = "Checks a request, as the state machine would before it looks at the fleet. It asks no AWS. The exit code is 4 where the request would be Rejected."
	c.Flags().StringVarP(&file, "file", "f", "", requestFlag)
	c.Flags().BoolVar(&asJSON, "json", false, "print what is found as JSON")
	return c
}

// requestFlag says what -f takes.
const requestFlag = "`file` with the request, the state machine's input; - is standard input"

// noRequest is the error of a command line without the request's file.
func noRequest(command string) error {
	return usagef("%s: -f is missing: the file with the request, such as pipeline/state_machine_input.json, or - for standard input", command)
}
