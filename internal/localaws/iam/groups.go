package iam

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"bluegreen/internal/localaws/wire"
)

// groupWrites are the operations that change one group, which they name.
const groupWrites = `AttachInstances AttachLoadBalancers AttachLoadBalancerTargetGroups AttachTrafficSources CancelInstanceRefresh CompleteLifecycleAction
	BatchDeleteScheduledAction BatchPutScheduledUpdateGroupAction DeleteLifecycleHook DeleteNotificationConfiguration DeletePolicy
	DeleteScheduledAction DeleteWarmPool DetachInstances DetachLoadBalancers DetachLoadBalancerTargetGroups DetachTrafficSources
	DisableMetricsCollection EnableMetricsCollection EnterStandby ExecutePolicy ExitStandby PutNotificationConfiguration PutScalingPolicy
	PutScheduledUpdateGroupAction PutWarmPool RecordLifecycleActionHeartbeat ResumeProcesses SetDesiredCapacity SetInstanceProtection
	StartInstanceRefresh SuspendProcesses`

// The services that roles are passed to.
const (
	computeService = "ec2.amazonaws.com"
	scalingService = "autoscaling.amazonaws.com"
)

// group is a group's ARN as it is known from its name alone: its id is left open.
func (a *asker) group(name string) string {
	return a.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/"+name)
}

func (a *asker) groupKeys(name string) Keys {
	return tagKeys(func() map[string]string { return a.seen(a.roles.world.GroupTags(name)) }, "aws:resourcetag/", "autoscaling:resourcetag/")
}

func groupWrite(a *asker, input any) error {
	name := text(input, "AutoScalingGroupName")
	return a.may("autoscaling:"+a.call.Operation, a.group(name), a.groupKeys(name))
}

// endMember asks for the group that the instance which is named is a member of (Service Authorization Reference: its resource is the group).
func endMember(a *asker, input any) error {
	name := a.roles.world.GroupOf(text(input, "InstanceId"))
	if name == "" { // the operation itself says so
		return nil
	}
	return a.may("autoscaling:TerminateInstanceInAutoScalingGroup", a.group(name), a.groupKeys(name))
}

func deleteGroup(a *asker, input any) error {
	in := input.(*autoscaling.DeleteAutoScalingGroupInput)
	name := aws.ToString(in.AutoScalingGroupName)
	tags := a.groupKeys(name)
	return a.may("autoscaling:DeleteAutoScalingGroup", a.group(name), func(key string) []string {
		if key == "autoscaling:forcedelete" && in.ForceDelete != nil {
			return []string{strconv.FormatBool(*in.ForceDelete)}
		}
		return tags(key)
	})
}

func createGroup(a *asker, input any) error {
	in := input.(*autoscaling.CreateAutoScalingGroupInput)
	err := a.may("autoscaling:CreateAutoScalingGroup", a.group(aws.ToString(in.AutoScalingGroupName)), requestTags(in.Tags))
	if err != nil {
		return err
	}
	if err := a.launches(in.LaunchTemplate, in.MixedInstancesPolicy, aws.ToString(in.VPCZoneIdentifier)); err != nil {
		return err
	}
	for _, hook := range in.LifecycleHookSpecificationList {
		if err := a.passRole(hook.RoleARN, scalingService); err != nil {
			return err
		}
	}
	return a.passRole(in.ServiceLinkedRoleARN, scalingService)
}

// updateGroup asks for launches too when what the group launches from is set. EC2 Auto Scaling resolves the parameters that a group's
// templates name at each update (ASG-UG/using-systems-manager-parameters.md), and who uses such a template must be allowed to read them.
func updateGroup(a *asker, input any) error {
	in := input.(*autoscaling.UpdateAutoScalingGroupInput)
	if err := groupWrite(a, input); err != nil {
		return err
	}
	if in.LaunchTemplate == nil && in.MixedInstancesPolicy == nil && in.LaunchConfigurationName == nil {
		for _, parameter := range a.roles.world.GroupParameters(aws.ToString(in.AutoScalingGroupName)) {
			if err := a.may("ssm:GetParameters", a.parameter(parameter), nil); err != nil {
				return err
			}
		}
	}
	if err := a.launches(in.LaunchTemplate, in.MixedInstancesPolicy, aws.ToString(in.VPCZoneIdentifier)); err != nil {
		return err
	}
	return a.passRole(in.ServiceLinkedRoleARN, scalingService)
}

func putHook(a *asker, input any) error {
	if err := groupWrite(a, input); err != nil {
		return err
	}
	return a.passRole(input.(*autoscaling.PutLifecycleHookInput).RoleARN, scalingService)
}

func requestTags(tags []types.Tag) Keys {
	values := make(map[string]string, len(tags))
	for _, tag := range tags {
		values[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return requestedTags(values)
}

// requestedTags are the tags that a request sets as condition keys.
func requestedTags(tags map[string]string) Keys {
	return func(key string) []string {
		if key == "aws:tagkeys" {
			return slices.Sorted(maps.Keys(tags))
		}
		return tagKeys(func() map[string]string { return tags }, "aws:requesttag/")(key)
	}
}

// passRole asks for iam:PassRole when a role is named.
func (a *asker) passRole(arn *string, to string) error {
	if aws.ToString(arn) == "" {
		return nil
	}
	return a.may("iam:PassRole", *arn, oneKey("iam:passedtoservice", to))
}

// launches asks for what launching from a group's templates takes: EC2 Auto Scaling looks whether who sets a template may
// launch by it (aws-facts E4). Its refusal does not say what is missing.
func (a *asker) launches(template *types.LaunchTemplateSpecification, policy *types.MixedInstancesPolicy, subnets string) error {
	specs := []*types.LaunchTemplateSpecification{template}
	if policy != nil && policy.LaunchTemplate != nil {
		specs = append(specs, policy.LaunchTemplate.LaunchTemplateSpecification)
		for _, override := range policy.LaunchTemplate.Overrides {
			specs = append(specs, override.LaunchTemplateSpecification)
		}
	}
	for _, spec := range specs {
		if spec == nil {
			continue
		}
		id := aws.ToString(spec.LaunchTemplateId)
		if id == "" {
			id = aws.ToString(spec.LaunchTemplateName)
		}
		found, ok := a.roles.world.LaunchTemplate(id, aws.ToString(spec.Version))
		if !ok { // the operation itself says so
			continue
		}
		var refusal *wire.Error
		found.SubnetIDs = strings.FieldsFunc(subnets, func(r rune) bool { return r == ',' || r == ' ' })
		if err := a.launch(found); errors.As(err, &refusal) {
			return &wire.Error{Code: refusal.Code, Status: refusal.Status, Message: "You are not authorized to use launch template: " + found.TemplateID}
		}
	}
	return nil
}
