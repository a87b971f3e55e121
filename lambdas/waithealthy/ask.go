package waithealthy

import (
	"context"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// ask has a person asked whether traffic may move, once green could take it. p is as the look has found green. answered: it may, or
// nobody is asked. The error is Unapproved where nobody has said so in time.
func (h handler) ask(ctx context.Context, s *step.Step, p deploy.Loop) (_ deploy.Loop, answered bool, err error) {
	d := s.Deployment
	if p.Phase != deploy.Asking && (d.Approval == nil || p.Good < d.Health.Consecutive) {
		return p, d.Approval == nil, nil
	}
	record, err := s.Holder.Change(ctx, func(r *ledger.Record) { r.Lock.Ask(s.Now(), *d.Approval) }, ledger.Creating)
	if err != nil {
		return p, false, err
	}
	asked := record.Lock.Asked
	d.Approved = record.Lock.Deployment.Approved
	p.Phase, p.Until = deploy.Asking, &asked.Until
	switch {
	case d.Approved != nil:
		return p, true, nil
	case asked.Silent && d.Approval.OnTimeout != deploy.SilenceContinues:
		return p, false, fault.New(fault.Unapproved, "nobody approved it by %s, which is %d s after it was asked", deploy.Moment(asked.Until), d.Approval.TimeoutSeconds)
	case asked.Silent:
		d.Warn("nobody answered by %s whether traffic may move: it moves, as approval.on_timeout says", deploy.Moment(asked.Until))
		return p, true, nil
	}
	p = s.StandBy(p, s.Now().Sub(asked.At), asked.Until.Sub(s.Now()))
	p.Message = fmt.Sprintf("a person is asked until %s whether traffic may move to green %s", deploy.Moment(asked.Until), d.Green)
	return p, false, nil
}
