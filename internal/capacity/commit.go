package capacity

import (
	"slices"
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
	return wants(lock, blue)
}

// emptied reports whether somebody has deleted a fleet, or taken all that it has.
func emptied(f deploy.Fleet) bool { return f.Name == "" || f.Deleting || f.Sizes.Max == 0 }

// Live are the sizes that green is to have once it is live: those that people want of blue. A fleet that a rollback brings
// back has its own, as they were before it was replaced, or as somebody has set them since it came back.
func Live(record ledger.Record, blue, green deploy.Fleet, wanted deploy.Sizes) deploy.Sizes {
	if record.Lock.Deployment.Revives {
		return wants(record.Lock, green)
	}
	if !grown(record.Lock, blue, green) {
		return wanted
	}
	wanted.Desired = max(green.Sizes.Desired, blue.Sizes.Desired) // blue may have grown since green was looked at
	return wanted
}

// grown reports whether green's desired capacity counts, and not that of blue: but for what scheduled actions have wanted of blue,
// green only grows. Where it is at its pin nobody else has made it so large.
func grown(lock *ledger.Lock, blue, green deploy.Fleet) bool {
	return lock.Schedule(blue.Name) == nil || green.Sizes.Desired > max(green.Sizes.Min, Pinned(lock), blue.Sizes.Desired)
}

// Own remembers what a fleet had of its own that a rollback brings back: its minimum, and scheduled actions that act. It is pinned as
// a copy is, and has that again in the end.
func Own(record *ledger.Record) {
	lock, previous, pin := record.Lock, record.Previous, Pinned(record.Lock)
	if d := lock.Deployment; !d.Revives || previous == nil || previous.Name != d.Green || lock.Change(ledger.KindMin, d.Blue) == nil {
		return
	}
	if lock.Change(ledger.KindMin, previous.Name) == nil {
		lock.Note(ledger.KindMin, previous.Name, strconv.Itoa(previous.Sizes.Min), strconv.Itoa(pin))
	}
	Stop(lock, deploy.Fleet{Name: previous.Name, Suspended: previous.Suspended})
}

// Succeed leaves blue's scheduled actions at the commit to green's, with which it shares what they have done so far: from then on the
// runs of green's are carried out. described are the actions of green.
func Succeed(lock *ledger.Lock, blue, green deploy.Fleet, described []ledger.Action) {
	own := lock.Deployment.Revives
	if !own && slices.Contains(green.Suspended, ledger.ScheduledActions) {
		Stop(lock, deploy.Fleet{Name: green.Name, Suspended: Suspended(lock, blue)})
	}
	if s := lock.Schedule(blue.Name); s != nil && !own {
		described = s.Actions
	}
	if Stopped(lock, green.Name) && lock.Schedule(green.Name) == nil {
		lock.Plan(green.Name, described)
	}
	lock.Schedules = slices.DeleteFunc(lock.Schedules, func(s ledger.Schedule) bool { return s.Of == blue.Name })
}

// Hand gives green at the commit what it can have of its sizes while it is pinned, and remembers what it is to have then. Without a
// pin it has all of it at once.
func Hand(lock *ledger.Lock, green deploy.Fleet, want deploy.Sizes) Update {
	pin := Pinned(lock)
	if lock.Change(ledger.KindMin, lock.Deployment.Blue) == nil {
		return resize(green, want)
	}
	now := deploy.Sizes{Min: max(green.Sizes.Min, pin), Desired: max(green.Sizes.Desired, want.Desired)}
	now.Max = max(want.Max, now.Min, now.Desired)
	wanted, held, stand := want, now, green.Sizes
	stands := sizes(&stand)
	holds := sizes(&held)
	for kind, size := range sizes(&wanted) {
		if kind == ledger.KindMin || *size != *holds[kind] {
			lock.Want(kind, green.Name, strconv.Itoa(*size), strconv.Itoa(pin), strconv.Itoa(*stands[kind]), strconv.Itoa(*holds[kind]))
		}
	}
	return resize(green, deploy.Sizes{Min: green.Sizes.Min, Max: now.Max, Desired: now.Desired})
}

// resize gives a fleet its sizes.
func resize(f deploy.Fleet, want deploy.Sizes) Update {
	if f.Name == "" {
		return Update{}
	}
	var u Update
	if want.Min != f.Sizes.Min {
		u.Min = &want.Min
	}
	if want.Max != f.Sizes.Max {
		u.Max = &want.Max
	}
	if want.Desired > f.Sizes.Desired {
		u.Desired = &want.Desired
	}
	return u
}

// Late is what somebody has set on blue since the commit, while blue was not scaled in yet: the person did not know that
// green is live. It returns blue's sizes as people want them by then, and what green gets of them; what somebody has set on
// green since then stays, and a fleet that a rollback brought back keeps its own. While green is pinned it is what it gets then.
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
	if want.Min != was.Min {
		switch c := record.Lock.Change(ledger.KindMin, green.Name); {
		case c == nil && green.Sizes.Min == was.Min:
			u.Min = &want.Min
		case c != nil && c.Was == strconv.Itoa(was.Min) && c.Restores(strconv.Itoa(green.Sizes.Min)):
			c.Was = strconv.Itoa(want.Min)
		}
	}
	if want.Max != was.Max {
		switch c := record.Lock.Change(ledger.KindMax, green.Name); {
		case c == nil && green.Sizes.Max == was.Max && want.Max < Pinned(record.Lock):
			record.Lock.Want(ledger.KindMax, green.Name, strconv.Itoa(want.Max), strconv.Itoa(was.Max))
		case c == nil && green.Sizes.Max == was.Max:
			u.Max = &want.Max
		case c != nil && c.Was == strconv.Itoa(was.Max) && c.Restores(strconv.Itoa(green.Sizes.Max)):
			c.Was = strconv.Itoa(want.Max)
		}
	}
	return want, u
}
