package deploy

import (
	"cmp"
	"fmt"

	"bluegreen/internal/text"
)

// How the machine that drains one instance stands to the deployments of its lineage: decided when it first sees the
// instance held, so that a drain which is told of to begin with is told of to its end.
const (
	DrainsItself = "draining"                     // no deployment is under way: it tells people
	DrainsBeside = "draining beside a deployment" // which drains its own instances, and tells for itself
)

// Tell says what is to be told once a function has done its work: call is what it was called with, after what it
// returned. A poll loop tells when it is over, not at every look.
func Tell(call Call, after Document) (Notice, bool) {
	n, worth := tell(call, after)
	n.clean()
	return n, worth
}

func tell(call Call, after Document) (Notice, bool) {
	before := call.Document.Progress
	call.Document = after
	p := after.Progress
	switch {
	case call.State == "CreateGreen":
		return call.started(), true
	case call.State == "WaitHealthy" && is(p, Done):
		return call.notice(StageHealthy), true
	case call.State == "SwitchTraffic" && is(p, Done):
		return call.cutover(), true
	case call.State == "ScaleInBlue":
		return call.notice(StageCommitted), true
	case call.State == "RestoreTraffic" && (before == nil || before.State != call.State) && !is(p, NotOurs):
		return call.restoring(), true
	case (call.State == "CompleteLifecycle" || call.State == "DrainGreen") && is(p, Done):
		return call.putRight()
	case call.State == "DrainInstance":
		return call.drains(before)
	case after.Report != nil:
		return call.ended(), true
	}
	return Notice{}, false
}

func is(p *Progress, verdict Verdict) bool { return p != nil && p.Verdict == verdict }

func (c Call) started() Notice {
	n := c.notice(StageStarted)
	n.Message = fmt.Sprintf("%s is being replaced by %s, a copy of it with %s", n.Blue, n.Green, Counted(n.Wanted, "instance"))
	if c.Document.Deployment.Revives {
		n.Message = fmt.Sprintf("%s is being replaced by %s, which it had replaced, with %s", n.Blue, n.Green, Counted(n.Wanted, "instance"))
	}
	n.Warnings = c.Document.Deployment.Warnings
	n.letter(n.doing()+" started",
		"nothing; to call it off before its traffic has moved, stop it: what it leaves is put right by a recovery",
		"aws stepfunctions stop-execution "+text.Option("--execution-arn", n.Execution))
	return n
}

func (c Call) cutover() Notice {
	n, d := c.notice(StageCutover), c.Document.Deployment
	n.Message = fmt.Sprintf("traffic has moved to %s", n.Green)
	if n.Serving > 0 {
		n.Message += fmt.Sprintf(", which serves with %s", Counted(n.Serving, "instance"))
	}
	how := cmp.Or(d.Drain.Adds(), ", each instance shut down gracefully")
	next := []string{fmt.Sprintf("nothing: %s is scaled in now%s", n.Blue, how)}
	if d.BlueAfter != AfterDelete {
		next = append(next, "to bring it back afterwards, start an execution with", request(n.Project, ActionRollback, n.Green))
	}
	n.letter("traffic has moved", next...)
	return n
}

// restoring is told to programs alone: people hear how it ends.
func (c Call) restoring() Notice {
	n := c.notice(StageRestoring)
	n.Message = "traffic returns to " + n.Blue
	if f := c.Document.Fault; f != nil {
		n.Error = f.Error
		n.Message += ": " + shorten(f.What())
	}
	return n
}

// putRight tells the end of a deployment whose execution had ended before: another one has put right what it left, and
// goes on with its own. If it has nothing else to do, its report tells the end.
func (c Call) putRight() (Notice, bool) {
	d := c.Document.Deployment
	if d == nil || d.Then != ThenDescribe || d.Closed == "" {
		return Notice{}, false
	}
	n := c.notice(StageEnded)
	n.Outcome, n.Live, n.Message = d.Closed, d.live(), d.closing()
	n.letter(headlines[n.Outcome], "nothing: the execution goes on with what it was asked for")
	return n, true
}

// ended tells what the report says.
func (c Call) ended() Notice {
	n, r := c.notice(StageEnded), c.Document.Report
	n.Outcome, n.Error, n.Live, n.Left, n.Next, n.Message = r.outcome(c.Document.Deployment), r.Error, r.Live, r.Left, r.Next, r.What
	n.Warnings = r.Warnings
	if n.Error != "" {
		n.Message = n.Error + ": " + n.Message
	}
	next := n.Next
	if r.End == EndSucceeded {
		next = append([]string{"nothing; to look closer"}, next...)
	}
	headline := headlines[n.Outcome]
	if n.Outcome == EndSucceeded {
		headline = n.doing() + " succeeded"
	}
	if r.idle(c.Document.Deployment) {
		headline = "nothing was left to put right"
	}
	n.letter(headline, next...)
	return n
}

// idle reports the end of a recovery that found nothing to put right: no deployment has ended with it.
func (r Report) idle(d *Deployment) bool {
	return d != nil && r.End == EndSucceeded && (d.Route == RouteNothing || d.Closed == "")
}

// outcome is how the deployment ended: a recovery has succeeded when it has undone one.
func (r Report) outcome(d *Deployment) string {
	if d != nil && d.Then == ThenEnd && d.Closed != "" && r.End == EndSucceeded {
		return d.Closed
	}
	return r.End
}

// doing is what a subject calls it: a person who asked for a rollback looks for that word.
func (n *Notice) doing() string {
	if n.Action == ActionRollback {
		return "rollback"
	}
	return "deployment"
}

// headlines name the ends in a subject.
var headlines = map[string]string{
	EndSucceeded:  "deployment succeeded",
	EndRolledBack: "ROLLED BACK",
	EndRejected:   "rejected, nothing was touched",
	EndStranded:   "STRANDED, a person is needed",
}

// drains tells the start and the end of a drain outside of a deployment.
func (c Call) drains(before *Progress) (Notice, bool) {
	p, a := c.Document.Progress, c.Document.Action
	if a == nil || p == nil || p.Phase != DrainsItself {
		return Notice{}, false
	}
	next := "ends"
	drained := cmp.Or(c.Document.Drained, &Drained{})
	if drained.ToPool {
		next = "goes back to the warm pool"
	}
	switch {
	case p.Verdict == Pending && (before == nil || before.Phase != DrainsItself):
		n := c.drainNotice(StageDrainStarted, fmt.Sprintf("%s of %s is being drained", a.Instance, a.Group))
		n.letter("draining "+a.Instance, "nothing")
		return n, true
	case p.Verdict == Done && drained.Status == DrainSucceeded:
		n := c.drainNotice(StageDrainEnded, fmt.Sprintf("%s of %s has drained and %s", a.Instance, a.Group, next))
		n.letter("drained "+a.Instance, "nothing")
		return n, true
	case p.Verdict == Done:
		n := c.drainNotice(StageDrainEnded, fmt.Sprintf("%s of %s %s, and its drain did not succeed: it was %s at the last look",
			a.Instance, a.Group, next, drained.Status))
		n.letter("NOT DRAINED "+a.Instance, "see what the command wrote",
			"aws ssm list-command-invocations --details "+text.Option("--instance-id", a.Instance))
		return n, true
	}
	return Notice{}, false
}

func (c Call) drainNotice(stage Stage, message string) Notice {
	n := c.notice(stage)
	a := c.Document.Action
	n.ID = NoticeID(a.Instance, c.Execution.Name, c.Execution.RedriveCount, stage)
	n.Kind = KindDrain
	n.Group, n.Hook, n.Instance, n.Message = a.Group, a.Hook, a.Instance, message
	return n
}
