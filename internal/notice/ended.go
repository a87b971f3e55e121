package notice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

// Ended is an execution that is over and did not succeed, as Step Functions tells it.
type Ended struct {
	Execution string // ARN
	Machine   string // ARN
	Status    string // FAILED, TIMED_OUT, ABORTED
	Error     string
	Cause     string
	Input     json.RawMessage
	Began     time.Time // or was redriven
	At        time.Time
	Redrives  int
	Attempt   int // at a recovery: 0 by the event of its end, then one a look that finds its lock still there
}

// Aftermath is what an execution that is over asks for.
type Aftermath string

// The aftermaths.
const (
	AfterReported    Aftermath = "reported"    // nothing: it ended as one of our end states, and said so, or was a plan
	AfterUnreported  Aftermath = "unreported"  // people hear of an end whose report could not be written
	AfterStranded    Aftermath = "stranded"    // people hear at once what is left
	AfterInterrupted Aftermath = "interrupted" // a recovery
)

// Aftermath sorts the ends of the machine that deploys. A plan touches nothing, however it ends.
func (e Ended) Aftermath() Aftermath {
	if _, _, action := deploy.Asked(e.Input); action == deploy.ActionPlan {
		return AfterReported
	}
	if e.Status != "FAILED" {
		return AfterInterrupted
	}
	var report deploy.Report
	if json.Unmarshal([]byte(e.Cause), &report) == nil && (report.End == deploy.EndRejected || report.End == deploy.EndRolledBack) {
		if report.Execution == "" {
			return AfterUnreported
		}
		return AfterReported
	}
	// An error of the machine's own ends it wherever it is, and nothing catches it; those of tasks end it where we want it.
	ofTasks := []string{"States.Timeout", "States.TaskFailed", "States.HeartbeatTimeout"}
	if strings.HasPrefix(e.Error, "States.") && !slices.Contains(ofTasks, e.Error) {
		return AfterInterrupted
	}
	return AfterStranded
}

// Recovery is the execution that finishes or undoes what this one left: for an attempt the same name and input however often
// it is asked for.
// There is none for a recovery, which would start recoveries for ever, nor where the input names no fleet.
func (e Ended) Recovery() (name, input string, ok bool) {
	project, group, action := deploy.Asked(e.Input)
	if project == "" || group == "" || action == deploy.ActionRecover {
		return "", "", false
	}
	const longest, digits = 80, 8 // characters of an execution's name (aws-facts C1), and of what tells one from another
	of := fmt.Sprintf("%s %d", e.Execution, e.Redrives)
	if e.Attempt > 0 {
		of += fmt.Sprintf(" %d", e.Attempt)
	}
	sum := sha256.Sum256([]byte(of))
	head, tail := deploy.RecoveryPrefix+"-", "-"+hex.EncodeToString(sum[:])[:digits]
	dead := deploy.ExecutionName(e.Execution)
	dead = strings.ToValidUTF8(dead[:min(len(dead), longest-len(head)-len(tail))], "") // cut within a character, perhaps
	return head + dead + tail, request(project, deploy.ActionRecover, group), true
}

// what is how it ended, in one sentence.
func (e Ended) what() string {
	what := deploy.Fault{Error: e.Error, Cause: e.Cause}.What()
	if e.Error == "" && e.Cause == "" {
		return "the execution is " + e.Status
	}
	return fmt.Sprintf("the execution is %s: %s: %s", e.Status, e.Error, what)
}

// of is what both of an execution's bad ends have. d is the deployment that it held, nil: none that is known.
func (e Ended) of(stage Stage, d *deploy.Deployment) Notice {
	call := deploy.Call{
		Execution: deploy.Execution{ID: e.Execution, Input: e.Input, Name: deploy.ExecutionName(e.Execution), StartTime: e.Began, RedriveCount: e.Redrives},
		Entered:   e.At,
		Document:  deploy.Document{Deployment: d},
	}
	n := of(call, stage)
	n.Error, n.Message = e.Error, e.what()
	return n
}

// toPeople completes a notice with the mail to people.
func (n *Notice) toPeople(l letter) {
	n.letter = l
	n.clean()
	n.write()
}

// Held is what an execution that has ended still holds of its lineage.
type Held struct {
	Deployment *deploy.Deployment // nil: none that is known
	Serves     string             // the group that serves meanwhile; empty: it is not known
	Waiting    string             // what waiting costs
	Left       []string
}

// serves is who serves, and how long that may stay so.
func (h Held) serves() string {
	if h.Serves == "" {
		return ""
	}
	return h.Serves + "; it serves on while you look: " + h.Waiting
}

// Stranded tells that a person is needed: who serves, what is left, and the commands that mend it.
func (e Ended) Stranded(held Held) Notice {
	n := e.of(StageEnded, held.Deployment)
	n.Outcome, n.Left = deploy.EndStranded, held.Left
	n.Next = []string{
		"mend what the message names, then let the execution try just that again",
		"aws stepfunctions redrive-execution " + text.Option("--execution-arn", e.Execution),
		"or have another execution recover what is left",
		e.start(),
	}
	n.toPeople(letter{headlines[deploy.EndStranded], held.serves(), "mend what the message names, then let the deployment go on", n.Next})
	return n
}

// Interrupted tells of an execution that was stopped, or died. recovery is the ARN of the one that was started, empty if
// none was; why then says why not.
func (e Ended) Interrupted(held Held, recovery, why string) Notice {
	n := e.of(StageInterrupted, held.Deployment)
	n.Left = held.Left
	l := letter{"INTERRUPTED, a person is needed", held.serves(), "recover what is left", nil}
	switch {
	case recovery != "":
		l = letter{"interrupted, is being recovered", held.Serves, "nothing: a recovery was started, and tells how it ends", nil}
		n.Next = []string{l.todo, ConsoleLink(recovery)}
		l.steps = []string{"to follow it", ConsoleLink(recovery)}
	case len(held.Left) == 0 && held.Deployment == nil && e.start() == "":
		l.headline, l.todo = "interrupted", why
		n.Next = []string{why}
	default:
		n.Next = []string{why, e.start()}
		l.steps = n.Next
	}
	n.toPeople(l)
	return n
}

// Unreported tells an end whose report could not be written.
func (e Ended) Unreported(d *deploy.Deployment) Notice {
	n := e.of(StageEnded, d)
	var report deploy.Report
	if json.Unmarshal([]byte(e.Cause), &report) == nil {
		n.Outcome, n.Message = report.End, report.What
	}
	n.Next = []string{deploy.History(e.Execution)}
	n.toPeople(letter{headlines[n.Outcome], unchanged(n.Blue), "nothing for those who are served; its report could not be written, the history has it", n.Next})
	return n
}

// DrainInterrupted tells of a drain outside of a deployment that was stopped, or died: its instance is still held.
func (e Ended) DrainInterrupted() Notice {
	var event struct {
		Detail struct {
			Group    string `json:"AutoScalingGroupName"`
			Hook     string `json:"LifecycleHookName"`
			Instance string `json:"EC2InstanceId"`
		}
	}
	_ = json.Unmarshal(e.Input, &event) // of another shape: what is not known is left out
	n := e.of(StageInterrupted, nil)
	a := event.Detail
	n.ID = ID(a.Instance, deploy.ExecutionName(e.Execution), e.Redrives, n.Stage)
	n.Kind, n.Action, n.Group, n.Hook, n.Instance, n.Lineage = KindDrain, "", a.Group, a.Hook, a.Instance, deploy.LineageOf(a.Group)
	n.Left = []string{fmt.Sprintf("%s may be held by its hook %s until the time of that is up", a.Instance, a.Hook)}
	n.Next = []string{
		"let the execution go on where it ended", "aws stepfunctions redrive-execution " + text.Option("--execution-arn", e.Execution),
		"or let the instance go as it is",
		"aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE " + text.Option("--auto-scaling-group-name", a.Group) + " " +
			text.Option("--lifecycle-hook-name", a.Hook) + " " + text.Option("--instance-id", a.Instance),
	}
	n.toPeople(letter{"drain INTERRUPTED " + a.Instance, "", "let the drain go on, or the instance go: it is held meanwhile", n.Next})
	return n
}

// start is the command that starts a recovery; empty where the input names no fleet.
func (e Ended) start() string {
	project, group, _ := deploy.Asked(e.Input)
	if project == "" || group == "" {
		return ""
	}
	return "aws stepfunctions start-execution " + text.Option("--state-machine-arn", e.Machine) + " " +
		text.Option("--input", request(project, deploy.ActionRecover, group))
}
