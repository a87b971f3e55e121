package elbv2_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

func paths(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: values}}
}

func hosts(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: values}}
}

func methods(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("http-request-method"), HttpRequestMethodConfig: &types.HttpRequestMethodConditionConfig{Values: values}}
}

func header(name string, values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: &name, Values: values}}
}

func query(key, value *string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("query-string"), QueryStringConfig: &types.QueryStringConditionConfig{
		Values: []types.QueryStringKeyValuePair{{Key: key, Value: value}}}}
}

func expressions(values ...string) types.RuleCondition {
	return types.RuleCondition{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{RegexValues: values}}
}

// The texts about values and wildcards of a rule were recorded on AWS (logs of others' deployments), the rest by moto's tests.
func TestConditionsHaveLimits(t *testing.T) {
	long, key := strings.Repeat("x", 129), aws.String("key")
	run(t, func(w *world) {
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), w.group("web", types.ProtocolEnumHttp), types.ProtocolEnumHttp)
		create := func(conditions ...types.RuleCondition) *sdk.CreateRuleInput {
			return &sdk.CreateRuleInput{ListenerArn: &listener, Priority: aws.Int32(7), Conditions: conditions, Actions: []types.Action{{
				Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("200")}}}}
		}
		for _, c := range []struct {
			conditions []types.RuleCondition
			message    string
		}{
			{[]types.RuleCondition{paths("/1", "/2", "/3"), hosts("a.io", "b.io", "c.io")}, "A rule can only have '5' condition values and regex values"},
			{[]types.RuleCondition{expressions("1", "2", "3", "4", "5", "6")}, "A rule can only have '5' condition values and regex values"},
			{[]types.RuleCondition{paths("/*/*/*/*"), hosts("*.?.*")}, "A rule can only have '6' condition wildcards"},
			{[]types.RuleCondition{paths(long)}, "The 'path-pattern' value is too long; the limit is '128'"},
			{[]types.RuleCondition{expressions(long)}, "The 'path-pattern' value is too long; the limit is '128'"},
			{[]types.RuleCondition{hosts("a.io", long)}, "The 'host-header' value is too long; the limit is '128'"},
			{[]types.RuleCondition{header("X-Kind", long)}, "The 'http-header' value is too long; the limit is '128'"},
			{[]types.RuleCondition{header(long[:41], "y")}, "The 'HttpHeaderName' value is too long; the limit is '40'"},
			{[]types.RuleCondition{methods(strings.ToUpper(long[:41]))}, "The 'http-request-method' value is too long; the limit is '40'"},
			{[]types.RuleCondition{methods("get")}, "The 'http-request-method' value is invalid; the allowed characters are A-Z, hyphen and underscore"},
			{[]types.RuleCondition{query(&long, key)}, "The 'Key' value is too long; the limit is '128'"},
			{[]types.RuleCondition{query(key, &long)}, "The 'Value' value is too long; the limit is '128'"},
			{[]types.RuleCondition{query(key, nil)}, "A 'Value' must be specified in 'QueryStringKeyValuePair'"},
			{[]types.RuleCondition{{Field: aws.String("host-header"), Values: []string{"a.io", "b.io"}}}, "The 'host-header' field contains too many values; the limit is '1'"},
			{[]types.RuleCondition{{Field: aws.String("http-request-method")}}, "A 'HttpRequestMethodConfig' must be specified with 'http-request-method'"},
			{[]types.RuleCondition{{Field: aws.String("source-ip"), SourceIpConfig: &types.SourceIpConditionConfig{Values: []string{}}}}, "A 'source-ip' value must be specified"},
			{[]types.RuleCondition{paths()}, "A condition value must be specified"},
		} {
			refused(w, w.client.CreateRule, create(c.conditions...), "ValidationError", c.message)
		}
		must(w, w.client.CreateRule, create(paths("/*/*", "/?/*"), hosts("*.*", "a.io"), query(key, key))) // five values, six wildcards
		must(w, w.client.DeleteRule, &sdk.DeleteRuleInput{RuleArn: must(w, w.client.DescribeRules, &sdk.DescribeRulesInput{ListenerArn: &listener}).Rules[0].RuleArn})
		must(w, w.client.CreateRule, create(query(key, key), query(nil, key))) // both must match
	})
}

func TestWithoutPortOrProtocol(t *testing.T) {
	run(t, func(w *world) {
		balancer, group := w.balancer("front", types.LoadBalancerTypeEnumApplication), w.group("web", types.ProtocolEnumHttp)
		forward := []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &group}}
		refused(w, w.client.CreateListener, &sdk.CreateListenerInput{LoadBalancerArn: &balancer, Protocol: types.ProtocolEnumHttp, DefaultActions: forward},
			"ValidationError", "A listener port must be specified")
		refused(w, w.client.CreateListener, &sdk.CreateListenerInput{LoadBalancerArn: &balancer, Port: aws.Int32(80), DefaultActions: forward},
			"ValidationError", "A listener protocol must be specified")
		refused(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{Name: aws.String("next"), Protocol: types.ProtocolEnumHttp, VpcId: aws.String(w.vpc())},
			"ValidationError", "A port must be specified")
		refused(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{Name: aws.String("next"), Port: aws.Int32(80), VpcId: aws.String(w.vpc())},
			"ValidationError", "A protocol must be specified")
	})
}
