// Package alike lays two Auto Scaling groups side by side as AWS's own describe calls show them, with everything that hangs on
// them. It knows nothing of how a copy is made: it is how a demonstration and a test find what a copy lacks.
package alike

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
)

// Reader describes groups.
type Reader struct {
	groups *autoscaling.Client
	alarms *cloudwatch.Client
	ec2    *ec2.Client
}

// New makes a reader of an account.
func New(cfg aws.Config) Reader {
	return Reader{autoscaling.NewFromConfig(cfg), cloudwatch.NewFromConfig(cfg), ec2.NewFromConfig(cfg)}
}

// Shown is a group as it is described: a text for each place of the answers, such as "hook launch HeartbeatTimeout". Its own name
// reads <group> everywhere, so that a copy reads the same.
type Shown map[string]string

// Show describes a group.
func (r Reader) Show(ctx context.Context, name string) (Shown, error) {
	found, err := r.groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}})
	if err != nil {
		return nil, err
	}
	if len(found.AutoScalingGroups) == 0 {
		return nil, fmt.Errorf("there is no group %s", name)
	}
	group := found.AutoScalingGroups[0]
	instances := group.Instances
	group.Instances = nil
	n := names{group: name}
	n.add("group", group)
	for _, part := range []func(context.Context, *names) error{r.hooks, r.policies, r.schedule, r.notifications, r.pool} {
		if err := part(ctx, &n); err != nil {
			return nil, err
		}
	}
	if err := r.launches(ctx, &n, group); err != nil {
		return nil, err
	}
	if err := r.instances(ctx, &n, instances); err != nil {
		return nil, err
	}
	if group.MixedInstancesPolicy != nil {
		n.rename("instance InstanceType", "instance InstanceType (one of several)")
	}
	return n.shown, nil
}

func (r Reader) hooks(ctx context.Context, n *names) error {
	out, err := r.groups.DescribeLifecycleHooks(ctx, &autoscaling.DescribeLifecycleHooksInput{AutoScalingGroupName: &n.group})
	if err != nil {
		return err
	}
	for _, hook := range out.LifecycleHooks {
		n.add("hook "+aws.ToString(hook.LifecycleHookName), hook)
	}
	return nil
}

func (r Reader) policies(ctx context.Context, n *names) error {
	pages := autoscaling.NewDescribePoliciesPaginator(r.groups, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &n.group})
	var acting []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, policy := range page.ScalingPolicies {
			for _, alarm := range policy.Alarms {
				acting = append(acting, aws.ToString(alarm.AlarmName))
			}
			policy.Alarms = nil // each follows by itself
			n.add("policy "+aws.ToString(policy.PolicyName), policy)
		}
	}
	slices.Sort(acting)
	for _, name := range slices.Compact(acting) {
		if err := r.alarm(ctx, n, name); err != nil {
			return err
		}
	}
	return nil
}

// alarm shows an alarm that people have made; AWS's own come with target tracking.
func (r Reader) alarm(ctx context.Context, n *names, name string) error {
	if strings.HasPrefix(name, "TargetTracking-") {
		return nil
	}
	out, err := r.alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}, AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm}})
	if err != nil {
		return err
	}
	for _, alarm := range out.MetricAlarms {
		place := "alarm " + n.alarm(name)
		n.add(place, alarm)
		tags, err := r.alarms.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: alarm.AlarmArn})
		if err != nil {
			return err
		}
		n.add(place+" tag", tags.Tags)
	}
	return nil
}

func (r Reader) schedule(ctx context.Context, n *names) error {
	pages := autoscaling.NewDescribeScheduledActionsPaginator(r.groups, &autoscaling.DescribeScheduledActionsInput{AutoScalingGroupName: &n.group})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, action := range page.ScheduledUpdateGroupActions {
			place := "scheduled action " + aws.ToString(action.ScheduledActionName)
			action.Time = nil // AWS shows StartTime's here too
			n.add(place, action)
			if action.Recurrence != nil {
				n.rename(place+" StartTime", place+" StartTime (its next run)")
			}
		}
	}
	return nil
}

func (r Reader) notifications(ctx context.Context, n *names) error {
	pages := autoscaling.NewDescribeNotificationConfigurationsPaginator(r.groups, &autoscaling.DescribeNotificationConfigurationsInput{AutoScalingGroupNames: []string{n.group}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, one := range page.NotificationConfigurations {
			n.add("notification "+aws.ToString(one.TopicARN)+" "+aws.ToString(one.NotificationType), "sent")
		}
	}
	return nil
}

func (r Reader) pool(ctx context.Context, n *names) error {
	out, err := r.groups.DescribeWarmPool(ctx, &autoscaling.DescribeWarmPoolInput{AutoScalingGroupName: &n.group})
	if err != nil {
		return err
	}
	if out.WarmPoolConfiguration != nil {
		n.add("warm pool", out.WarmPoolConfiguration)
	}
	return nil
}

// launches is what a launch is made from now.
func (r Reader) launches(ctx context.Context, n *names, group types.AutoScalingGroup) error {
	if name := group.LaunchConfigurationName; name != nil {
		out, err := r.groups.DescribeLaunchConfigurations(ctx, &autoscaling.DescribeLaunchConfigurationsInput{LaunchConfigurationNames: []string{*name}})
		if err != nil {
			return err
		}
		for _, configuration := range out.LaunchConfigurations {
			n.add("launch configuration", configuration)
		}
	}
	spec := group.LaunchTemplate
	if policy := group.MixedInstancesPolicy; policy != nil && policy.LaunchTemplate != nil {
		spec = policy.LaunchTemplate.LaunchTemplateSpecification
	}
	if spec == nil {
		return nil
	}
	version := aws.ToString(spec.Version)
	if version == "" {
		version = "$Default"
	}
	out, err := r.ec2.DescribeLaunchTemplateVersions(ctx, &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: spec.LaunchTemplateId, Versions: []string{version}})
	if err != nil {
		return err
	}
	for _, version := range out.LaunchTemplateVersions {
		n.add("launch template", version.LaunchTemplateData)
	}
	return nil
}

// instances shows the first instance in service: what was really launched.
func (r Reader) instances(ctx context.Context, n *names, members []types.Instance) error {
	for _, member := range members {
		if member.LifecycleState != types.LifecycleStateInService {
			continue
		}
		out, err := r.ec2.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{*member.InstanceId}})
		if err != nil {
			return err
		}
		for _, reservation := range out.Reservations {
			for _, instance := range reservation.Instances {
				n.add("instance", instance)
			}
		}
		return nil
	}
	return nil
}
