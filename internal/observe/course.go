package observe

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
)

// ExecutionView is an execution and where it is.
type ExecutionView struct {
	Status sfntypes.ExecutionStatus
	Stage  string // the Task state entered last: what it works at or waits for
}

// Course is what was read of an execution's history, from its beginning. The zero Course has read nothing.
type Course struct {
	View       ExecutionView
	State      string             // entered last, of any type
	Stages     []Stage            // its Task states, in the order of their first visit
	Deployment *deploy.Deployment // as the newest document has it; nil: none has one yet

	At   time.Time // of the newest event that was read
	read int64     // its id
	said string
}

// Stage is a Task state that an execution was at, with the looking and waiting that belong to it.
type Stage struct {
	Name   string
	Visits int
	Began  time.Time // its first visit
	Took   time.Duration
	Failed bool // its last call did
}

// Said is a sentence of a history.
type Said struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Next reads the events since the last ones, and returns what they say, a sentence each. What was said just before is
// not said again: a state that is tried for an hour fails in the same way each time, but for the id that AWS gave the call.
func (c *Course) Next(ctx context.Context, client *sfn.Client, arn string) ([]Said, error) {
	events, err := after(ctx, client, arn, c.read)
	if err != nil {
		return nil, err
	}
	return c.take(events), nil
}

// take takes events in, and returns what they say.
func (c *Course) take(events []sfntypes.HistoryEvent) []Said {
	var said []Said
	for _, event := range events {
		c.read = event.Id
		c.spend(event)
		if sentence := c.follow(event); sentence != "" && callID.ReplaceAllString(sentence, "") != c.said {
			c.said = callID.ReplaceAllString(sentence, "")
			said = append(said, Said{aws.ToTime(event.Timestamp), sentence})
		}
	}
	return said
}

// callID is what a sentence says of which call of AWS's failed.
var callID = regexp.MustCompile(`, request [0-9A-Za-z-]+`)

// spend counts the time until an event for the stage that it ends or goes on with.
func (c *Course) spend(event sfntypes.HistoryEvent) {
	at := aws.ToTime(event.Timestamp)
	if n := len(c.Stages); c.View.Stage != "" && n > 0 {
		c.stage(c.View.Stage).Took += at.Sub(c.At)
	}
	c.At = at
	if stage := c.stage(c.View.Stage); stage != nil {
		if _, _, bad := failed(event); bad || event.Type == sfntypes.HistoryEventTypeTaskSucceeded {
			stage.Failed = bad
		}
	}
	if event.Type != sfntypes.HistoryEventTypeTaskStateEntered {
		return
	}
	name := aws.ToString(event.StateEnteredEventDetails.Name)
	if c.stage(name) == nil {
		c.Stages = append(c.Stages, Stage{Name: name, Began: at})
	}
	c.stage(name).Visits++
}

// stage is the one of a name; nil: it was not visited yet.
func (c *Course) stage(name string) *Stage {
	for n := range c.Stages {
		if c.Stages[n].Name == name {
			return &c.Stages[n]
		}
	}
	return nil
}

// History is an execution's history from its beginning.
func History(ctx context.Context, client *sfn.Client, arn string) ([]sfntypes.HistoryEvent, error) {
	return after(ctx, client, arn, 0)
}

// after reads the events after one, in their order. Step Functions gives no way to begin at an event, so it is asked for the
// newest page first.
func after(ctx context.Context, client *sfn.Client, arn string, read int64) ([]sfntypes.HistoryEvent, error) {
	var found []sfntypes.HistoryEvent
	pages := sfn.NewGetExecutionHistoryPaginator(client, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, ReverseOrder: true, MaxResults: 100})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("get the execution's history: %w", err)
		}
		for _, event := range page.Events {
			if event.Id <= read {
				slices.Reverse(found)
				return found, nil
			}
			found = append(found, event)
		}
	}
	slices.Reverse(found)
	return found, nil
}

// follow takes an event in, and returns what it says; most say nothing.
func (c *Course) follow(event sfntypes.HistoryEvent) string {
	switch event.Type {
	case sfntypes.HistoryEventTypeExecutionStarted:
		c.View.Status = sfntypes.ExecutionStatusRunning
		return "started"
	case sfntypes.HistoryEventTypeExecutionRedriven:
		c.View.Status = sfntypes.ExecutionStatusRunning
		return "redriven"
	case sfntypes.HistoryEventTypeTaskStateExited:
		return c.sentence(event.StateExitedEventDetails)
	}
	if entered := event.StateEnteredEventDetails; entered != nil {
		c.State = aws.ToString(entered.Name)
		if event.Type == sfntypes.HistoryEventTypeTaskStateEntered {
			c.View.Stage = c.State
		}
		return ""
	}
	if name, why, ok := failed(event); ok {
		return strings.TrimRight(fmt.Sprintf("%s failed: %s: %s", c.State, name, why), ": ")
	}
	return c.ended(event)
}

// sentence is what a Task's state says of itself when it is left: its name, with its progress where it has one; nothing if it failed.
func (c *Course) sentence(exited *sfntypes.StateExitedEventDetails) string {
	name := aws.ToString(exited.Name)
	var document struct {
		Deployment *deploy.Deployment `json:"deployment"`
		Progress   *deploy.Loop       `json:"progress"`
	}
	if json.Unmarshal([]byte(aws.ToString(exited.Output)), &document) != nil {
		return name
	}
	if document.Deployment != nil {
		c.Deployment = document.Deployment
	}
	if stage := c.stage(name); stage != nil && stage.Failed { // its fault has been said; the document is the one that it came with
		return ""
	}
	if document.Progress != nil && document.Progress.State == name {
		return name + ": " + document.Progress.Message
	}
	return name
}

// failed is why a call of a Task failed: the error's name, and what it says.
func failed(event sfntypes.HistoryEvent) (name, why string, ok bool) {
	var cause *string
	switch {
	case event.TaskFailedEventDetails != nil:
		name, cause = aws.ToString(event.TaskFailedEventDetails.Error), event.TaskFailedEventDetails.Cause
	case event.TaskTimedOutEventDetails != nil:
		name, cause = aws.ToString(event.TaskTimedOutEventDetails.Error), event.TaskTimedOutEventDetails.Cause
	case event.TaskStartFailedEventDetails != nil:
		name, cause = aws.ToString(event.TaskStartFailedEventDetails.Error), event.TaskStartFailedEventDetails.Cause
	default:
		return "", "", false
	}
	return name, reason(aws.ToString(cause)), true
}

// reason is what a cause says: that of a function is JSON, which holds a message.
func reason(cause string) string {
	var function struct {
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal([]byte(cause), &function) == nil && function.Message != "" {
		return function.Message
	}
	return cause
}

// ended says how the execution ended; nothing while it runs.
func (c *Course) ended(event sfntypes.HistoryEvent) string {
	var name, cause string
	switch event.Type {
	case sfntypes.HistoryEventTypeExecutionSucceeded:
		c.View.Status = sfntypes.ExecutionStatusSucceeded
		return "ended " + c.State
	case sfntypes.HistoryEventTypeExecutionFailed:
		c.View.Status = sfntypes.ExecutionStatusFailed
		name, cause = aws.ToString(event.ExecutionFailedEventDetails.Error), aws.ToString(event.ExecutionFailedEventDetails.Cause)
	case sfntypes.HistoryEventTypeExecutionAborted:
		c.View.Status = sfntypes.ExecutionStatusAborted
		name, cause = aws.ToString(event.ExecutionAbortedEventDetails.Error), aws.ToString(event.ExecutionAbortedEventDetails.Cause)
	case sfntypes.HistoryEventTypeExecutionTimedOut:
		c.View.Status = sfntypes.ExecutionStatusTimedOut
	default:
		return ""
	}
	report := Report(cause)
	said := "ended " + cmp.Or(report.End, string(c.View.Status)+" in "+c.State)
	if name != "" {
		said += " (" + name + ")"
	}
	if report.End == "" && cause != "" {
		said += ": " + reason(cause)
	}
	return said
}
