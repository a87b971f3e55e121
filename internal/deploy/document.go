// Package deploy is the domain: the request, the documents that the state machine carries, and the decisions, as
// functions of what was observed. It knows no AWS client.
package deploy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FunctionTimeoutSeconds is the longest that any of the functions may run. A task waits longer than that, and the lock
// of an execution that has ended is taken over only when this long has passed since.
const FunctionTimeoutSeconds = 60

// LateCallSeconds is how long a call of a function may still take effect after the deployment has moved on: a function runs that
// long, and its last call may be worked off a while later.
const LateCallSeconds = FunctionTimeoutSeconds + 30

// Call is what the state machine hands to each function.
type Call struct {
	Execution Execution `json:"execution"`
	State     string    `json:"state"`   // name of the state that called
	Entered   time.Time `json:"entered"` // when the machine entered it; in a function, when that was called
	Way       Way       `json:"way,omitempty"`
	Document  Document  `json:"document"`
}

// Way is the direction that a state works in, where a function serves both.
type Way string

// The ways.
const (
	Forward Way = "forward"  // to green
	Back    Way = "back"     // to blue: nothing of the deployment is to be left
	Alone   Way = "instance" // no deployment: one instance that a lifecycle hook holds
	Within  Way = "in_place" // neither: the instances that leave a group which stays
)

// Now is when the call was made. A redrive does not enter the state again: then it is no earlier than the redrive.
func (c Call) Now() time.Time {
	if redriven := c.Execution.RedriveTime; redriven != nil && redriven.After(c.Entered) {
		return *redriven
	}
	return c.Entered
}

// Execution is the execution as the context object shows it.
type Execution struct {
	ID           string          `json:"Id"`              // ARN
	Input        json.RawMessage `json:"Input,omitempty"` // the request
	Name         string          `json:"Name"`
	RoleArn      string          `json:"RoleArn,omitempty"`
	StartTime    time.Time       `json:"StartTime"`
	RedriveCount int             `json:"RedriveCount,omitempty"`
	RedriveTime  *time.Time      `json:"RedriveTime,omitempty"`
}

// Document is what travels from state to state. It holds counts and names; its one list of instances (Unreached)
// is bounded. The request is not in it: that comes with the execution, once.
type Document struct {
	Deployment *Deployment `json:"deployment,omitempty"`
	Progress   *Loop       `json:"progress,omitempty"`
	Fault      *Fault      `json:"fault,omitempty"` // why the deployment turned back, as Catch wrote it
	Report     *Report     `json:"report,omitempty"`
	Plan       *Plan       `json:"plan,omitempty"`    // until it is in the report
	Action     *Lifecycle  `json:"action,omitempty"`  // of the graceful-shutdown machine, which has no deployment
	Drained    *Drained    `json:"drained,omitempty"` // of its instance
}

// Lifecycle is a lifecycle action: the detail of Auto Scaling's event, of which it knows what it needs (aws-facts A6). What
// the event says of the instance's origin and destination is left out: a person can start the machine with anything, so
// the instance's lifecycle state decides what is done.
type Lifecycle struct {
	Group    string `json:"AutoScalingGroupName"`
	Hook     string `json:"LifecycleHookName"`
	Instance string `json:"EC2InstanceId"`
	Token    string `json:"LifecycleActionToken,omitempty"`
}

// UnmarshalJSON takes what an event tells beside that: AWS may add to it.
func (l *Lifecycle) UnmarshalJSON(text []byte) error {
	type plain Lifecycle
	return json.Unmarshal(text, (*plain)(l))
}

// Drained is how the drain of one instance goes, outside of a deployment, at the last look that saw it held.
type Drained struct {
	Status DrainStatus `json:"status,omitempty"`
	ToPool bool        `json:"to_pool,omitempty"` // it goes back to the warm pool
}

// DrainKey tells the drains of one instance apart. It ends once, and that drain has no key, so that the first of two to come
// does it. It may go back to the warm pool many times, and has work again each time: the key is the action's token then.
func (l *Lifecycle) DrainKey(toPool bool) string {
	if l == nil || !toPool {
		return ""
	}
	return strings.Map(func(r rune) rune { // it becomes part of a script
		if r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, l.Token)
}

// Fault is the error output of a Catch.
type Fault struct {
	Error string `json:"Error"`
	Cause string `json:"Cause,omitempty"`
}

// Route is where the state machine goes after DescribeBlue.
type Route string

// The routes.
const (
	RouteDeploy   Route = "deploy"    // create green
	RouteTakeOver Route = "take_over" // an ended execution left something behind: put that right first
	RouteNothing  Route = "nothing"   // recover was asked for and nothing was left
	RoutePlan     Route = "plan"      // a plan was asked for, and is made
)

// Then is what follows when what an ended execution left was finished or undone.
type Then string

// What can follow.
const (
	ThenDescribe Then = "describe" // the deployment that was asked for, from what is live now
	ThenEnd      Then = "end"      // nothing: action recover
)

// Deployment is what DescribeBlue resolved: which fleet is replaced by which, and how.
type Deployment struct {
	Project      string       `json:"project"`
	Action       Action       `json:"action"`
	Reason       string       `json:"reason,omitempty"` // why, as the request says
	Route        Route        `json:"route"`
	Then         Then         `json:"then,omitempty"`       // set while what another execution left is finished or undone
	Execution    string       `json:"execution"`            // ARN of the execution that began this deployment
	Lineage      string       `json:"lineage"`              // key of the record
	Blue         string       `json:"blue"`                 // group that serves
	Green        string       `json:"green,omitempty"`      // its copy; named when Claim takes the lock
	Generation   int          `json:"generation,omitempty"` // number of the copy
	Strategy     Strategy     `json:"strategy"`
	TargetGroups []string     `json:"target_groups,omitempty"` // ARNs, of those that blue was attached to as such
	Sources      []Source     `json:"sources,omitempty"`       // what else blue was attached to: Attached is all
	Aliases      []Alias      `json:"aliases,omitempty"`       // records that are to move, as they were
	Template     *Template    `json:"template,omitempty"`
	Own          *Own         `json:"own,omitempty"`   // made for green to launch from; nil: it launches from what blue does
	Build        *Making      `json:"build,omitempty"` // the image that is made first; nil: none is
	Named        string       `json:"named,omitempty"` // what blue launched from when it was described, in words, where green launches from something else
	Ran          *Template    `json:"ran,omitempty"`   // what blue's instances run, which a rollback launches again
	WaitSeconds  int          `json:"wait_seconds"`
	Health       HealthPolicy `json:"health"`
	Watch        Watch        `json:"watch,omitzero"`     // by what it is called off; a rollback has none
	Approval     *Approval    `json:"approval,omitempty"` // nil: nobody is asked
	Approved     *Said        `json:"approved,omitempty"` // that traffic may move
	Aborted      *Said        `json:"aborted,omitempty"`  // that it is to be sent back
	Drain        DrainPolicy  `json:"drain"`
	BlueAfter    BlueAfter    `json:"blue_after"`
	Revives      bool         `json:"revives,omitempty"`  // green is the fleet that blue replaced, brought back
	Override     *Override    `json:"override,omitempty"` // lifted a freeze
	StartedAt    time.Time    `json:"started_at"`
	Warnings     []string     `json:"warnings,omitempty"`
	PinnedAgain  *time.Time   `json:"pinned_again,omitempty"` // when a call found that one before it had begun to pin blue, which may still do it
	Unpinned     int          `json:"unpinned,omitempty"`     // how often a call that came late had done again what was undone
	Closed       string       `json:"closed,omitempty"`       // the end state that it was closed as
	Usual        int          `json:"usual,omitempty"`        // seconds that the lineage's last deployment that succeeded took; 0: there is none
}

// Resume is the deployment as the record holds it, worked on by an execution that was asked for current.
func (d Deployment) Resume(current Deployment) Deployment {
	d.Action, d.Then, d.WaitSeconds = current.Action, current.Then, current.WaitSeconds
	return d
}

// Warn adds a warning, once. Without a deployment nobody reads it.
func (d *Deployment) Warn(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); d != nil && !slices.Contains(d.Warnings, text) {
		d.Warnings = append(d.Warnings, text)
	}
}

// Template is a launch template as green is pinned to it.
type Template struct {
	ID        string     `json:"id"`
	Version   string     `json:"version"`             // number
	Specifier string     `json:"specifier"`           // what to resolve again next time: a number, $Latest or $Default
	Overrides []Template `json:"overrides,omitempty"` // those that a mixed instances policy's overrides name, in order
}

// Places are the templates that a group names: its own, then those of its overrides. t may be nil.
func (t *Template) Places() []Template {
	if t == nil {
		return nil
	}
	own := *t
	own.Overrides = nil
	return append([]Template{own}, t.Overrides...)
}

// Floated reports whether a place of it was named as $Latest or $Default, before it was pinned; t may be nil.
func (t *Template) Floated() bool {
	return slices.ContainsFunc(t.Places(), func(place Template) bool { return !IsVersion(place.Specifier) })
}

// InPlaces is the template of a group that names these in its places; nil: it names none.
func InPlaces(templates []Template) *Template {
	if len(templates) == 0 {
		return nil
	}
	own := templates[0]
	own.Overrides = templates[1:]
	return &own
}

// IsVersion reports whether a launch template's version is named by its number, and not as $Latest or $Default.
func IsVersion(named string) bool {
	_, err := strconv.ParseInt(named, 10, 64)
	return err == nil
}

// Pinned returns the template with this id that is pinned to this version, or nil; t may be nil.
func (t *Template) Pinned(id, version string) *Template {
	if t == nil {
		return nil
	}
	if t.ID == id && t.Version == version {
		return t
	}
	for i := range t.Overrides {
		if found := t.Overrides[i].Pinned(id, version); found != nil {
			return found
		}
	}
	return nil
}

// PinnedAt is Pinned of the template that a group names in this place: its own in place 0, then those of its overrides. Where a
// group names one template twice, what stood in the same place is meant.
func (t *Template) PinnedAt(place int, id, version string) *Template {
	if t != nil && 0 < place && place <= len(t.Overrides) {
		if same := &t.Overrides[place-1]; same.ID == id && same.Version == version {
			return same
		}
	}
	return t.Pinned(id, version)
}

// Verdict is the answer of a poll.
type Verdict string

// The verdicts. Pending is data that a Choice routes, never an error.
const (
	Pending  Verdict = "pending"  // look again after Loop.Seconds
	Done     Verdict = "done"     // the state's work is finished
	Undo     Verdict = "undo"     // TakeOver: what was left is undone first
	Finish   Verdict = "finish"   // TakeOver: what was left is finished first
	NotOurs  Verdict = "not_ours" // the way back found no lock of this deployment: nothing to restore
	Released Verdict = "released" // TakeOver: the lock was given back meanwhile
	Unpin    Verdict = "unpin"    // CompleteLifecycle: a call that came late has done again what was undone
	More     Verdict = "more"     // JoinGroup: the group has more previous instances than new ones
	Leaving  Verdict = "leaving"  // EndPrevious, RestoreGroup: instances are on their way out of the group, and may have to be drained
)

// Loop is how a poll loop stands, and what a person reads of it in the execution's history.
type Loop struct {
	State   string     `json:"state"`             // the poll loop that this belongs to
	Verdict Verdict    `json:"verdict"`           //
	Seconds int        `json:"seconds"`           // pause before the next look
	Began   time.Time  `json:"began,omitzero"`    // when the loop began
	Since   time.Time  `json:"since"`             // when its phase began
	Phase   string     `json:"phase,omitempty"`   // of a loop with several
	Until   *time.Time `json:"until,omitempty"`   // a person is asked
	Good    int        `json:"good,omitempty"`    // good samples in a row
	Bad     int        `json:"bad,omitempty"`     // bad samples in a row, where good ones are the rule
	Serving int        `json:"serving,omitempty"` // of green's capacity that serves, at the last look that counted it
	Wanted  int        `json:"wanted,omitempty"`  // that must
	Message string     `json:"message"`           // one sentence

	Weighted bool            `json:"weighted,omitempty"` // Serving and Wanted are in units, not in instances
	Memory   json.RawMessage `json:"memory,omitempty"`   // what the state's own next look must know; nobody else reads it
}

// Finished returns p as a verdict that ends the loop.
func (p Loop) Finished(verdict Verdict, message string) Loop {
	p.Verdict, p.Message, p.Seconds = verdict, message, 0
	return p
}

// Count notes a sample: good and bad ones in a row.
func (p Loop) Count(s Sample) Loop {
	if s.Good {
		p.Good, p.Bad = p.Good+1, 0
	} else {
		p.Good, p.Bad = 0, p.Bad+1
	}
	if s.Wanted > 0 {
		p.Serving, p.Wanted, p.Weighted = s.Serving, s.Wanted, s.Weighted
	}
	return p
}

// The end states. Each says what the world is like.
const (
	EndSucceeded  = "Succeeded"  // green serves, blue is empty
	EndRolledBack = "RolledBack" // blue serves as before, nothing of the deployment is left
	EndRejected   = "Rejected"   // nothing was written
	EndStranded   = "Stranded"   // a person is needed
)

// Report is what a person is told at the end.
type Report struct {
	End         string    `json:"end"` // Succeeded, RolledBack, Rejected
	Error       string    `json:"error,omitempty"`
	What        string    `json:"what"`             // what happened
	Left        []string  `json:"left,omitempty"`   // what is left, if anything
	Next        []string  `json:"next,omitempty"`   // commands that show or mend it
	Reason      string    `json:"reason,omitempty"` // as the request says
	Project     string    `json:"project,omitempty"`
	Lineage     string    `json:"lineage,omitempty"`
	Live        string    `json:"live,omitempty"` // group that serves
	Blue        string    `json:"blue,omitempty"`
	Green       string    `json:"green,omitempty"`
	Execution   string    `json:"execution"`
	EndedAt     time.Time `json:"ended_at"`
	TookSeconds int       `json:"took_seconds"`
	Warnings    []string  `json:"warnings,omitempty"`
	Override    *Override `json:"override,omitempty"` // of a freeze: who and why
	Approved    *Said     `json:"approved,omitempty"` // that traffic may move: who, when and why
	Aborted     *Said     `json:"aborted,omitempty"`  // that it is to be sent back
	Plan        *Plan     `json:"plan,omitempty"`     // where one was asked for
}

// These begin, with a hyphen, the names of the executions that a pipeline starts, and of those that StatusChange starts.
const (
	CommitPrefix   = "commit"
	RecoveryPrefix = "recover"
)

// ExecutionName is the last part of an execution's ARN.
func ExecutionName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// MachineOf is the ARN of an execution's state machine; empty where the execution's is none.
func MachineOf(execution string) string {
	parts := strings.Split(execution, ":")
	if len(parts) < 8 || parts[5] != "execution" {
		return ""
	}
	parts[5] = "stateMachine"
	return strings.Join(parts[:7], ":")
}
