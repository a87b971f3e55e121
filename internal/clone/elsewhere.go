package clone

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

// Place is another account, such as that of a model, where what hangs on a group is put again.
type Place struct {
	Group        string            // its name there
	LoadBalancer string            // app/<name>/<id> there, in place of any
	TargetGroups map[string]string // targetgroup/<name>/<id> there, by what the group has here
}

// Calls are what puts again what hangs on a group, hooks aside. They name no group.
type Calls struct {
	Policies []*autoscaling.PutScalingPolicyInput
	Alarms   []AlarmCall
	Schedule []*autoscaling.PutScheduledUpdateGroupActionInput
	Pool     *autoscaling.PutWarmPoolInput // nil: there is none
	Told     []string                      // types of events that topics are told of
}

// AlarmCall puts an alarm again, without actions: those on scaling policies go by the policies' names, and all others are another
// account's.
type AlarmCall struct {
	Input    *cloudwatch.PutMetricAlarmInput
	Policies []string
}

// At is what hangs on a group as it is put at another place. Actions of a schedule that are over by now are left out.
func (w Whole) At(p Place, now time.Time) Calls {
	var calls Calls
	r := rewriting{blue: aws.ToString(w.Group.AutoScalingGroupName), green: p.Group, balancer: p.LoadBalancer, targetGroups: p.TargetGroups}
	names := make(map[string]string)
	for _, policy := range w.Policies {
		names[aws.ToString(policy.PolicyARN)] = aws.ToString(policy.PolicyName)
		calls.Policies = append(calls.Policies, copyPolicy(policy, r))
	}
	for _, alarm := range w.Alarms {
		call := AlarmCall{Input: copyAlarm(alarm, r, nil)}
		for _, action := range alarm.AlarmActions {
			if name, own := names[action]; own {
				call.Policies = append(call.Policies, name)
			}
		}
		call.Input.AlarmActions, call.Input.OKActions, call.Input.InsufficientDataActions = nil, nil, nil
		calls.Alarms = append(calls.Alarms, call)
	}
	for _, action := range w.Schedule {
		if input := copyAction(action, p.Group, now); input != nil {
			calls.Schedule = append(calls.Schedule, input)
		}
	}
	if pool := poolOf(w.Group); pool != nil {
		calls.Pool = &autoscaling.PutWarmPoolInput{
			MinSize: pool.MinSize, MaxGroupPreparedCapacity: pool.MaxGroupPreparedCapacity, PoolState: pool.PoolState, InstanceReusePolicy: pool.InstanceReusePolicy,
		}
	}
	told := make(map[string]bool)
	for _, row := range w.Notifications {
		told[aws.ToString(row.NotificationType)] = true
	}
	calls.Told = slices.Sorted(maps.Keys(told))
	return calls
}
