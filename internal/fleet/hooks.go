package fleet

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// Hooks describes lifecycle hooks, which the description of a group leaves out.
type Hooks interface {
	DescribeLifecycleHooks(context.Context, *autoscaling.DescribeLifecycleHooksInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeLifecycleHooksOutput, error)
}

var _ Hooks = (*autoscaling.Client)(nil)

// The transitions at which hooks hold instances.
const (
	launching   = "autoscaling:EC2_INSTANCE_LAUNCHING"
	terminating = "autoscaling:EC2_INSTANCE_TERMINATING"
)

// DescribeHooks returns a group's lifecycle hooks, all of them or those with these names.
func DescribeHooks(ctx context.Context, hooks Hooks, group string, names ...string) ([]types.LifecycleHook, error) {
	out, err := hooks.DescribeLifecycleHooks(ctx, &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: &group, LifecycleHookNames: names})
	if err != nil {
		return nil, fmt.Errorf("describing the lifecycle hooks of %s: %w", group, err)
	}
	return out.LifecycleHooks, nil
}

// codeDeploys begins the names of the hooks by which CodeDeploy deploys to each instance that a group launches.
const codeDeploys = "CodeDeploy-managed-automatic-launch-deployment-hook"

// IsCodeDeploys reports whether a hook is CodeDeploy's own.
func IsCodeDeploys(hook types.LifecycleHook) bool {
	return strings.HasPrefix(aws.ToString(hook.LifecycleHookName), codeDeploys)
}

// Terminating are the names of the hooks that hold instances before they end.
func Terminating(hooks []types.LifecycleHook) []string { return at(terminating, hooks) }

// Launching are the names of the hooks that hold instances before they serve.
func Launching(hooks []types.LifecycleHook) []string { return at(launching, hooks) }

func at(transition string, hooks []types.LifecycleHook) []string {
	var names []string
	for _, hook := range hooks {
		if aws.ToString(hook.LifecycleTransition) == transition {
			names = append(names, aws.ToString(hook.LifecycleHookName))
		}
	}
	return names
}
