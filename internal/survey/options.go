package survey

import (
	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/lambdaentry"
)

// Options say what the account itself does not tell: most of it, the parameters of the deployer.
type Options struct {
	LedgerTable      string          // DynamoDB table of records; empty: there is none yet
	Guardrails       string          // file with the operators' policy; empty: there is none
	Fleets           []string        // names of the deployer's groups, or prefixes with *
	FleetRoles       []string        // names, with their paths, of the roles that hooks may name, or prefixes with *
	Records          []deploy.Record // of hosted zones, that the deployer's functions may move; nil: nobody has said so
	Builds           bool            // images may be built
	Subnets          []string        // ids of those that builders are launched in; none: blue's
	InPlaceTemplates []string        // ids of launch templates that may get versions
	Everything       bool            // goes on looking when the guardrails have said no
}

// Configured are what a function of the deployer is configured with.
func Configured(env lambdaentry.Environment) Options {
	return Options{
		LedgerTable: env.LedgerTable, Guardrails: env.Guardrails, Fleets: env.Fleets, FleetRoles: env.FleetRoles, Records: env.Records,
		Builds: env.BuildImages, Subnets: env.BuilderSubnets, InPlaceTemplates: env.InPlaceTemplates,
	}
}

// Unsaid are those of a person who looks, and does not say what the deployer's parameters are: all that they may allow, they do.
func Unsaid(ledgerTable, guardrails string) Options {
	return Options{LedgerTable: ledgerTable, Guardrails: guardrails, Fleets: []string{fleet.Any}, FleetRoles: []string{fleet.Any}, Builds: true}
}
