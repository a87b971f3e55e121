package invariant

import (
	"encoding/json"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/statemachine"
)

// consent holds promise 8: what the request wants to be asked before the point of no return has not said no. No alarm of it rings, and
// blue has stood by without traffic for as long as the request wants; a person whom it asks has said yes to this deployment, in time; and
// nothing goes further forward once one has said no. A rollback asks nobody.
type consent struct {
	base
	asked map[string]*asked // by execution
	saw   map[string]bool   // access keys of invocations that have read a record which says no
}

// asked is what an execution's request wants, and what people have said of it, as they said it: when the function Answer was called.
type asked struct {
	deploy.Request
	began time.Time
	since time.Time // when the record first said that a person is asked
	yes   time.Time // when a person said so for the first time
	no    bool
}

func newConsent(b base, _ snapshot) invariant {
	c := &consent{base: b, asked: make(map[string]*asked), saw: make(map[string]bool)}
	c.w.consent = c
	c.w.r.OnAnswer(c.heard)
	return c
}

func (c *consent) executionStarted(arn, input string) {
	if _, redriven := c.asked[arn]; redriven {
		return
	}
	request, err := deploy.ParseRequest(json.RawMessage(input))
	if err != nil {
		return
	}
	if request.Action != deploy.ActionDeploy {
		request.Alarms, request.BakeSeconds, request.Approval = nil, 0, deploy.Approval{}
	}
	c.asked[arn] = &asked{Request: request, began: c.w.r.AWS.Account.Now()}
}

// beforeWrite holds that nobody goes further forward who knows that a person has said no. Who has not read that yet cannot know it: one
// write may come late.
func (c *consent) beforeWrite(a *apiCall) {
	lock := c.w.r.Record().Lock
	if a.service != "dynamodb" && c.saw[a.caller] && lock != nil && lock.Execution == a.execution && beforeCommit(lock.Stage) {
		c.breaks("%s goes on at stage %s, and a person has aborted it", a, lock.Stage)
	}
}

// done takes in what functions read and write of the record.
func (c *consent) done(a *apiCall, was before) {
	now := c.w.r.AWS.Account.Now()
	switch input := a.input.(type) {
	case *dynamodb.GetItemInput:
		if of := c.of(c.w.r.Record().Lock); of != nil && of.no && a.deployment() && aws.ToBool(input.ConsistentRead) {
			c.saw[a.caller] = true
		}
	case *dynamodb.PutItemInput:
		if a.deployment() {
			c.wrote(a, was.record.Lock, c.w.r.Record().Lock, now)
		}
	}
}

// of is what is known of the deployment that holds a lock; nil: nothing.
func (c *consent) of(lock *ledger.Lock) *asked {
	if lock == nil || lock.Execution != lock.Deployment.Execution {
		return nil
	}
	return c.asked[lock.Execution]
}

// heard takes in a person's answer, as the function is called with it. Whether it counts the function says later. It takes the lock itself.
func (c *consent) heard(payload []byte) {
	c.w.r.AWS.Account.Lock()
	defer c.w.r.AWS.Account.Unlock()
	answer, err := deploy.ParseAnswer(payload)
	of := c.asked[answer.Execution]
	if err == nil && of != nil && answer.Verb == deploy.Approve && of.yes.IsZero() && !of.since.IsZero() {
		of.yes = c.w.r.AWS.Account.Now()
	}
}

// wrote holds each step of the record against what people have said.
func (c *consent) wrote(a *apiCall, was, is *ledger.Lock, now time.Time) {
	of := c.of(is)
	if of == nil {
		return
	}
	if a.state == statemachine.Answer.State && !onlyAnswered(was, is) {
		c.breaks("%s writes more into the record than what a person has said", a)
	}
	if is.Asked != nil && of.since.IsZero() {
		of.since = now
	}
	if is.Deployment.Aborted != nil {
		of.no = true
	}
	moves := was != nil && was.Stage == ledger.Creating && is.Stage == ledger.Switching
	if moves && of.no {
		c.breaks("%s begins to move traffic, and a person has aborted it", a)
	}
	if moves && of.Approval.TimeoutSeconds > 0 {
		c.allowed(a, of, now)
	}
}

// onlyAnswered reports whether two locks are the same but for what people have said.
func onlyAnswered(was, is *ledger.Lock) bool {
	if was == nil {
		return false
	}
	before, after := *was, *is
	for _, lock := range []*ledger.Lock{&before, &after} {
		lock.Deployment.Approved, lock.Deployment.Aborted = nil, nil
	}
	return reflect.DeepEqual(before, after)
}

// allowed holds that a person has said yes in time, or that the time has passed where the request goes on then.
func (c *consent) allowed(a *apiCall, of *asked, now time.Time) {
	until := of.since.Add(time.Duration(of.Approval.TimeoutSeconds) * time.Second)
	switch {
	case of.since.IsZero():
		c.breaks("%s begins to move traffic, and no person was asked", a)
	case !of.yes.IsZero() && of.yes.Before(until):
	case of.Approval.OnTimeout == deploy.SilenceContinues && !now.Before(until.Add(-time.Minute)): // a function notes its own time, and writes it later
	default:
		c.breaks("%s begins to move traffic, and no person has said yes to this deployment by %s", a, until.Format(time.TimeOnly))
	}
}

// beforeCommit reports whether a deployment goes forward at a stage, and can still be sent back.
func beforeCommit(stage ledger.Stage) bool {
	return stage == ledger.Creating || stage == ledger.Switching || stage == ledger.Leaving
}

// committed checks a commit by a function that began at a time: what rings since then it need not know.
func (c *consent) committed(a *apiCall, began time.Time) {
	of := c.asked[a.execution]
	if of == nil {
		return
	}
	if of.no {
		c.breaks("%s commits, and a person has aborted it", a)
	}
	for _, name := range of.Alarms {
		alarm, exists := c.w.r.AWS.Alarms.Alarm(name)
		since := aws.ToTime(alarm.StateTransitionedTimestamp)
		ignored := of.Ringing == deploy.RingingIgnore && since.Before(of.began)
		if exists && alarm.StateValue == types.StateValueAlarm && since.Before(began) && !ignored {
			c.breaks("%s commits, and alarm %s rings since %s", a, name, since.Format(time.TimeOnly))
		}
	}
	if bake := time.Duration(of.BakeSeconds) * time.Second; bake > 0 {
		if stood := began.Sub(c.w.schedules.shared); stood < bake {
			c.breaks("%s commits %s after blue took traffic last: it was to stand by for %s", a, stood, bake)
		}
	}
}
