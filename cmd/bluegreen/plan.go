package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleetreader"
	"bluegreen/internal/plan"
	"bluegreen/internal/survey"
)

// planOptions say what is planned, and where.
type planOptions struct {
	file, endpoint string
	table          string // of the ledger
	guardrails     string // file
	fleets         []string
	fleetRoles     []string
	buildImages    bool
	builderSubnets []string
	json           bool
}

func newPlan(term terminal) *cobra.Command {
	var o planOptions
	c := newCommand("plan", "say what a deployment would do, what stands in its way, how long it takes; reads AWS, writes nothing",
		func(ctx context.Context, _ []string) error { return runPlan(ctx, term, o) })
	c.Long = "Says what a deployment would do: what it creates, changes and removes, what stands in its way, how long it takes and what that costs. " +
		"It reads AWS and writes nothing. The exit code is 0 where it could begin, 4 where it would be Rejected as things stand."
	flags := c.Flags()
	flags.StringVarP(&o.file, "file", "f", "", requestFlag)
	flags.StringVar(&o.endpoint, "endpoint-url", "", "`URL` of the AWS to ask, such as that of bluegreen local; without it the real one")
	flags.StringVar(&o.table, "ledger-table", "", "`name` of the ledger's table; without it the one that the Deployer stack makes for a group of this name")
	flags.StringVar(&o.guardrails, "guardrails", "", "`file` with the operators' guardrails; without it there are none")
	flags.StringSliceVar(&o.fleets, "fleets", []string{"*"}, "`names` of the deployer's fleets, as its parameter of that name says them")
	flags.StringSliceVar(&o.fleetRoles, "fleet-roles", []string{"*"}, "`names` of the roles that the deployer may pass, as its parameter fleet_roles says them")
	flags.BoolVar(&o.buildImages, "build-images", true, "whether the deployer may have images built, as its parameter build_images says")
	flags.StringSliceVar(&o.builderSubnets, "builder-subnets", nil, "`ids` of the subnets that builders are launched in, as the deployer's parameter builder_subnets says them; without it blue's")
	flags.BoolVar(&o.json, "json", false, "print the plan as JSON")
	return c
}

// deployer is what the flags say of the deployer's parameters.
func (o planOptions) deployer(table string) survey.Options {
	said := survey.Unsaid(table, o.guardrails)
	said.Fleets, said.FleetRoles, said.Builds, said.Subnets = o.fleets, o.fleetRoles, o.buildImages, o.builderSubnets
	return said
}

// runPlan plans what a request asks for.
func runPlan(ctx context.Context, term terminal, o planOptions) error {
	if o.file == "" {
		return noRequest("plan")
	}
	input, err := readInput(o.file)
	if err != nil {
		return err
	}
	_, group, _ := deploy.Asked(input)
	cfg, err := awsConfig(ctx, o.endpoint)
	if err != nil {
		return err
	}
	if err := sayWhere(ctx, term, cfg); err != nil {
		return err
	}
	table, err := fleetreader.LedgerTable(ctx, cfg, o.table, group)
	if err != nil {
		return err
	}
	p, err := plan.Real(ctx, cfg, o.deployer(table), input, now())
	if err != nil {
		return err
	}
	if o.json {
		if err := writeJSON(term, p); err != nil {
			return err
		}
	} else {
		plan.Print(term.out, p)
	}
	if !p.Begins {
		return exitError{exitRejected, fmt.Sprintf("plan: it would be Rejected (%s)", p.Error)}
	}
	return nil
}
