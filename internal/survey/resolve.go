package survey

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
)

// lineage finds the record that a group's name belongs to. A group that no record knows is the first of its lineage:
// it gets a record that says so, which is written when the lock is taken.
func (h Surveyor) lineage(ctx context.Context, group string) (ledger.Record, error) {
	record, found, err := h.ledger.Get(ctx, group)
	if err != nil || found {
		return record, err
	}
	if key, n, ok := deploy.SplitName(group); ok {
		record, found, err = h.ledger.Get(ctx, key)
		if err != nil {
			return ledger.Record{}, err
		}
		if found && n <= record.Generation {
			return record, nil
		}
	}
	return ledger.Record{Lineage: group, Live: group}, nil
}

// route decides what the lock allows: nobody holds it, an execution that has ended does, or one that runs.
func (h Surveyor) route(ctx context.Context, action deploy.Action, record ledger.Record) (deploy.Route, error) {
	if record.Lock == nil {
		if action == deploy.ActionRecover {
			return deploy.RouteNothing, nil
		}
		return deploy.RouteDeploy, nil
	}
	holder := record.Lock.Execution
	out, err := h.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &holder})
	var gone *types.ExecutionDoesNotExist
	switch {
	case errors.As(err, &gone):
		return deploy.RouteTakeOver, nil
	case err != nil:
		return "", fmt.Errorf("asking whether %s still runs: %w", holder, err)
	case out.Status == types.ExecutionStatusRunning || out.Status == types.ExecutionStatusPendingRedrive:
		return "", fault.New(fault.Conflict, "%s is being deployed by %s since %s (stage %s): wait until it has ended, or stop it first",
			record.Lineage, holder, record.Lock.Since.Format("2006-01-02 15:04:05Z"), record.Lock.Stage)
	}
	return deploy.RouteTakeOver, nil
}
