package invariant

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
)

// alarms holds a write about alarms against promise 5: what a deployment makes the record names before, with the deployment's
// tags, and it takes nobody's name; what it did not make it only keeps from acting, or lets act, once the record says so.
func (o *ownership) alarms(a *apiCall, record ledger.Record) {
	if o.w.fence.late(a, record) {
		return
	}
	lock := record.Lock
	if lock == nil || lock.Execution != a.execution { // promise 6 tells
		lock = &ledger.Lock{Deployment: deploy.Deployment{Execution: a.execution}}
	}
	_, tags := o.w.r.AWS.Alarms.Metric()
	switch input := a.input.(type) {
	case *cloudwatch.PutMetricAlarmInput:
		o.putsAlarm(a, input, tags, lock)
	case *cloudwatch.DisableAlarmActionsInput:
		o.switchesAlarms(a, input.AlarmNames, tags, record, lock)
	case *cloudwatch.EnableAlarmActionsInput:
		o.switchesAlarms(a, input.AlarmNames, tags, record, lock)
	case *cloudwatch.DeleteAlarmsInput:
		made := slices.Clone(lock.Made)
		for _, one := range record.Beside() {
			if view, exists := o.w.r.AWS.Groups.View(one.Name); !exists || view.Deleting {
				made = append(made, one.Made...)
			}
		}
		for _, name := range input.AlarmNames {
			if own, exists := tags[name]; exists && !(slices.Contains(made, ledger.Made{What: ledger.MadeAlarm, Name: name}) && tagged(own, deploy.TagLineage, o.w.r.World.GroupName)) {
				o.breaks("%s deletes alarm %s, which no deployment of the lineage has made for what goes", a, name)
			}
		}
	default:
		o.breaks("%s: the promise does not allow this write", a)
	}
}

func (o *ownership) putsAlarm(a *apiCall, input *cloudwatch.PutMetricAlarmInput, tags map[string][]types.Tag, lock *ledger.Lock) {
	name, d := aws.ToString(input.AlarmName), lock.Deployment
	if existing, exists := tags[name]; exists && !tagged(existing, deploy.TagExecution, d.Execution) {
		o.breaks("%s overwrites alarm %s, which the deployment did not make", a, name)
	}
	if !slices.Contains(lock.Made, ledger.Made{What: ledger.MadeAlarm, Name: name}) {
		o.breaks("%s makes alarm %s before the record names it", a, name)
	}
	for key, value := range map[string]string{deploy.TagExecution: d.Execution, deploy.TagLineage: o.w.r.World.GroupName, deploy.TagProject: d.Project} {
		if !tagged(input.Tags, key, value) {
			o.breaks("%s makes alarm %s without its tag %s=%s", a, name, key, value)
		}
	}
}

func (o *ownership) switchesAlarms(a *apiCall, names []string, tags map[string][]types.Tag, record ledger.Record, lock *ledger.Lock) {
	for _, name := range names {
		existing, exists := tags[name]
		remembered := record.Previous != nil && slices.ContainsFunc(record.Previous.Quieted, func(c ledger.Change) bool {
			return c.Kind == ledger.KindAlarm && c.Of == name
		})
		if exists && !remembered && !tagged(existing, deploy.TagExecution, lock.Deployment.Execution) && !(lock.Deployment.Revives && o.w.actsOn(name, lock.Deployment.Green)) {
			o.breaks("%s switches alarm %s, which the deployment did not make, before the record says so", a, name)
		}
	}
}

func tagged(tags []types.Tag, key, value string) bool {
	return slices.ContainsFunc(tags, func(tag types.Tag) bool { return aws.ToString(tag.Key) == key && aws.ToString(tag.Value) == value })
}

// actsOn reports whether an alarm acts on a group's scaling policies.
func (w *Watcher) actsOn(name, group string) bool {
	alarm, _ := w.r.AWS.Alarms.Alarm(name)
	for _, policy := range w.r.AWS.Groups.Policies(group) {
		if slices.Contains(actionsOf(alarm), aws.ToString(policy.PolicyARN)) {
			return true
		}
	}
	return false
}

func actionsOf(alarm types.MetricAlarm) []string {
	return slices.Concat(alarm.AlarmActions, alarm.OKActions, alarm.InsufficientDataActions)
}
