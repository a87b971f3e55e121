// Package takeover takes over the lock of an execution that has ended, once none of its functions can still be
// running, and says what is to be done with what it left: undone before the commit, finished after it.
package takeover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// executions tells when the lock's holder ended.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var _ executions = (*sfn.Client)(nil)

type handler struct{ executions executions }

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return step.Of(ledger.Open(cfg, env.LedgerTable), handler{executions: sfn.NewFromConfig(cfg)}.look)
}

func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p := s.Begin()
	record, _, err := s.Ledger.Get(ctx, s.Deployment.Lineage)
	if err != nil {
		return p, err
	}
	if record.Lock == nil {
		s.Deployment.Then = then(s.Deployment.Action)
		return p.Finished(deploy.Released, "the lock was given back meanwhile: nothing is left to recover"), nil
	}
	if holder := record.Lock.Execution; holder != s.Execution.ID {
		free, err := h.freeAt(ctx, holder)
		if err != nil {
			return p, err
		}
		if s.Entered.Before(free) {
			return s.WaitUntil(p, free, fmt.Sprintf("%s has ended; its functions may run until %s", holder, free.Format("15:04:05Z"))), nil
		}
		if record, err = take(ctx, s, record); err != nil {
			return p, err
		}
	}
	return taken(s, p, record), nil
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

// take puts this execution in the place of the one that ended. Of two the second is refused.
func take(ctx context.Context, s *step.Step, record ledger.Record) (ledger.Record, error) {
	lock := *record.Lock
	lock.Execution, lock.Since = s.Execution.ID, s.Entered
	record.Lock = &lock
	written, err := s.Ledger.Put(ctx, record)
	if errors.Is(err, ledger.ErrChanged) {
		return ledger.Record{}, fault.New(fault.Conflict, "another execution took over the lock of %s at the same moment: let it work", record.Lineage)
	}
	return written, err
}

// taken goes on with the deployment that was taken over.
func taken(s *step.Step, p deploy.Loop, record ledger.Record) deploy.Loop {
	d := record.Lock.Deployment.Resume(*s.Deployment)
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
	s.Deployment = &d
	return p.Finished(verdict, fmt.Sprintf("the lock is ours at stage %s: what was left is %s first", record.Lock.Stage, what))
}

func then(action deploy.Action) deploy.Then {
	if action == deploy.ActionRecover {
		return deploy.ThenEnd
	}
	return deploy.ThenDescribe
}
