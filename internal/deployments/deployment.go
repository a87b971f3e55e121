package deployments

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"bluegreen/internal/deploy"
	"bluegreen/internal/observe"
	"bluegreen/internal/text"
)

// Deployment is an execution of a machine that deploys. Its JSON is what programs are promised: members are added, and none changes
// its meaning.
type Deployment struct {
	Execution string         `json:"execution"` // ARN
	Name      string         `json:"name"`
	Machine   string         `json:"machine"` // name
	Project   string         `json:"project,omitempty"`
	Action    deploy.Action  `json:"action,omitempty"`
	Reason    string         `json:"reason,omitempty"` // why, as its request says
	Group     string         `json:"group,omitempty"`  // that its request names
	Lineage   string         `json:"lineage,omitempty"`
	Blue      string         `json:"blue,omitempty"`
	Green     string         `json:"green,omitempty"`
	Live      string         `json:"live,omitempty"` // group that serves once it has ended
	State     State          `json:"state"`
	Began     time.Time      `json:"began"`
	Ended     *time.Time     `json:"ended,omitempty"`
	Seconds   int            `json:"seconds"` // until its end, or until it was read
	Redrives  int            `json:"redrives,omitempty"`
	Error     string         `json:"error,omitempty"`
	What      string         `json:"what,omitempty"` // happened, in a sentence
	Left      []string       `json:"left,omitempty"`
	Next      []string       `json:"next,omitempty"` // commands
	Warnings  []string       `json:"warnings,omitempty"`
	Stage     string         `json:"stage,omitempty"` // that it is at, or was at last
	Stages    []Stage        `json:"stages,omitempty"`
	Events    []observe.Said `json:"events,omitempty"`
}

// Stage is a state of the machine that a deployment was at, with the looking and waiting that belong to it.
type Stage struct {
	Name    string    `json:"name"`
	Visits  int       `json:"visits"`
	Began   time.Time `json:"began"`
	Seconds float64   `json:"seconds"`
	Failed  bool      `json:"failed,omitempty"` // its last call did
}

// describe reads an execution without its history; now is when.
func (r Reader) describe(ctx context.Context, arn string, now time.Time) (Deployment, error) {
	d, err := r.sfn.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if missing(err) {
		return Deployment{}, r.noExecution(arn)
	}
	if err != nil {
		return Deployment{}, ask(err, "describe the execution %s", deploy.ExecutionName(arn))
	}
	project, group, action := deploy.Asked(json.RawMessage(aws.ToString(d.Input)))
	report := reportOf(d)
	read := Deployment{
		Execution: arn, Name: deploy.ExecutionName(arn), Machine: deploy.ExecutionName(aws.ToString(d.StateMachineArn)), Project: project, Action: action, Group: group,
		Lineage: report.Lineage, Blue: report.Blue, Green: report.Green, Live: report.Live,
		State: stateOf(d), Began: aws.ToTime(d.StartDate), Ended: d.StopDate, Redrives: int(aws.ToInt32(d.RedriveCount)),
		Error: text.Line(cmp.Or(report.Error, aws.ToString(d.Error))), What: report.What, Reason: report.Reason,
		Left: report.Left, Next: report.Next, Warnings: report.Warnings,
	}
	if read.Lineage == "" && group != "" {
		read.Lineage = deploy.LineageOf(group)
	}
	if read.State == Running {
		read.Ended = nil // a redriven execution's is that of its first end
	} else if read.What == "" && read.Error+aws.ToString(d.Cause) != "" {
		read.What = deploy.Fault{Error: read.Error, Cause: aws.ToString(d.Cause)}.What()
	}
	read.until(now)
	return read, nil
}

// until counts how long it has taken until its end, or until now. A model's clock may run faster than ours: now is no earlier than what
// has happened.
func (d *Deployment) until(now time.Time) {
	d.Seconds = int(max(0, cmp.Or(aws.ToTime(d.Ended), now).Sub(d.Began)).Seconds())
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Read reads an execution with its history; now is when.
func (r Reader) Read(ctx context.Context, arn string, now time.Time) (Deployment, error) {
	d, err := r.describe(ctx, arn, now)
	if err != nil {
		return d, err
	}
	var course observe.Course
	said, err := course.Next(ctx, r.sfn, arn)
	if err != nil {
		return d, ask(err, "read the history of %s", d.Name)
	}
	d.Events = said
	d.follow(course, now)
	return d, nil
}

// follow takes in what a history has told so far.
func (d *Deployment) follow(c observe.Course, now time.Time) {
	now = later(now, c.At)
	d.until(now)
	d.Stage, d.Stages = c.View.Stage, nil
	for _, s := range c.Stages {
		took := s.Took
		if d.State == Running && s.Name == d.Stage {
			took += now.Sub(c.At)
		}
		d.Stages = append(d.Stages, Stage{Name: s.Name, Visits: s.Visits, Began: s.Began, Seconds: observe.Milliseconds(took.Seconds()), Failed: s.Failed})
	}
	if of := c.Deployment; of != nil {
		d.Lineage, d.Blue, d.Green = cmp.Or(of.Lineage, d.Lineage), cmp.Or(d.Blue, of.Blue), cmp.Or(d.Green, of.Green)
		d.Reason = cmp.Or(d.Reason, text.Line(of.Reason))
		if d.Warnings == nil {
			d.Warnings = text.Lines(of.Warnings)
		}
	}
}

// List are the deployments that were started last, the newest first, at most so many: of a group's lineage where one is named, else of
// every machine that deploys. now is when they are read.
func (r Reader) List(ctx context.Context, group string, most int, now time.Time) ([]Deployment, error) {
	machines, err := r.Machines(ctx)
	if group != "" && err == nil {
		var own Machine
		own, err = r.MachineOf(ctx, group)
		machines = []Machine{own}
	}
	if err != nil {
		return nil, err
	}
	all := []Deployment{}
	for _, m := range machines {
		some, err := r.listOf(ctx, m, group, most, now)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b Deployment) int { return b.Began.Compare(a.Began) })
	return all[:min(most, len(all))], nil
}

// listOf are a machine's newest deployments. Of one lineage, they are looked for among a few times as many.
func (r Reader) listOf(ctx context.Context, m Machine, group string, most int, now time.Time) ([]Deployment, error) {
	const among = 5
	looked := most
	if group != "" {
		looked *= among
	}
	executions, err := r.newest(ctx, m, looked)
	if err != nil {
		return nil, err
	}
	var all []Deployment
	for _, one := range executions {
		d, err := r.describe(ctx, aws.ToString(one.ExecutionArn), now)
		if err == nil && d.State == Running {
			err = r.untilNewest(ctx, &d, now)
		}
		if err != nil {
			return nil, err
		}
		if group != "" && d.Lineage != deploy.LineageOf(group) {
			continue
		}
		if all = append(all, d); len(all) == most {
			break
		}
	}
	return all, nil
}

// untilNewest counts how long a deployment that runs has taken, by its newest event.
func (r Reader) untilNewest(ctx context.Context, d *Deployment, now time.Time) error {
	out, err := r.sfn.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &d.Execution, ReverseOrder: true, MaxResults: 1, IncludeExecutionData: aws.Bool(false)})
	if err != nil {
		return ask(err, "read the history of %s", d.Name)
	}
	for _, event := range out.Events {
		now = later(now, aws.ToTime(event.Timestamp))
	}
	d.until(now)
	return nil
}

// NameOf is an execution's name, of its ARN.
func NameOf(arn string) string { return deploy.ExecutionName(arn) }

// Of is what is replaced by what, as far as it is known.
func (d Deployment) Of() string {
	names := []string{cmp.Or(d.Blue, d.Group, "?")}
	if d.Green != "" {
		names = append(names, d.Green)
	}
	return strings.Join(names, " → ")
}
