package notice

import (
	"cmp"
	"fmt"

	"bluegreen/internal/deploy"
	"bluegreen/internal/text"
)

func started(n *Notice, c deploy.Call, _ *deploy.Loop) bool {
	n.Message = fmt.Sprintf("%s is being replaced by %s, a copy of it with %s", n.Blue, n.Green, n.counted(n.Wanted))
	if c.Document.Deployment.Revives {
		n.Message = fmt.Sprintf("%s is being replaced by %s, which it had replaced, with %s", n.Blue, n.Green, n.counted(n.Wanted))
	}
	n.Warnings = c.Document.Deployment.Warnings
	n.letter = letter{n.doing() + " started", n.Blue + ", as before", "nothing", n.callOff()}
	return true
}

// building tells the first look of a build, which may take hours.
func building(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	d := c.Document.Deployment
	if d.Build == nil || before != nil && before.State == c.State {
		return false
	}
	n.Message = fmt.Sprintf("image %s is being made of %s, for %s", d.Build.Name, d.Build.Source, n.Green)
	n.Warnings = d.Warnings
	n.letter = letter{"green's image is being made", n.Blue + ", as before", "nothing; the execution shows how far it is", n.callOff()}
	return true
}

// built tells that the image is made, and its builder has ended.
func built(_ *Notice, c deploy.Call, _ *deploy.Loop) bool {
	return is(c.Document.Progress, deploy.Done)
}

// callOff is how a deployment is called off.
func (n *Notice) callOff() []string {
	return []string{
		"to call it off before its traffic has moved, stop it: what it leaves is finished or undone by a recovery",
		"aws stepfunctions stop-execution " + text.Option("--execution-arn", n.Execution),
	}
}

// replacing tells once that the instances of a group that stays are being replaced.
func replacing(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	if before != nil && (before.State == c.State || before.State == "JoinGroup") {
		return false
	}
	n.Message = fmt.Sprintf("the instances of %s are being replaced, and it stays", n.Blue)
	n.Warnings = c.Document.Deployment.Warnings
	return true
}

// counted is a number with what it counts.
func (n *Notice) counted(number int) string {
	return deploy.Counted(number, deploy.Unit(n.Weighted))
}

// asking tells the first look at which green could take traffic and a person is asked whether it may.
func asking(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	d, p := c.Document.Deployment, c.Document.Progress
	if p == nil || p.Phase != deploy.Asking || p.Verdict != deploy.Pending || before != nil && before.Phase == deploy.Asking {
		return false
	}
	silence := "after that it is sent back"
	if d.Approval.OnTimeout == deploy.SilenceContinues {
		silence = "after that traffic moves"
	}
	n.Until = p.Until
	n.Message = fmt.Sprintf("green %s is ready with %s, and takes no traffic yet", n.Green, n.counted(n.Serving))
	n.Warnings = d.Warnings
	n.letter = letter{"APPROVAL WANTED by " + n.Until.UTC().Format("2006-01-02 15:04 UTC"), n.Blue + ", as before",
		fmt.Sprintf("look at green, and answer by %s; %s", deploy.Moment(*n.Until), silence), []string{
			"to let traffic move to " + n.Green,
			deploy.AnswerCommand(n.Execution, deploy.Approve, ""),
			"to send the deployment back (put your reason in)",
			deploy.AnswerCommand(n.Execution, deploy.Abort, "green is not good"),
		}}
	return true
}

func healthy(_ *Notice, c deploy.Call, _ *deploy.Loop) bool {
	return is(c.Document.Progress, deploy.Done)
}

// cutover tells that all traffic has moved: once blue begins to stand by, where it does.
func cutover(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	d, p := c.Document.Deployment, c.Document.Progress
	baking, baked := p != nil && p.Phase == deploy.Baking, before != nil && before.Phase == deploy.Baking
	if baked || !baking && !is(p, deploy.Done) {
		return false
	}
	n.Message = fmt.Sprintf("traffic has moved to %s", n.Green)
	if n.Serving > 0 {
		n.Message += fmt.Sprintf(", which serves with %s", n.counted(n.Serving))
	}
	serves := n.Green
	if n.Serving > 0 {
		serves += ", with " + n.counted(n.Serving)
	}
	how := cmp.Or(d.Drain.Adds(), ", each instance shut down gracefully")
	n.letter = letter{"traffic has moved", serves, fmt.Sprintf("nothing: %s is scaled in now%s", n.Blue, how), nil}
	if baking {
		n.letter.todo = fmt.Sprintf("nothing: %s stands by for %d s, then it is scaled in%s", n.Blue, d.Watch.BakeSeconds, how)
		n.letter.steps = []string{
			"to bring traffic back to " + n.Blue + " while it stands by (put your reason in)",
			deploy.AnswerCommand(n.Execution, deploy.Abort, "green is not good"),
		}
		return true
	}
	if d.BlueAfter != deploy.AfterDelete {
		n.letter.steps = n.rollback()
		n.letter.steps[0] += " once this has ended"
	}
	return true
}

func committed(*Notice, deploy.Call, *deploy.Loop) bool { return true }

// restoring tells that the way back has begun: not how it goes on, nor of a traffic that this deployment had not moved.
func restoring(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	if before != nil && before.State == c.State || is(c.Document.Progress, deploy.NotOurs) {
		return false
	}
	n.Message = "traffic returns to " + n.Blue
	if f := c.Document.Fault; f != nil {
		n.Error = f.Error
		n.Message += ": " + f.What()
	}
	return true
}

// closed tells the end of a deployment whose execution had ended before: another one has finished or undone what it left, and
// goes on with its own. If it has nothing else to do, its report tells the end.
func closed(n *Notice, c deploy.Call, _ *deploy.Loop) bool {
	d := c.Document.Deployment
	if !is(c.Document.Progress, deploy.Done) || d == nil || d.Then != deploy.ThenDescribe || d.Closed == "" {
		return false
	}
	n.Outcome, n.Live, n.Message = d.Closed, d.Live(), d.Closing()
	n.letter = letter{headlines[n.Outcome], n.Live, "nothing: the execution goes on with what it was asked for", nil}
	return true
}

// ended tells what the report says.
func ended(n *Notice, c deploy.Call, _ *deploy.Loop) bool {
	r := c.Document.Report
	if r == nil || n.Action == deploy.ActionPlan { // nothing was touched: who asked for the plan reads it
		return false
	}
	n.Outcome, n.Error, n.Live, n.Left, n.Next, n.Message = outcome(*r, c.Document.Deployment), r.Error, r.Live, r.Left, r.Next, r.What
	n.Warnings = r.Warnings
	if n.Error != "" {
		n.Message = n.Error + ": " + n.Message
	}
	n.letter = letter{headlines[n.Outcome], n.Live, "nothing", n.Next}
	switch {
	case idle(*r, c.Document.Deployment):
		n.letter.headline = "nothing was left to recover"
	case n.Outcome == deploy.EndSucceeded:
		n.letter.headline = n.doing() + " succeeded"
		if d := c.Document.Deployment; d.BlueAfter != deploy.AfterDelete && r.Live == d.Green {
			n.letter.steps = append(n.rollback(), n.Next...)
		}
	case n.Outcome == deploy.EndRejected:
		n.letter.serves, n.letter.todo = unchanged(n.Blue), "mend what follows, then start again"
	case n.Outcome == deploy.EndRolledBack:
		n.letter.serves, n.letter.todo = unchanged(n.Live), "nothing for those who are served; what was to be deployed is not"
	}
	return true
}

// unchanged is a group that serves, and served before.
func unchanged(group string) string {
	if group == "" {
		return ""
	}
	return group + ", as before"
}

// idle reports the end of a plan, or of a recovery that found nothing to do: no deployment has ended with it.
func idle(r deploy.Report, d *deploy.Deployment) bool {
	return d != nil && r.End == deploy.EndSucceeded && (d.Route == deploy.RouteNothing || d.Route == deploy.RoutePlan || d.Closed == "")
}

// outcome is how the deployment ended: a recovery has succeeded when it has undone one.
func outcome(r deploy.Report, d *deploy.Deployment) string {
	if d != nil && d.Then == deploy.ThenEnd && d.Closed != "" && r.End == deploy.EndSucceeded {
		return d.Closed
	}
	return r.End
}

// doing is what a subject calls it: a person who asked for a rollback looks for that word.
func (n *Notice) doing() string {
	if n.Action == deploy.ActionRollback {
		return "rollback"
	}
	return "deployment"
}

// headlines name the ends in a subject.
var headlines = map[string]string{
	deploy.EndSucceeded:  "deployment succeeded",
	deploy.EndRolledBack: "ROLLED BACK",
	deploy.EndRejected:   "rejected, nothing was touched",
	deploy.EndStranded:   "STRANDED, a person is needed",
}

// drainStarted tells the first look at an instance outside of a deployment.
func drainStarted(n *Notice, c deploy.Call, before *deploy.Loop) bool {
	p, a := c.Document.Progress, c.Document.Action
	if !drainsItself(c) || p.Verdict != deploy.Pending || before != nil && before.Phase == deploy.DrainsItself {
		return false
	}
	n.ofDrain(c, fmt.Sprintf("%s of %s is being drained", a.Instance, a.Group))
	return true
}

// drained tells that an instance outside of a deployment has drained and is held no longer.
func drained(n *Notice, c deploy.Call, _ *deploy.Loop) bool {
	a, of, over := drainOf(c)
	if !over || of.Status != deploy.DrainSucceeded {
		return false
	}
	n.ofDrain(c, fmt.Sprintf("%s of %s has drained and %s", a.Instance, a.Group, leaves(of)))
	return true
}

// undrained tells that an instance outside of a deployment is held no longer, although it did not drain, or not to its end.
func undrained(n *Notice, c deploy.Call, _ *deploy.Loop) bool {
	a, of, over := drainOf(c)
	if !over || of.Status == deploy.DrainSucceeded {
		return false
	}
	n.ofDrain(c, fmt.Sprintf("%s of %s %s, and its drain did not succeed: it was %s at the last look", a.Instance, a.Group, leaves(of), of.Status))
	n.letter = letter{"NOT DRAINED " + a.Instance, "", "find out whether work was lost", []string{
		"see what the command wrote",
		"aws ssm list-command-invocations --details " + text.Option("--instance-id", a.Instance),
	}}
	return true
}

// drainOf is the drain of an instance that ends outside of a deployment; over: it is held no longer.
func drainOf(c deploy.Call) (a *deploy.Lifecycle, of deploy.Drained, over bool) {
	if !drainsItself(c) || c.Document.Progress.Verdict != deploy.Done {
		return nil, of, false
	}
	return c.Document.Action, *cmp.Or(c.Document.Drained, &deploy.Drained{}), true
}

// leaves says where an instance goes.
func leaves(of deploy.Drained) string {
	if of.ToPool {
		return "goes back to the warm pool"
	}
	return "ends"
}

// drainsItself reports whether a drain is announced by itself: not one beside a deployment, which announces its own.
func drainsItself(c deploy.Call) bool {
	p := c.Document.Progress
	return c.Document.Action != nil && p != nil && p.Phase == deploy.DrainsItself
}

// ofDrain makes it the notice of a drain of one instance.
func (n *Notice) ofDrain(c deploy.Call, message string) {
	a := c.Document.Action
	n.ID = ID(a.Instance, c.Execution.Name, c.Execution.RedriveCount, n.Stage)
	n.Kind = KindDrain
	n.Group, n.Hook, n.Instance, n.Message = a.Group, a.Hook, a.Instance, message
}

func is(p *deploy.Loop, verdict deploy.Verdict) bool { return p != nil && p.Verdict == verdict }
