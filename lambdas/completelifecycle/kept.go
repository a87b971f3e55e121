package completelifecycle

import (
	"slices"
	"strings"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
	"bluegreen/internal/text"
)

// keptByPool reports whether nothing is left of a fleet but a warm pool that somebody has given it since it was scaled in: no instance
// serves or drains, and none will end while the pool is wanted. On the way back a call that came late may have filled the pool:
// then it is emptied again first.
func keptByPool(s *step.Step, p deploy.Loop, f deploy.Fleet, e ending) bool {
	tried := e.blue == "" || s.Deployment.Unpinned >= unpinTries
	return tried && f.Sizes.Max == 0 && f.PoolWants() > 0 && s.Elapsed(p) >= soonestEmpty &&
		!slices.ContainsFunc(f.Instances, func(i deploy.Instance) bool {
			return !strings.HasPrefix(i.Lifecycle, "Warmed:") || strings.HasSuffix(i.Lifecycle, ":Wait")
		})
}

// keep leaves a fleet, and what was made for it, to the person who gave it a warm pool, and warns. Without force AWS deletes no group whose
// pool has instances.
func (e ending) keep(d *deploy.Deployment) ending {
	d.Warn("somebody gave %s a warm pool after it was scaled in, and its instances are left: where nobody wants them, %s", e.fleet, text.EndWarmPool(e.fleet))
	if e.remove {
		d.Warn("%s is not deleted, since AWS deletes no group whose warm pool has instances: then delete it with aws autoscaling delete-auto-scaling-group %s, "+
			"and the launch template and alarms that are named after it", e.fleet, text.Option("--auto-scaling-group-name", e.fleet))
	}
	if e.stage == ledger.Committed {
		d.BlueAfter = deploy.AfterScaleToZero
	}
	e.remove, e.ours = false, false
	return e
}
