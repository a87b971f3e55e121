package capacity

import (
	"slices"
	"strconv"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// wants are a fleet's sizes as people want them: what they were before the deployment changed them, what scheduled actions have
// wanted since, or what somebody has set since.
func wants(lock *ledger.Lock, f deploy.Fleet) deploy.Sizes {
	want := f.Sizes
	for kind, size := range sizes(&want) {
		if c := lock.Change(kind, f.Name); c != nil && c.Ours(strconv.Itoa(*size)) {
			*size = number(c.Was)
		}
	}
	return want
}

// sizes are a fleet's sizes by the kind of their changes.
func sizes(s *deploy.Sizes) map[ledger.Kind]*int {
	return map[ledger.Kind]*int{ledger.KindMin: &s.Min, ledger.KindMax: &s.Max, ledger.KindDesired: &s.Desired}
}

// settle takes what somebody has set for what people want. Of a maximum and a desired capacity nothing is remembered any more once
// they are what a scheduled action wanted, or what somebody has set since.
func settle(lock *ledger.Lock, f deploy.Fleet) {
	Keep(lock, f)
	for kind, size := range sizes(&f.Sizes) {
		if c := lock.Change(kind, f.Name); kind != ledger.KindMin && c != nil && !c.Ours(strconv.Itoa(*size)) {
			lock.Forget(kind, f.Name)
		}
	}
}

// Asked is how many instances scheduled actions have asked of a fleet at least, whether or not it has them; 0: none has.
func Asked(lock *ledger.Lock, f deploy.Fleet) deploy.Sizes {
	if lock.Schedule(f.Name) == nil {
		return deploy.Sizes{}
	}
	return wants(lock, f)
}

// Start remembers, before it is done, that the scheduled actions of a fleet are suspended, and carries out their runs from now on.
// Nothing where their owner has suspended them: no run of theirs is carried out then.
func Start(lock *ledger.Lock, f deploy.Fleet, described []ledger.Action) {
	if Stop(lock, f); Stopped(lock, f.Name) && len(described) > 0 && lock.Schedule(f.Name) == nil {
		lock.Plan(f.Name, described)
	}
}

// Stop remembers, before it is done, that the scheduled actions of a fleet are suspended. Where their owner has done so they stay.
func Stop(lock *ledger.Lock, f deploy.Fleet) {
	if !slices.Contains(f.Suspended, ledger.ScheduledActions) {
		lock.Note(ledger.KindProcess, ledger.Process(ledger.ScheduledActions, f.Name), ledger.Active, ledger.Suspended)
	}
}

// Stopped reports whether the deployment has suspended a fleet's scheduled actions, or is about to.
func Stopped(lock *ledger.Lock, group string) bool {
	return lock.Change(ledger.KindProcess, ledger.Process(ledger.ScheduledActions, group)) != nil
}

// Resumed reports whether AWS carries out a fleet's scheduled actions again, though the record says that the deployment has suspended
// them: an earlier call has resumed them and could not write that down, or somebody else has.
func Resumed(lock *ledger.Lock, f deploy.Fleet) bool {
	return Stopped(lock, f.Name) && !slices.Contains(f.Suspended, ledger.ScheduledActions)
}

// Suspended are the processes of a fleet that others have suspended.
func Suspended(lock *ledger.Lock, f deploy.Fleet) []string {
	return slices.DeleteFunc(slices.Clone(f.Suspended), func(process string) bool {
		return process == ledger.ScheduledActions && Stopped(lock, f.Name)
	})
}

// Handed remembers nothing any more of the sizes of a fleet that has them. Its scheduled actions stay the deployment's until they are AWS's.
func Handed(lock *ledger.Lock, group string) {
	for _, kind := range []ledger.Kind{ledger.KindMin, ledger.KindMax, ledger.KindDesired} {
		lock.Forget(kind, group)
	}
}

// Done remembers nothing any more of a fleet that has its sizes, and whose scheduled actions are AWS's to carry out.
func Done(lock *ledger.Lock, group string) {
	Handed(lock, group)
	lock.Forget(ledger.KindProcess, ledger.Process(ledger.ScheduledActions, group))
	lock.Schedules = slices.DeleteFunc(lock.Schedules, func(s ledger.Schedule) bool { return s.Of == group })
}
