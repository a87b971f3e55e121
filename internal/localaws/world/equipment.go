package world

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

// Equipment is what hangs on a group besides what makes it serve. The inputs need not name the group.
type Equipment struct {
	Group         *autoscaling.UpdateAutoScalingGroupInput // nil: nothing changes
	Tags          []asgtypes.Tag
	Hooks         []*autoscaling.PutLifecycleHookInput
	Policies      []*autoscaling.PutScalingPolicyInput
	Alarms        []Alarm
	Schedule      []*autoscaling.PutScheduledUpdateGroupActionInput
	Pool          *autoscaling.PutWarmPoolInput // nil: none
	Notifications []*autoscaling.PutNotificationConfigurationInput
	Suspended     []string // processes
	Metrics       []string // that are published
}

// Alarm acts on scaling policies.
type Alarm struct {
	Input    *cloudwatch.PutMetricAlarmInput
	Policies []string // names of those that it acts on
}

// Unput is a thing of a group's equipment that the account does not take.
type Unput struct {
	What string // its kind and name
	Err  error
}

func (e *Unput) Error() string { return e.What + ": " + e.Err.Error() }

// Unwrap is why.
func (e *Unput) Unwrap() error { return e.Err }

// Put hangs the equipment on a group. What the account does not take is an Unput.
func (e Equipment) Put(ctx context.Context, cfg aws.Config, group string) error {
	groups := autoscaling.NewFromConfig(cfg)
	if e.Group != nil {
		e.Group.AutoScalingGroupName = &group
		if _, err := groups.UpdateAutoScalingGroup(ctx, e.Group); err != nil {
			return err
		}
	}
	for i := range e.Tags {
		e.Tags[i].ResourceId, e.Tags[i].ResourceType = &group, aws.String("auto-scaling-group")
	}
	if len(e.Tags) > 0 {
		if _, err := groups.CreateOrUpdateTags(ctx, &autoscaling.CreateOrUpdateTagsInput{Tags: e.Tags}); err != nil {
			return err
		}
	}
	for _, hook := range e.Hooks {
		hook.AutoScalingGroupName = &group
		if _, err := groups.PutLifecycleHook(ctx, hook); err != nil {
			return err
		}
	}
	for _, topic := range e.Notifications {
		topic.AutoScalingGroupName = &group
		if _, err := groups.PutNotificationConfiguration(ctx, topic); err != nil {
			return &Unput{"notifications", err}
		}
	}
	for _, action := range e.Schedule {
		action.AutoScalingGroupName = &group
		if _, err := groups.PutScheduledUpdateGroupAction(ctx, action); err != nil {
			return &Unput{"scheduled action " + *action.ScheduledActionName, err}
		}
	}
	if e.Pool != nil {
		e.Pool.AutoScalingGroupName = &group
		if _, err := groups.PutWarmPool(ctx, e.Pool); err != nil {
			return &Unput{"warm pool", err}
		}
	}
	if err := e.putPolicies(ctx, cfg, groups, group); err != nil {
		return err
	}
	return putProcesses(ctx, groups, group, e.Suspended, e.Metrics)
}

// putPolicies puts the policies, and the alarms that act on them.
func (e Equipment) putPolicies(ctx context.Context, cfg aws.Config, groups *autoscaling.Client, group string) error {
	arns, alarms := make(map[string]string), cloudwatch.NewFromConfig(cfg)
	for _, policy := range e.Policies {
		policy.AutoScalingGroupName = &group
		made, err := groups.PutScalingPolicy(ctx, policy)
		if err != nil {
			return &Unput{"scaling policy " + *policy.PolicyName, err}
		}
		arns[*policy.PolicyName] = *made.PolicyARN
	}
	for _, alarm := range e.Alarms {
		for _, name := range alarm.Policies {
			alarm.Input.AlarmActions = append(alarm.Input.AlarmActions, arns[name])
		}
		if _, err := alarms.PutMetricAlarm(ctx, alarm.Input); err != nil {
			return &Unput{"alarm " + *alarm.Input.AlarmName, err}
		}
	}
	return nil
}

// putProcesses suspends processes of a group and has it publish metrics.
func putProcesses(ctx context.Context, groups *autoscaling.Client, group string, suspended, metrics []string) error {
	if len(suspended) > 0 {
		if _, err := groups.SuspendProcesses(ctx, &autoscaling.SuspendProcessesInput{AutoScalingGroupName: &group, ScalingProcesses: suspended}); err != nil {
			return err
		}
	}
	if len(metrics) > 0 {
		_, err := groups.EnableMetricsCollection(ctx, &autoscaling.EnableMetricsCollectionInput{
			AutoScalingGroupName: &group, Granularity: aws.String("1Minute"), Metrics: metrics,
		})
		return err
	}
	return nil
}
