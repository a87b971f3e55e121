package elbv2_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// A Network Load Balancer goes on sending connections to a target that was deregistered, also when its deregistration delay
// of 30 s is over and the list does not have it any more; and what is under way there goes on, unless the target group has
// it terminated.
func TestNetworkLoadBalancerLearnsLate(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumTcp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumNetwork), group, types.ProtocolEnumTcp)
		ids := w.launch("ap-northeast-1a", 2)
		names := map[string]string{group: "web", ids[0]: "a", ids[1]: "b"}
		carries := func(want bool) {
			w.Helper()
			w.do(func() {
				if got := w.balancers.Carries(group, ids[1], 8080); got != want {
					w.Errorf("what is under way to b goes on: %t, want %t", got, want)
				}
			})
		}
		for _, s := range []step{
			{40 * second, func() { w.register(group, ids...) }, "default: web=1[a b open]"},
			{160 * second, nil, "default: web=1[a b]"},
			{200 * second, func() { w.deregister(group, ids[1]) }, "default: web=1[a b]"},
			{240 * second, nil, "default: web=1[a b]"},
			{309 * second, func() { carries(true) }, "default: web=1[a b]"},
			{311 * second, func() { carries(true) }, "default: web=1[a]"},
			{320 * second, func() {
				must(w, w.client.ModifyTargetGroupAttributes, &sdk.ModifyTargetGroupAttributesInput{TargetGroupArn: &group, Attributes: []types.TargetGroupAttribute{
					{Key: aws.String("deregistration_delay.connection_termination.enabled"), Value: aws.String("true")}}})
				carries(false)
			}, "default: web=1[a]"},
		} {
			w.until(s.at)
			if s.do != nil {
				s.do()
			}
			if got := w.route(listener, nil, names); got != s.want {
				w.Errorf("after %s: %s, want %s", s.at, got, s.want)
			}
		}
		if got := w.health(group, ids[1]); got != "absent" {
			w.Errorf("b is %s", got)
		}
	})
}
