package elbv2

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// rule is a listener rule.
type rule struct {
	arn        string
	number     int // priority; 0 for the default rule
	conditions []condition
	action     action
	transforms []types.RuleTransform // kept and shown; the data plane rewrites nothing
	tags       map[string]string
}

func (r *rule) priority() string {
	if r.number == 0 {
		return "default"
	}
	return strconv.Itoa(r.number)
}

func (l *LoadBalancers) ruleARN(x *listener) string {
	return l.account.ARN("elasticloadbalancing", "listener-rule/"+x.path()+"/"+l.account.Hex(16))
}

func (l *LoadBalancers) createRule(call *wire.Call, in *sdk.CreateRuleInput) (*sdk.CreateRuleOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	if x.balancer.kind != application {
		return nil, invalid("Rules are not supported for listeners of network load balancers")
	}
	number := int(*in.Priority)
	if number < 1 || number > 50000 {
		return nil, invalid("1 validation error detected: Value '%d' at 'priority' failed to satisfy constraint: "+
			"Member must have value between 1 and 50000", number)
	}
	if slices.ContainsFunc(x.rules, func(r *rule) bool { return r.number == number }) {
		return nil, wire.Errorf("PriorityInUse", "Priority '%d' is currently in use", number)
	}
	there := -len(l.listenersOf(x.balancer)) // default rules do not count
	for _, other := range l.listenersOf(x.balancer) {
		there += len(other.rules)
	}
	if err := checkQuota(there, "rules-per-application-load-balancer", "TooManyRules", "rules"); err != nil {
		return nil, err
	}
	created := &rule{number: number}
	if created.conditions, err = parseConditions(in.Conditions); err != nil {
		return nil, err
	}
	if created.action, err = l.parseAction(in.Actions, x, action{}); err != nil {
		return nil, err
	}
	if created.tags, err = tagMap(in.Tags); err != nil {
		return nil, err
	}
	if created.transforms, err = checkTransforms(in.Transforms); err != nil {
		return nil, err
	}
	created.arn = l.ruleARN(x)
	x.rules = append(x.rules, created)
	slices.SortFunc(x.rules, func(a, b *rule) int {
		return cmp.Or(-cmp.Compare(min(a.number, 1), min(b.number, 1)), cmp.Compare(a.number, b.number))
	})
	l.refreshUse()
	return &sdk.CreateRuleOutput{Rules: []types.Rule{created.describe()}}, nil
}

func (l *LoadBalancers) modifyRule(call *wire.Call, in *sdk.ModifyRuleInput) (*sdk.ModifyRuleOutput, error) {
	x, found, err := l.ruleNamed(in.RuleArn)
	if err != nil {
		return nil, err
	}
	if found.number == 0 {
		return nil, wire.Errorf("OperationNotPermitted", "Default rule '%s' cannot be modified", found.arn)
	}
	reset := aws.ToBool(in.ResetTransforms)
	switch {
	case in.Conditions == nil && in.Actions == nil && in.Transforms == nil && !reset:
		return nil, invalid("Either conditions or actions must be specified")
	case reset && in.Transforms != nil:
		return nil, invalid("You cannot specify transforms and reset them")
	}
	modified := *found
	if in.Conditions != nil {
		if modified.conditions, err = parseConditions(in.Conditions); err != nil {
			return nil, err
		}
	}
	if in.Actions != nil {
		if modified.action, err = l.parseAction(in.Actions, x, found.action); err != nil {
			return nil, err
		}
	}
	if reset {
		modified.transforms = nil
	}
	if in.Transforms != nil {
		if modified.transforms, err = checkTransforms(in.Transforms); err != nil {
			return nil, err
		}
	}
	*found = modified
	l.refreshUse()
	return &sdk.ModifyRuleOutput{Rules: []types.Rule{found.describe()}}, nil
}

// checkTransforms refuses transforms without what they are to rewrite, and two of one type.
func checkTransforms(transforms []types.RuleTransform) ([]types.RuleTransform, error) {
	for k, t := range transforms {
		var rewrites []types.RewriteConfig
		switch {
		case t.Type == types.TransformTypeEnumHostHeaderRewrite && t.HostHeaderRewriteConfig != nil:
			rewrites = t.HostHeaderRewriteConfig.Rewrites
		case t.Type == types.TransformTypeEnumUrlRewrite && t.UrlRewriteConfig != nil:
			rewrites = t.UrlRewriteConfig.Rewrites
		}
		if len(rewrites) == 0 {
			return nil, invalid("A rewrite must be specified for the transform type '%s'", t.Type)
		}
		if slices.ContainsFunc(transforms[:k], func(other types.RuleTransform) bool { return other.Type == t.Type }) {
			return nil, invalid("You can only specify one transform of type '%s' per rule", t.Type)
		}
	}
	return transforms, nil
}

func (l *LoadBalancers) deleteRule(call *wire.Call, in *sdk.DeleteRuleInput) (*sdk.DeleteRuleOutput, error) {
	x, found, err := l.ruleNamed(in.RuleArn)
	if err != nil {
		return nil, err
	}
	if found.number == 0 {
		return nil, wire.Errorf("OperationNotPermitted", "Default rule '%s' cannot be deleted", found.arn)
	}
	x.rules = slices.DeleteFunc(x.rules, func(r *rule) bool { return r == found })
	l.refreshUse()
	return &sdk.DeleteRuleOutput{}, nil
}

func (l *LoadBalancers) describeRules(call *wire.Call, in *sdk.DescribeRulesInput) (*sdk.DescribeRulesOutput, error) {
	if (in.ListenerArn == nil) == (len(in.RuleArns) == 0) {
		return nil, invalid("You must specify either listener rule ARNs or a listener ARN")
	}
	var found []*rule
	if in.ListenerArn != nil {
		x, err := l.listenerNamed(in.ListenerArn)
		if err != nil {
			return nil, err
		}
		found = x.rules
	}
	for _, arn := range in.RuleArns {
		_, r, err := l.ruleNamed(&arn)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	found, next, err := page(found, in.PageSize, in.Marker)
	out := &sdk.DescribeRulesOutput{Rules: []types.Rule{}, NextMarker: next}
	for _, r := range found {
		out.Rules = append(out.Rules, r.describe())
	}
	return out, err
}

func (r *rule) describe() types.Rule {
	described := types.Rule{
		RuleArn: aws.String(r.arn), Priority: aws.String(r.priority()), IsDefault: aws.Bool(r.number == 0),
		Conditions: []types.RuleCondition{}, Actions: r.action.describe(), Transforms: r.transforms,
	}
	for _, c := range r.conditions {
		described.Conditions = append(described.Conditions, c.describe())
	}
	return described
}
