// Package notice says what people and programs hear of a deployment, when, and in which form; and what is measured of it.
// Package announce sends it.
package notice

import (
	"strconv"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

// Kind is what a notice is about.
type Kind string

// The kinds.
const (
	KindDeployment Kind = "deployment"
	KindDrain      Kind = "drain" // of one instance, outside of a deployment
)

// Stage is what has happened.
type Stage string

// The stages. docs/events.md says when each comes.
const (
	StageBuilding    Stage = "building"
	StageBuilt       Stage = "built"
	StageStarted     Stage = "started"
	StageAsking      Stage = "asking"
	StageHealthy     Stage = "healthy"
	StageCutover     Stage = "cutover"
	StageCommitted   Stage = "committed"
	StageRestoring   Stage = "restoring"
	StageInterrupted Stage = "interrupted"
	StageEnded       Stage = "ended"

	StageDrainStarted Stage = "drain_started"
	StageDrainEnded   Stage = "drain_ended"
)

// Notice is one stage in words: to programs as the detail of an event, whose shape docs/events.md promises, and
// to people as a message.
type Notice struct {
	ID         string           `json:"id"` // the same however often it is sent
	Stage      Stage            `json:"stage"`
	At         time.Time        `json:"at"`
	Project    string           `json:"project,omitempty"`
	Action     deploy.Action    `json:"action,omitempty"`
	Lineage    string           `json:"lineage,omitempty"`
	Deployment string           `json:"deployment,omitempty"` // ARN of the execution that began it
	Execution  string           `json:"execution"`            // ARN of the one that works on it
	Blue       string           `json:"blue,omitempty"`
	Green      string           `json:"green,omitempty"`
	Generation int              `json:"generation,omitempty"`
	Strategy   deploy.Strategy  `json:"strategy,omitempty"`
	Group      string           `json:"group,omitempty"` // of a drain, as Hook and Instance
	Hook       string           `json:"hook,omitempty"`
	Instance   string           `json:"instance,omitempty"`
	Serving    int              `json:"serving,omitempty"` // of green's capacity, at the last look
	Wanted     int              `json:"wanted,omitempty"`
	Weighted   bool             `json:"weighted,omitempty"` // these two are in units, not in instances
	Seconds    int              `json:"seconds"`            // since the execution began, or was redriven
	Reason     string           `json:"reason,omitempty"`   // as the request says
	Override   *deploy.Override `json:"override,omitempty"`
	Approved   *deploy.Said     `json:"approved,omitempty"` // that traffic may move
	Aborted    *deploy.Said     `json:"aborted,omitempty"`  // that the deployment is to be sent back
	Until      *time.Time       `json:"until,omitempty"`    // a person is asked
	Message    string           `json:"message"`
	Outcome    string           `json:"outcome,omitempty"` // an end state
	Error      string           `json:"error,omitempty"`
	Live       string           `json:"live,omitempty"`
	Left       []string         `json:"left,omitempty"`
	Next       []string         `json:"next,omitempty"`
	Warnings   []string         `json:"warnings,omitempty"`

	Kind    Kind   `json:"-"`
	Subject string `json:"-"` // of the mail to people; none: programs alone hear of it
	Text    string `json:"-"` // of the mail

	letter        letter           // the mail, if people hear of it
	before, after *deploy.Template // that blue's instances run, and green's
	since         time.Time        // when the execution began, or was redriven
	started       string           // by whom; empty: it is not known
	unbuilt       bool             // green does not exist: its image is not made
	usual         int              // seconds that the lineage's deployments take; 0: it is not known
}

// of is what every notice of a call has.
func of(c deploy.Call, stage Stage) Notice {
	n := Notice{Stage: stage, At: c.Entered, Kind: KindDeployment, Execution: c.Execution.ID, Seconds: running(c), since: began(c)}
	n.Project, n.Lineage, n.Action = c.Asked()
	deployment := c.Execution.Name
	if d := c.Document.Deployment; d != nil {
		n.Deployment = d.Execution
		n.Blue, n.Green, n.Generation, n.Strategy, n.Override = d.Blue, d.Green, d.Generation, d.Strategy, d.Override
		n.Approved, n.Aborted = d.Approved, d.Aborted
		n.Reason, n.before, n.after, n.unbuilt, n.usual = d.Reason, d.Ran, d.Template, d.Unbuilt(), d.Usual
		deployment = deploy.ExecutionName(d.Execution)
	}
	if p := c.Document.Progress; p != nil {
		n.Serving, n.Wanted, n.Weighted, n.Message = p.Serving, p.Wanted, p.Weighted, p.Message
	}
	n.ID = ID(deployment, c.Execution.Name, c.Execution.RedriveCount, stage)
	return n
}

// clean makes one line of each text that others than we may have written: people, AWS, and records of before.
func (n *Notice) clean() {
	for _, s := range []*string{&n.Project, &n.Reason, &n.Lineage, &n.Blue, &n.Green, &n.Group, &n.Hook, &n.Instance, &n.Message, &n.Error, &n.Live} {
		*s = text.Line(*s)
	}
	n.Left, n.Next, n.Warnings, n.Override = text.Lines(n.Left), text.Lines(n.Next), text.Lines(n.Warnings), n.Override.Clean()
	n.Approved, n.Aborted = n.Approved.Clean(), n.Aborted.Clean()
}

// ID names a stage of a deployment, or of the drain of an instance, as one execution came to it.
func ID(about, execution string, redrives int, stage Stage) string {
	return strings.Join([]string{about, execution, strconv.Itoa(redrives), string(stage)}, "/")
}

// began is when the execution began, or was redriven.
func began(c deploy.Call) time.Time {
	if redriven := c.Execution.RedriveTime; redriven != nil {
		return *redriven
	}
	return c.Execution.StartTime
}

// running is for how many seconds it has run.
func running(c deploy.Call) int { return max(int(c.Entered.Sub(began(c)).Seconds()), 0) }
