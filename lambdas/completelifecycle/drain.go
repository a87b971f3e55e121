package completelifecycle

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// The lifecycle states of an instance that a terminating hook holds: on its way out of service, on its way back from service
// to the warm pool, and on its way out of the pool. The description of a group leaves the pool's instances out.
const (
	held         = "Terminating:Wait"
	heldToPool   = "Warmed:Pending:Wait"
	heldFromPool = "Warmed:Terminating:Wait"
)

// draining is how the instances of a fleet are drained.
type draining struct {
	policy deploy.DrainPolicy
	key    string       // of the drains (deploy.Lifecycle.DrainKey)
	toPool bool         // those too that go back to the warm pool: each time with a key of its own
	since  time.Time    // a drain that was sent before counts for nothing
	fence  func() error // asked before the first write
}

// drain looks once at every instance of a fleet that the drain's hook holds, and does for each what its policy decides:
// sends the command, heartbeats, completes. How they go is read for many at once. It tells which drain is the slowest.
func (h handler) drain(ctx context.Context, s *step.Step, m *memory, f deploy.Fleet, g draining) (string, error) {
	policy := g.policy
	if len(policy.Command) == 0 {
		return "", nil
	}
	hooks, err := fleet.DescribeHooks(ctx, h.groups, f.Name, policy.Hook)
	if err != nil {
		return "", err
	}
	if len(fleet.Terminating(hooks)) == 0 {
		m.HeartbeatSeconds = 0
		s.Deployment.Warn("the terminating lifecycle hook %s of %s was deleted while instances were leaving: nothing holds them any more, "+
			"so drain.command was cut short on those that ran it and does not run on the others", policy.Hook, f.Name)
		return "", nil
	}
	m.HeartbeatSeconds = int(aws.ToInt32(hooks[0].HeartbeatTimeout)) // it bounds the pause, and with it what an instance may wait unseen
	l := lifecycle{handler: h, group: f.Name, hook: policy.Hook, left: callsALook}
	if err := l.endPooled(ctx, f, g); err != nil {
		return "", err
	}
	waiting := f.In(held)
	if g.toPool {
		waiting = f.In(held, heldToPool)
	}
	if len(waiting) == 0 {
		m.Unreached = nil
		return "", nil
	}
	drains, err := h.see(ctx, s, m, g, waiting)
	if err != nil {
		return "", err
	}
	todo := make(map[deploy.DrainAction][]string)
	for _, d := range drains {
		action := policy.Decide(d, s.Entered)
		todo[action] = append(todo[action], d.ID)
	}
	// Draining what a hook holds does no harm, so one look at the record stands for all that follows.
	if err := g.fence(); err != nil {
		return "", err
	}
	if err := h.send(ctx, policy, g.key, todo[deploy.DrainSend]); err != nil {
		return "", err
	}
	for _, result := range []deploy.DrainAction{deploy.DrainContinue, deploy.DrainAbandon} {
		if err := l.complete(ctx, string(result), todo[result]); err != nil {
			return "", err
		}
	}
	if begun := slices.ContainsFunc(drains, func(d deploy.Draining) bool { return d.Status == deploy.DrainRunning }); m.HeartbeatAt == nil && !begun {
		m.HeartbeatAt = &s.Entered // the hook's own timer has just begun
	}
	err = l.heartbeat(ctx, s.Entered, m, append(todo[deploy.DrainSend], todo[deploy.DrainWait]...))
	m.Unfinished = l.left <= 0
	return slowest(drains, s.Entered), err
}

// callsALook bounds the lifecycle calls of one look, so that it ends well before the function's time: what is left is
// for the next one, which comes soon. At a tenth of a second each they take 20 s.
const callsALook = 200

// lifecycle makes the lifecycle calls of one look.
type lifecycle struct {
	handler
	group, hook string
	left        int // calls that this look may still make
}

// endPooled lets those go that end in the warm pool: they are not in service, and mostly stopped, so that they could run no
// command.
func (l *lifecycle) endPooled(ctx context.Context, f deploy.Fleet, g draining) error {
	var ids []string
	for _, instance := range f.In(heldFromPool) {
		ids = append(ids, instance.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := g.fence(); err != nil {
		return err
	}
	return l.complete(ctx, string(deploy.DrainContinue), ids)
}

// complete ends lifecycle actions. One that is no longer active was ended by somebody else, or by its time.
func (l *lifecycle) complete(ctx context.Context, result string, ids []string) error {
	for _, id := range ids[:min(len(ids), l.left)] {
		l.left--
		_, err := l.actions.CompleteLifecycleAction(ctx, &autoscaling.CompleteLifecycleActionInput{
			AutoScalingGroupName: &l.group, LifecycleHookName: &l.hook, InstanceId: &id, LifecycleActionResult: &result,
		})
		if err != nil && !ended(err) {
			return fmt.Errorf("completing the lifecycle action of %s with %s: %w", id, result, err)
		}
	}
	return nil
}

// heartbeat tells the hook that its instances still drain, once a third of its timeout has passed since the last round; at
// once where another execution has begun the drains, and nobody knows of its last round.
// A round that is too long for one look goes on in the next, behind the last instance that has had a heartbeat.
func (l *lifecycle) heartbeat(ctx context.Context, now time.Time, m *memory, ids []string) error {
	if m.HeartbeatAt != nil && m.HeartbeatAfter == "" && now.Sub(*m.HeartbeatAt) < deploy.HeartbeatEvery(m.HeartbeatSeconds) {
		return nil
	}
	slices.Sort(ids)
	for _, id := range ids {
		if id <= m.HeartbeatAfter {
			continue
		}
		if l.left <= 0 {
			return nil
		}
		l.left--
		_, err := l.actions.RecordLifecycleActionHeartbeat(ctx, &autoscaling.RecordLifecycleActionHeartbeatInput{
			AutoScalingGroupName: &l.group, LifecycleHookName: &l.hook, InstanceId: &id,
		})
		if err != nil && !ended(err) {
			return fmt.Errorf("heartbeat for the lifecycle action of %s: %w", id, err)
		}
		m.HeartbeatAfter = id
	}
	m.HeartbeatAt, m.HeartbeatAfter = &now, ""
	return nil
}

// ended recognises AWS's answer for a lifecycle action that is over.
func ended(err error) bool { return strings.Contains(err.Error(), "No active Lifecycle Action found") }

// slowest names the drain that has lasted longest.
func slowest(drains []deploy.Draining, now time.Time) string {
	var longest deploy.Draining
	running := 0
	for _, d := range drains {
		if d.Status == deploy.DrainSucceeded {
			continue
		}
		running++
		if longest.ID == "" || d.Since.Before(longest.Since) {
			longest = d
		}
	}
	if running == 0 {
		return ""
	}
	return fmt.Sprintf("; %d drain, the slowest is %s (%s for %.0f s)", running, longest.ID, longest.Status, now.Sub(longest.Since).Seconds())
}
