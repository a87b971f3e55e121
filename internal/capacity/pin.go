package capacity

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Note remembers blue's minimum before it is pinned at its desired capacity, so that an idle fleet cannot scale itself in
// while traffic moves.
func Note(lock *ledger.Lock, blue deploy.Fleet) {
	if lock.Change(ledger.KindMin, blue.Name) == nil {
		lock.Note(ledger.KindMin, blue.Name, strconv.Itoa(blue.Sizes.Min), strconv.Itoa(blue.Sizes.Desired))
	}
}

// Pinned is the minimum that both fleets are pinned at; 0: they are not.
func Pinned(lock *ledger.Lock) int {
	if lock == nil {
		return 0
	}
	if c := lock.Change(ledger.KindMin, lock.Deployment.Blue); c != nil && len(c.Set) > 0 {
		return number(c.Set[0])
	}
	return 0
}

// Keep takes a minimum that somebody has given a fleet since it was pinned for the one that people want, and that is put back in
// the end. It reports whether that changes the record. Who takes all that a fleet has by hand says nothing of what is wanted.
func Keep(lock *ledger.Lock, f deploy.Fleet) bool {
	c := lock.Change(ledger.KindMin, f.Name)
	return c != nil && !emptied(f) && c.Theirs(strconv.Itoa(f.Sizes.Min))
}

// Pin raises a fleet's minimum to least and its desired capacity to want, never lowers them, and never passes most: somebody
// who lowers blue's maximum below the pin wants fewer instances, and has that.
func Pin(f deploy.Fleet, least, want, most int) Update {
	if least > most {
		least = 0
	}
	want = min(want, most)
	if f.Sizes.Min >= least && f.Sizes.Desired >= want {
		return Update{}
	}
	var u Update
	if least > f.Sizes.Min {
		u.Min = &least
	}
	desired := max(f.Sizes.Desired, least, want)
	if desired > f.Sizes.Desired {
		u.Desired = &desired
	}
	if desired > f.Sizes.Max {
		u.Max = &most
	}
	return u
}

// Hold is what keeps a fleet that serves at its pin, at want instances at least, and gives it what scheduled actions have wanted
// meanwhile as far as that is not below the pin. The rest it gets when it is unpinned.
func Hold(lock *ledger.Lock, f deploy.Fleet, want int) Update {
	pin, least, most := Pinned(lock), Pinned(lock), f.Sizes.Max
	if c := lock.Change(ledger.KindMin, f.Name); c != nil && c.Ours(strconv.Itoa(f.Sizes.Min)) {
		least = max(least, number(c.Was))
	}
	if c := lock.Change(ledger.KindDesired, f.Name); c != nil && c.Ours(strconv.Itoa(f.Sizes.Desired)) {
		want = max(want, number(c.Was))
	}
	if c := lock.Change(ledger.KindMax, f.Name); c != nil && c.Ours(strconv.Itoa(most)) {
		if held := max(pin, number(c.Was)); held >= max(f.Sizes.Desired, want) {
			most = held
		}
	}
	u := Pin(f, least, want, most)
	if most != f.Sizes.Max {
		u.Max = &most
	}
	return u
}

// Unpin puts the minimum back that people want of a fleet, also where it looks as if it were back: what is described may lag the
// pin. With it goes what scheduled actions have wanted and could not have. theirs: somebody else has set another minimum, which
// stays. Of a fleet that is not pinned, or not any more, only the latter.
func Unpin(lock *ledger.Lock, f deploy.Fleet) (u Update, theirs bool) {
	want := wants(lock, f)
	if want.Max != f.Sizes.Max {
		u.Max = &want.Max
	}
	if want.Desired != f.Sizes.Desired {
		desired := min(max(want.Desired, want.Min), want.Max)
		u.Desired = &desired
	}
	c := lock.Change(ledger.KindMin, f.Name)
	switch {
	case c == nil:
		return u, false
	case !c.Restores(strconv.Itoa(f.Sizes.Min)):
		return u, true
	}
	least := min(number(c.Was), want.Max)
	u.Min = &least
	return u, false
}

// Again says what of a fleet is as the deployment had made it again, or is not done, after it was put back: a call that was under way
// when its function ended may take effect after others have worked on. since is when it had been put back. Empty: nothing.
func Again(lock *ledger.Lock, f deploy.Fleet, since time.Time) string {
	c := lock.Change(ledger.KindMin, f.Name)
	switch {
	case f.Name == "":
	case c != nil && c.Ours(strconv.Itoa(f.Sizes.Min)):
		return fmt.Sprintf("the minimum of %s is %d again", f.Name, f.Sizes.Min)
	case Stopped(lock, f.Name) && slices.Contains(f.Suspended, ledger.ScheduledActions):
		return fmt.Sprintf("the process %s of %s is suspended again", ledger.ScheduledActions, f.Name)
	case Due(lock, f.Name, since):
		return fmt.Sprintf("a scheduled action of %s was due before its process was resumed", f.Name)
	}
	return ""
}
