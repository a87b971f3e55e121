// Package report writes what a person is told at the end of an execution: what happened, what is left, and the
// commands that show or mend it. It calls nothing.
package report

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
)

// New makes the state's work.
func New(aws.Config, lambdaentry.Environment) lambdaentry.Handle { return handle }

func handle(_ context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	report := deploy.NewReport(call)
	document.Report = &report
	return document, nil
}
