package ledger

import (
	"fmt"
	"slices"
)

// Kind is a kind of value that a deployment changes on what it did not create.
type Kind string

// The kinds. Each has its line in left.
const (
	KindMin      Kind = "min"           // a group's minimum; Of is the group's name
	KindMax      Kind = "max"           // its maximum, where a scheduled action's run wants another
	KindDesired  Kind = "desired"       // its desired capacity, the same
	KindProcess  Kind = "process"       // one of its processes (Process)
	KindAlarm    Kind = "alarm actions" // AlarmOn or AlarmOff; Of is the alarm's name
	KindForecast Kind = "forecast"      // a predictive policy's mode; Of is the policy's name
	KindPool     Kind = "pool"          // the minimum and the prepared capacity of a group's warm pool, -1 where it names none: "2/-1"; Of is the group's name
	KindVersion  Kind = "version"       // the version of a launch template that a group names (Place)
	KindAlias    Kind = "alias"         // what a record stands for (deploy.Target); Of is the record set (deploy.Alias)
	KindGuard    Kind = "protection"    // from scale-in, of a group's instances: Guarded or Bare; Of is an instance's id
)

// The values of KindAlarm.
const (
	AlarmOn  = "on"
	AlarmOff = "off"
)

// The values of KindGuard.
const (
	Guarded = "on"
	Bare    = "off"
)

// What a process is described as.
const (
	Active    = "active"
	Suspended = "suspended"
)

// ScheduledActions is the process that carries out a group's scheduled actions.
const ScheduledActions = "ScheduledActions"

// Process is what a change of a group's process is of.
func Process(name, group string) string { return name + " of " + group }

// Place is what a change is of that a group names in this place: its own launch template in place 0, then those of its overrides.
func Place(group string, place int) string {
	if place == 0 {
		return group
	}
	return fmt.Sprintf("override %d of %s", place, group)
}

// left says of each kind what a change leaves that is not undone, given what it is of, what was set last and what it was.
var left = map[Kind]string{
	KindMin:      "the minimum of both, pinned at %[2]s: that of blue was %[3]s",
	KindMax:      "the maximum of %s, left at %s: its scheduled actions want %s",
	KindDesired:  "the desired capacity of %s, left at %s: its scheduled actions want %s",
	KindProcess:  "the process %s, %s: it was %s",
	KindAlarm:    "the actions of %s, turned %s: they were %s",
	KindForecast: "the mode of the predictive scaling policy %s, set to %s: it was %s",
	KindPool:     "the minimum and the prepared capacity of the warm pool of %s, set to %s: they were %s",
	KindVersion:  "the launch template of %s, pinned to version %s: it named %s",
	KindAlias:    "the record %s, changed to %s: it was %s",
	KindGuard:    "the scale-in protection of %s, turned %s: it was %s",
}

// Change is a value of something that the deployment did not create, which it has changed or is about to: the record has it
// before AWS does. There is one for each kind and thing; it stays until the record is closed. A value is small: a size, a
// weight, a version's number.
type Change struct {
	Kind Kind     `json:"kind"`
	Of   string   `json:"of"`
	Was  string   `json:"was"` // as people want it: as it was, or as somebody has set it since
	Set  []string `json:"set"` // every value that we may have written
}

// Restores reports whether the way back writes what the value was where it is described as it is now. It does so even where
// it looks restored: descriptions lag, and calls come late. What somebody else has set stays.
func (c Change) Restores(described string) bool {
	return described == c.Was || slices.Contains(c.Set, described)
}

// Ours reports whether a value is one that we have written and that was not there before.
func (c Change) Ours(described string) bool {
	return described != c.Was && slices.Contains(c.Set, described)
}

// Theirs takes what somebody else has set for what people want; it reports whether that changes anything. What is described as
// ours, or as it was, nobody else has set.
func (c *Change) Theirs(described string) bool {
	if c.Restores(described) {
		return false
	}
	c.Was = described
	return true
}

// Change is what the lock remembers of a kind of value of a thing; nil: it is as people want it.
func (l *Lock) Change(kind Kind, of string) *Change {
	if l == nil {
		return nil
	}
	at := slices.IndexFunc(l.Changes, func(c Change) bool { return c.Kind == kind && c.Of == of })
	if at < 0 {
		return nil
	}
	return &l.Changes[at]
}

// Note remembers, before it is done, that a value which is described as was is set to another. What was remembered of it first
// stays.
func (l *Lock) Note(kind Kind, of, was, set string) {
	c := l.Change(kind, of)
	if c == nil {
		l.Changes = append(l.Changes, Change{Kind: kind, Of: of, Was: was, Set: []string{set}})
		return
	}
	if !slices.Contains(c.Set, set) {
		c.Set = append(c.Set, set)
	}
}

// Want remembers that a scheduled action's run wants a value, where one of others stands, or is written for now.
func (l *Lock) Want(kind Kind, of, want string, stands ...string) {
	for _, value := range stands {
		l.Note(kind, of, want, value)
	}
	if c := l.Change(kind, of); c != nil {
		c.Was = want
	}
}

// Make remembers, before they are made, things beside a group. What an earlier call has named stays: it may have been made, and be no
// copy of anything any more.
func (l *Lock) Make(things []Made) {
	made := slices.Clone(l.Made)
	for _, thing := range things {
		if !slices.Contains(made, thing) {
			made = append(made, thing)
		}
	}
	l.Made = made
}

// Unmake remembers nothing any more of what was made, and has been taken away.
func (l *Lock) Unmake(thing Made) {
	l.Made = slices.DeleteFunc(slices.Clone(l.Made), func(m Made) bool { return m == thing })
	if len(l.Made) == 0 {
		l.Made = nil
	}
}

// Forget remembers nothing any more of a value.
func (l *Lock) Forget(kind Kind, of string) {
	l.Changes = slices.DeleteFunc(l.Changes, func(c Change) bool { return c.Kind == kind && c.Of == of })
}

// ForgetAll is Forget of all values of a kind.
func (l *Lock) ForgetAll(kind Kind) {
	l.Changes = slices.DeleteFunc(l.Changes, func(c Change) bool { return c.Kind == kind })
}
