package elbv2_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"

	localelb "bluegreen/internal/localaws/elbv2"
)

// route is what a request meets: "priority: group=weight[targets]…".
func (w *world) route(listener string, request *http.Request, names map[string]string) string {
	var rule localelb.RoutedRule
	w.do(func() { rule = w.balancers.Route(listener).Match(request) })
	text := rule.Priority + ":"
	if rule.Fixed != nil {
		return fmt.Sprintf("%s %d %s", text, rule.Fixed.Status, rule.Fixed.Body)
	}
	for _, group := range rule.Groups {
		var ids []string
		for _, target := range group.Targets {
			ids = append(ids, names[target.InstanceID])
		}
		open := map[bool]string{true: " open"}[group.FailOpen]
		text += fmt.Sprintf(" %s=%d[%s%s]", names[group.ARN], group.Weight, strings.Join(ids, " "), open)
	}
	return text
}

// What traffic meets agrees with what the API says, through a whole cutover.
func TestRouteThroughACutover(t *testing.T) {
	run(t, func(w *world) {
		blue, green := w.group("blue", types.ProtocolEnumHttp), w.group("green", types.ProtocolEnumHttp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), blue, types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 4)
		names := map[string]string{blue: "blue", green: "green", ids[0]: "b1", ids[1]: "b2", ids[2]: "g1", ids[3]: "g2"}
		shift := func(toBlue, toGreen int32) func() {
			return func() {
				must(w, w.client.ModifyListener, &sdk.ModifyListenerInput{
					ListenerArn: aws.String(listener), DefaultActions: forward(map[string]int32{blue: toBlue, green: toGreen}, blue, green),
				})
			}
		}
		for _, s := range []step{
			{40 * second, nil, "default: blue=1[]"},
			{41 * second, func() { w.register(blue, ids[:2]...) }, "default: blue=1[b1 b2 open]"}, // initial, so fail open
			{60 * second, func() { w.register(green, ids[2:]...) }, "default: blue=1[b1 b2]"},
			{70 * second, shift(100, 0), "default: blue=100[b1 b2] green=0[g1 g2 open]"},
			{90 * second, nil, "default: blue=100[b1 b2] green=0[g1 g2]"},
			{91 * second, shift(90, 10), "default: blue=90[b1 b2] green=10[g1 g2]"},
			{100 * second, func() { w.do(func() { w.compute.Sicken(ids[3]) }) }, "default: blue=90[b1 b2] green=10[g1 g2]"},
			{125 * second, nil, "default: blue=90[b1 b2] green=10[g1]"},
			{126 * second, func() { w.do(func() { w.compute.Sicken(ids[2]) }) }, "default: blue=90[b1 b2] green=10[g1]"},
			{150 * second, nil, "default: blue=90[b1 b2] green=10[g1 g2 open]"},
			{151 * second, func() { w.do(func() { w.compute.Heal(ids[2]); w.compute.Heal(ids[3]) }) }, "default: blue=90[b1 b2] green=10[g1 g2 open]"},
			{190 * second, shift(0, 100), "default: blue=0[b1 b2] green=100[g1 g2]"},
			{200 * second, func() { w.deregister(blue, ids[0]) }, "default: blue=0[b2] green=100[g1 g2]"},
			{210 * second, func() { w.deregister(blue, ids[1]) }, "default: blue=0[] green=100[g1 g2]"},
		} {
			w.until(s.at)
			if s.do != nil {
				s.do()
			}
			if got := w.route(listener, nil, names); got != s.want {
				w.Errorf("after %s: %s, want %s", s.at, got, s.want)
			}
		}
	})
}

func TestRules(t *testing.T) {
	run(t, func(w *world) {
		web, api := w.group("web", types.ProtocolEnumHttp), w.group("api", types.ProtocolEnumHttp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), web, types.ProtocolEnumHttp)
		names := map[string]string{web: "web", api: "api"}
		rule := func(priority int32, action types.Action, conditions ...types.RuleCondition) *sdk.CreateRuleInput {
			return &sdk.CreateRuleInput{ListenerArn: aws.String(listener), Priority: aws.Int32(priority), Conditions: conditions, Actions: []types.Action{action}}
		}
		toAPI := types.Action{Type: types.ActionTypeEnumForward, TargetGroupArn: aws.String(api)}
		teapot := types.Action{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("418"), MessageBody: aws.String("short and stout")}}
		must(w, w.client.CreateRule, rule(20, toAPI, paths("/api/*", "/v?")))
		must(w, w.client.CreateRule, rule(5, teapot,
			types.RuleCondition{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"*.example.com"}}},
			types.RuleCondition{Field: aws.String("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: aws.String("X-Tea"), Values: []string{"yes"}}}))
		w.until(2 * second)
		for _, c := range []struct{ url, tea, want string }{
			{"http://www.example.com/", "", "default: web=1[]"},
			{"http://www.example.com/api/x", "", "20: api=1[]"},
			{"http://other/v2", "", "20: api=1[]"},
			{"http://other/v10", "", "default: web=1[]"},
			{"http://WWW.example.com:80/api/x", "yes", "5: 418 short and stout"},
			{"http://example.org/", "yes", "default: web=1[]"},
		} {
			request := httptest.NewRequest("GET", c.url, nil)
			request.Header.Set("X-Tea", c.tea)
			if got := w.route(listener, request, names); got != c.want {
				w.Errorf("%s: %s, want %s", c.url, got, c.want)
			}
		}
		refused(w, w.client.CreateRule, rule(20, toAPI, types.RuleCondition{Field: aws.String("path-pattern"), Values: []string{"/"}}),
			"PriorityInUse", "Priority '20' is currently in use")
		var priorities []string
		rules := must(w, w.client.DescribeRules, &sdk.DescribeRulesInput{ListenerArn: aws.String(listener)}).Rules
		for _, r := range rules {
			priorities = append(priorities, *r.Priority)
		}
		if diff := cmp.Diff([]string{"5", "20", "default"}, priorities); diff != "" {
			w.Error(diff)
		}
		refused(w, w.client.DeleteRule, &sdk.DeleteRuleInput{RuleArn: rules[2].RuleArn},
			"OperationNotPermitted", fmt.Sprintf("Default rule '%s' cannot be deleted", *rules[2].RuleArn))
		must(w, w.client.ModifyRule, &sdk.ModifyRuleInput{RuleArn: rules[1].RuleArn, Actions: forward(map[string]int32{web: 3, api: 7}, web, api)})
		if got := w.route(listener, httptest.NewRequest("GET", "http://x/api/", nil), names); got != "20: web=3[] api=7[]" {
			w.Error(got)
		}
	})
}

func TestSlowStart(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		w.attribute(group, "slow_start.duration_seconds", "100")
		ids := w.launch("ap-northeast-1a", 2)
		w.until(40 * second)
		w.register(group, ids[0])
		w.until(60 * second)
		w.register(group, ids[1])
		w.until(80 * second)
		w.do(func() {
			targets := w.balancers.Route(listener).Match(nil).Groups[0].Targets
			for k, want := range []float64{1, 0.5} {
				if got := targets[k].Share(targets[k].HealthyAt.Add(50 * time.Second)); got != want {
					w.Errorf("target %d has a share of %v after 50 s, want %v", k+1, got, want)
				}
			}
		})
	})
}

// A data plane may keep a route until it is told that something changed.
func TestOnChangeTellsOfEveryNewRoute(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 2)
		names := map[string]string{group: "web", ids[0]: "1", ids[1]: "2"}
		changes := uint64(0)
		w.do(func() { w.balancers.OnChange(func() { changes++ }) })
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		last, known := "", uint64(0)
		for at := 2 * second; at < 200*second; at += second / 4 {
			w.until(at)
			switch at {
			case 40 * second:
				w.register(group, ids...)
			case 70 * second:
				w.do(func() { w.compute.Sicken(ids[0]) })
			case 100 * second:
				w.do(func() { w.compute.Terminate(ids[0]) })
			case 150 * second:
				w.deregister(group, ids[1])
			}
			if got := w.route(listener, nil, names); got != last {
				if changes == known {
					w.Errorf("after %s the route changed to %s without notice", at, got)
				}
				last = got
			}
			known = changes
		}
		if last != "default: web=1[]" {
			w.Errorf("at the end: %s", last)
		}
	})
}
