package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Hooks describes lifecycle hooks, which the description of a group leaves out.
type Hooks interface {
	DescribeLifecycleHooks(context.Context, *autoscaling.DescribeLifecycleHooksInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLifecycleHooksOutput, error)
}

var _ Hooks = (*autoscaling.Client)(nil)

// terminating is the transition of a hook that holds instances before they end.
const terminating = "autoscaling:EC2_INSTANCE_TERMINATING"

// DescribeHooks returns a group's lifecycle hooks, all of them or those with these names.
func DescribeHooks(ctx context.Context, hooks Hooks, group string, names ...string) ([]types.LifecycleHook, error) {
	out, err := hooks.DescribeLifecycleHooks(ctx, &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: &group, LifecycleHookNames: names})
	if err != nil {
		return nil, fmt.Errorf("describing the lifecycle hooks of %s: %w", group, err)
	}
	return out.LifecycleHooks, nil
}

// Terminating are the names of the hooks that hold instances before they end.
func Terminating(hooks []types.LifecycleHook) []string {
	var names []string
	for _, hook := range hooks {
		if aws.ToString(hook.LifecycleTransition) == terminating {
			names = append(names, aws.ToString(hook.LifecycleHookName))
		}
	}
	return names
}
