// Package describeblue reads the request and the world before anything is touched: it finds the fleet that serves,
// decides how it is to be replaced, and refuses what cannot go well. It writes nothing.
package describeblue

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/survey"
)

type handler struct{ surveyor survey.Surveyor }

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{survey.New(cfg, survey.Options{LedgerTable: env.LedgerTable, Guardrails: env.Guardrails, Fleets: env.Fleets})}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	found, err := h.surveyor.Look(ctx, call)
	if err == nil {
		err = found.Err()
	}
	if err != nil {
		return deploy.Document{}, err
	}
	return deploy.Document{
		Deployment: &found.Deployment,
		Progress:   &deploy.Loop{State: call.State, Verdict: deploy.Done, Since: call.Entered, Message: found.String()},
	}, nil
}
