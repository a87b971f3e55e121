package deploy

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bluegreen/internal/form"
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

// The stages. docs/events.md says when each is told.
const (
	StageStarted     Stage = "started"
	StageHealthy     Stage = "healthy"
	StageCutover     Stage = "cutover"
	StageCommitted   Stage = "committed"
	StageRestoring   Stage = "restoring"
	StageInterrupted Stage = "interrupted"
	StageEnded       Stage = "ended"

	StageDrainStarted Stage = "drain_started"
	StageDrainEnded   Stage = "drain_ended"
)

// Notice is what is told of one stage: to programs as the detail of an event, whose shape docs/events.md promises, and
// to people as a message.
type Notice struct {
	ID         string    `json:"id"` // the same however often the stage is told
	Stage      Stage     `json:"stage"`
	At         time.Time `json:"at"`
	Project    string    `json:"project,omitempty"`
	Action     Action    `json:"action,omitempty"`
	Lineage    string    `json:"lineage,omitempty"`
	Deployment string    `json:"deployment,omitempty"` // ARN of the execution that began it
	Execution  string    `json:"execution"`            // ARN of the one that works on it
	Blue       string    `json:"blue,omitempty"`
	Green      string    `json:"green,omitempty"`
	Generation int       `json:"generation,omitempty"`
	Strategy   Strategy  `json:"strategy,omitempty"`
	Group      string    `json:"group,omitempty"` // of a drain, as Hook and Instance
	Hook       string    `json:"hook,omitempty"`
	Instance   string    `json:"instance,omitempty"`
	Serving    int       `json:"serving,omitempty"` // instances, at the last look
	Wanted     int       `json:"wanted,omitempty"`
	Seconds    int       `json:"seconds"` // since the execution began, or was redriven
	Override   *Override `json:"override,omitempty"`
	Message    string    `json:"message"`
	Outcome    string    `json:"outcome,omitempty"` // an end state
	Error      string    `json:"error,omitempty"`
	Live       string    `json:"live,omitempty"`
	Left       []string  `json:"left,omitempty"`
	Next       []string  `json:"next,omitempty"`
	Warnings   []string  `json:"warnings,omitempty"`

	Kind    Kind   `json:"-"`
	Subject string `json:"-"` // of the message to people; none: only programs are told
	Text    string `json:"-"`
}

// notice is what every stage's notice has.
func (c Call) notice(stage Stage) Notice {
	n := Notice{Stage: stage, At: c.Entered, Kind: KindDeployment, Execution: c.Execution.ID, Seconds: c.running()}
	n.Project, n.Lineage, n.Action = c.Asked()
	deployment := c.Execution.Name
	if d := c.Document.Deployment; d != nil {
		n.Deployment = d.Execution
		n.Blue, n.Green, n.Generation, n.Strategy, n.Override = d.Blue, d.Green, d.Generation, d.Strategy, d.Override
		deployment = ExecutionName(d.Execution)
	}
	if p := c.Document.Progress; p != nil {
		n.Serving, n.Wanted, n.Message = p.Serving, p.Wanted, p.Message
	}
	n.ID = NoticeID(deployment, c.Execution.Name, c.Execution.RedriveCount, stage)
	return n
}

// clean makes one line of each text that others than we may have written: people, AWS, and records of before.
func (n *Notice) clean() {
	for _, s := range []*string{&n.Project, &n.Lineage, &n.Blue, &n.Green, &n.Group, &n.Hook, &n.Instance, &n.Message, &n.Error, &n.Live} {
		*s = text.Line(*s)
	}
	n.Left, n.Next, n.Warnings, n.Override = text.Lines(n.Left), text.Lines(n.Next), text.Lines(n.Warnings), n.Override.clean()
}

// NoticeID names a stage of a deployment, or of the drain of an instance, as one execution came to it.
func NoticeID(about, execution string, redrives int, stage Stage) string {
	return strings.Join([]string{about, execution, strconv.Itoa(redrives), string(stage)}, "/")
}

// running is for how many seconds the execution has run, since its start or its last redrive.
func (c Call) running() int {
	began := c.Execution.StartTime
	if redriven := c.Execution.RedriveTime; redriven != nil {
		began = *redriven
	}
	return max(int(c.Entered.Sub(began).Seconds()), 0)
}

// Asked is what is asked for, and of which lineage: as DescribeBlue has resolved it, or before that as the request says, as far
// as it can be read. Of a drain outside of a deployment there is no request.
func (c Call) Asked() (project, lineage string, action Action) {
	switch d := c.Document; {
	case d.Deployment != nil:
		return d.Deployment.Project, d.Deployment.Lineage, d.Deployment.Action
	case d.Action != nil:
		return "", LineageOf(d.Action.Group), ""
	}
	project, group, action := Asked(c.Execution.Input)
	return project, LineageOf(group), action
}

// Asked is what an execution's input asks for, as far as it can be read: whoever tells of a request that was rejected
// wants a name. What no request may say is left out.
func Asked(input json.RawMessage) (project, group string, action Action) {
	var request struct {
		Project any
		Action  any
		Blue    any
	}
	if json.Unmarshal(input, &request) != nil {
		return "", "", ""
	}
	r := Defaults()
	blue, _ := request.Blue.(map[string]any)
	if project, ok := request.Project.(string); ok { // one line, also where it began before that was asked of it
		form.Take(text.Line(project), r.project())
	}
	form.Take(blue["asg_name"], r.group())
	if request.Action != nil && !form.Take(request.Action, r.action()) {
		r.Action = ""
	}
	return r.Project, r.BlueName, r.Action
}

// LineageOf is the lineage that a group belongs to, by its name.
func LineageOf(group string) string {
	if lineage, _, ok := SplitName(group); ok {
		return lineage
	}
	return group
}

// ExecutionName is the last part of an execution's ARN.
func ExecutionName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }
