package clone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/alarm"
	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// put makes the alarms, whose actions do nothing yet where green waits for its traffic. CloudWatch takes three a second (aws-facts H2): one that an earlier call of
// this deployment has made stays, so that the calls of one deployment come to an end together.
func (alarms) put(ctx context.Context, to target, blue Whole) error {
	if len(blue.Alarms) == 0 {
		return nil
	}
	acting, err := to.actions(ctx, blue)
	if err != nil {
		return err
	}
	names := namesOf(blue, to.Deployment)
	metric, composite, err := alarm.Named(ctx, to.reads.alarmReads, slices.Sorted(maps.Values(names)))
	if err != nil {
		return err
	}
	for _, alarm := range blue.Alarms {
		input := copyAlarm(alarm, rewritten(blue, to.Deployment), acting)
		if policy := unmapped(blue, input); policy != "" { // a describe may lag the write
			return fault.New(fault.Unavailable, "scaling policy %s of %s is put but not shown yet", policy, to.name)
		}
		input.AlarmName = aws.String(names[aws.ToString(alarm.AlarmName)])
		if to.Strategy.Waits() {
			input.ActionsEnabled = aws.Bool(false)
		}
		if other, exists := composite[*input.AlarmName]; exists {
			return taken(to, *input.AlarmName, "a composite alarm "+aws.ToString(other.AlarmArn))
		}
		there, exists := metric[*input.AlarmName]
		if exists {
			if err := to.ours(ctx, there); err != nil {
				return err
			}
			if there.ActionsEnabled = input.ActionsEnabled; given(input) == given(copyAlarm(there, rewriting{}, nil)) {
				continue
			}
		}
		if err := to.putAlarm(ctx, alarm, input); err != nil {
			return err
		}
	}
	return nil
}

// actions are green's policies by those of blue's that they are copies of: what a copied alarm acts on in their place.
func (to target) actions(ctx context.Context, blue Whole) (map[string]string, error) {
	green, err := describePolicies(ctx, to.reads, to.name)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]string)
	for _, policy := range green {
		byName[aws.ToString(policy.PolicyName)] = aws.ToString(policy.PolicyARN)
	}
	acting := make(map[string]string)
	for _, policy := range blue.Policies {
		if arn, exists := byName[aws.ToString(policy.PolicyName)]; exists {
			acting[aws.ToString(policy.PolicyARN)] = arn
		}
	}
	return acting, nil
}

// unmapped is a policy of blue's that a copied alarm would still act on; empty: there is none.
func unmapped(blue Whole, input *cloudwatch.PutMetricAlarmInput) string {
	for _, policy := range blue.Policies {
		if slices.Contains(slices.Concat(input.AlarmActions, input.OKActions, input.InsufficientDataActions), aws.ToString(policy.PolicyARN)) {
			return aws.ToString(policy.PolicyName)
		}
	}
	return ""
}

// copyAlarm is what puts an alarm again, with other actions in place of some.
func copyAlarm(alarm types.MetricAlarm, r rewriting, acting map[string]string) *cloudwatch.PutMetricAlarmInput {
	input := new(cloudwatch.PutMetricAlarmInput)
	r.onto(input, alarm)
	for _, actions := range []*[]string{&input.AlarmActions, &input.OKActions, &input.InsufficientDataActions} {
		for i, action := range *actions {
			if other, ours := acting[action]; ours {
				(*actions)[i] = other
			}
		}
	}
	return input
}

// putAlarm makes an alarm with the tags of the one that it is a copy of, and this deployment's.
func (to target) putAlarm(ctx context.Context, of types.MetricAlarm, input *cloudwatch.PutMetricAlarmInput) error {
	tags, err := tagsOf(ctx, to.reads, of)
	if err != nil {
		return err
	}
	for _, tag := range tags {
		if !deploy.ReservedTag(aws.ToString(tag.Key)) {
			input.Tags = append(input.Tags, tag)
		}
	}
	for _, own := range to.OwnTags() {
		input.Tags = append(input.Tags, types.Tag{Key: aws.String(own[0]), Value: aws.String(own[1])})
	}
	if _, err := step.Write(ctx, to.alarms, to.fence, alarmWrites.PutMetricAlarm, input); err != nil {
		return fmt.Errorf("putting alarm %s: %w", *input.AlarmName, err)
	}
	return nil
}

func tagsOf(ctx context.Context, from reads, alarm types.MetricAlarm) ([]types.Tag, error) {
	out, err := from.ListTagsForResource(ctx, &cloudwatch.ListTagsForResourceInput{ResourceARN: alarm.AlarmArn})
	var gone *types.ResourceNotFoundException
	if errors.As(err, &gone) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the tags of alarm %s: %w", aws.ToString(alarm.AlarmName), err)
	}
	return out.Tags, nil
}

func tagged(tags []types.Tag, key, value string) bool {
	return slices.ContainsFunc(tags, func(tag types.Tag) bool { return aws.ToString(tag.Key) == key && aws.ToString(tag.Value) == value })
}

// ours refuses an alarm that this deployment has not made: to put it would replace it.
func (to target) ours(ctx context.Context, alarm types.MetricAlarm) error {
	tags, err := tagsOf(ctx, to.reads, alarm)
	if err != nil || tagged(tags, deploy.TagExecution, to.Execution) {
		return err
	}
	return taken(to, aws.ToString(alarm.AlarmName), "an alarm "+aws.ToString(alarm.AlarmArn))
}

func taken(to target, name, what string) error {
	return fault.New(fault.Refused, "%s exists already and is not of this deployment, which needs the name %s for a copy that acts on %s: rename or delete it",
		what, name, to.name)
}

func (alarms) what() ledger.What { return ledger.MadeAlarm }

func (alarms) outlive(blue Whole, d deploy.Deployment) []string {
	return slices.Sorted(maps.Values(namesOf(blue, d)))
}

// remove deletes those of the lineage. AWS has deleted most of them with their group: those that acted on nothing else. One that a
// composite alarm names CloudWatch does not delete: it stays, without actions.
func (alarms) remove(ctx context.Context, to target, names []string) error {
	metric, _, err := alarm.Named(ctx, to.reads.alarmReads, names)
	if err != nil || len(metric) == 0 {
		return err
	}
	_, composite, err := alarm.Describe(ctx, to.reads.alarmReads, &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeCompositeAlarm}})
	if err != nil {
		return err
	}
	var made []string
	for _, name := range slices.Sorted(maps.Keys(metric)) {
		tags, err := tagsOf(ctx, to.reads, metric[name])
		if err != nil {
			return err
		}
		if !tagged(tags, deploy.TagLineage, to.Lineage) {
			continue
		}
		if at := slices.IndexFunc(composite, func(parent types.CompositeAlarm) bool { return mentions(aws.ToString(parent.AlarmRule), metric[name]) }); at >= 0 {
			to.warn("alarm %s was made for a fleet that is gone, and stays since composite alarm %s names it: take it out there, and delete it",
				name, aws.ToString(composite[at].AlarmName))
			continue
		}
		made = append(made, name)
	}
	for batch := range slices.Chunk(made, alarm.AtOnce) {
		if _, err := step.Write(ctx, to.alarms, to.fence, alarmWrites.DeleteAlarms, &cloudwatch.DeleteAlarmsInput{AlarmNames: batch}); err != nil {
			return fmt.Errorf("deleting %s (%s and others): %w", deploy.Counted(len(batch), "alarm"), batch[0], err)
		}
	}
	return nil
}
