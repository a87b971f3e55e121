package autoscaling

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

func (in *Groups) putLifecycleHook(call *wire.Call, input *autoscaling.PutLifecycleHookInput) (*autoscaling.PutLifecycleHookOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	wanted := types.LifecycleHookSpecification{
		LifecycleHookName: input.LifecycleHookName, LifecycleTransition: input.LifecycleTransition,
		DefaultResult: input.DefaultResult, HeartbeatTimeout: input.HeartbeatTimeout,
		NotificationMetadata: input.NotificationMetadata, NotificationTargetARN: input.NotificationTargetARN, RoleARN: input.RoleARN,
	}
	at := slices.IndexFunc(g.hooks, func(h types.LifecycleHook) bool { return *h.LifecycleHookName == aws.ToString(input.LifecycleHookName) })
	if at >= 0 { // an update changes what it names
		wanted = merged(g.hooks[at], wanted)
	}
	hook, err := in.newHook(g.name, wanted)
	if err != nil {
		return nil, err
	}
	if at < 0 && len(g.hooks) >= in.settings.MaxHooks {
		return nil, wire.Errorf("LimitExceeded", "Only %d lifecycle hooks are allowed per AutoScalingGroup", in.settings.MaxHooks)
	}
	if aws.ToString(input.NotificationTargetARN) != "" {
		if err := g.testTarget(hook, call.RequestID); err != nil {
			return nil, err
		}
	}
	g.write()
	if at >= 0 {
		g.hooks = slices.Clone(g.hooks)
		g.hooks[at] = hook
	} else {
		g.hooks = append(g.hooks[:len(g.hooks):len(g.hooks)], hook)
	}
	g.changed()
	return &autoscaling.PutLifecycleHookOutput{}, nil
}

// merged fills what an update does not name from the hook as it is.
func merged(hook types.LifecycleHook, wanted types.LifecycleHookSpecification) types.LifecycleHookSpecification {
	wanted.LifecycleTransition = cmp.Or(wanted.LifecycleTransition, hook.LifecycleTransition)
	wanted.DefaultResult = cmp.Or(wanted.DefaultResult, hook.DefaultResult)
	wanted.HeartbeatTimeout = cmp.Or(wanted.HeartbeatTimeout, hook.HeartbeatTimeout)
	wanted.NotificationMetadata = cmp.Or(wanted.NotificationMetadata, hook.NotificationMetadata)
	wanted.NotificationTargetARN = cmp.Or(wanted.NotificationTargetARN, hook.NotificationTargetARN)
	wanted.RoleARN = cmp.Or(wanted.RoleARN, hook.RoleARN)
	return wanted
}

// newHook checks a hook and fills its defaults: one hour of heartbeat timeout, then ABANDON (aws-facts A1). An empty target
// is none (SDK, PutLifecycleHook).
func (in *Groups) newHook(group string, wanted types.LifecycleHookSpecification) (types.LifecycleHook, error) {
	hook := types.LifecycleHook{
		AutoScalingGroupName: aws.String(group),
		LifecycleHookName:    wanted.LifecycleHookName,
		LifecycleTransition:  wanted.LifecycleTransition,
		DefaultResult:        cmp.Or(wanted.DefaultResult, aws.String("ABANDON")),
		HeartbeatTimeout:     cmp.Or(wanted.HeartbeatTimeout, aws.Int32(3600)),
		NotificationMetadata: wanted.NotificationMetadata, NotificationTargetARN: unlessEmpty(wanted.NotificationTargetARN), RoleARN: wanted.RoleARN,
	}
	switch transition := aws.ToString(hook.LifecycleTransition); {
	case aws.ToString(hook.LifecycleHookName) == "":
		return hook, missing("LifecycleHookName")
	case transition == "":
		return hook, missing("LifecycleTransition")
	case transition != launching && transition != terminating:
		return hook, invalid("Invalid Lifecycle Transition provided: %s. Valid values are: [%s, %s]", transition, launching, terminating)
	case *hook.DefaultResult != "CONTINUE" && *hook.DefaultResult != "ABANDON":
		return hook, invalid("Invalid Lifecycle Action Result provided: %s. Valid values are: [CONTINUE, ABANDON]", *hook.DefaultResult)
	case *hook.HeartbeatTimeout < 30 || *hook.HeartbeatTimeout > 7200:
		return hook, invalid("HeartbeatTimeout must be between 30 and 7200 seconds")
	}
	hook.GlobalTimeout = in.globalTimeout(*hook.HeartbeatTimeout)
	return hook, nil
}

func unlessEmpty(text *string) *string {
	if aws.ToString(text) == "" {
		return nil
	}
	return text
}

// deleteLifecycleHook takes a hook away. Instances that it holds go on: terminations proceed, launches are abandoned
// (SDK documentation of DeleteLifecycleHook).
func (in *Groups) deleteLifecycleHook(_ *wire.Call, input *autoscaling.DeleteLifecycleHookInput) (*autoscaling.DeleteLifecycleHookOutput, error) {
	g, err := in.writable(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	name := aws.ToString(input.LifecycleHookName)
	named := func(h types.LifecycleHook) bool { return *h.LifecycleHookName == name }
	if !slices.ContainsFunc(g.hooks, named) {
		return nil, invalid("No Lifecycle Hook found with name: %s", name)
	}
	g.write()
	g.hooks = slices.DeleteFunc(slices.Clone(g.hooks), named)
	for _, m := range slices.Clone(g.members) {
		for _, a := range slices.Clone(m.actions) {
			if !named(a.hook) {
				continue
			}
			result := "CONTINUE"
			if *a.hook.LifecycleTransition == launching {
				result = "ABANDON"
			}
			a.complete(result, "Lifecycle Hook was deleted")
		}
	}
	g.changed()
	return &autoscaling.DeleteLifecycleHookOutput{}, nil
}

func (in *Groups) describeLifecycleHooks(_ *wire.Call, input *autoscaling.DescribeLifecycleHooksInput) (*autoscaling.DescribeLifecycleHooksOutput, error) {
	v, err := in.seen(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	out := &autoscaling.DescribeLifecycleHooksOutput{}
	for _, hook := range v.hooks {
		if len(input.LifecycleHookNames) == 0 || slices.Contains(input.LifecycleHookNames, *hook.LifecycleHookName) {
			out.LifecycleHooks = append(out.LifecycleHooks, hook)
		}
	}
	return out, nil
}

func (in *Groups) completeLifecycleAction(_ *wire.Call, input *autoscaling.CompleteLifecycleActionInput) (*autoscaling.CompleteLifecycleActionOutput, error) {
	g, err := in.find(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	result := aws.ToString(input.LifecycleActionResult)
	if result != "CONTINUE" && result != "ABANDON" {
		return nil, invalid("Invalid Lifecycle Action Result provided: %s. Valid values are: [CONTINUE, ABANDON]", result)
	}
	a, err := g.action(input.LifecycleHookName, input.LifecycleActionToken, input.InstanceId)
	if err != nil {
		return nil, err
	}
	g.write()
	a.complete(result, "Lifecycle Action Completed with ABANDON Result")
	return &autoscaling.CompleteLifecycleActionOutput{}, nil
}

func (in *Groups) recordLifecycleActionHeartbeat(_ *wire.Call, input *autoscaling.RecordLifecycleActionHeartbeatInput) (*autoscaling.RecordLifecycleActionHeartbeatOutput, error) {
	g, err := in.find(input.AutoScalingGroupName)
	if err != nil {
		return nil, err
	}
	a, err := g.action(input.LifecycleHookName, input.LifecycleActionToken, input.InstanceId)
	if err != nil {
		return nil, err
	}
	a.beat()
	return &autoscaling.RecordLifecycleActionHeartbeatOutput{}, nil
}
