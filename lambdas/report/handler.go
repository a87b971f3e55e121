// Package report writes what a person is told at the end of an execution: what happened, what is left, and the
// commands that show or mend it. It calls nothing but what tells them.
package report

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/announce"
	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
)

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return announce.ToPeople(cfg, env, handle)
}

func handle(_ context.Context, call deploy.Call) (deploy.Document, error) {
	if d := call.Document.Deployment; call.Way == "" && d != nil && d.Closed != "" {
		call.Document.Deployment = nil // of another execution, and told: what is rejected is what comes after it
	}
	document := call.Document
	report := deploy.NewReport(call)
	document.Report, document.Plan = &report, nil
	return document, nil
}
