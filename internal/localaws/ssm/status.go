package ssm

import "github.com/aws/aws-sdk-go-v2/service/ssm/types"

// tally counts a command's invocations by what became of them.
type tally struct {
	targets, completed, succeeded, errored, executionTimedOut, deliveryTimedOut, undeliverable, cancelled, begun int
}

func (c *command) tally() tally {
	t := tally{targets: len(c.invocations)}
	for _, v := range c.invocations {
		if v.terminal() {
			t.completed++
		}
		if v.sent {
			t.begun++
		}
		if v.errored() {
			t.errored++
		}
		switch v.details {
		case detailsSuccess:
			t.succeeded++
		case detailsExecutionTimedOut:
			t.executionTimedOut++
		case detailsDeliveryTimedOut:
			t.deliveryTimedOut++
		case detailsUndeliverable:
			t.undeliverable++
		case detailsCancelled:
			t.cancelled++
		}
	}
	return t
}

// ended reports whether every invocation has ended.
func (c *command) ended() bool { return c.tally().completed == len(c.invocations) }

// status is the command's status and its details (user guide, "Detailed status for a command"). The API has no status
// for Incomplete and NoInstancesInTag; the cautious reading is Failed.
func (c *command) status() (types.CommandStatus, string) {
	t, allowed := c.tally(), c.maxErrors.of(len(c.invocations))
	switch {
	case t.targets == 0:
		return types.CommandStatusFailed, detailsNoInstances
	case t.completed < t.targets && c.cancelled:
		return types.CommandStatusCancelling, detailsCancelling
	case t.begun == 0 && t.completed == 0:
		return types.CommandStatusPending, detailsPending
	case t.completed < t.targets:
		return types.CommandStatusInProgress, detailsInProgress
	case t.cancelled > 0:
		return types.CommandStatusCancelled, detailsCancelled
	case t.errored > allowed && t.errored == t.executionTimedOut:
		return types.CommandStatusTimedOut, detailsExecutionTimedOut
	case t.errored > allowed, t.undeliverable == t.targets:
		return types.CommandStatusFailed, detailsFailed
	case t.deliveryTimedOut > allowed:
		return types.CommandStatusTimedOut, detailsDeliveryTimedOut
	case t.succeeded+t.undeliverable == t.targets:
		return types.CommandStatusSuccess, detailsSuccess
	}
	return types.CommandStatusFailed, detailsIncomplete
}
