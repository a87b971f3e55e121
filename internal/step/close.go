package step

import (
	"context"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Close gives the lock back and has the record say how the deployment ended, and what more writes of it.
func (s *Step) Close(ctx context.Context, record ledger.Record, end string, stage ledger.Stage, more func(*ledger.Record)) error {
	d := s.Deployment
	outcome := ledger.Outcome{
		Execution: d.Execution, End: end, Blue: d.Blue, Green: d.Green, At: s.Entered, Seconds: int(s.Entered.Sub(d.StartedAt).Seconds()),
		Reason: d.Reason, Override: d.Override, Approved: d.Approved, Aborted: d.Aborted,
	}
	if s.Document.Fault != nil {
		outcome.Error = s.Document.Fault.Error
	}
	_, err := s.Holder.ChangeFrom(ctx, record, func(r *ledger.Record) {
		if end == deploy.EndRolledBack {
			r.Drain = r.Lock.Drain
		}
		r.Close(outcome)
		more(r)
	}, stage)
	return err
}
