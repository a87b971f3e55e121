// Package answer takes what a person says of a deployment that runs: that traffic may move, or that it is to be sent back. It writes that
// into the record and nothing else; the deployment reads it there.
package answer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// executions tells whether the deployment runs, and of which lineage it is.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var _ executions = (*sfn.Client)(nil)

type handler struct {
	executions executions
	ledger     ledger.Ledger
	clock      clock.Clock
}

// New makes the function's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.HandleRequest {
	return handler{executions: sfn.NewFromConfig(cfg), ledger: ledger.Open(cfg, env.LedgerTable), clock: env.Clock}.handle
}

// handle takes one answer. Its error is a BadRequest for one that cannot be understood, and a Conflict for one that does not count.
func (h handler) handle(ctx context.Context, payload json.RawMessage) (any, error) {
	a, err := deploy.ParseAnswer(payload)
	if err != nil {
		return nil, err
	}
	lineage, err := h.lineage(ctx, a)
	if err != nil {
		return nil, err
	}
	said := deploy.Said{By: a.By, Reason: a.Reason, At: h.clock.Now().UTC().Truncate(time.Millisecond)}
	record, err := h.ledger.Answer(ctx, lineage, a.Execution, a.Verb, said)
	if err != nil {
		return nil, err
	}
	d := record.Lock.Deployment
	what := fmt.Sprintf("approved: traffic moves to %s at the next look, within two minutes", d.Green)
	if a.Verb == deploy.Abort {
		what = fmt.Sprintf("aborted: what was done for %s is undone from the next look on, and %s serves as before", d.Green, d.Blue)
	}
	return deploy.Answered{Execution: a.Execution, Answer: a.Verb, What: what}, nil
}

// lineage is that of an execution that runs.
func (h handler) lineage(ctx context.Context, a deploy.Answer) (string, error) {
	out, err := h.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &a.Execution})
	var gone *types.ExecutionDoesNotExist
	var bad *types.InvalidArn
	switch {
	case errors.As(err, &gone), errors.As(err, &bad):
		return "", fault.New(fault.BadRequest, "$.execution: there is no execution %q: want the ARN of a deployment that runs, as its mail and bluegreen list show it", a.Execution)
	case err != nil:
		return "", fmt.Errorf("asking whether %s runs: %w", a.Execution, err)
	case out.Status != types.ExecutionStatusRunning:
		return "", fault.New(fault.Conflict, "%s has ended (%s): nothing of it waits for an answer, and an answer for another deployment must name that one", a.Execution, out.Status)
	}
	_, group, _ := deploy.Asked(json.RawMessage(aws.ToString(out.Input)))
	if _, found, err := h.ledger.Get(ctx, group); group == "" || err != nil || found {
		return group, err
	}
	return deploy.LineageOf(group), nil
}
