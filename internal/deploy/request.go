package deploy

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"bluegreen/internal/fault"
	"bluegreen/internal/form"
	"bluegreen/internal/text"
)

// Action is what the execution is asked to do.
type Action string

// The actions.
const (
	ActionDeploy   Action = "deploy"   // replace the live fleet by a copy
	ActionRollback Action = "rollback" // replace the live fleet by the one that it replaced
	ActionRecover  Action = "recover"  // only finish or undo what an ended execution left
	ActionPlan     Action = "plan"     // only say what a deployment would do
)

// Request is the input of an execution.
type Request struct {
	Project     string
	Action      Action
	BlueName    string // any group of the lineage
	WaitSeconds int    // the longest pause between two polls while something is about to happen
	Green       Green
	Strategy    Strategy
	Records     []Record // that the strategy moves
	Health      HealthPolicy
	BakeSeconds int      // for which blue stands by once all traffic has moved
	Alarms      []string // names of those that send the deployment back
	Ringing     Ringing  // what one of them means that rings before
	Approval    Approval // without a time nobody is asked
	Drain       DrainPolicy
	BlueAfter   BlueAfter
	Reason      string    // why, in people's words
	Override    *Override // nil: freezes hold
	Recalled    bool      // Drain is not the request's own: the lineage's record remembers it
}

// Recalling is the request with the drain that the lineage's record remembers, or nil, in place of its own: a rollback that
// gives no command drains as the lineage's instances are drained.
func (r Request) Recalling(drain *DrainPolicy) Request {
	if r.Action == ActionRollback && len(r.Drain.Command) == 0 && drain != nil {
		r.Drain, r.Recalled = *drain, true
	}
	return r
}

// Override lifts the operators' freezes (package guardrails) from one deployment.
type Override struct {
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	Until   time.Time `json:"until"`             // from then on it lifts nothing: a request is committed, and stays
	Freezes []string  `json:"freezes,omitempty"` // names of those that it lifted
}

// String says who overrides what and why; nothing of nil.
func (o *Override) String() string {
	if o == nil {
		return ""
	}
	return o.By + " overrides " + strings.Join(o.Freezes, ", ") + ": " + o.Reason
}

// Clean is the same in one line each; nil of nil.
func (o *Override) Clean() *Override {
	if o == nil {
		return nil
	}
	return &Override{By: text.Line(o.By), Reason: text.Line(o.Reason), Until: o.Until, Freezes: text.Lines(o.Freezes)}
}

// DrainPolicy says how an instance that goes is shut down gracefully, while a lifecycle hook holds it.
type DrainPolicy struct {
	Command        []string  `json:"command,omitempty"` // shell lines run on it through SSM; none: it completes its own hook
	Hook           string    `json:"hook,omitempty"`    // the terminating hook that holds it, where the fleet has several
	TimeoutSeconds int       `json:"timeout_seconds"`   // for one instance, from the start of its command
	OnTimeout      OnTimeout `json:"on_timeout"`        // what becomes of an instance whose drain failed or took too long
}

// OnTimeout is how a lifecycle action is completed when its drain did not succeed.
type OnTimeout string

// The ways. AWS terminates the instance after both results; ABANDON skips the hooks that remain, and keeps the instance
// for a person where the group's instance lifecycle policy retains abandoned ones (aws-facts A1).
const (
	TimeoutContinue OnTimeout = "CONTINUE"
	TimeoutAbandon  OnTimeout = "ABANDON"
	TimeoutRetain   OnTimeout = "retain"
)

// BlueAfter is what becomes of blue once it is empty.
type BlueAfter string

// What can become of it.
const (
	AfterScaleToZero BlueAfter = "scale_to_zero" // it stays at size 0, quiet, ready for a rollback
	AfterDelete      BlueAfter = "delete"
)

// HealthPolicy says when green counts as healthy.
type HealthPolicy struct {
	TimeoutSeconds int `json:"timeout_seconds"`
	Consecutive    int `json:"consecutive"` // good samples in a row
}

// DefaultWaitSeconds is the longest pause between two looks that a request gets which names none.
const DefaultWaitSeconds = 30

// Defaults is a request that says nothing.
func Defaults() Request {
	return Request{
		Action:      ActionDeploy,
		WaitSeconds: DefaultWaitSeconds,
		Health:      HealthPolicy{TimeoutSeconds: 1800, Consecutive: 2},
		Ringing:     RingingRefuse,
		Approval:    Approval{OnTimeout: SilenceAborts},
		Drain:       DrainPolicy{TimeoutSeconds: 900, OnTimeout: TimeoutContinue},
		BlueAfter:   AfterScaleToZero,
	}
}

func (r *Request) project() form.Form { return form.Text{Into: &r.Project, Min: 1, Max: 128} }

// group is what EC2 Auto Scaling takes as a group's name (aws-facts A5).
func (r *Request) group() form.Form {
	return form.Shaped{
		Pattern: "^[!-9;-~]{1,255}$",
		Shape:   "a string of 1 to 255 characters of ASCII, without spaces and colons",
		Parse: func(s string) error {
			r.BlueName = s
			return nil
		},
	}
}

func (r *Request) action() form.Form {
	return form.OneOf[Action]{Into: &r.Action, Choices: []Action{ActionDeploy, ActionRollback, ActionRecover, ActionPlan}}
}

// form is what a request may say, what that means, and where it goes.
func (r *Request) form(override *Override, build *Build) form.Object {
	schema := ""
	return append(form.Object{
		form.Required("project", "Name on tags and reports.", r.project()),
		form.Optional("action", "What is asked for. deploy: replace the live fleet by a copy. rollback: bring back the fleet that the live one replaced. "+
			"recover: only finish or undo what an ended execution left. plan: only say what deploy would do, and what stands in its way.", r.action()),
		form.Optional("reason", "Why, in people's words: in the record, in mails and in the report.", form.Text{Into: &r.Reason, Min: 1, Max: 500}),
		form.Required("blue", "The fleet to replace.", form.Object{
			form.Required("asg_name", "Any Auto Scaling group of the lineage; it is resolved to the one that serves now, so the same request deploys again and again.", r.group()),
		}),
		form.Optional("green", "How green differs from blue. Default: not at all.", r.Green.form(build)),
		form.Optional("Wait", "The longest pause between two looks, in seconds, while something is about to happen; a loop that lasts for hours may pause longer.",
			form.Whole{Into: &r.WaitSeconds, Min: 1, Max: 300, Unit: "seconds"}),
		form.Optional("traffic", "How traffic moves to green.", form.Object{
			form.Optional("strategy", explained()+" Default: what fits blue.", form.OneOf[Strategy]{Into: &r.Strategy, Choices: Strategies()}),
			form.Optional("records", "The names by which clients know the fleet, each an alias of one of its load balancers, of type A, AAAA or both. For strategy "+
				strings.Join(movingRecords(), " or ")+", and required there; a rollback moves those that moved.",
				form.List[Record]{Into: &r.Records, Min: 1, Max: mostRecords, Item: func(record *Record) form.Form { return record.form() }}),
		}),
		form.Optional("health", "When green counts as healthy.", form.Object{
			form.Optional("timeout_seconds", "How long green may take to be healthy, in the group and then in the target groups.",
				form.Whole{Into: &r.Health.TimeoutSeconds, Min: 60, Max: 43200, Unit: "seconds"}),
			form.Optional("consecutive", "How many good looks in a row are wanted.",
				form.Whole{Into: &r.Health.Consecutive, Min: 1, Max: 20, Unit: "samples"}),
		}),
		form.Optional("drain", "How an instance that goes is shut down gracefully, while a terminating lifecycle hook holds it.", r.Drain.form()),
		form.Optional("blue_after", "What becomes of blue once it is empty.", form.Object{
			form.Optional("then", "scale_to_zero: it stays at size 0, ready for a rollback. delete: it is deleted.",
				form.OneOf[BlueAfter]{Into: &r.BlueAfter, Choices: []BlueAfter{AfterScaleToZero, AfterDelete}}),
		}),
		form.Optional("override_freeze", "Deploys although a freeze of the operators' guardrails is in force, and is written into the lineage's record. "+
			"Without a freeze in force it means nothing.", override.form()),
		form.Optional("$schema", "Where the schema of this file is, for editors. It means nothing to a deployment.",
			form.Text{Into: &schema, Min: 1, Max: 2000}),
	}, append(r.watching(), r.approval())...)
}

func (p *DrainPolicy) form() form.Object {
	return form.Object{
		form.Optional("command", "Shell lines that drain an instance, run on it through Systems Manager. Default: none, the instance completes its own hook.",
			form.List[string]{Into: &p.Command, Min: 1, Max: 100, Item: func(line *string) form.Form { return form.Text{Into: line, Min: 1, Max: 2000, Tabs: true} }}),
		form.Optional("hook", "The terminating lifecycle hook that the drain completes. Default: the fleet's only one.",
			form.Text{Into: &p.Hook, Min: 1, Max: 255}),
		form.Optional("timeout_seconds", "How long the drain of one instance may take.",
			form.Whole{Into: &p.TimeoutSeconds, Min: 30, Max: 172800, Unit: "seconds"}),
		form.Optional("on_timeout", "What becomes of an instance whose drain fails or takes too long. CONTINUE: it is terminated. ABANDON: it is terminated, and hooks that remain are skipped. "+
			"retain: it is kept for a person; the group's instance lifecycle policy must say so too.",
			form.OneOf[OnTimeout]{Into: &p.OnTimeout, Choices: []OnTimeout{TimeoutContinue, TimeoutAbandon, TimeoutRetain}}),
	}
}

// idle finds what is said of a drain that does not take place: who forgot the command believes that instances drain.
func (p *DrainPolicy) idle(usual OnTimeout, problems *form.Problems) {
	if len(p.Command) == 0 && p.Hook != "" {
		problems.Add("$.drain.hook names the hook that drain.command completes, and there is no $.drain.command: give it, or leave the hook out")
	}
	if len(p.Command) == 0 && p.OnTimeout != usual {
		problems.Add("$.drain.on_timeout says what becomes of an instance whose drain.command takes too long, and there is no $.drain.command: give it, or leave on_timeout out")
	}
}

func (o *Override) form() form.Object {
	return form.Object{
		form.Required("by", "Who answers for it.", form.Text{Into: &o.By, Min: 1, Max: 128}),
		form.Required("reason", "Why it cannot wait.", form.Text{Into: &o.Reason, Min: 1, Max: 500}),
		form.Required("until", "When it ends, at most 24 hours ahead: the request stays where it was committed, and must not lift the next freeze too.",
			form.Shaped{
				Pattern: "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
				Shape:   `a time with its zone, such as "2026-12-30T06:00:00+09:00"`,
				Parse: func(s string) (err error) {
					o.Until, err = time.Parse(time.RFC3339, s)
					return err
				},
			}),
	}
}

const minimal = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}}`

// ParseRequest decodes an execution's input strictly. The error is a BadRequest that names every problem, each with its
// JSON path, what is wrong and what would be right.
func ParseRequest(input json.RawMessage) (Request, error) { return ParseRequestWith(Defaults(), input) }

// ParseRequestWith is ParseRequest with other values for what the input leaves out.
func ParseRequestWith(defaults Request, input json.RawMessage) (Request, error) {
	request := defaults
	override, build := Override{}, defaultBuild()
	problems := form.Read(input, request.form(&override, &build))
	if len(build.Commands) > 0 {
		request.Green.Build = &build
	}
	request.Drain.idle(defaults.Drain.OnTimeout, problems)
	request.Green.idle(request.Action, problems)
	request.unmoved(problems)
	request.unwatched(problems)
	request.tooPatient(problems)
	if problems.Count() > 0 {
		return Request{}, fault.New(fault.BadRequest, "the request has %s: %s; the smallest request is %s",
			Counted(problems.Count(), "problem"), strings.Join(problems.Said(), "; "), minimal)
	}
	if override.By != "" {
		request.Override = &override
	}
	return request, nil
}

// RequestSchema is the JSON Schema of a request.
func RequestSchema() ([]byte, error) {
	request, build := Defaults(), defaultBuild()
	return form.Schema("The input of a deployment",
		"What bluegreen's state machine is started with: replaces an Auto Scaling group (blue) by a copy (green). At most 32 KiB; unknown fields and wrong values are reported together. A field given twice is only seen before the execution starts.",
		request.form(&Override{}, &build))
}

// Counted is how many of a thing there are, in words: "1 instance", "2 instances".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
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

// Asked is what an execution's input asks for, as far as it can be read: a request that was rejected has a name all the
// same. What no request may say is left out.
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
