package completelifecycle

import (
	"context"
	"fmt"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/inplace"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/text"
)

// within drains the instances that leave a group which stays, and waits until they have left. Who leaves, and when, is decided by the states
// before it.
func (h handler) within(ctx context.Context, s *step.Step, m *memory) (deploy.Loop, error) {
	p, d := s.Begin(), s.Deployment
	if closed, err := inplace.Closed(ctx, s); err != nil || closed != "" {
		return p.Finished(deploy.Done, "the deployment was closed as "+closed+" a moment ago"), err
	}
	record, err := s.Record(ctx, ledger.Committed, ledger.Restoring)
	if err != nil {
		return p, err
	}
	fleets, err := fleet.Read(ctx, h.groups, d.Blue)
	if err != nil {
		return p, err
	}
	f := fleets[d.Blue]
	var leaving []deploy.Instance
	for _, i := range f.Instances {
		if strings.HasPrefix(i.Lifecycle, "Terminating") {
			leaving = append(leaving, i)
		}
	}
	f.Instances = leaving
	retained := f.In(deploy.Retained)
	switch {
	case len(leaving) == 0:
		return p.Finished(deploy.Done, fmt.Sprintf("no instance of %s is leaving any more", d.Blue)), nil
	case s.Elapsed(p) >= soonestEmpty && len(retained) == len(leaving):
		return p, fault.New(fault.DrainExpired, "%d instances of %s did not drain in time and are retained for a person: look at them, "+
			"%s, then redrive this execution", len(retained), f.Name, text.EndRetained())
	case s.Elapsed(p) >= emptyWithin:
		return p, fault.New(fault.DrainExpired, "after %s %s; look at them with aws autoscaling describe-auto-scaling-instances, then redrive this execution",
			emptyWithin, remaining(f))
	}
	fence := func() error {
		_, err := s.Record(ctx, record.Lock.Stage)
		return err
	}
	slowest, err := h.drain(ctx, s, m, f, draining{policy: d.Drain, since: d.StartedAt, fence: fence})
	if err != nil {
		return p, err
	}
	message := fmt.Sprintf("%s of %s leave: %s%s", deploy.Counted(len(leaving), "instance"), f.Name, f.Lifecycles(), slowest)
	if len(d.Drain.Command) == 0 && s.Elapsed(p) < soonestEmpty {
		return s.WaitUntil(p, p.Since.Add(soonestEmpty), message), nil
	}
	return s.WaitAtMost(p, m.nextWithin(), message), nil
}
