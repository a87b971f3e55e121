package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/fleetrehearsal"
	"bluegreen/internal/form"
)

// rehearseOptions say what is rehearsed, and how often.
type rehearseOptions struct {
	file, endpoint string
	read           fleetreader.Options
	seeds, faults  int
	json           bool
}

func newRehearse(term terminal) *cobra.Command {
	var o rehearseOptions
	c := newCommand("rehearse", "rehearse a deployment of your real fleet on a model of it; reads AWS, writes nothing",
		func(ctx context.Context, _ []string) error { return runRehearse(ctx, term, o) })
	flags := c.Flags()
	flags.StringVarP(&o.file, "file", "f", "", requestFlag)
	flags.StringVar(&o.endpoint, "endpoint-url", "", "`URL` of the AWS to read the fleet from; without it the real one")
	flags.StringVar(&o.read.LedgerTable, "ledger-table", "", "`name` of the ledger's table; without it the one that the Deployer stack makes for a group of this name")
	flags.StringVar(&o.read.Guardrails, "guardrails", "", "`file` with the operators' guardrails, which the preflight holds the request against")
	flags.IntVar(&o.seeds, "seeds", 20, "`number` of undisturbed rehearsals, 1 to 10000")
	flags.IntVar(&o.faults, "faults", 200, "at most this `number` of rehearsals with a fault, 0 to 100000")
	flags.DurationVar(&o.read.Boot, "boot", 0, "how `long` an application takes to answer once its instance runs; without it 8 s to 30 s are drawn")
	flags.DurationVar(&o.read.Hook, "hook", time.Minute, "how `long` a lifecycle hook holds an instance")
	flags.BoolVar(&o.json, "json", false, "print the result as JSON")
	return c
}

// runRehearse reads a real fleet and rehearses the deployment of a request on a model of it. It writes nothing to AWS.
func runRehearse(ctx context.Context, term terminal, o rehearseOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.read.Guardrails != "" {
		if _, err := readGuardrails(o.read.Guardrails); err != nil {
			return err
		}
	}
	input, request, err := o.request()
	if err != nil {
		return err
	}
	cfg, err := awsConfig(ctx, o.endpoint)
	if err != nil {
		return err
	}
	if err := sayWhere(ctx, term, cfg); err != nil {
		return err
	}
	o.read.Now = now()
	survey, err := fleetreader.Read(ctx, cfg, o.read, request)
	if err != nil {
		return err
	}
	before, err := fleetrehearsal.RunPreflight(ctx, cfg, survey, input, o.read.Guardrails)
	if err != nil {
		return err
	}
	out := &progress{term: term}
	out.Line("read %s: %d instances wanted; rehearsing %d times undisturbed", survey.Group, survey.Desired, o.seeds)
	found, err := fleetrehearsal.Run(ctx, survey, input, request.Action, fleetrehearsal.Options{
		Seeds: o.seeds, Faults: o.faults, Boot: o.read.Boot, Line: out.Line, Show: out.Show,
	})
	if err != nil {
		return err
	}
	found.Preflight = before
	return printResult(term, found, o.json)
}

// errNotGood is a deployment that had better not be started.
var errNotGood = errors.New("the rehearsal shows that this would not go well")

// printResult prints what was found. It fails when the deployment would, so that a script goes no further.
func printResult(term terminal, f *fleetrehearsal.Result, asJSON bool) error {
	if asJSON {
		if err := writeJSON(term, f); err != nil {
			return err
		}
	} else {
		f.Print(term.out)
	}
	if !f.Good() {
		return errNotGood
	}
	return nil
}

// shortestHook is the shortest heartbeat timeout that AWS takes (aws-facts A1).
const shortestHook, longestHook = 30 * time.Second, 2 * time.Hour

func (o rehearseOptions) check() error {
	switch {
	case o.file == "":
		return noRequest("rehearse")
	case o.seeds < 1 || o.seeds > 10_000:
		return usagef("--seeds %d: want 1 to 10000", o.seeds)
	case o.faults < 0 || o.faults > 100_000:
		return usagef("--faults %d: want 0 to 100000", o.faults)
	case o.read.Boot < 0 || o.read.Boot > time.Hour:
		return usagef("--boot %s: want 1s to 1h, or 0 for what is usual", o.read.Boot)
	case o.read.Hook < shortestHook || o.read.Hook > longestHook:
		return usagef("--hook %s: want %s to %s, what AWS takes as a heartbeat timeout", o.read.Hook, shortestHook, longestHook)
	}
	return nil
}

// request reads the request and checks it as the state machine would.
func (o rehearseOptions) request() (json.RawMessage, deploy.Request, error) {
	input, err := readInput(o.file)
	if err != nil {
		return nil, deploy.Request{}, err
	}
	request, err := deploy.ParseRequest(input)
	if err != nil {
		return nil, deploy.Request{}, fmt.Errorf("%s: %w", o.file, err)
	}
	if request.Action == deploy.ActionRecover || request.Action == deploy.ActionPlan {
		return nil, deploy.Request{}, fmt.Errorf("%s: $.action is %q: only %q and %q can be rehearsed, from the fleet that serves now",
			o.file, request.Action, deploy.ActionDeploy, deploy.ActionRollback)
	}
	return input, request, nil
}

// readInput reads a request from a file; - is standard input.
func readInput(file string) (json.RawMessage, error) {
	load := func() ([]byte, error) { return form.LoadFile(file) }
	if file == "-" {
		load = func() ([]byte, error) { return form.Load(os.Stdin) }
	}
	input, err := load()
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	return input, nil
}
