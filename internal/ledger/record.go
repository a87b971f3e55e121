// Package ledger keeps one record per lineage in DynamoDB: the lock, the fence and the memory of what was changed. Every
// write is on condition of the record's version, so of two writers one is told.
package ledger

import (
	"slices"
	"time"

	"bluegreen/internal/deploy"
)

// Record is what is remembered of a lineage.
type Record struct {
	Lineage    string              `json:"lineage"` // key: the first blue's name
	Version    int64               `json:"version"` // of the record; each write adds one
	Generation int                 `json:"generation"`
	Live       string              `json:"live"`                 // group that serves
	Template   *deploy.Template    `json:"template,omitempty"`   // what Live was pinned to, and what to resolve next time
	Made       []Made              `json:"made,omitempty"`       // for Live, and left when it is deleted
	Own        *deploy.Own         `json:"own,omitempty"`        // what was made for Live alone to launch from; nil: nothing was
	Lock       *Lock               `json:"lock,omitempty"`       // nil when no deployment is under way
	Drain      *deploy.DrainPolicy `json:"drain,omitempty"`      // how every instance of the lineage is shut down
	Previous   *Previous           `json:"previous,omitempty"`   // the fleet that Live replaced
	Superseded []Superseded        `json:"superseded,omitempty"` // fleets before that, newest first, for which something was made
	Images     []Image             `json:"images,omitempty"`     // that deployments of the lineage have made, newest first
	Outcomes   []Outcome           `json:"outcomes,omitempty"`   // the latest, newest first
}

// Stage is how far a deployment has come. Stages only move on.
type Stage string

// The stages.
const (
	Creating  Stage = "creating"  // green is made and becomes healthy; of blue only what it launches is pinned
	Switching Stage = "switching" // green joins blue; minimums are pinned
	Leaving   Stage = "leaving"   // blue was told to leave: green serves
	Restoring Stage = "restoring" // the way back: traffic returns to blue
	Removing  Stage = "removing"  // blue serves alone: what was pinned on it is lifted, and green goes
	Committed Stage = "committed" // past the point of no return: green is live, blue goes
)

// Lock is held by the execution that works on the lineage.
type Lock struct {
	Execution  string            `json:"execution"` // ARN
	Since      time.Time         `json:"since"`
	Stage      Stage             `json:"stage"`
	Deployment deploy.Deployment `json:"deployment"`
	From       Stage             `json:"from,omitempty"`    // the stage that it turned back from
	Changes    []Change          `json:"changes,omitempty"` // of what it did not create, written before they are made

	Made []Made `json:"made,omitempty"` // for green, written before it is made

	Build *Building `json:"build,omitempty"` // the making of an image, written before anything of it is asked for

	Asked *Asked `json:"asked,omitempty"` // whether traffic may move; nil: nobody was

	InPlace *InPlace `json:"in_place,omitempty"` // the replacement of a group's instances, where the group stays

	Schedules []Schedule `json:"schedules,omitempty"` // of fleets whose scheduled actions are suspended meanwhile
	Alone     *time.Time `json:"alone,omitempty"`     // since when green carries all load

	Drain *deploy.DrainPolicy `json:"drain,omitempty"` // the lineage's before, for the way back
}

// BlueLeft reports whether blue was told to leave what it took traffic from, before the deployment turned back or at all.
func (l *Lock) BlueLeft() bool { return l.Stage == Leaving || l.From == Leaving }

// TurnBack moves on to the stage of restoring, and remembers how far the deployment had come.
func (l *Lock) TurnBack() {
	if l.Stage != Restoring {
		l.From, l.Stage = l.Stage, Restoring
	}
}

// Previous is the fleet that was replaced last and stands by at size 0.
type Previous struct {
	Name      string       `json:"name"`
	Sizes     deploy.Sizes `json:"sizes"` // before it was scaled in
	Suspended []string     `json:"suspended,omitempty"`

	Template *deploy.Template `json:"template,omitempty"` // what its instances ran
	Own      *deploy.Own      `json:"own,omitempty"`      // what was made for it alone to launch from
	Made     []Made           `json:"made,omitempty"`     // for it, and left when it is deleted
	Quieted  []Change         `json:"quieted,omitempty"`  // what keeps it from acting while it stands by

	Strategy deploy.Strategy `json:"strategy,omitempty"` // by which it was replaced, where records moved
	Aliases  []deploy.Alias  `json:"aliases,omitempty"`  // those records, as they were
}

// Quiet remembers, before it is done, what keeps the fleet that stands by from acting. What it was first counts, unless somebody has set
// another value since.
func (r *Record) Quiet(name string, changes []Change) {
	if r.Previous == nil || r.Previous.Name != name {
		return
	}
	quieted := slices.Clone(r.Previous.Quieted)
	for _, change := range changes {
		at := slices.IndexFunc(quieted, func(c Change) bool { return c.Kind == change.Kind && c.Of == change.Of })
		if at < 0 {
			quieted = append(quieted, change)
			continue
		}
		quieted[at].Theirs(change.Was)
	}
	r.Previous.Quieted = quieted
}

// What is a kind of thing that is left when the group is deleted that it was made for.
type What string

// The kinds. Each is known by its name.
const (
	MadeAlarm       What = "alarm"                 // of CloudWatch
	MadeBalancer    What = "load balancer"         // an application or network one
	MadeTargetGroup What = "target group"          // of one
	MadeClassic     What = "Classic load balancer" // which has no target groups
	MadeSource      What = "launch source"         // a launch template, or a launch configuration
)

// Serves reports whether it is a part of what traffic comes through.
func (m Made) Serves() bool {
	return m.What == MadeBalancer || m.What == MadeTargetGroup || m.What == MadeClassic
}

// Made is something that a deployment has made beside a group, or is about to: it goes with the group, and nothing else does.
type Made struct {
	What What   `json:"what"`
	Name string `json:"name"`
}

// Outcome is how a deployment ended.
type Outcome struct {
	Execution string    `json:"execution"` // ARN of the one that began the deployment
	End       string    `json:"end"`
	Blue      string    `json:"blue"`
	Green     string    `json:"green,omitempty"`
	Error     string    `json:"error,omitempty"`
	At        time.Time `json:"at"`
	Seconds   int       `json:"seconds,omitempty"` // since the deployment began
	Reason    string    `json:"reason,omitempty"`  // as the request said

	Override *deploy.Override `json:"override,omitempty"` // of a freeze: who and why
	Approved *deploy.Said     `json:"approved,omitempty"` // that traffic may move
	Aborted  *deploy.Said     `json:"aborted,omitempty"`  // that it is to be sent back
}

// Usual is how long, in seconds, the lineage's latest deployment took that succeeded; 0: none is remembered.
func (r Record) Usual() int {
	for _, o := range r.Outcomes {
		if o.End == deploy.EndSucceeded {
			return o.Seconds
		}
	}
	return 0
}

const outcomesKept = 20

// Ended returns the outcome of the deployment that an execution began, if it is remembered.
func (r Record) Ended(execution string) (Outcome, bool) {
	for _, outcome := range r.Outcomes {
		if outcome.Execution == execution {
			return outcome, true
		}
	}
	return Outcome{}, false
}

// Close gives the lock back and notes how the deployment ended.
func (r *Record) Close(outcome Outcome) {
	r.Lock = nil
	r.Outcomes = append([]Outcome{outcome}, r.Outcomes...)
	if len(r.Outcomes) > outcomesKept {
		r.Outcomes = r.Outcomes[:outcomesKept]
	}
}
