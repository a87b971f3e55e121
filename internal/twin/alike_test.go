package twin_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"pgregory.net/rapid"

	"bluegreen/internal/deploy"
	"bluegreen/internal/twin"
)

// described is all that AWS shows of a load balancer and of what belongs to it, read apart from the code that copies it.
type described struct {
	things     []any // in an order that twins share
	attributes map[string]string
}

func (a *account) describe(b twin.Balancer) described {
	a.Helper()
	d := described{attributes: make(map[string]string)}
	note := func(of string, key, value *string) { d.attributes[of+" "+*key] = *value }
	if b.Kind == twin.Classic {
		d.things = append(d.things, must(a, a.classic.DescribeLoadBalancers, &classic.DescribeLoadBalancersInput{LoadBalancerNames: []string{b.Name}}).LoadBalancerDescriptions[0],
			must(a, a.classic.DescribeLoadBalancerAttributes, &classic.DescribeLoadBalancerAttributesInput{LoadBalancerName: &b.Name}).LoadBalancerAttributes)
		for _, p := range must(a, a.classic.DescribeLoadBalancerPolicies, &classic.DescribeLoadBalancerPoliciesInput{LoadBalancerName: &b.Name}).PolicyDescriptions {
			for _, at := range p.PolicyAttributeDescriptions {
				note(*p.PolicyName, at.AttributeName, at.AttributeValue)
			}
		}
		return d
	}
	d.things = append(d.things, must(a, a.elb.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{b.ID}}).LoadBalancers[0],
		must(a, a.elb.DescribeCapacityReservation, &elb.DescribeCapacityReservationInput{LoadBalancerArn: &b.ID}))
	for _, at := range must(a, a.elb.DescribeLoadBalancerAttributes, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &b.ID}).Attributes {
		note("it", at.Key, at.Value)
	}
	for i, source := range b.Sources {
		d.things = append(d.things, must(a, a.elb.DescribeTargetGroups, &elb.DescribeTargetGroupsInput{TargetGroupArns: []string{source.ID}}).TargetGroups[0])
		for _, at := range must(a, a.elb.DescribeTargetGroupAttributes, &elb.DescribeTargetGroupAttributesInput{TargetGroupArn: &source.ID}).Attributes {
			note(fmt.Sprint("group ", i), at.Key, at.Value)
		}
	}
	listeners := must(a, a.elb.DescribeListeners, &elb.DescribeListenersInput{LoadBalancerArn: &b.ID}).Listeners
	slices.SortFunc(listeners, func(x, y types.Listener) int { return cmp.Compare(*x.Port, *y.Port) })
	for _, x := range listeners {
		d.things = append(d.things, x, must(a, a.elb.DescribeRules, &elb.DescribeRulesInput{ListenerArn: x.ListenerArn}).Rules)
		for _, at := range must(a, a.elb.DescribeListenerAttributes, &elb.DescribeListenerAttributesInput{ListenerArn: x.ListenerArn}).Attributes {
			note(fmt.Sprint("listener ", *x.Port), at.Key, at.Value)
		}
		for _, c := range must(a, a.elb.DescribeListenerCertificates, &elb.DescribeListenerCertificatesInput{ListenerArn: x.ListenerArn}).Certificates {
			d.attributes[fmt.Sprintf("listener %d certificate %s", *x.Port, *c.CertificateArn)] = fmt.Sprint(*c.IsDefault)
		}
	}
	delete(d.attributes, "it deletion_protection.enabled") // at the commit
	return d
}

// alike compares a twin with blue's balancer as AWS describes both: they differ only in what the rows leave out or derive.
func (a *account) alike(t interface{ Errorf(string, ...any) }, blue, made twin.Balancer) {
	a.Helper()
	want, got := a.describe(blue), a.describe(made)
	if len(want.things) != len(got.things) {
		t.Errorf("%d things are described of the twin, and %d of blue's", len(got.things), len(want.things))
		return
	}
	for i := range want.things {
		for _, place := range twin.Differing(fmt.Sprintf("%T", want.things[i]), want.things[i], got.things[i]) {
			t.Errorf("%s differs: %s\nand %s", place, text(want.things[i]), text(got.things[i]))
		}
	}
	if !maps.Equal(want.attributes, got.attributes) {
		t.Errorf("attributes are %s\nand %s", text(want.attributes), text(got.attributes))
	}
}

func TestTwinsAreAlike(t *testing.T) {
	for kind, seed := range kinds {
		meet(t, func(a *account) {
			blue := a.read(seed(a, "front"))
			if made, err := a.make(blue); err != nil || made != (twin.Made{}) {
				t.Fatalf("%s: %+v, %v", kind, made, err)
			}
			a.alike(t, blue[0], a.stand(blue).Twins[0].Balancer)
		})
	}
}

// plan is an application load balancer that is drawn.
type plan struct {
	groups    []map[string]string // their attributes
	balancer  []types.LoadBalancerAttribute
	subnets   int
	scheme    types.LoadBalancerSchemeEnum
	listeners []listening
}

type listening struct {
	secure bool
	does   []does // itself, then its rules
}

// does is an action: forward with these weights, by the number of the group; none: one that answers itself.
type does struct {
	weights map[int]int32
	moved   bool
}

func drawPlan(t *rapid.T) plan {
	var p plan
	for range rapid.IntRange(1, 3).Draw(t, "groups") {
		p.groups = append(p.groups, map[string]string{
			"deregistration_delay.timeout_seconds": fmt.Sprint(rapid.IntRange(0, 3600).Draw(t, "delay")),
			"load_balancing.cross_zone.enabled":    rapid.SampledFrom([]string{"true", "false", "use_load_balancer_configuration"}).Draw(t, "cross zone"),
		})
	}
	p.subnets, p.scheme = rapid.IntRange(2, 3).Draw(t, "subnets"), rapid.SampledFrom(types.LoadBalancerSchemeEnum("").Values()).Draw(t, "scheme")
	p.balancer = []types.LoadBalancerAttribute{
		attribute("client_keep_alive.seconds", fmt.Sprint(rapid.IntRange(60, 604800).Draw(t, "keep alive"))),
		attribute("routing.http.desync_mitigation_mode", rapid.SampledFrom([]string{"monitor", "defensive", "strictest"}).Draw(t, "desync")),
		attribute("zonal_shift.config.enabled", rapid.SampledFrom([]string{"true", "false"}).Draw(t, "shift")),
	}
	for range rapid.IntRange(1, 4).Draw(t, "listeners") {
		x := listening{secure: rapid.Bool().Draw(t, "secure")}
		for range rapid.IntRange(1, 5).Draw(t, "actions") {
			x.does = append(x.does, does{
				moved:   rapid.Bool().Draw(t, "moved"),
				weights: rapid.MapOfN(rapid.IntRange(0, len(p.groups)-1), rapid.Int32Range(0, 999), 0, len(p.groups)).Draw(t, "weights"),
			})
		}
		p.listeners = append(p.listeners, x)
	}
	return p
}

func (d does) actions(arns []string) []types.Action {
	switch {
	case len(d.weights) == 0 && d.moved:
		return []types.Action{{Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{StatusCode: types.RedirectActionStatusCodeEnumHttp302, Path: aws.String("/moved")}}}
	case len(d.weights) == 0:
		return []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{
			StatusCode: aws.String("404"), ContentType: aws.String("text/plain"), MessageBody: aws.String("nothing")}}}
	}
	config := &types.ForwardActionConfig{TargetGroupStickinessConfig: &types.TargetGroupStickinessConfig{Enabled: &d.moved}}
	if d.moved {
		config.TargetGroupStickinessConfig.DurationSeconds = aws.Int32(30)
	}
	for _, i := range slices.Sorted(maps.Keys(d.weights)) {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{TargetGroupArn: &arns[i], Weight: aws.Int32(d.weights[i])})
	}
	return []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: config}}
}

// build makes a planned load balancer, whose first listener forwards to all of its target groups.
func (a *account) build(p plan) []deploy.Source {
	subnets, _ := a.subnets()
	var arns []string
	for i, attributes := range p.groups {
		arns = append(arns, a.group(fmt.Sprint("group-", i), types.ProtocolEnumHttp, attributes))
	}
	balancer := must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{Name: aws.String("front"), Subnets: subnets[:p.subnets], Scheme: p.scheme}).LoadBalancers[0].LoadBalancerArn
	must(a, a.elb.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: balancer, Attributes: p.balancer})
	must(a, a.elb.CreateListener, &elb.CreateListenerInput{LoadBalancerArn: balancer, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp, DefaultActions: forward(arns...)})
	for i, x := range p.listeners {
		listen := &elb.CreateListenerInput{LoadBalancerArn: balancer, Port: aws.Int32(int32(8000 + i)), Protocol: types.ProtocolEnumHttp, DefaultActions: x.does[0].actions(arns)}
		if x.secure {
			listen.Protocol, listen.SslPolicy = types.ProtocolEnumHttps, aws.String("ELBSecurityPolicy-TLS13-1-2-2021-06")
			listen.Certificates = []types.Certificate{{CertificateArn: aws.String(certificate + "1")}}
		}
		made := must(a, a.elb.CreateListener, listen).Listeners[0].ListenerArn
		for priority, d := range x.does[1:] {
			must(a, a.elb.CreateRule, &elb.CreateRuleInput{ListenerArn: made, Priority: aws.Int32(int32(priority*7 + 1)), Actions: d.actions(arns), Conditions: []types.RuleCondition{
				{Field: aws.String("path-pattern"), Values: []string{fmt.Sprintf("/%d/*", priority)}},
				{Field: aws.String("http-header"), HttpHeaderConfig: &types.HttpHeaderConditionConfig{HttpHeaderName: aws.String("X-Team"), Values: []string{"a", "b"}}},
			}})
		}
	}
	return deploy.TargetGroups(arns)
}

// Whatever a load balancer has, its twin has it. -rapid.checks says how many are drawn, where 20 are not enough.
func TestTwinsOfDrawnBalancers(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, func(drawn *rapid.T) {
		p := drawPlan(drawn)
		meet(t, func(a *account) {
			blue := a.read(a.build(p))
			if made, err := a.make(blue); err != nil || made != (twin.Made{}) {
				drawn.Errorf("%+v, %v", made, err)
				return
			}
			standing := a.stand(blue)
			if !standing.Ready() {
				drawn.Errorf("it stands so: %s", text(standing))
				return
			}
			a.alike(drawn, blue[0], standing.Twins[0].Balancer)
		})
	})
}
