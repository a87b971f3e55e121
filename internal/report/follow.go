package report

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/notice"
	"bluegreen/internal/traffic"
)

// follow takes in what the execution's history says: who took requests when, what people were told, what was called.
func (r *Report) follow(events []types.HistoryEvent, arn string) {
	call := deploy.Call{Execution: deploy.Execution{ID: arn, Name: deploy.ExecutionName(arn), StartTime: r.Began}}
	r.Answers = []Answer{{From: r.Began, Blue: true}}
	for _, event := range events {
		r.enter(event)
		switch event.Type {
		case types.HistoryEventTypeExecutionStarted:
			call.Execution.Input = json.RawMessage(aws.ToString(event.ExecutionStartedEventDetails.Input))
		case types.HistoryEventTypeExecutionRedriven:
			call.Execution.RedriveCount, call.Execution.RedriveTime = int(aws.ToInt32(event.ExecutionRedrivenEventDetails.RedriveCount)), event.Timestamp
		case types.HistoryEventTypeTaskStateEntered:
			call.State, call.Entered, call.Document = aws.ToString(event.StateEnteredEventDetails.Name), aws.ToTime(event.Timestamp), deploy.Document{}
			_ = json.Unmarshal([]byte(aws.ToString(event.StateEnteredEventDetails.Input)), &call.Document) // an input that is no document says nothing
		case types.HistoryEventTypeTaskStateExited:
			r.exited(call, aws.ToTime(event.Timestamp), event.StateExitedEventDetails)
		case types.HistoryEventTypeTaskScheduled:
			r.call(call.State).Calls++
		case types.HistoryEventTypeTaskFailed, types.HistoryEventTypeTaskTimedOut:
			r.call(call.State).Failed++
		}
	}
}

// enter notes a state that is entered, if it is a Task or an end.
func (r *Report) enter(event types.HistoryEvent) {
	switch event.Type {
	case types.HistoryEventTypeTaskStateEntered, types.HistoryEventTypeSucceedStateEntered, types.HistoryEventTypeFailStateEntered:
		r.Path = append(r.Path, aws.ToString(event.StateEnteredEventDetails.Name))
	}
}

// call is what a state has called so far.
func (r *Report) call(state string) *Call {
	i := slices.IndexFunc(r.Calls, func(c Call) bool { return c.State == state })
	if i < 0 {
		r.Calls = append(r.Calls, Call{State: state})
		i = len(r.Calls) - 1
	}
	return &r.Calls[i]
}

// exited takes in a state that is left: what the notice was that was due, and how traffic stood.
func (r *Report) exited(call deploy.Call, at time.Time, details *types.StateExitedEventDetails) {
	var after deploy.Document
	if json.Unmarshal([]byte(aws.ToString(details.Output)), &after) != nil || aws.ToString(details.Name) != call.State {
		return
	}
	if n, worth := notice.Of(call, after); worth && n.Subject != "" {
		r.Mails = append(r.Mails, Mail{At: at, Subject: n.Subject, Text: n.Text})
	}
	if p := after.Progress; p != nil && p.State == call.State {
		if who, moved := answers(*p); moved {
			who.From = at
			r.answer(who)
		}
		if call.State == "ScaleInBlue" {
			r.NoReturn = &at
		}
	}
}

// answer notes who takes requests from now on, where that is not who did.
func (r *Report) answer(a Answer) {
	last := r.Answers[len(r.Answers)-1]
	if last.Blue != a.Blue || last.Green != a.Green || last.Draining != a.Draining {
		r.Answers = append(r.Answers, a)
	}
}

// The fleets, as an Answer names the one that drains.
const (
	blue  = "blue"
	green = "green"
)

// answers is who takes requests by a look of SwitchTraffic or RestoreTraffic; ok is false where the look does not say.
func answers(p deploy.Loop) (a Answer, ok bool) {
	switch {
	case p.Phase == traffic.Joining && p.Serving == 0:
		return Answer{Blue: true}, true
	case p.Phase == traffic.Joining:
		return Answer{Blue: true, Green: true}, true
	case p.Phase == traffic.Leaving && p.Verdict == deploy.Done:
		return Answer{Green: true}, true
	case p.Phase == traffic.Leaving:
		return Answer{Green: true, Draining: blue}, true
	case p.Phase == traffic.Returning:
		return Answer{Blue: true, Green: true}, true
	case p.Phase == traffic.Removing && p.Verdict == deploy.Done:
		return Answer{Blue: true}, true
	case p.Phase == traffic.Removing:
		return Answer{Blue: true, Draining: green}, true
	}
	return Answer{}, false
}
