package ssm

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"bluegreen/internal/clock"
)

// command is one SendCommand.
type command struct {
	id, comment, documentName, documentVersion string
	parameters                                 map[string][]string
	targets                                    []types.Target
	instanceIDs                                []string
	script                                     string
	requested, visible                         time.Time
	deliverBy                                  time.Time // what has not begun by then never begins
	expires                                    time.Time // what has not ended by then has timed out
	timeoutSeconds                             int32
	execution                                  time.Duration
	concurrency, maxErrors                     rate
	cancelled                                  bool
	invocations                                []*invocation
	log                                        *types.CloudWatchOutputConfig // where its output goes besides; nil: nowhere
	expiry                                     clock.Timer
}

// invocation is a command on one instance.
type invocation struct {
	command    *command
	instanceID string
	outcome
	sent         bool
	begun, ended time.Time // of the script; zero before
	stop         func()    // kills the script; nil while none runs
	cancelling   bool
	unreported   *outcome // the agent is cut off and holds this
}

// outcome is what is known of how an invocation goes. While a script runs there is no code yet.
type outcome struct {
	status         types.CommandInvocationStatus
	details        string
	code           int32 // -1 until a script has ended
	stdout, stderr string
}

// The details of statuses, as the API writes them.
const (
	detailsPending           = "Pending"
	detailsInProgress        = "InProgress"
	detailsDelayed           = "Delayed"
	detailsSuccess           = "Success"
	detailsFailed            = "Failed"
	detailsCancelled         = "Cancelled"
	detailsCancelling        = "Cancelling"
	detailsExecutionTimedOut = "ExecutionTimedOut"
	detailsDeliveryTimedOut  = "DeliveryTimedOut"
	detailsUndeliverable     = "Undeliverable"
	detailsTerminated        = "Terminated"
	detailsIncomplete        = "Incomplete"
	detailsNoInstances       = "NoInstancesInTag"
)

// killed is the exit code that the agent reports for a script that it killed: 128 and SIGKILL.
const killed = 137

// terminal reports whether the status is the last one.
func (o *outcome) terminal() bool {
	switch o.status {
	case types.CommandInvocationStatusSuccess, types.CommandInvocationStatusFailed,
		types.CommandInvocationStatusTimedOut, types.CommandInvocationStatusCancelled:
		return true
	}
	return false
}

// errored reports whether the invocation counts against MaxErrors.
func (o *outcome) errored() bool {
	return o.details == detailsFailed || o.details == detailsExecutionTimedOut
}

// undone is the outcome of an invocation that never ran to an end.
func undone(status types.CommandInvocationStatus, details string) outcome {
	return outcome{status: status, details: details, code: -1}
}

// openOn are the invocations on an instance that have not ended.
func (c *Commands) openOn(instanceID string) []*invocation {
	var open []*invocation
	for _, command := range c.commands {
		for _, v := range command.invocations {
			if v.instanceID == instanceID && !v.terminal() {
				open = append(open, v)
			}
		}
	}
	return open
}

// begin sends a command's first invocations and sees to its end.
func (c *Commands) begin(command *command) {
	c.commands = append(c.commands, command)
	command.expiry = c.account.After(command.expires.Sub(c.account.Now()), func() {
		for _, v := range command.invocations {
			c.close(v, undone(types.CommandInvocationStatusTimedOut, detailsDeliveryTimedOut))
		}
	})
	c.dispatch(command)
}

// dispatch sends as many invocations as may be under way at once; none any more when too many have failed.
func (c *Commands) dispatch(command *command) {
	underway, errors := 0, 0
	for _, v := range command.invocations {
		if v.sent && !v.terminal() {
			underway++
		}
		if v.errored() {
			errors++
		}
	}
	n := len(command.invocations)
	for _, v := range command.invocations {
		switch {
		case v.sent || v.terminal():
		case errors > command.maxErrors.of(n):
			v.outcome = undone(types.CommandInvocationStatusFailed, detailsTerminated)
		case underway < max(command.concurrency.of(n), 1):
			underway++
			c.send(v)
		}
	}
	if command.ended() {
		command.expiry.Stop()
	}
}

// send sets an invocation on its way.
func (c *Commands) send(v *invocation) {
	v.sent = true
	v.outcome = undone(types.CommandInvocationStatusInProgress, detailsInProgress)
	a := c.agents[v.instanceID]
	if !a.managed() {
		c.giveUp([]*invocation{v}) // it ended while the invocation waited for its turn
		return
	}
	if a.status == types.PingStatusConnectionLost {
		c.giveUp([]*invocation{v})
	}
	c.after(c.settings.Delivery, func() { c.deliver(v) })
}

// giveUp lets invocations end that the service cannot deliver, or will hear nothing of.
func (c *Commands) giveUp(invocations []*invocation) {
	for _, v := range invocations {
		if !v.sent {
			continue // its turn has not come
		}
		a := c.agents[v.instanceID]
		c.after(c.settings.Undeliverable, func() {
			if !a.managed() || (a.lost && v.stop == nil && v.unreported == nil) {
				c.close(v, undone(types.CommandInvocationStatusFailed, detailsUndeliverable))
			}
		})
	}
}

// deliver hands an invocation to its agent, now or later.
func (c *Commands) deliver(v *invocation) {
	a := c.agents[v.instanceID]
	if v.terminal() || v.cancelling || !v.begun.IsZero() || c.account.Now().After(v.command.deliverBy) {
		return
	}
	if !a.managed() || a.lost {
		v.outcome = undone(types.CommandInvocationStatusDelayed, detailsDelayed)
		c.after(c.settings.Redelivery, func() { c.deliver(v) })
		return
	}
	v.outcome = undone(types.CommandInvocationStatusInProgress, detailsInProgress)
	c.start(v)
}

// close ends an invocation, once, and lets others follow.
func (c *Commands) close(v *invocation, o outcome) {
	if v.terminal() {
		return
	}
	v.outcome, v.unreported = o, nil
	c.dispatch(v.command)
}
