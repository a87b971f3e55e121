package elbv2_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

func TestHealthCheckDefaults(t *testing.T) {
	run(t, func(w *world) {
		for _, c := range []struct {
			protocol, check types.ProtocolEnum
			want            string
		}{
			{"HTTP", "", "HTTP traffic-port / 200 30 6 5 2 HTTP1"},
			{"HTTPS", "", "HTTP traffic-port / 200 30 10 5 2 HTTP1"},
			{"TCP", "", "TCP traffic-port - - 30 10 5 2 -"},
			{"TCP", "HTTP", "HTTP traffic-port / 200-399 30 10 5 2 -"},
			{"TCP_UDP", "", "TCP traffic-port - - 30 10 5 2 -"},
		} {
			g := must(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{
				Name: aws.String(strings.ReplaceAll(fmt.Sprintf("%s-with-%s-x", c.protocol, c.check), "_", "-")), Protocol: c.protocol,
				HealthCheckProtocol: c.check, Port: aws.Int32(80), VpcId: aws.String(w.vpc()),
			}).TargetGroups[0]
			code := "-"
			if g.Matcher != nil {
				code = *g.Matcher.HttpCode
			}
			or := func(s *string) string { return *cmpOr(s, aws.String("-")) }
			got := fmt.Sprintf("%s %s %s %s %d %d %d %d %s", g.HealthCheckProtocol, *g.HealthCheckPort, or(g.HealthCheckPath), code,
				*g.HealthCheckIntervalSeconds, *g.HealthCheckTimeoutSeconds, *g.HealthyThresholdCount, *g.UnhealthyThresholdCount, or(g.ProtocolVersion))
			if got != c.want {
				w.Errorf("%s: got %s, want %s", c.protocol, got, c.want)
			}
		}
	})
}

func cmpOr(a, b *string) *string {
	if a != nil {
		return a
	}
	return b
}

func TestShapesOfARNs(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		listener := w.listen(balancer, group, types.ProtocolEnumHttp)
		rule := *must(w, w.client.DescribeRules, &sdk.DescribeRulesInput{ListenerArn: aws.String(listener)}).Rules[0].RuleArn
		const prefix = "arn:aws:elasticloadbalancing:ap-northeast-1:000000000000:"
		id := balancer[strings.LastIndex(balancer, "/")+1:]
		for _, c := range []struct{ arn, want string }{
			{group, prefix + "targetgroup/web/"},
			{balancer, prefix + "loadbalancer/app/front/"},
			{listener, prefix + "listener/app/front/" + id + "/"},
			{rule, strings.Replace(listener, ":listener/", ":listener-rule/", 1) + "/"},
		} {
			if rest, ok := strings.CutPrefix(c.arn, c.want); !ok || len(rest) != 16 {
				w.Errorf("got %s, want %s and 16 digits", c.arn, c.want)
			}
		}
		described := must(w, w.client.DescribeTargetGroups, &sdk.DescribeTargetGroupsInput{LoadBalancerArn: aws.String(balancer)}).TargetGroups
		if len(described) != 1 || !cmp.Equal(described[0].LoadBalancerArns, []string{balancer}) {
			w.Errorf("groups of the load balancer: %v", described)
		}
	})
}

func TestForwardActionsAreDescribedAsAWSDoes(t *testing.T) {
	run(t, func(w *world) {
		blue, green := w.group("blue", types.ProtocolEnumHttp), w.group("green", types.ProtocolEnumHttp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), blue, types.ProtocolEnumHttp)
		describe := func() string {
			a := must(w, w.client.DescribeListeners, &sdk.DescribeListenersInput{ListenerArns: []string{listener}}).Listeners[0].DefaultActions[0]
			text := fmt.Sprint(a.TargetGroupArn != nil, *a.ForwardConfig.TargetGroupStickinessConfig.Enabled)
			for _, tuple := range a.ForwardConfig.TargetGroups {
				text += fmt.Sprintf(" %d", *tuple.Weight)
			}
			return text
		}
		if got := describe(); got != "true false 1" {
			w.Errorf("one group: %s", got)
		}
		actions := forward(map[string]int32{blue: 90, green: 10}, blue, green)
		actions[0].ForwardConfig.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: aws.Bool(true), DurationSeconds: aws.Int32(60)}
		must(w, w.client.ModifyListener, &sdk.ModifyListenerInput{ListenerArn: aws.String(listener), DefaultActions: actions})
		if got := describe(); got != "false true 90 10" {
			w.Errorf("two groups: %s", got)
		}
		w.until(2 * second)
		w.do(func() {
			if sticky := w.balancers.Route(listener).Match(nil).Sticky; sticky != time.Minute {
				w.Errorf("sticky for %s", sticky)
			}
		})
	})
}

func TestAttributes(t *testing.T) {
	run(t, func(w *world) {
		group := *must(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{
			Name: aws.String("web"), Protocol: types.ProtocolEnumHttp, Port: aws.Int32(80), VpcId: aws.String(w.vpc()),
		}).TargetGroups[0].TargetGroupArn
		w.attribute(group, "stickiness.enabled", "true")
		values := map[string]string{}
		for _, a := range must(w, w.client.DescribeTargetGroupAttributes, &sdk.DescribeTargetGroupAttributesInput{TargetGroupArn: aws.String(group)}).Attributes {
			values[*a.Key] = *a.Value
		}
		want := map[string]string{
			"deregistration_delay.timeout_seconds": "300", "stickiness.enabled": "true", "stickiness.type": "lb_cookie",
			"stickiness.lb_cookie.duration_seconds": "86400", "stickiness.app_cookie.duration_seconds": "86400", "stickiness.app_cookie.cookie_name": "",
			"slow_start.duration_seconds": "0", "load_balancing.algorithm.type": "round_robin", "load_balancing.algorithm.anomaly_mitigation": "off",
			"load_balancing.cross_zone.enabled":                                              "use_load_balancer_configuration",
			"target_group_health.dns_failover.minimum_healthy_targets.count":                 "1",
			"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "off",
			"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      "1",
			"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
		}
		if diff := cmp.Diff(want, values); diff != "" {
			w.Error(diff)
		}
		for _, c := range []struct{ key, value, message string }{
			{"deregistration_delay.timeout", "10", "Target group attribute key 'deregistration_delay.timeout' is not recognized"},
			{"proxy_protocol_v2.enabled", "true", "Target group attribute key 'proxy_protocol_v2.enabled' is not recognized"},
			{"deregistration_delay.timeout_seconds", "3601", "'3601' is not a valid value for target group attribute 'deregistration_delay.timeout_seconds'"},
			{"slow_start.duration_seconds", "29", "'29' is not a valid value for target group attribute 'slow_start.duration_seconds'"},
		} {
			refused(w, w.client.ModifyTargetGroupAttributes, &sdk.ModifyTargetGroupAttributesInput{
				TargetGroupArn: aws.String(group), Attributes: []types.TargetGroupAttribute{
					{Key: aws.String("stickiness.enabled"), Value: aws.String("false")}, {Key: aws.String(c.key), Value: aws.String(c.value)},
				},
			}, "ValidationError", c.message)
		}
	})
}

func TestErrors(t *testing.T) {
	run(t, func(w *world) {
		group, other := w.group("web", types.ProtocolEnumHttp), w.group("other", types.ProtocolEnumHttp)
		tcp := w.group("tcp", types.ProtocolEnumTcp)
		balancer, second := w.balancer("front", types.LoadBalancerTypeEnumApplication), w.balancer("second", types.LoadBalancerTypeEnumApplication)
		listener := w.listen(balancer, group, types.ProtocolEnumHttp)
		w.listen(second, other, types.ProtocolEnumHttp)
		gone := strings.Replace(group, "/web/", "/gone/", 1)
		listen := func(balancer, group string, port int32) *sdk.CreateListenerInput {
			return &sdk.CreateListenerInput{LoadBalancerArn: aws.String(balancer), Port: aws.Int32(port), Protocol: types.ProtocolEnumHttp,
				DefaultActions: []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String(group)}}}
		}
		refused(w, w.client.RegisterTargets, &sdk.RegisterTargetsInput{TargetGroupArn: aws.String(gone), Targets: targets([]string{"i-0"})},
			"TargetGroupNotFound", "One or more target groups not found")
		refused(w, w.client.DescribeTargetHealth, &sdk.DescribeTargetHealthInput{TargetGroupArn: aws.String("web")},
			"ValidationError", "'web' is not a valid target group ARN")
		refused(w, w.client.DescribeTargetGroups, &sdk.DescribeTargetGroupsInput{Names: []string{"web", "gone"}},
			"TargetGroupNotFound", "One or more target groups not found")
		refused(w, w.client.DeleteTargetGroup, &sdk.DeleteTargetGroupInput{TargetGroupArn: aws.String(group)},
			"ResourceInUse", "Target group '"+group+"' is currently in use by a listener or a rule")
		refused(w, w.client.CreateListener, listen(balancer, group, 80),
			"DuplicateListener", "A listener already exists on this port for this load balancer '"+balancer+"'")
		refused(w, w.client.CreateListener, listen(balancer, other, 81), "TargetGroupAssociationLimit",
			"The following target groups cannot be associated with more than one load balancer: "+other)
		refused(w, w.client.CreateListener, listen(balancer, tcp, 81), "IncompatibleProtocols", "The specified configuration is not valid with this protocol.")
		refused(w, w.client.ModifyListener, &sdk.ModifyListenerInput{ListenerArn: aws.String(listener), DefaultActions: forward(map[string]int32{group: 1000}, group)},
			"ValidationError", "Target group weight '1000' must be between 0 and 999 inclusive")
		refused(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{Names: []string{"front", "back"}},
			"LoadBalancerNotFound", "Load balancers '[back]' not found")
		refused(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{Name: aws.String("web"), Protocol: types.ProtocolEnumHttp, Port: aws.Int32(81), VpcId: aws.String(w.vpc())},
			"DuplicateTargetGroupName", "A target group with the same name 'web' exists, but with different settings")
		refused(w, w.client.CreateTargetGroup, &sdk.CreateTargetGroupInput{Name: aws.String("fn"), TargetType: types.TargetTypeEnumLambda},
			"NotModelled", "localaws does not model target groups of type lambda")
		refused(w, w.client.ModifyTargetGroup, &sdk.ModifyTargetGroupInput{TargetGroupArn: aws.String(group), HealthCheckTimeoutSeconds: aws.Int32(10)},
			"ValidationError", "Health check interval must be greater than the timeout.")
		must(w, w.client.DeleteLoadBalancer, &sdk.DeleteLoadBalancerInput{LoadBalancerArn: aws.String(balancer)})
		refused(w, w.client.DescribeListeners, &sdk.DescribeListenersInput{ListenerArns: []string{listener}}, "ListenerNotFound", "One or more listeners not found")
		must(w, w.client.DeleteTargetGroup, &sdk.DeleteTargetGroupInput{TargetGroupArn: aws.String(group)})
	})
}

func TestCreateIsIdempotent(t *testing.T) {
	run(t, func(w *world) {
		in := &sdk.CreateTargetGroupInput{Name: aws.String("web"), Protocol: types.ProtocolEnumHttp, Port: aws.Int32(80), VpcId: aws.String(w.vpc())}
		first, again := must(w, w.client.CreateTargetGroup, in).TargetGroups[0], must(w, w.client.CreateTargetGroup, in).TargetGroups[0]
		if *first.TargetGroupArn != *again.TargetGroupArn {
			w.Errorf("%s, then %s", *first.TargetGroupArn, *again.TargetGroupArn)
		}
		if one, two := w.balancer("front", "application"), w.balancer("front", "application"); one != two {
			w.Errorf("%s, then %s", one, two)
		}
	})
}

func TestTagsAndPages(t *testing.T) {
	run(t, func(w *world) {
		var names []string
		for k := range 7 {
			names = append(names, fmt.Sprintf("group-%d", k))
			arn := w.group(names[k], types.ProtocolEnumHttp)
			must(w, w.client.AddTags, &sdk.AddTagsInput{ResourceArns: []string{arn}, Tags: []types.Tag{{Key: aws.String("n"), Value: aws.String(names[k])}}})
		}
		var got []string
		pages := sdk.NewDescribeTargetGroupsPaginator(w.client, &sdk.DescribeTargetGroupsInput{PageSize: aws.Int32(3)})
		for pages.HasMorePages() {
			out, err := pages.NextPage(context.Background())
			if err != nil {
				w.Fatal(err)
			}
			var arns []string
			for _, g := range out.TargetGroups {
				arns = append(arns, *g.TargetGroupArn)
			}
			if len(arns) > 3 {
				w.Errorf("a page of %d", len(arns))
			}
			for _, d := range must(w, w.client.DescribeTags, &sdk.DescribeTagsInput{ResourceArns: arns}).TagDescriptions {
				got = append(got, *d.Tags[0].Value)
			}
		}
		if diff := cmp.Diff(names, got); diff != "" {
			w.Error(diff)
		}
	})
}

func TestStickinessFitsTheProtocol(t *testing.T) {
	run(t, func(w *world) {
		for _, c := range []struct {
			protocol      types.ProtocolEnum
			kind, message string
		}{
			{types.ProtocolEnumHttp, "source_ip", "Stickiness type 'source_ip' is not supported for target groups with the HTTP protocol"},
			{types.ProtocolEnumTcp, "lb_cookie", "Stickiness type 'lb_cookie' is not supported for target groups with the TCP protocol"},
			{types.ProtocolEnumTls, "source_ip", "You cannot enable stickiness on target groups with the TLS protocol"},
		} {
			refused(w, w.client.ModifyTargetGroupAttributes, &sdk.ModifyTargetGroupAttributesInput{
				TargetGroupArn: aws.String(w.group("sticky-"+string(c.protocol), c.protocol)), Attributes: []types.TargetGroupAttribute{
					{Key: aws.String("stickiness.enabled"), Value: aws.String("true")}, {Key: aws.String("stickiness.type"), Value: aws.String(c.kind)},
				},
			}, "InvalidConfigurationRequest", c.message)
		}
	})
}

func TestFixedResponsesHaveLimits(t *testing.T) {
	run(t, func(w *world) {
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		long := strings.Repeat("b", 1025)
		for _, c := range []struct {
			config  types.FixedResponseActionConfig
			message string
		}{
			{types.FixedResponseActionConfig{StatusCode: aws.String("200"), MessageBody: &long},
				"1 validation error detected: Value '" + long + "' at 'messageBody' failed to satisfy constraint: Member must have length less than or equal to 1024"},
			{types.FixedResponseActionConfig{StatusCode: aws.String("200"), ContentType: aws.String(long[:33])},
				"1 validation error detected: Value '" + long[:33] + "' at 'contentType' failed to satisfy constraint: Member must have length less than or equal to 32"},
		} {
			refused(w, w.client.CreateListener, &sdk.CreateListenerInput{LoadBalancerArn: aws.String(balancer), Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
				DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &c.config}}}, "ValidationError", c.message)
		}
	})
}
