package inplace

import (
	"context"
	"errors"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Close gives the lock back and notes the end. Closing twice is closing once.
func Close(ctx context.Context, s *step.Step, end string, stage ledger.Stage) error {
	d := s.Deployment
	record, _, err := s.Ledger.Get(ctx, d.Lineage)
	if err != nil {
		return err
	}
	d.Closed = end
	if outcome, ended := record.Ended(d.Execution); ended && outcome.End == end {
		return nil
	}
	return s.Close(ctx, record, end, stage, func(*ledger.Record) {})
}

// Ending is a look that may close the deployment with an end. Where another call of it, which came late, or a recovery has closed it so
// meanwhile, that is done. One that was closed otherwise is a Conflict: this look's work was undone.
func Ending(end string, look func(context.Context, *step.Step) (deploy.Loop, error)) func(context.Context, *step.Step) (deploy.Loop, error) {
	return func(ctx context.Context, s *step.Step) (deploy.Loop, error) {
		p, err := look(ctx, s)
		var conflict *fault.Error
		if !errors.As(err, &conflict) || conflict.Name != fault.Conflict {
			return p, err
		}
		closed, wrong := Closed(ctx, s)
		if wrong != nil || closed != end {
			return p, err
		}
		return s.Begin().Finished(deploy.Done, "the deployment was closed as "+closed+" a moment ago"), nil
	}
}

// Closed is the end that the record says the deployment has come to; empty: it says of none.
func Closed(ctx context.Context, s *step.Step) (string, error) {
	record, _, err := s.Ledger.Get(ctx, s.Deployment.Lineage)
	if err != nil {
		return "", err
	}
	outcome, ended := record.Ended(s.Deployment.Execution)
	if !ended {
		return "", nil
	}
	s.Deployment.Closed = outcome.End
	return outcome.End, nil
}
