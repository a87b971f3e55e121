package autoscaling

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/clock"
)

// The transitions that a lifecycle hook may hold up.
const (
	launching   = "autoscaling:EC2_INSTANCE_LAUNCHING"
	terminating = "autoscaling:EC2_INSTANCE_TERMINATING"
)

// lifecycleAction is one instance held by one hook.
type lifecycleAction struct {
	member *member
	hook   types.LifecycleHook // as it was when the instance met it
	token  string
	until  time.Time   // the instance is never held longer, whatever its heartbeats
	timer  clock.Timer // the heartbeat timeout
}

// waitForHooks holds the member for each of the group's hooks on the transition, all at once, then calls settle.
// ABANDON of one skips the others. Hooks of the group that came later do not hold it.
func (m *member) waitForHooks(transition string, settle func(abandoned string)) {
	g := m.group
	m.settle = settle
	m.actions = nil
	for _, hook := range g.hooks {
		if *hook.LifecycleTransition == transition {
			m.actions = append(m.actions, &lifecycleAction{member: m, hook: hook, token: g.in.account.UUID()})
		}
	}
	if len(m.actions) == 0 {
		settle("")
		return
	}
	m.enterStep("Wait")
	m.progress(types.ScalingActivityStatusCodeMidLifecycleAction, 60)
	for _, a := range m.actions {
		a.until = g.now().Add(time.Duration(*a.hook.GlobalTimeout) * time.Second)
		a.beat()
	}
	for _, a := range m.actions {
		a.tell()
	}
}

// beat starts the heartbeat timeout again, from now, as far as the global limit allows.
func (a *lifecycleAction) beat() {
	if a.timer != nil {
		a.timer.Stop()
	}
	wait := time.Duration(*a.hook.HeartbeatTimeout) * time.Second
	wait = min(wait, a.until.Sub(a.member.group.now()))
	a.timer = a.member.group.in.account.After(wait, func() { a.complete(*a.hook.DefaultResult, "Heartbeat Timeout") })
}

// complete ends the action with the result, for the reason that the activity tells.
func (a *lifecycleAction) complete(result, reason string) {
	m := a.member
	a.timer.Stop()
	for k, other := range m.actions {
		if other == a {
			m.actions = append(m.actions[:k:k], m.actions[k+1:]...)
			break
		}
	}
	if result == "ABANDON" {
		m.dropActions()
		m.settle("Instance failed to complete user's Lifecycle Action: Lifecycle Action with token " + a.token + " was abandoned: " + reason)
		return
	}
	if len(m.actions) == 0 {
		m.settle("")
	}
}

// dropActions forgets the actions that hold the member.
func (m *member) dropActions() {
	for _, a := range m.actions {
		if a.timer != nil {
			a.timer.Stop()
		}
	}
	m.actions = nil
}

// action finds the action that a request means, by token or by instance.
func (g *group) action(hook, token, instance *string) (*lifecycleAction, error) {
	if token == nil && instance == nil {
		return nil, invalid("Either LifecycleActionToken or InstanceId must be specified")
	}
	for _, m := range g.members {
		for _, a := range m.actions {
			if *a.hook.LifecycleHookName == aws.ToString(hook) &&
				(token == nil || *token == a.token) && (instance == nil || *instance == m.id) {
				return a, nil
			}
		}
	}
	if token != nil {
		return nil, invalid("No active Lifecycle Action found with token %s", *token)
	}
	return nil, invalid("No active Lifecycle Action found with instance ID %s", *instance)
}

// globalTimeout is how long a hook may hold an instance at most, in seconds: 100 heartbeats, but not above the limit.
func (in *Groups) globalTimeout(heartbeat int32) *int32 {
	return aws.Int32(min(100*heartbeat, int32(in.settings.HookLimit/time.Second)))
}
