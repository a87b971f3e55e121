package deploy

import (
	"fmt"
	"slices"
	"time"

	"bluegreen/internal/fault"
)

// DrainStatus is what is known of an instance's drain command.
type DrainStatus string

// The statuses.
const (
	DrainUnsent    DrainStatus = "unsent"    // the instance's agent takes commands, none was sent
	DrainNoAgent   DrainStatus = "no agent"  // the instance's agent does not answer, or there is none
	DrainRunning   DrainStatus = "running"   //
	DrainSucceeded DrainStatus = "succeeded" //
	DrainFailed    DrainStatus = "failed"    // it ended with an error, or was never delivered
)

// Draining is an instance that its terminating hook holds, and how its drain goes.
type Draining struct {
	ID     string
	Status DrainStatus
	Since  time.Time // when its command was sent; since when it is known to be held, if none was
}

// DrainAction is what to do with a draining instance now.
type DrainAction string

// The actions.
const (
	DrainSend     DrainAction = "send"     // its command
	DrainWait     DrainAction = "wait"     //
	DrainContinue DrainAction = "CONTINUE" // complete its lifecycle action with this result
	DrainAbandon  DrainAction = "ABANDON"
)

// deliverySlack is how much longer than its time a command may take to show that it has ended.
const deliverySlack = 60 * time.Second

// Decide says what to do with a draining instance. A drain that failed or took too long ends as the policy says.
func (p DrainPolicy) Decide(d Draining, now time.Time) DrainAction {
	took := now.Sub(d.Since)
	patience := time.Duration(p.TimeoutSeconds) * time.Second
	switch {
	case d.Status == DrainSucceeded:
		return DrainContinue
	case d.Status == DrainUnsent:
		return DrainSend
	case d.Status == DrainFailed,
		d.Status == DrainNoAgent && took >= patience,
		d.Status == DrainRunning && took >= patience+deliverySlack:
		return p.giveUp()
	}
	return DrainWait
}

// Adds says, behind what a message tells of one wait, that the drain's comes after it: AWS deregisters an instance first
// and lets its hook hold it then (aws-facts A1). Nothing is said where no command runs.
func (p DrainPolicy) Adds() string {
	if len(p.Command) == 0 {
		return ""
	}
	return fmt.Sprintf(", then each of its instances runs drain.command for up to %d s", p.TimeoutSeconds)
}

func (p DrainPolicy) giveUp() DrainAction {
	if p.OnTimeout == TimeoutContinue || p.OnTimeout == "" {
		return DrainContinue
	}
	return DrainAbandon
}

// HeldBy is the fault of a drain that cannot take place: the hook that is to hold the group's instances while their command
// runs is not among its terminating hooks. nil: it can, or no command was promised.
func (p DrainPolicy) HeldBy(group string, hooks []string) error {
	if len(p.Command) == 0 || slices.Contains(hooks, p.Hook) {
		return nil
	}
	return fault.New(fault.DrainImpossible, "the terminating lifecycle hook %s of %s was deleted by somebody else, so nothing would hold its instances "+
		"while drain.command runs: put it back, then start again", p.Hook, group)
}

// Completes reports whether a drain of this policy completes the hook. A lineage without a drain has no policy.
func (p *DrainPolicy) Completes(hook string) bool {
	return p != nil && len(p.Command) > 0 && p.Hook == hook
}

// Script is what is sent to an instance. SendCommand knows no client token, so the script guards itself: of two with one
// key that reach one instance, the first runs the lines and the second waits for it and ends as it did (Lifecycle.DrainKey).
func (p DrainPolicy) Script(key string) string {
	if key != "" {
		key = "-" + key
	}
	return guarded(p.Hook+key, "drain", key, p.Command)
}

// HeartbeatEvery is how often a hook with this timeout is told that its instance still drains: well below it.
func HeartbeatEvery(hookTimeoutSeconds int) time.Duration {
	return max(time.Duration(hookTimeoutSeconds)*time.Second/3, 5*time.Second)
}

// How the machine that drains one instance stands to the deployments of its lineage: decided when it first sees the
// instance held, so that people hear of the end of each drain of whose beginning they have heard, and of no other.
const (
	DrainsItself = "draining"                     // no deployment is under way: it tells people
	DrainsBeside = "draining beside a deployment" // which drains its own instances, and tells for itself
)
