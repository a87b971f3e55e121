package elbv2_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/google/go-cmp/cmp"
)

const certificate = "arn:aws:acm:ap-northeast-1:000000000000:certificate/"

// attributesOf are a load balancer's attributes by key.
func (w *world) attributesOf(balancer string) map[string]string {
	w.Helper()
	values := make(map[string]string)
	for _, a := range must(w, w.client.DescribeLoadBalancerAttributes, &sdk.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &balancer}).Attributes {
		values[*a.Key] = *a.Value
	}
	return values
}

func balancerAttribute(key, value string) types.LoadBalancerAttribute {
	return types.LoadBalancerAttribute{Key: &key, Value: &value}
}

// Each kind has the keys that the SDK lists for it; a bucket that refuses logs refuses the change.
func TestAttributesOfALoadBalancer(t *testing.T) {
	run(t, func(w *world) {
		app, net := w.balancer("app", types.LoadBalancerTypeEnumApplication), w.balancer("net", types.LoadBalancerTypeEnumNetwork)
		ofApp, ofNet := w.attributesOf(app), w.attributesOf(net)
		if len(ofApp) != 23 || ofApp["idle_timeout.timeout_seconds"] != "60" || ofApp["load_balancing.cross_zone.enabled"] != "true" {
			t.Errorf("%d of an Application Load Balancer: %v", len(ofApp), ofApp)
		}
		if len(ofNet) != 9 || ofNet["load_balancing.cross_zone.enabled"] != "false" || ofNet["dns_record.client_routing_policy"] != "any_availability_zone" {
			t.Errorf("%d of a Network Load Balancer: %v", len(ofNet), ofNet)
		}
		logs := &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &app, Attributes: []types.LoadBalancerAttribute{
			balancerAttribute("access_logs.s3.enabled", "true"), balancerAttribute("access_logs.s3.bucket", "logs")}}
		w.do(func() { w.balancers.RefuseLogs("logs", true) })
		refused(w, w.client.ModifyLoadBalancerAttributes, logs, "InvalidConfigurationRequest", "Access Denied for bucket: logs. Please check S3bucket permission")
		w.do(func() { w.balancers.RefuseLogs("logs", false) })
		must(w, w.client.ModifyLoadBalancerAttributes, logs)
		if got := w.attributesOf(app)["access_logs.s3.bucket"]; got != "logs" {
			t.Errorf("logs go to %q", got)
		}
		refused(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &net,
			Attributes: []types.LoadBalancerAttribute{balancerAttribute("idle_timeout.timeout_seconds", "30")}},
			"ValidationError", "Load balancer attribute key 'idle_timeout.timeout_seconds' is not recognized")
		must(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &app,
			Attributes: []types.LoadBalancerAttribute{balancerAttribute("deletion_protection.enabled", "true")}})
		refused(w, w.client.DeleteLoadBalancer, &sdk.DeleteLoadBalancerInput{LoadBalancerArn: &app},
			"OperationNotPermitted", "Load balancer '"+app+"' cannot be deleted because deletion protection is enabled")
	})
}

// A Network Load Balancer that was made without security groups never gets one; one with some shows whether they hold for
// PrivateLink. Addresses of its own are shown with its zones, and nobody else can have them.
func TestNetworkLoadBalancersOwnAddressesAndGroups(t *testing.T) {
	run(t, func(w *world) {
		var subnet, group string
		w.do(func() {
			found, _ := w.compute.DefaultSubnet("ap-northeast-1a")
			subnet, group = found.ID, w.compute.DefaultSecurityGroup()
		})
		input := func(name string) *sdk.CreateLoadBalancerInput {
			return &sdk.CreateLoadBalancerInput{Name: &name, Type: types.LoadBalancerTypeEnumNetwork, SecurityGroups: []string{group},
				SubnetMappings: []types.SubnetMapping{{SubnetId: &subnet, AllocationId: aws.String("eipalloc-1")}}}
		}
		made := must(w, w.client.CreateLoadBalancer, input("net")).LoadBalancers[0]
		if got := made.AvailabilityZones[0].LoadBalancerAddresses; len(got) != 1 || *got[0].AllocationId != "eipalloc-1" {
			t.Errorf("addresses: %+v", got)
		}
		if got := aws.ToString(made.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic); got != "on" {
			t.Errorf("rules for PrivateLink: %q", got)
		}
		refused(w, w.client.CreateLoadBalancer, input("twin"), "ResourceInUse", "The address 'eipalloc-1' is already in use")
		plain := w.balancer("plain", types.LoadBalancerTypeEnumNetwork)
		refused(w, w.client.SetSecurityGroups, &sdk.SetSecurityGroupsInput{LoadBalancerArn: &plain, SecurityGroups: []string{group}},
			"InvalidConfigurationRequest", "Security groups cannot be set on the load balancer '"+plain+"', which was created without")
		set := must(w, w.client.SetSecurityGroups, &sdk.SetSecurityGroupsInput{LoadBalancerArn: made.LoadBalancerArn, SecurityGroups: []string{group},
			EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: types.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnumOff})
		if set.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic != "off" {
			t.Errorf("set: %+v", set)
		}
		zones := must(w, w.client.SetSubnets, &sdk.SetSubnetsInput{LoadBalancerArn: &plain, Subnets: []string{subnet}}).AvailabilityZones
		if len(zones) != 1 || *zones[0].SubnetId != subnet {
			t.Errorf("zones: %+v", zones)
		}
	})
}

// Load balancers get IPv6 addresses only where their subnets have some; capacity is reserved until it is given up.
func TestAddressTypesAndReservations(t *testing.T) {
	run(t, func(w *world) {
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		dual := &sdk.SetIpAddressTypeInput{LoadBalancerArn: &balancer, IpAddressType: types.IpAddressTypeDualstack}
		refused(w, w.client.SetIpAddressType, dual, "InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block.")
		w.do(func() { w.compute.AddIPv6() })
		must(w, w.client.SetIpAddressType, dual)
		if got := must(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{}).LoadBalancers[0].IpAddressType; got != types.IpAddressTypeDualstack {
			t.Errorf("its address type is %s", got)
		}
		reserved := func() *types.MinimumLoadBalancerCapacity {
			return must(w, w.client.DescribeCapacityReservation, &sdk.DescribeCapacityReservationInput{LoadBalancerArn: &balancer}).MinimumLoadBalancerCapacity
		}
		if got := reserved(); got != nil {
			t.Errorf("at first %+v is reserved", got)
		}
		must(w, w.client.ModifyCapacityReservation, &sdk.ModifyCapacityReservationInput{LoadBalancerArn: &balancer,
			MinimumLoadBalancerCapacity: &types.MinimumLoadBalancerCapacity{CapacityUnits: aws.Int32(200)}})
		if got := reserved(); got == nil || *got.CapacityUnits != 200 {
			t.Errorf("reserved: %+v", got)
		}
		must(w, w.client.ModifyCapacityReservation, &sdk.ModifyCapacityReservationInput{LoadBalancerArn: &balancer, ResetCapacityReservation: aws.Bool(true)})
		if got := reserved(); got != nil {
			t.Errorf("given up, %+v is reserved", got)
		}
	})
}

// A secure listener has one default certificate and further ones, a security policy and attributes.
func TestSecureListener(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		input := &sdk.CreateListenerInput{LoadBalancerArn: &balancer, Port: aws.Int32(443), Protocol: types.ProtocolEnumHttps,
			DefaultActions: forward(map[string]int32{group: 1}, group)}
		refused(w, w.client.CreateListener, input, "ValidationError", "A certificate must be specified for HTTPS listeners")
		input.Certificates = []types.Certificate{{CertificateArn: aws.String(certificate + "1")}}
		x := must(w, w.client.CreateListener, input).Listeners[0]
		if *x.SslPolicy != "ELBSecurityPolicy-2016-08" || *x.MutualAuthentication.Mode != "off" {
			t.Errorf("by default: %s, %+v", *x.SslPolicy, x.MutualAuthentication)
		}
		add := &sdk.AddListenerCertificatesInput{ListenerArn: x.ListenerArn, Certificates: []types.Certificate{{CertificateArn: aws.String(certificate + "2")}}}
		must(w, w.client.AddListenerCertificates, add)
		must(w, w.client.AddListenerCertificates, add) // repeats succeed
		var shown []string
		for _, c := range must(w, w.client.DescribeListenerCertificates, &sdk.DescribeListenerCertificatesInput{ListenerArn: x.ListenerArn}).Certificates {
			shown = append(shown, strings.TrimPrefix(*c.CertificateArn, certificate)+map[bool]string{true: " default"}[*c.IsDefault])
		}
		if diff := cmp.Diff([]string{"1 default", "2"}, shown); diff != "" {
			t.Errorf("certificates (-want +got):\n%s", diff)
		}
		const header = "routing.http.response.strict_transport_security.header_value"
		must(w, w.client.ModifyListenerAttributes, &sdk.ModifyListenerAttributesInput{ListenerArn: x.ListenerArn,
			Attributes: []types.ListenerAttribute{{Key: aws.String(header), Value: aws.String("max-age=1")}}})
		for _, a := range must(w, w.client.DescribeListenerAttributes, &sdk.DescribeListenerAttributesInput{ListenerArn: x.ListenerArn}).Attributes {
			if want := map[string]string{header: "max-age=1", "routing.http.response.server.enabled": "true"}[*a.Key]; *a.Value != want {
				t.Errorf("%s is %q, want %q", *a.Key, *a.Value, want)
			}
		}
	})
}

// The secret of a login is never shown: who copies the action as it is described is refused.
func TestLoginWhoseSecretIsNotShown(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		login := types.Action{Type: types.ActionTypeEnumAuthenticateOidc, Order: aws.Int32(1), AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
			AuthorizationEndpoint: aws.String("https://id.example.com/a"), TokenEndpoint: aws.String("https://id.example.com/t"),
			UserInfoEndpoint: aws.String("https://id.example.com/u"), Issuer: aws.String("https://id.example.com"), ClientId: aws.String("shop"), ClientSecret: aws.String("secret")}}
		input := &sdk.CreateListenerInput{LoadBalancerArn: &balancer, Port: aws.Int32(443), Protocol: types.ProtocolEnumHttps,
			Certificates:   []types.Certificate{{CertificateArn: aws.String(certificate + "1")}},
			DefaultActions: []types.Action{login, {Type: types.ActionTypeEnumForward, Order: aws.Int32(2), TargetGroupArn: &group}}}
		shown := must(w, w.client.CreateListener, input).Listeners[0].DefaultActions
		if len(shown) != 2 || shown[0].AuthenticateOidcConfig == nil || shown[0].AuthenticateOidcConfig.ClientSecret != nil || *shown[0].AuthenticateOidcConfig.ClientId != "shop" {
			t.Fatalf("described: %+v", shown)
		}
		input.Port, input.DefaultActions = aws.Int32(444), shown
		refused(w, w.client.CreateListener, input, "ValidationError", "A client secret must be specified")
		input.DefaultActions = []types.Action{login, login}
		refused(w, w.client.CreateListener, input, "InvalidLoadBalancerAction", "Each of several actions needs an order of its own")
	})
}

// A redirect fills in what the request had, and is shown whole.
func TestRedirect(t *testing.T) {
	run(t, func(w *world) {
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		redirect := func(config types.RedirectActionConfig) *sdk.CreateListenerInput {
			config.StatusCode = types.RedirectActionStatusCodeEnumHttp301
			return &sdk.CreateListenerInput{LoadBalancerArn: &balancer, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
				DefaultActions: []types.Action{{Type: types.ActionTypeEnumRedirect, RedirectConfig: &config}}}
		}
		refused(w, w.client.CreateListener, redirect(types.RedirectActionConfig{}), "InvalidLoadBalancerAction",
			"The redirect must change at least one of protocol, host, port and path: it would loop")
		x := must(w, w.client.CreateListener, redirect(types.RedirectActionConfig{Protocol: aws.String("HTTPS"), Port: aws.String("443")})).Listeners[0]
		if got := x.DefaultActions[0].RedirectConfig; *got.Host != "#{host}" || *got.Path != "/#{path}" || *got.Query != "#{query}" {
			t.Errorf("shown: %+v", got)
		}
		w.until(2 * second)
		w.do(func() {
			rule := w.balancers.Route(*x.ListenerArn).Match(nil)
			request := httptest.NewRequest("GET", "http://shop.example.com:80/cart?a=1", nil)
			if got := rule.Redirect.Location(request, "HTTP", 80); got != "https://shop.example.com/cart?a=1" {
				t.Errorf("it sends clients to %s", got)
			}
		})
	})
}

// A rule's transforms are kept until they are reset, and a load balancer has so many rules.
func TestTransformsAndQuotas(t *testing.T) {
	run(t, func(w *world) {
		balancer, group := w.balancer("front", types.LoadBalancerTypeEnumApplication), w.group("web", types.ProtocolEnumHttp)
		listener := w.listen(balancer, group, types.ProtocolEnumHttp)
		rewrite := types.RuleTransform{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{
			Rewrites: []types.RewriteConfig{{Regex: aws.String("^/old/(.*)$"), Replace: aws.String("/new/$1")}}}}
		in := func(priority int32) *sdk.CreateRuleInput {
			return &sdk.CreateRuleInput{ListenerArn: &listener, Priority: &priority, Actions: forward(map[string]int32{group: 1}, group),
				Conditions: []types.RuleCondition{{Field: aws.String("path-pattern"), Values: []string{"/old/*"}}}, Transforms: []types.RuleTransform{rewrite}}
		}
		made := must(w, w.client.CreateRule, in(1)).Rules[0]
		if len(made.Transforms) != 1 || *made.Transforms[0].UrlRewriteConfig.Rewrites[0].Replace != "/new/$1" {
			t.Errorf("transforms: %+v", made.Transforms)
		}
		if left := must(w, w.client.ModifyRule, &sdk.ModifyRuleInput{RuleArn: made.RuleArn, ResetTransforms: aws.Bool(true)}).Rules[0].Transforms; len(left) != 0 {
			t.Errorf("after they were reset: %+v", left)
		}
		for priority := range int32(99) {
			must(w, w.client.CreateRule, in(priority+2))
		}
		refused(w, w.client.CreateRule, in(101), "TooManyRules", "The maximum number of rules has been reached")
	})
}

// Conditions on the query string and on the client's address are matched as described.
func TestConditionsOnQueryAndAddress(t *testing.T) {
	run(t, func(w *world) {
		balancer, group := w.balancer("front", types.LoadBalancerTypeEnumApplication), w.group("web", types.ProtocolEnumHttp)
		listener := w.listen(balancer, group, types.ProtocolEnumHttp)
		rule := func(priority int32, condition types.RuleCondition) {
			must(w, w.client.CreateRule, &sdk.CreateRuleInput{ListenerArn: &listener, Priority: &priority, Conditions: []types.RuleCondition{condition},
				Actions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("200")}}}})
		}
		rule(1, types.RuleCondition{Field: aws.String("query-string"), QueryStringConfig: &types.QueryStringConditionConfig{
			Values: []types.QueryStringKeyValuePair{{Key: aws.String("version"), Value: aws.String("v2*")}}}})
		rule(3, types.RuleCondition{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{RegexValues: []string{`^/v[0-9]+/`}}})
		rule(2, types.RuleCondition{Field: aws.String("source-ip"), SourceIpConfig: &types.SourceIpConditionConfig{Values: []string{"192.0.2.0/24"}}})
		w.until(2 * second)
		for _, test := range []struct{ url, from, want string }{
			{"/?version=v2.1", "198.51.100.1:1", "1"}, {"/?version=v1", "192.0.2.7:1", "2"}, {"/", "198.51.100.1:1", "default"}, {"/v12/", "198.51.100.1:1", "3"},
		} {
			request := httptest.NewRequest("GET", test.url, nil)
			request.RemoteAddr = test.from
			w.do(func() {
				if got := w.balancers.Route(listener).Match(request).Priority; got != test.want {
					t.Errorf("%s from %s meets rule %s, want %s", test.url, test.from, got, test.want)
				}
			})
		}
	})
}
