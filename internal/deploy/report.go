package deploy

import (
	"encoding/json"
	"fmt"

	"bluegreen/internal/fault"
	"bluegreen/internal/text"
)

// These keep a report below the 32,768 characters that the cause of a failed execution may have, also where each of its own is
// escaped by another.
const (
	longestWhat    = 8000
	mostWarnings   = 10
	longestWarning = 500
)

// NewReport says how the execution that calls ends. The state's way tells success from the way back; a call without a
// way is a rejection.
func NewReport(call Call) Report {
	r := Report{
		Execution:   call.Execution.ID,
		EndedAt:     call.Entered,
		TookSeconds: int(call.Entered.Sub(call.Execution.StartTime).Seconds()),
	}
	d := call.Document.Deployment
	if d != nil {
		r.Project, r.Lineage, r.Blue, r.Green = text.Line(d.Project), d.Lineage, d.Blue, d.Green
		r.Reason, r.Warnings, r.Override = text.Line(d.Reason), few(d.Warnings), d.Override.Clean()
		r.Approved, r.Aborted = d.Approved.Clean(), d.Aborted.Clean()
	}
	if f := call.Document.Fault; f != nil {
		r.Error, r.What = f.Error, f.What()
	}
	r.Plan = call.Document.Plan
	switch call.Way {
	case Forward:
		r.succeeded(d)
	case Back:
		r.End, r.Live = EndRolledBack, r.Blue
		r.Next = append(r.Next, hints[fault.Name(r.Error)]...)
		if d == nil || !d.Unbuilt() {
			r.Next = append(r.Next, "aws autoscaling describe-scaling-activities --include-deleted-groups "+text.Option("--auto-scaling-group-name", r.Green))
		}
	default:
		r.End = EndRejected
		if r.Error == "" {
			r.Error, r.What = string(fault.Conflict), "another execution has put the lineage right meanwhile"
		}
		r.Next = append(r.Next, hints[fault.Name(r.Error)]...)
	}
	r.Next = append(r.Next, History(r.Execution))
	return r
}

// History is the command that shows the end of an execution's history.
func History(execution string) string {
	return "aws stepfunctions get-execution-history --reverse-order --max-items 20 " + text.Option("--execution-arn", execution)
}

// few are the first warnings, in one line each.
func few(warnings []string) []string {
	var first []string
	for i, warning := range warnings {
		if i == mostWarnings {
			return append(first, fmt.Sprintf("and %d more", len(warnings)-i))
		}
		first = append(first, text.Short(text.Line(warning), longestWarning))
	}
	return first
}

func (r *Report) succeeded(d *Deployment) {
	r.End, r.Error = EndSucceeded, ""
	switch {
	case d.Route == RouteNothing && d.Strategy.Stays():
		r.Live = d.Blue
		r.What = fmt.Sprintf("nothing to replace: all instances of %s run %s, and it launches that", d.Blue, d.Own.ImageID)
	case d.Route == RouteNothing:
		r.Live = d.Blue
		r.What = "nothing to recover: no deployment of " + d.Lineage + " was under way"
	case d.Route == RoutePlan:
		r.Live = d.Blue
		if r.Plan != nil {
			r.Green, r.What = r.Plan.Green, "nothing was touched; the plan: "+r.Plan.What
		}
	case d.Closed == EndRolledBack, d.Then == ThenEnd && d.Closed == EndSucceeded:
		r.Live, r.What = d.Live(), d.Closing()
	case d.Then == ThenEnd:
		r.What = "the lock was given back meanwhile: nothing was left to recover"
	default:
		r.Live = d.Green
		r.What = fmt.Sprintf("%s serves; %s", d.Green, d.fate())
	}
}

// Live is the group that serves once a deployment is closed.
func (d Deployment) Live() string {
	if d.Closed == EndRolledBack {
		return d.Blue
	}
	return d.Green
}

// Closing says what another execution has made of a deployment whose own had ended.
func (d Deployment) Closing() string {
	if d.Closed == EndRolledBack {
		further := ""
		if d.Action == ActionRollback && !d.Revives {
			further = "; to go back further, to the fleet that it replaced, ask again"
		}
		return fmt.Sprintf("what deployment %s left is undone: %s serves as before%s", ExecutionName(d.Execution), d.Blue, further)
	}
	return fmt.Sprintf("what deployment %s left is finished: %s serves, %s", ExecutionName(d.Execution), d.Green, d.fate())
}

// fate is what has become of blue, or of the instances that a group which stays had before.
func (d Deployment) fate() string {
	if d.Strategy.Stays() {
		return "its previous instances have ended"
	}
	return d.Blue + " " + d.BlueAfter.fate()
}

// fate is what has become of blue.
func (b BlueAfter) fate() string {
	if b == AfterDelete {
		return "is deleted"
	}
	return "stands at size 0"
}

// hints are what to do first, by fault.
var hints = map[fault.Name][]string{
	fault.BadRequest:          {"change the request as the message says, and start again; bluegreen validate says the same before it is started"},
	fault.NotReady:            {"mend what the message names, and start again; bluegreen plan says beforehand whether it could begin"},
	fault.Conflict:            {`look at the execution that holds the lineage; when it has ended, start again: that finishes or undoes first what it left`},
	fault.Forbidden:           {"change the request as the message says, or let the operators change layers/guardrails/guardrails.json"},
	fault.BadGuardrails:       {"mend layers/guardrails/guardrails.json, then deploy the stack of the functions again"},
	fault.AccessDenied:        {"give the function's role the action that the message names"},
	fault.Refused:             {"mend what AWS refuses in the message, and start again"},
	fault.CapacityUnavailable: {"try another instance type or zone, or try again later"},
	fault.GreenUnhealthy:      {"find in green's activities and in what it launches from why it was not healthy, change that, and start again"},
	fault.AlarmRang:           {"find out in CloudWatch what the alarm saw, and mend what was deployed; if it does not ring for green, leave it out of $.alarms"},
	fault.Aborted:             {"ask who aborted it, mend what the reason names, and start again"},
	fault.Unapproved:          {"start again when somebody can look at green and answer in time, or give approval.timeout_seconds more"},
	fault.TrafficDiverged:     {"find out who changes what the message names (code that is applied again, another tool), keep it away meanwhile, and start again"},
	fault.DrainExpired:        {"look at what the instances that did not end are doing: a job that hangs, or a hook that nobody completes"},
	fault.BuildFailed:         {"mend what the message says of the command, the builder or its image, and start again"},
	fault.DrainImpossible:     {"give the fleet its terminating hook back, or ask for no drain, and start again"},
	fault.Throttled:           {"start again: AWS throttled for longer than the retries last"},
	fault.Unavailable:         {"start again: AWS did not answer for longer than the retries last"},
	fault.Bug:                 {"report the message and the history: it is a mistake of ours; starting again may help"},
}

// What is the text of the fault: what the function said, where it said something. It is cut where it is long.
func (f Fault) What() string { return shorten(f.text()) }

func (f Fault) text() string {
	var cause struct {
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal([]byte(f.Cause), &cause) == nil && cause.Message != "" {
		return cause.Message
	}
	if f.Cause != "" {
		return f.Cause
	}
	return "no more is known than the error's name, " + f.Error
}

// shorten is a text of AWS's or of ours as one line that is not too long.
func shorten(s string) string { return text.Short(text.Line(s), longestWhat) }
