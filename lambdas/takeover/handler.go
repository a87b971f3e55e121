// Package takeover takes over the lock of an execution that has ended, once none of its functions can still be
// running, and says what is to be done with what it left: undone before the commit, finished after it.
package takeover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
)

// executions tells when the lock's holder ended.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var _ executions = (*sfn.Client)(nil)

type handler struct {
	executions executions
	ledger     ledger.Ledger
}

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return handler{
		executions: sfn.NewFromConfig(cfg),
		ledger:     ledger.Ledger{Table: env.LedgerTable, Items: dynamodb.NewFromConfig(cfg)},
	}.handle
}

func (h handler) handle(ctx context.Context, call deploy.Call) (deploy.Document, error) {
	document := call.Document
	progress := call.Begin()
	record, _, err := h.ledger.Get(ctx, document.Deployment.Lineage)
	if err != nil {
		return deploy.Document{}, err
	}
	if record.Lock == nil {
		progress = progress.Finished(deploy.Released, "the lock was given back meanwhile: nothing is left to put right")
		document.Progress = &progress
		document.Deployment.Then = then(document.Deployment.Action)
		return document, nil
	}
	holder := record.Lock.Execution
	if holder != call.Execution.ID {
		free, err := h.freeAt(ctx, holder)
		if err != nil {
			return deploy.Document{}, err
		}
		if call.Entered.Before(free) {
			progress = call.WaitUntil(progress, free, fmt.Sprintf("%s has ended; its functions may run until %s",
				holder, free.Format("15:04:05Z")))
			document.Progress = &progress
			return document, nil
		}
		if record, err = h.take(ctx, record, call); err != nil {
			return deploy.Document{}, err
		}
	}
	return taken(document, progress, record), nil
}

// freeAt is when no function of the execution can be running any more.
func (h handler) freeAt(ctx context.Context, execution string) (time.Time, error) {
	out, err := h.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	var gone *types.ExecutionDoesNotExist
	switch {
	case errors.As(err, &gone):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("asking when %s ended: %w", execution, err)
	case out.StopDate == nil:
		return time.Time{}, fault.New(fault.Conflict, "%s runs again (it was redriven): wait until it has ended, or stop it first", execution)
	}
	return out.StopDate.Add(deploy.FunctionTimeoutSeconds * time.Second), nil
}

// take puts this execution in the place of the one that ended. Whoever is second is told.
func (h handler) take(ctx context.Context, record ledger.Record, call deploy.Call) (ledger.Record, error) {
	lock := *record.Lock
	lock.Execution, lock.Since = call.Execution.ID, call.Entered
	record.Lock = &lock
	written, err := h.ledger.Put(ctx, record)
	if errors.Is(err, ledger.ErrChanged) {
		return ledger.Record{}, fault.New(fault.Conflict, "another execution took over the lock of %s at the same moment: let it work", record.Lineage)
	}
	return written, err
}

// taken returns the document of the deployment that was taken over.
func taken(document deploy.Document, progress deploy.Progress, record ledger.Record) deploy.Document {
	d := record.Lock.Deployment.Resume(*document.Deployment)
	d.Then = then(d.Action)
	verdict, what, committed := deploy.Undo, "undone", record.Lock.Stage == ledger.Committed
	if committed {
		verdict, what = deploy.Finish, "finished"
	}
	// A rollback that is finished is the one that was asked for, and a deployment that is undone is rolled back already:
	// another rollback would go one fleet too far.
	if d.Action == deploy.ActionRollback && d.Revives == committed {
		d.Then = deploy.ThenEnd
	}
	document.Deployment = &d
	progress = progress.Finished(verdict, fmt.Sprintf("the lock is ours at stage %s: what was left is %s first", record.Lock.Stage, what))
	document.Progress = &progress
	return document
}

func then(action deploy.Action) deploy.Then {
	if action == deploy.ActionRecover {
		return deploy.ThenEnd
	}
	return deploy.ThenDescribe
}
