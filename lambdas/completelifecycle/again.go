package completelifecycle

import (
	"context"
	"fmt"
	"strings"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// unpinTries is how often what came back is undone: each call that comes late does so once.
const unpinTries = 3

// refilled reports whether a call that was under way when the deployment turned back has filled a warm pool that was emptied since. It
// is emptied again once no other such call can be, a few times: from then on it is a person who fills it.
func (h handler) refilled(s *step.Step, p deploy.Loop, f deploy.Fleet, e ending) bool {
	return e.blue != "" && f.PoolWants() > 0 && s.Elapsed(p) >= lateCalls && s.Deployment.Unpinned < unpinTries
}

// once goes the way back once more, since a call that came late has done again what was undone.
func once(s *step.Step, p deploy.Loop, again string, err error) (deploy.Loop, error) {
	if err != nil {
		return p, err
	}
	if s.Deployment.Unpinned++; s.Deployment.Unpinned > unpinTries {
		return p, fault.New(fault.TrafficDiverged, "%s, however often it is restored: find out who does it, then redrive this execution", again)
	}
	return p.Finished(deploy.Unpin, again+": a call came late"), nil
}

// roused says what of a fleet that stands by again, at rest, is as it was while it was to come back: calls for that may have come late.
func (h handler) roused(ctx context.Context, s *step.Step, f deploy.Fleet) (string, error) {
	strategy, err := h.strategies.Of(s.Deployment)
	if err != nil {
		return "", err
	}
	said, err := strategy.Takes(ctx, *s.Deployment, f)
	if err != nil {
		return "", err
	}
	if said != "" {
		return fmt.Sprintf("%s %s again", f.Name, said), nil
	}
	if active := f.Active(); len(active) > 0 {
		return fmt.Sprintf("processes of %s are resumed again (%s)", f.Name, strings.Join(active, ", ")), nil
	}
	described, err := fleet.Describe(ctx, h.groups, f.Name)
	if err != nil {
		return "", err
	}
	whole, err := h.copier.Read(ctx, described[f.Name], nil)
	if acting := clone.Quieting(whole); err == nil && len(acting) > 0 {
		return fmt.Sprintf("what hangs on %s acts again (%s %s)", f.Name, acting[0].Kind, acting[0].Of), nil
	}
	return "", err
}
