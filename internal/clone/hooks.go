package clone

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/step"
)

// hooks are the lifecycle hooks. Each is put by a call of its own: one that creates a group takes only hooks that share their
// notification target and role (aws-facts A1).
type hooks struct{}

func (hooks) read(ctx context.Context, from reads, w *Whole) (err error) {
	w.Hooks, err = fleet.DescribeHooks(ctx, from.groupReads, aws.ToString(w.Group.AutoScalingGroupName))
	return err
}

func (hooks) put(ctx context.Context, to target, blue Whole) error {
	for _, hook := range blue.Hooks {
		if _, err := step.Write(ctx, to.writes, to.fence, writes.PutLifecycleHook, copyHook(hook, to.Green)); err != nil {
			return fmt.Errorf("putting lifecycle hook %s on %s: %w", aws.ToString(hook.LifecycleHookName), to.Green, err)
		}
	}
	return nil
}

// copyHook is what puts a copy of a hook on another group.
func copyHook(hook types.LifecycleHook, group string) *autoscaling.PutLifecycleHookInput {
	return &autoscaling.PutLifecycleHookInput{
		AutoScalingGroupName:  &group,
		LifecycleHookName:     hook.LifecycleHookName,
		LifecycleTransition:   hook.LifecycleTransition,
		DefaultResult:         hook.DefaultResult,
		HeartbeatTimeout:      hook.HeartbeatTimeout,
		NotificationMetadata:  hook.NotificationMetadata,
		NotificationTargetARN: hook.NotificationTargetARN,
		RoleARN:               hook.RoleARN,
	}
}

func (hooks) traits(w Whole, _ deploy.Deployment) map[string]string {
	all := make(map[string]string)
	for _, hook := range w.Hooks {
		all["lifecycle hook "+aws.ToString(hook.LifecycleHookName)] = hookText(hook)
	}
	return all
}

// hookText is what a hook does, as a person reads it.
func hookText(hook types.LifecycleHook) string {
	said := fmt.Sprintf("%s, %s after %d s", strings.TrimPrefix(aws.ToString(hook.LifecycleTransition), "autoscaling:EC2_INSTANCE_"),
		aws.ToString(hook.DefaultResult), aws.ToInt32(hook.HeartbeatTimeout))
	for _, more := range []struct {
		name  string
		value *string
	}{{"notifies", hook.NotificationTargetARN}, {"as", hook.RoleARN}, {"with", hook.NotificationMetadata}} {
		if aws.ToString(more.value) != "" {
			said += ", " + more.name + " " + aws.ToString(more.value)
		}
	}
	return said
}
