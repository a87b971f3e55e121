package ledger

import (
	"slices"
	"time"
)

// Schedule is what the scheduled actions of a fleet are to do while the deployment keeps their process suspended: it carries out
// their runs itself.
type Schedule struct {
	Of      string   `json:"of"` // the group's name
	Actions []Action `json:"actions,omitempty"`
}

// Action is a scheduled action. The record keeps all of a fleet: AWS removes one that is over at its time, also while the process is
// suspended, and nobody would know of its last run.
type Action struct {
	Name       string     `json:"name"`
	Next       time.Time  `json:"next"`                 // its next run; what people want has each run before
	End        *time.Time `json:"end,omitempty"`        // it does not run from then on
	Recurrence string     `json:"recurrence,omitempty"` // five fields of cron; empty: it runs once
	Zone       string     `json:"zone,omitempty"`       // an IANA name; empty: UTC
	Min        *int       `json:"min,omitempty"`        // instances; nil stays as it is
	Max        *int       `json:"max,omitempty"`
	Desired    *int       `json:"desired,omitempty"`
}

// Schedule is that of a fleet; nil: its scheduled actions are left to AWS, or to their owner, who has suspended them.
func (l *Lock) Schedule(of string) *Schedule {
	if l == nil {
		return nil
	}
	at := slices.IndexFunc(l.Schedules, func(s Schedule) bool { return s.Of == of })
	if at < 0 {
		return nil
	}
	return &l.Schedules[at]
}

// Plan keeps a fleet's actions as they are by now.
func (l *Lock) Plan(of string, actions []Action) {
	if s := l.Schedule(of); s != nil {
		s.Actions = actions
		return
	}
	l.Schedules = append(l.Schedules, Schedule{Of: of, Actions: actions})
}
