package describeblue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
)

const terminating = "autoscaling:EC2_INSTANCE_TERMINATING"

// drainFindings resolves which lifecycle hook holds an instance while the drain's command runs on it. Without a command
// each instance completes its own hooks.
func (h handler) drainFindings(ctx context.Context, group types.AutoScalingGroup, d *deploy.Deployment) ([]string, error) {
	if len(d.Drain.Command) == 0 {
		return nil, nil
	}
	out, err := h.hooks.DescribeLifecycleHooks(ctx, &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: &d.Blue})
	if err != nil {
		return nil, fmt.Errorf("describing the lifecycle hooks of %s: %w", d.Blue, err)
	}
	var names []string
	for _, hook := range out.LifecycleHooks {
		if aws.ToString(hook.LifecycleTransition) == terminating {
			names = append(names, aws.ToString(hook.LifecycleHookName))
		}
	}
	var findings []string
	switch {
	case len(names) == 0:
		findings = append(findings, fmt.Sprintf("drain.command needs a lifecycle hook that holds a terminating instance: aws autoscaling put-lifecycle-hook "+
			"--auto-scaling-group-name %s --lifecycle-hook-name drain --lifecycle-transition %s --heartbeat-timeout 300 --default-result CONTINUE", d.Blue, terminating))
	case d.Drain.Hook == "" && len(names) > 1:
		findings = append(findings, fmt.Sprintf("it has several terminating hooks (%s): drain.hook must name the one that the drain completes", strings.Join(names, ", ")))
	case d.Drain.Hook == "":
		d.Drain.Hook = names[0]
	case !slices.Contains(names, d.Drain.Hook):
		findings = append(findings, fmt.Sprintf("drain.hook %q is not one of its terminating hooks (%s)", d.Drain.Hook, strings.Join(names, ", ")))
	}
	if d.Drain.OnTimeout == deploy.TimeoutRetain && !retains(group) {
		findings = append(findings, `drain.on_timeout is "retain", but its instance lifecycle policy does not retain instances whose terminating hook is abandoned`)
	}
	return findings, nil
}

func retains(group types.AutoScalingGroup) bool {
	policy := group.InstanceLifecyclePolicy
	return policy != nil && policy.RetentionTriggers != nil &&
		policy.RetentionTriggers.TerminateHookAbandon == types.RetentionActionRetain
}
