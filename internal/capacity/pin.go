package capacity

import (
	"strconv"

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

// Keep takes a minimum that somebody has given blue since it was pinned for the one that people want, and that is put back in
// the end. It reports whether that changes the record. Who takes all that blue has by hand says nothing of what is wanted.
func Keep(lock *ledger.Lock, blue deploy.Fleet) bool {
	c := lock.Change(ledger.KindMin, blue.Name)
	return c != nil && !emptied(blue) && c.Theirs(strconv.Itoa(blue.Sizes.Min))
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

// Unpin puts the minimum back that people want of blue, also where it looks as if it were back: what is described may lag the
// pin. theirs: somebody else has set another, which stays. Nothing where blue was never pinned.
func Unpin(lock *ledger.Lock, blue deploy.Fleet) (u Update, theirs bool) {
	c := lock.Change(ledger.KindMin, blue.Name)
	if c == nil {
		return Update{}, false
	}
	if !c.Restores(strconv.Itoa(blue.Sizes.Min)) {
		return Update{}, true
	}
	was := number(c.Was)
	return Update{Min: &was}, false
}

// PinnedAgain reports whether blue has the minimum again that was lifted: a call that was under way when its function ended may
// take effect after others have worked on.
func PinnedAgain(lock *ledger.Lock, blue deploy.Fleet) bool {
	c := lock.Change(ledger.KindMin, blue.Name)
	return c != nil && c.Ours(strconv.Itoa(blue.Sizes.Min))
}
