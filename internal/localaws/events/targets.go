package events

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"bluegreen/internal/localaws/wire"
)

// putTargets adds targets to a rule; one with an id that the rule has replaces it.
func (b *Buses) putTargets(_ *wire.Call, in *eventbridge.PutTargetsInput) (*eventbridge.PutTargetsOutput, error) {
	r, err := b.find(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	targets := slices.Clone(r.targets)
	for _, t := range in.Targets {
		if err := b.checkTarget(t); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(targets, func(other types.Target) bool { return *other.Id == *t.Id })
		if at < 0 {
			targets = append(targets, t)
		} else {
			targets[at] = t
		}
	}
	if len(targets) > b.settings.MaxTargets {
		return nil, wire.Errorf("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
	}
	r.targets = targets
	return &eventbridge.PutTargetsOutput{FailedEntries: []types.PutTargetsResultEntry{}}, nil
}

func (b *Buses) checkTarget(t types.Target) error {
	arn := aws.ToString(t.Arn)
	switch {
	case aws.ToString(t.Id) == "":
		return invalid("1 validation error detected: Value null at 'targets.1.member.id' failed to satisfy constraint: Member must not be null")
	case !ruleName.MatchString(*t.Id):
		return invalid("1 validation error detected: Value '%s' at 'targets.1.member.id' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", *t.Id)
	case len(*t.Id) > 64:
		return invalid("1 validation error detected: Value '%s' at 'targets.1.member.id' failed to satisfy constraint: "+
			"Member must have length less than or equal to 64", *t.Id)
	case !strings.HasPrefix(arn, "arn:") || len(strings.Split(arn, ":")) < 6:
		return invalid("Parameter %s is not valid. Reason: Provided Arn is not in correct format.", arn)
	}
	switch service := serviceOf(arn); service {
	case "states":
		if t.RoleArn == nil {
			return invalid("RoleArn is required for target %s.", arn)
		}
	case "sqs":
		if b.queues == nil || strings.HasSuffix(arn, ".fifo") {
			return wire.NotModelled("the target %s", arn)
		}
	case "codepipeline":
		switch {
		case t.RoleArn == nil:
			return invalid("RoleArn is required for target %s.", arn)
		case b.pipelines == nil:
			return wire.NotModelled("the target %s", arn)
		case t.Input != nil || t.InputPath != nil || t.InputTransformer != nil:
			return wire.NotModelled("an input for the target %s: a pipeline takes what its source holds", arn)
		}
	case "lambda", "sns":
	case "events", "kinesis", "firehose", "ecs", "batch", "codebuild", "logs", "ssm", "redshift", "redshift-data",
		"sagemaker", "execute-api", "inspector", "appsync":
		return wire.NotModelled("targets of %s: it models state machines, functions, queues, topics and pipelines", service)
	default:
		return invalid("%s is not a supported service for a target.", service)
	}
	if policy := t.RetryPolicy; policy != nil {
		if n := aws.ToInt32(policy.MaximumRetryAttempts); n < 0 || n > maxRetries {
			return invalid("1 validation error detected: Value '%d' at 'targets.1.member.retryPolicy.maximumRetryAttempts' failed to "+
				"satisfy constraint: Member must have value less than or equal to %d", n, maxRetries)
		}
		if age := policy.MaximumEventAgeInSeconds; age != nil && (*age < 60 || *age > 86400) {
			return invalid("1 validation error detected: Value '%d' at 'targets.1.member.retryPolicy.maximumEventAgeInSeconds' failed to "+
				"satisfy constraint: Member must have value between 60 and 86400, inclusive", *age)
		}
	}
	return checkInput(t)
}

// serviceOf is the service in an ARN.
func serviceOf(arn string) string { return strings.Split(arn, ":")[2] }

func (b *Buses) removeTargets(_ *wire.Call, in *eventbridge.RemoveTargetsInput) (*eventbridge.RemoveTargetsOutput, error) {
	r, err := b.find(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	out := &eventbridge.RemoveTargetsOutput{FailedEntries: []types.RemoveTargetsResultEntry{}}
	for _, id := range in.Ids {
		at := slices.IndexFunc(r.targets, func(t types.Target) bool { return *t.Id == id })
		if at < 0 {
			out.FailedEntryCount++
			out.FailedEntries = append(out.FailedEntries, types.RemoveTargetsResultEntry{TargetId: aws.String(id),
				ErrorCode:    aws.String("ResourceNotFoundException"),
				ErrorMessage: aws.String("Rule " + r.name + " does not have a target with the Id " + id + ".")})
			continue
		}
		r.targets = slices.Delete(slices.Clone(r.targets), at, at+1)
	}
	return out, nil
}

func (b *Buses) listRuleNamesByTarget(_ *wire.Call, in *eventbridge.ListRuleNamesByTargetInput) (*eventbridge.ListRuleNamesByTargetOutput, error) {
	if err := b.bus(in.EventBusName); err != nil {
		return nil, err
	}
	var names []string
	for _, r := range b.sorted() {
		if slices.ContainsFunc(r.targets, func(t types.Target) bool { return *t.Arn == *in.TargetArn }) {
			names = append(names, r.name)
		}
	}
	names, following, err := page(names, in.NextToken, in.Limit)
	return &eventbridge.ListRuleNamesByTargetOutput{RuleNames: names, NextToken: following}, err
}

func (b *Buses) listTargetsByRule(_ *wire.Call, in *eventbridge.ListTargetsByRuleInput) (*eventbridge.ListTargetsByRuleOutput, error) {
	r, err := b.find(in.EventBusName, in.Rule)
	if err != nil {
		return nil, err
	}
	targets, next, err := page(r.targets, in.NextToken, in.Limit)
	return &eventbridge.ListTargetsByRuleOutput{Targets: targets, NextToken: next}, err
}
