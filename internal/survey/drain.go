package survey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/text"
)

// drainFindings resolves which lifecycle hook holds an instance while the drain's command runs on it. Without a command
// each instance completes its own hooks. Of a drain that the record remembers, and that a rollback uses, only the hook must be
// there: all else was looked at when it was deployed.
func (h Surveyor) drainFindings(ctx context.Context, request deploy.Request, f *Found) ([]string, error) {
	d := &f.Deployment
	if len(d.Drain.Command) == 0 {
		return nil, nil
	}
	names := fleet.Terminating(f.Blue.Hooks)
	if request.Recalled {
		if slices.Contains(names, d.Drain.Hook) {
			return nil, nil
		}
		return []string{fmt.Sprintf("it has no terminating lifecycle hook %s any more, and the drain that its lineage remembers needs it: put it back with %s",
			d.Drain.Hook, putHook(d.Blue, d.Drain.Hook))}, nil
	}
	var findings []string
	switch {
	case len(names) == 0:
		findings = append(findings, "drain.command needs a lifecycle hook that holds a terminating instance: "+putHook(d.Blue, "drain"))
	case d.Drain.Hook == "" && len(names) > 1:
		findings = append(findings, fmt.Sprintf("it has several terminating hooks (%s): drain.hook must name the one that the drain completes", strings.Join(names, ", ")))
	case d.Drain.Hook == "":
		d.Drain.Hook = names[0]
	case !slices.Contains(names, d.Drain.Hook):
		findings = append(findings, fmt.Sprintf("drain.hook %q is not one of its terminating hooks (%s)", d.Drain.Hook, strings.Join(names, ", ")))
	}
	if d.Drain.OnTimeout == deploy.TimeoutRetain && !retains(f.Blue.Group) {
		findings = append(findings, `drain.on_timeout is "retain", but its instance lifecycle policy does not retain instances whose terminating hook is abandoned`)
	}
	unreachable, err := h.agentFindings(ctx, fleet.Of(f.Blue.Group), d)
	return append(findings, unreachable...), err
}

// putHook is the command that gives a group a terminating hook.
func putHook(group, hook string) string {
	return fmt.Sprintf("aws autoscaling put-lifecycle-hook %s %s --lifecycle-transition autoscaling:EC2_INSTANCE_TERMINATING --heartbeat-timeout 300 --default-result CONTINUE",
		text.Option("--auto-scaling-group-name", group), text.Option("--lifecycle-hook-name", hook))
}

// agentFindings looks for the agents that the drain's command needs. Where none answers no instance would drain; an
// instance without one is held until the drain's time is up. A rollback is not held up by it.
func (h Surveyor) agentFindings(ctx context.Context, blue deploy.Fleet, d *deploy.Deployment) ([]string, error) {
	var ids, silent []string
	for _, instance := range blue.Serving() {
		ids = append(ids, instance.ID)
	}
	online, err := fleet.Online(ctx, h.agents, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if !online[id] {
			silent = append(silent, id)
		}
	}
	switch {
	case len(silent) == 0:
		return nil, nil
	case len(silent) == len(ids) && d.Action != deploy.ActionRollback:
		return []string{fmt.Sprintf("drain.command runs through Systems Manager, and no agent of its %d instances answers: give them the agent "+
			"and a role with AmazonSSMManagedInstanceCore, or leave drain.command out", len(ids))}, nil
	}
	d.Warnings = append(d.Warnings, fmt.Sprintf("%d of %d instances of blue have no SSM agent that answers (%s): nothing drains on them, "+
		"each is held until the drain's %d s are up, then %s", len(silent), len(ids), text.Few(silent), d.Drain.TimeoutSeconds, d.Drain.OnTimeout))
	return nil, nil
}

func retains(group types.AutoScalingGroup) bool {
	policy := group.InstanceLifecyclePolicy
	return policy != nil && policy.RetentionTriggers != nil &&
		policy.RetentionTriggers.TerminateHookAbandon == types.RetentionActionRetain
}
