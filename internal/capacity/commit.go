package capacity

import (
	"strconv"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// Wanted are blue's sizes as people want them: what they were, or what somebody else has set since. Who deletes blue, or
// takes every instance from it, when its traffic has moved does what comes next anyway, and wants no green without any: what is
// known of blue then is what green has.
func Wanted(lock *ledger.Lock, blue, green deploy.Fleet) deploy.Sizes {
	c := lock.Change(ledger.KindMin, lock.Deployment.Blue)
	if emptied(blue) {
		known := green.Sizes
		if c != nil {
			known.Min = number(c.Was)
		}
		return known
	}
	want := blue.Sizes
	if c != nil && c.Ours(strconv.Itoa(blue.Sizes.Min)) {
		want.Min = number(c.Was)
	}
	return want
}

// emptied reports whether somebody has deleted a fleet, or taken all that it has.
func emptied(f deploy.Fleet) bool { return f.Name == "" || f.Deleting || f.Sizes.Max == 0 }

// Live are the sizes that green is to have once it is live: those that people want of blue. A fleet that a rollback brings
// back has its own, as they were before it was replaced, or as somebody has set them since it came back.
func Live(record ledger.Record, blue, green deploy.Fleet, wanted deploy.Sizes) deploy.Sizes {
	if !record.Lock.Deployment.Revives {
		wanted.Desired = max(green.Sizes.Desired, blue.Sizes.Desired) // blue may have grown since green was looked at
		return wanted
	}
	own := green.Sizes
	if previous := record.Previous; previous != nil && previous.Name == green.Name && own.Min == Pinned(record.Lock) {
		own.Min = previous.Sizes.Min
	}
	return own
}

// Resize gives green its sizes, and unpins it with that. A pin may be there and not be shown yet.
func Resize(green deploy.Fleet, want deploy.Sizes, pinned bool) Update {
	if green.Name == "" || !pinned && green.Sizes == want {
		return Update{}
	}
	u := Update{Min: &want.Min}
	if want.Max != green.Sizes.Max {
		u.Max = &want.Max
	}
	if want.Desired > green.Sizes.Desired {
		u.Desired = &want.Desired
	}
	return u
}

// Late is what somebody has set on blue since the commit, while blue was not scaled in yet: the person did not know that
// green is live. It returns blue's sizes as people want them by then, and what green gets of them; what somebody has set on
// green since then stays, and a fleet that a rollback brought back keeps its own.
func Late(record ledger.Record, blue, green deploy.Fleet) (deploy.Sizes, Update) {
	was := record.Previous.Sizes
	if emptied(blue) {
		return was, Update{}
	}
	want := Wanted(record.Lock, blue, green)
	want.Desired = was.Desired
	if record.Lock.Deployment.Revives || green.Name == "" {
		return want, Update{}
	}
	var u Update
	if want.Min != was.Min && green.Sizes.Min == was.Min {
		u.Min = &want.Min
	}
	if want.Max != was.Max && green.Sizes.Max == was.Max {
		u.Max = &want.Max
	}
	return want, u
}
