// Package claim takes the lineage's lock, and with it the number of its next copy and green's name. Whatever goes wrong from
// then on has the way back to go.
package claim

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// executions tells whether this execution still runs.
type executions interface {
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var _ executions = (*sfn.Client)(nil)

type handler struct{ executions executions }

// New makes the state's work.
func New(cfg aws.Config, env lambdaentry.Environment) lambdaentry.Handle {
	return step.Of(ledger.Open(cfg, env.LedgerTable), handler{executions: sfn.NewFromConfig(cfg)}.look)
}

// look takes the lineage's lock and with it the next number, or finds that this execution has it already. The deployment is
// the record's from then on.
func (h handler) look(ctx context.Context, s *step.Step) (deploy.Loop, error) {
	p, d := s.Begin(), *s.Deployment
	record, found, err := s.Ledger.Get(ctx, d.Lineage)
	if err != nil {
		return p, err
	}
	if !found {
		record = ledger.Record{Lineage: d.Lineage, Live: d.Blue}
	}
	if held := record.Lock; held != nil {
		if held.Execution == s.Execution.ID && held.Deployment.Execution == d.Execution && held.Stage == ledger.Creating {
			s.Deployment = &held.Deployment
			return claimed(p, held.Deployment), nil
		}
		return p, fault.New(fault.Conflict, "%s is being deployed by %s since %s: wait until it has ended, or stop it first",
			d.Lineage, held.Execution, held.Since.Format("2006-01-02 15:04:05Z"))
	}
	if record.Live != d.Blue {
		return p, fault.New(fault.Conflict, "%s was deployed by another execution meanwhile: %s serves now, not %s; start again", d.Lineage, record.Live, d.Blue)
	}
	if previous := record.Previous; d.Revives && (previous == nil || previous.Name != d.Green) {
		return p, fault.New(fault.Conflict, "the record of %s does not remember %s any more: start again", d.Lineage, d.Green)
	}
	if outcome, ended := record.Ended(s.Execution.ID); ended { // a function that outlived its execution
		return p, fault.New(fault.Conflict, "this execution's deployment of %s has ended already (%s)", d.Lineage, outcome.End)
	}
	if err := h.stillRuns(ctx, s.Execution.ID); err != nil {
		return p, err
	}
	if d.Green == "" {
		record.Generation++
		d.Generation = record.Generation
		d.Green = deploy.GreenName(d.Lineage, d.Generation)
	}
	if !d.Revives {
		if d.Own != nil {
			d.Own.Name = deploy.OwnName(d.Green, d.Execution)
		}
		if d.Build != nil {
			d.Build = d.Build.Named(d.Green, d.Execution)
		}
	}
	d.Usual = record.Usual()
	record.Lock = &ledger.Lock{Execution: s.Execution.ID, Since: s.Entered, Stage: ledger.Creating, Deployment: d, Drain: record.Drain}
	record.Drain = &d.Drain
	if _, err = s.Ledger.Put(ctx, record); errors.Is(err, ledger.ErrChanged) {
		return p, fault.New(fault.Conflict, "another deployment of %s began at the same moment: let it work, or start again when it has ended", d.Lineage)
	}
	s.Deployment = &d
	return claimed(p, d), err
}

// claimed says that the lineage is this deployment's.
func claimed(p deploy.Loop, d deploy.Deployment) deploy.Loop {
	return p.Finished(deploy.Done, fmt.Sprintf("%s is ours; green is %s", d.Lineage, d.Green))
}

// stillRuns is asked right before a new lock is taken: the function of an execution that was stopped runs on, and nobody
// would know of a lock that it took after a recovery found none.
func (h handler) stillRuns(ctx context.Context, execution string) error {
	out, err := h.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	switch {
	case err != nil:
		return fmt.Errorf("asking whether this execution still runs: %w", err)
	case out.Status != types.ExecutionStatusRunning:
		return fault.New(fault.Conflict, "this execution has ended (%s): it takes no lock any more", out.Status)
	}
	return nil
}
