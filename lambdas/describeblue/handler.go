// Package describeblue reads the request and the world before anything is touched: it finds the fleet that serves,
// decides how it is to be replaced, and refuses what cannot go well. It writes nothing.
package describeblue

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/plan"
	"bluegreen/internal/survey"
)

type handler struct {
	surveyor survey.Surveyor
	planner  plan.Planner
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		surveyor: survey.New(cfg, survey.Configured(env)),
		planner:  plan.New(cfg),
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	found, err := h.surveyor.Look(ctx, call)
	if err == nil {
		err = found.Err()
	}
	if err != nil {
		return deploy.Document{}, err
	}
	document := deploy.Document{
		Deployment: &found.Deployment,
		Progress:   &deploy.Loop{State: call.State, Verdict: deploy.Done, Since: call.Entered, Message: found.String()},
	}
	if _, _, action := deploy.Asked(call.Execution.Input); action != deploy.ActionPlan {
		return document, nil
	}
	planned, err := h.planner.Of(ctx, found)
	if err != nil {
		return deploy.Document{}, err
	}
	document.Plan = &planned
	document.Deployment.Action, document.Deployment.Route = deploy.ActionPlan, deploy.RoutePlan
	return document, nil
}
