package clone

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/alarm"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// alarms are the CloudWatch alarms that act on simple and step policies. Those of target tracking AWS makes itself. A copy looks
// at green and acts on green's policies, has a name of its own, and is deleted by whom deletes green.
type alarms struct{}

// alarmReads is what is read of alarms.
type alarmReads interface {
	alarm.Reads
	ListTagsForResource(context.Context, *cloudwatch.ListTagsForResourceInput, ...func(*cloudwatch.Options)) (*cloudwatch.ListTagsForResourceOutput, error)
}

// alarmWrites are what may be changed of alarms.
type alarmWrites interface {
	PutMetricAlarm(context.Context, *cloudwatch.PutMetricAlarmInput, ...func(*cloudwatch.Options)) (*cloudwatch.PutMetricAlarmOutput, error)
	EnableAlarmActions(context.Context, *cloudwatch.EnableAlarmActionsInput, ...func(*cloudwatch.Options)) (*cloudwatch.EnableAlarmActionsOutput, error)
	DisableAlarmActions(context.Context, *cloudwatch.DisableAlarmActionsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DisableAlarmActionsOutput, error)
	DeleteAlarms(context.Context, *cloudwatch.DeleteAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DeleteAlarmsOutput, error)
}

// read asks CloudWatch and not the policies, which do not say whether they show alarms that act on them in another state than ALARM.
func (alarms) read(ctx context.Context, from reads, w *Whole) error {
	found := make(map[string]types.MetricAlarm)
	for _, policy := range w.Policies {
		if policy.TargetTrackingConfiguration != nil || policy.PredictiveScalingConfiguration != nil {
			continue
		}
		acting, _, err := alarm.Describe(ctx, from.alarmReads, &cloudwatch.DescribeAlarmsInput{ActionPrefix: policy.PolicyARN})
		if err != nil {
			return err
		}
		for _, alarm := range acting {
			found[aws.ToString(alarm.AlarmName)] = alarm
		}
	}
	w.Alarms = nil
	for _, name := range slices.Sorted(maps.Keys(found)) {
		w.Alarms = append(w.Alarms, found[name])
	}
	return nil
}

// namesOf are the names of green's alarms by those of blue's.
func namesOf(blue Whole, d deploy.Deployment) map[string]string {
	var names []string
	for _, alarm := range blue.Alarms {
		names = append(names, aws.ToString(alarm.AlarmName))
	}
	return alarmNames(names, d.Blue, d.Green)
}

// arm lets the alarms act that act on blue. One that blue has got since green was copied has no copy, and is passed over.
func (alarms) arm(ctx context.Context, to target, blue Whole, when Moment) error {
	if when&Joining == 0 {
		return nil // they look at no target group that blue is not in
	}
	names := namesOf(blue, to.Deployment)
	var enabled []string
	for _, alarm := range blue.Alarms {
		if aws.ToBool(alarm.ActionsEnabled) {
			enabled = append(enabled, names[aws.ToString(alarm.AlarmName)])
		}
	}
	return to.enableAlarms(ctx, enabled)
}

func (to target) enableAlarms(ctx context.Context, names []string) error {
	for batch := range slices.Chunk(names, alarm.AtOnce) {
		if _, err := step.Write(ctx, to.alarms, to.fence, alarmWrites.EnableAlarmActions, &cloudwatch.EnableAlarmActionsInput{AlarmNames: batch}); err != nil {
			return fmt.Errorf("enabling the actions of %s: %w", deploy.Counted(len(batch), "alarm"), err)
		}
	}
	return nil
}

func (alarms) traits(w Whole, d deploy.Deployment) map[string]string {
	all := make(map[string]string)
	r, names := rewritten(w, d), map[string]string{}
	if r.blue != "" {
		names = namesOf(w, d)
	}
	acting := make(map[string]string)
	for _, policy := range w.Policies {
		acting[aws.ToString(policy.PolicyARN)] = "scaling policy " + aws.ToString(policy.PolicyName)
	}
	for _, alarm := range w.Alarms {
		name := aws.ToString(alarm.AlarmName)
		input := copyAlarm(alarm, r, acting)
		input.AlarmName = nil
		all["alarm "+cmp.Or(names[name], name)] = given(input)
	}
	return all
}

func (alarms) kinds() []ledger.Kind { return []ledger.Kind{ledger.KindAlarm} }

// quiet turns the alarms' actions off: those of policies do nothing any more, all others would tell of a fleet that stands by.
func (alarms) quiet(w Whole) []ledger.Change {
	var changes []ledger.Change
	for _, alarm := range w.Alarms {
		if aws.ToBool(alarm.ActionsEnabled) {
			changes = append(changes, ledger.Change{
				Kind: ledger.KindAlarm, Of: aws.ToString(alarm.AlarmName), Was: ledger.AlarmOn, Set: []string{ledger.AlarmOff},
			})
		}
	}
	return changes
}

// still passes over alarms that are gone, as CloudWatch does.
func (alarms) still(ctx context.Context, to target, changes []ledger.Change) error {
	for batch := range slices.Chunk(things(changes), alarm.AtOnce) {
		if _, err := step.Write(ctx, to.alarms, to.fence, alarmWrites.DisableAlarmActions, &cloudwatch.DisableAlarmActionsInput{AlarmNames: batch}); err != nil {
			return fmt.Errorf("disabling the actions of %s: %w", deploy.Counted(len(batch), "alarm"), err)
		}
	}
	return nil
}

func (alarms) wake(ctx context.Context, to target, changes []ledger.Change) error {
	return to.enableAlarms(ctx, things(changes))
}

// things are what changes change.
func things(changes []ledger.Change) []string {
	var names []string
	for _, change := range changes {
		names = append(names, change.Of)
	}
	return names
}
