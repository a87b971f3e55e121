package events

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"bluegreen/internal/localaws/wire"
)

// defaultBus is the one bus that there is.
const defaultBus = "default"

// rule is a rule of the default bus.
type rule struct {
	name, arn            string
	description, roleARN *string
	text                 string // of the pattern
	pattern              *pattern
	enabled              bool
	tags                 []types.Tag
	targets              []types.Target
}

func (b *Buses) sorted() []*rule {
	return slices.SortedFunc(maps.Values(b.rules), func(x, y *rule) int { return cmp.Compare(x.name, y.name) })
}

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationException", format, args...)
}

// bus checks that a request means the default bus, by name or ARN.
func (b *Buses) bus(nameOrARN *string) error {
	switch name := aws.ToString(nameOrARN); name {
	case "", defaultBus, b.account.ARN("events", "event-bus/"+defaultBus):
		return nil
	default:
		return wire.NotModelled("the event bus %s: it models the default bus", name)
	}
}

func (b *Buses) find(bus, name *string) (*rule, error) {
	if err := b.bus(bus); err != nil {
		return nil, err
	}
	found, ok := b.rules[*name]
	if !ok {
		return nil, wire.Errorf("ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", *name, defaultBus)
	}
	return found, nil
}

var ruleName = regexp.MustCompile(`^[.\-_A-Za-z0-9]+$`)

const maxPattern = 4096 // characters of an event pattern (API reference, PutRule)

func (b *Buses) putRule(_ *wire.Call, in *eventbridge.PutRuleInput) (*eventbridge.PutRuleOutput, error) {
	if err := b.bus(in.EventBusName); err != nil {
		return nil, err
	}
	switch {
	case !ruleName.MatchString(*in.Name):
		return nil, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+", *in.Name)
	case len(*in.Name) > 64:
		return nil, invalid("1 validation error detected: Value '%s' at 'name' failed to satisfy constraint: "+
			"Member must have length less than or equal to 64", *in.Name)
	case aws.ToString(in.EventPattern) == "":
		return nil, invalid("Parameter(s) EventPattern or ScheduleExpression must be specified.")
	case len(*in.EventPattern) > maxPattern:
		return nil, invalid("1 validation error detected: Value '%s' at 'eventPattern' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", *in.EventPattern, maxPattern)
	}
	state := cmp.Or(in.State, types.RuleStateEnabled)
	switch state {
	case types.RuleStateEnabled, types.RuleStateDisabled:
	case types.RuleStateEnabledWithAllCloudtrailManagementEvents:
		return nil, wire.NotModelled("the rule state %s", state)
	default:
		return nil, invalid("1 validation error detected: Value '%s' at 'state' failed to satisfy constraint: "+
			"Member must satisfy enum value set: [ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS]", state)
	}
	compiled, err := compile(*in.EventPattern)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(compiled.fields, func(f field) bool { return f.name == "id" }) {
		return nil, wire.NotModelled("rules on an event's id")
	}
	r, exists := b.rules[*in.Name]
	if !exists {
		if len(b.rules) >= b.settings.MaxRules {
			return nil, wire.Errorf("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
		}
		// Tags count only when the rule is new (SDK, PutRule).
		r = &rule{name: *in.Name, arn: b.account.ARN("events", "rule/"+*in.Name), tags: in.Tags}
		b.rules[r.name] = r
	}
	r.description, r.roleARN = in.Description, in.RoleArn // what is not named is gone (SDK, PutRule)
	r.text, r.pattern, r.enabled = *in.EventPattern, compiled, state == types.RuleStateEnabled
	return &eventbridge.PutRuleOutput{RuleArn: &r.arn}, nil
}

func (r *rule) state() types.RuleState {
	if r.enabled {
		return types.RuleStateEnabled
	}
	return types.RuleStateDisabled
}

func (b *Buses) describeRule(_ *wire.Call, in *eventbridge.DescribeRuleInput) (*eventbridge.DescribeRuleOutput, error) {
	r, err := b.find(in.EventBusName, in.Name)
	if err != nil {
		return nil, err
	}
	return &eventbridge.DescribeRuleOutput{
		Name: &r.name, Arn: &r.arn, EventPattern: &r.text, State: r.state(), Description: r.description, RoleArn: r.roleARN,
		EventBusName: aws.String(defaultBus), CreatedBy: &b.account.ID,
	}, nil
}

func (b *Buses) listRules(_ *wire.Call, in *eventbridge.ListRulesInput) (*eventbridge.ListRulesOutput, error) {
	if err := b.bus(in.EventBusName); err != nil {
		return nil, err
	}
	var found []types.Rule
	for _, r := range b.sorted() {
		if strings.HasPrefix(r.name, aws.ToString(in.NamePrefix)) {
			found = append(found, types.Rule{
				Name: &r.name, Arn: &r.arn, EventPattern: &r.text, State: r.state(), Description: r.description, RoleArn: r.roleARN,
				EventBusName: aws.String(defaultBus),
			})
		}
	}
	found, next, err := page(found, in.NextToken, in.Limit)
	return &eventbridge.ListRulesOutput{Rules: found, NextToken: next}, err
}

// page returns the page that a token asks for, of at most limit things (100 unless it is set), and the next one's token.
func page[T any](all []T, token *string, limit *int32) ([]T, *string, error) {
	from, size := 0, 100
	if limit != nil {
		size = int(*limit)
	}
	if size < 1 || size > 100 {
		return nil, nil, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
			"Member must have value between 1 and 100, inclusive", size)
	}
	if token != nil {
		var err error
		if from, err = strconv.Atoi(*token); err != nil || from < 0 || from > len(all) {
			return nil, nil, invalid("Parameter NextToken is not valid.")
		}
	}
	to := min(from+size, len(all))
	if to == len(all) {
		return all[from:], nil, nil
	}
	return all[from:to], aws.String(strconv.Itoa(to)), nil
}

func (b *Buses) enableRule(_ *wire.Call, in *eventbridge.EnableRuleInput) (*eventbridge.EnableRuleOutput, error) {
	return &eventbridge.EnableRuleOutput{}, b.setEnabled(in.EventBusName, in.Name, true)
}

func (b *Buses) disableRule(_ *wire.Call, in *eventbridge.DisableRuleInput) (*eventbridge.DisableRuleOutput, error) {
	return &eventbridge.DisableRuleOutput{}, b.setEnabled(in.EventBusName, in.Name, false)
}

func (b *Buses) setEnabled(bus, name *string, enabled bool) error {
	r, err := b.find(bus, name)
	if err == nil {
		r.enabled = enabled
	}
	return err
}

// deleteRule succeeds also for a rule that does not exist, as on AWS.
func (b *Buses) deleteRule(_ *wire.Call, in *eventbridge.DeleteRuleInput) (*eventbridge.DeleteRuleOutput, error) {
	if err := b.bus(in.EventBusName); err != nil {
		return nil, err
	}
	if r, ok := b.rules[*in.Name]; ok && len(r.targets) > 0 {
		return nil, invalid("Rule can't be deleted since it has targets.")
	}
	delete(b.rules, *in.Name)
	return &eventbridge.DeleteRuleOutput{}, nil
}

func (b *Buses) listTags(_ *wire.Call, in *eventbridge.ListTagsForResourceInput) (*eventbridge.ListTagsForResourceOutput, error) {
	for _, r := range b.rules {
		if r.arn == *in.ResourceARN {
			return &eventbridge.ListTagsForResourceOutput{Tags: r.tags}, nil
		}
	}
	_, name, _ := strings.Cut(*in.ResourceARN, ":rule/")
	return nil, wire.Errorf("ResourceNotFoundException", "Rule %s does not exist on EventBus %s.", name, defaultBus)
}
