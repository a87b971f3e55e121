package elb_test

import (
	"context"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/localaws/account"
)

// ignored are what the SDK's types have for the SDK alone.
var ignored = cmpopts.IgnoreUnexported(types.LoadBalancerDescription{}, types.ListenerDescription{}, types.Listener{}, types.HealthCheck{},
	types.Policies{}, types.SourceSecurityGroup{}, types.LoadBalancerAttributes{}, types.AccessLog{}, types.ConnectionDraining{},
	types.ConnectionSettings{}, types.CrossZoneLoadBalancing{}, types.AdditionalAttribute{}, types.AppCookieStickinessPolicy{},
	types.LBCookieStickinessPolicy{}, types.BackendServerDescription{}, types.PolicyDescription{}, types.PolicyAttributeDescription{})

func (w *world) described(name string) types.LoadBalancerDescription {
	w.Helper()
	return must(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{LoadBalancerNames: []string{name}}).LoadBalancerDescriptions[0]
}

// Both versions of the API have one endpoint: the request's Version says which is meant.
func TestNewLoadBalancer(t *testing.T) {
	run(t, func(w *world) {
		must(w, w.client.CreateLoadBalancer, input("front"))
		got := w.described("front")
		if !regexp.MustCompile(`^front-\d{10}\.ap-northeast-1\.elb\.amazonaws\.com$`).MatchString(*got.DNSName) {
			t.Errorf("DNS name %s", *got.DNSName)
		}
		want := types.LoadBalancerDescription{
			LoadBalancerName: aws.String("front"), DNSName: got.DNSName, CanonicalHostedZoneName: got.DNSName,
			CanonicalHostedZoneNameID: aws.String("Z14GRHDCWA56QT"), Scheme: aws.String("internet-facing"), CreatedTime: got.CreatedTime,
			AvailabilityZones: []string{zoneA, zoneC}, Subnets: got.Subnets, VPCId: got.VPCId, SecurityGroups: got.SecurityGroups,
			SourceSecurityGroup: &types.SourceSecurityGroup{GroupName: aws.String("default"), OwnerAlias: aws.String("000000000000")},
			HealthCheck: &types.HealthCheck{
				Target: aws.String("TCP:8080"), Interval: aws.Int32(30), Timeout: aws.Int32(5), HealthyThreshold: aws.Int32(10), UnhealthyThreshold: aws.Int32(2),
			},
			ListenerDescriptions: []types.ListenerDescription{{Listener: &types.Listener{
				LoadBalancerPort: 80, InstancePort: aws.Int32(8080), Protocol: aws.String("HTTP"), InstanceProtocol: aws.String("HTTP")}}},
			Policies: &types.Policies{},
		}
		if diff := cmp.Diff(want, got, ignored, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("described (-want +got):\n%s", diff)
		}
		if len(got.Subnets) != 2 || len(got.SecurityGroups) != 1 {
			t.Errorf("subnets %v, security groups %v", got.Subnets, got.SecurityGroups)
		}
		again := must(w, w.client.CreateLoadBalancer, input("front"))
		if *again.DNSName != *got.DNSName {
			t.Errorf("made again it is another: %s", *again.DNSName)
		}
		other, err := w.v2.DescribeLoadBalancers(context.Background(), &elasticloadbalancingv2.DescribeLoadBalancersInput{})
		if err != nil || len(other.LoadBalancers) != 0 {
			t.Errorf("version 2 describes %v, %v", other, err)
		}
		refused(w, w.client.DescribeLoadBalancerPolicyTypes, &sdk.DescribeLoadBalancerPolicyTypesInput{}, "NotModelled", "it models AddTags, ApplySecurityGroupsToLoadBalancer")
		if limits := must(w, w.client.DescribeAccountLimits, &sdk.DescribeAccountLimitsInput{}).Limits; len(limits) != 3 || *limits[1].Name != "classic-load-balancers" || *limits[1].Max != "3" {
			t.Errorf("limits: %+v", limits)
		}
		must(w, w.client.DeleteLoadBalancer, &sdk.DeleteLoadBalancerInput{LoadBalancerName: aws.String("front")})
		must(w, w.client.DeleteLoadBalancer, &sdk.DeleteLoadBalancerInput{LoadBalancerName: aws.String("front")})
		refused(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{LoadBalancerNames: []string{"front"}},
			"LoadBalancerNotFound", "There is no ACTIVE Load Balancer named 'front'")
	})
}

// Elastic Load Balancing has a zone of its own in each Region, which an alias names.
func TestHostedZoneIsTheRegions(t *testing.T) {
	const region = "eu-west-1"
	runIn(t, region, func(w *world) {
		in := input("front")
		in.AvailabilityZones = []string{region + "a"}
		must(w, w.client.CreateLoadBalancer, in)
		if got, want := *w.described("front").CanonicalHostedZoneNameID, account.HostedZone(region, "application"); got != want {
			t.Errorf("the hosted zone is %s, want %s", got, want)
		}
	})
}

func TestLoadBalancersThatAreRefused(t *testing.T) {
	run(t, func(w *world) {
		must(w, w.client.CreateLoadBalancer, input("front"))
		for _, test := range []struct {
			change        func(*sdk.CreateLoadBalancerInput)
			code, message string
		}{
			{func(in *sdk.CreateLoadBalancerInput) { in.Scheme = aws.String("internal") }, "DuplicateLoadBalancerName", "Load Balancer named front already exists"},
			{func(in *sdk.CreateLoadBalancerInput) {
				in.LoadBalancerName = aws.String("a-name-of-more-than-32-characters")
			}, "ValidationError", "32 characters"},
			{func(in *sdk.CreateLoadBalancerInput) { in.AvailabilityZones = nil }, "ValidationError", "Either AvailabilityZones or SubnetIds must be specified"},
			{func(in *sdk.CreateLoadBalancerInput) { in.Subnets = []string{"subnet-1"} }, "ValidationError", "Only one of SubnetIds or AvailabilityZones"},
			{func(in *sdk.CreateLoadBalancerInput) { in.SecurityGroups = []string{"sg-1"} }, "InvalidSecurityGroup", "sg-1"},
			{func(in *sdk.CreateLoadBalancerInput) { in.Listeners[0].InstanceProtocol = aws.String("TCP") }, "InvalidConfigurationRequest", "same OSI layer"},
			{func(in *sdk.CreateLoadBalancerInput) { in.Listeners[0].Protocol = aws.String("HTTPS") }, "InvalidConfigurationRequest", "SSLCertificateId"},
			{func(in *sdk.CreateLoadBalancerInput) { in.Listeners[0].Protocol = aws.String("UDP") }, "UnsupportedProtocol", "UDP"},
			{func(in *sdk.CreateLoadBalancerInput) {
				in.Listeners[0].Protocol, in.Listeners[0].SSLCertificateId = aws.String("HTTPS"), aws.String("arn:aws:s3:::no")
			}, "CertificateNotFound", "arn:aws:s3:::no"},
		} {
			in := input("front")
			test.change(in)
			refused(w, w.client.CreateLoadBalancer, in, test.code, test.message)
		}
		must(w, w.client.CreateLoadBalancer, input("b"))
		must(w, w.client.CreateLoadBalancer, input("c"))
		refused(w, w.client.CreateLoadBalancer, input("d"), "TooManyLoadBalancers", "")
	})
}

func TestListeners(t *testing.T) {
	run(t, func(w *world) {
		name := aws.String("front")
		must(w, w.client.CreateLoadBalancer, input("front"))
		https := types.Listener{LoadBalancerPort: 443, InstancePort: aws.Int32(8080), Protocol: aws.String("HTTPS"), SSLCertificateId: aws.String("arn:aws:acm:ap-northeast-1:000000000000:certificate/1")}
		tcp := types.Listener{LoadBalancerPort: 25, InstancePort: aws.Int32(25), Protocol: aws.String("TCP")}
		add := &sdk.CreateLoadBalancerListenersInput{LoadBalancerName: name, Listeners: []types.Listener{https, tcp}}
		must(w, w.client.CreateLoadBalancerListeners, add)
		must(w, w.client.CreateLoadBalancerListeners, add)
		refused(w, w.client.CreateLoadBalancerListeners, &sdk.CreateLoadBalancerListenersInput{LoadBalancerName: name, Listeners: []types.Listener{
			{LoadBalancerPort: 26, InstancePort: aws.Int32(26), Protocol: aws.String("TCP")}, {LoadBalancerPort: 80, InstancePort: aws.Int32(81), Protocol: aws.String("HTTP")},
		}}, "DuplicateListener", "A listener already exists for front with LoadBalancerPort 80")
		must(w, w.client.SetLoadBalancerListenerSSLCertificate, &sdk.SetLoadBalancerListenerSSLCertificateInput{
			LoadBalancerName: name, LoadBalancerPort: 443, SSLCertificateId: aws.String("arn:aws:iam::000000000000:server-certificate/front")})
		refused(w, w.client.SetLoadBalancerListenerSSLCertificate, &sdk.SetLoadBalancerListenerSSLCertificateInput{
			LoadBalancerName: name, LoadBalancerPort: 444, SSLCertificateId: https.SSLCertificateId}, "ListenerNotFound", "444")
		got := w.described("front").ListenerDescriptions
		if len(got) != 3 || got[0].Listener.LoadBalancerPort != 25 || *got[0].Listener.InstanceProtocol != "TCP" ||
			*got[2].Listener.SSLCertificateId != "arn:aws:iam::000000000000:server-certificate/front" || got[2].PolicyNames[0] != "ELBSecurityPolicy-2016-08" {
			t.Errorf("listeners: %+v", got)
		}
		must(w, w.client.DeleteLoadBalancerListeners, &sdk.DeleteLoadBalancerListenersInput{LoadBalancerName: name, LoadBalancerPorts: []int32{25, 443, 7}})
		if got := w.described("front").ListenerDescriptions; len(got) != 1 {
			t.Errorf("%d listeners are left", len(got))
		}
	})
}

// What a request sets is described as it was set, and what it does not set stays.
func TestAttributes(t *testing.T) {
	run(t, func(w *world) {
		name := aws.String("front")
		must(w, w.client.CreateLoadBalancer, input("front"))
		attributes := func() *types.LoadBalancerAttributes {
			return must(w, w.client.DescribeLoadBalancerAttributes, &sdk.DescribeLoadBalancerAttributesInput{LoadBalancerName: name}).LoadBalancerAttributes
		}
		want := &types.LoadBalancerAttributes{
			AccessLog: &types.AccessLog{}, ConnectionDraining: &types.ConnectionDraining{Timeout: aws.Int32(300)},
			ConnectionSettings: &types.ConnectionSettings{IdleTimeout: aws.Int32(60)}, CrossZoneLoadBalancing: &types.CrossZoneLoadBalancing{},
			AdditionalAttributes: []types.AdditionalAttribute{{Key: aws.String("elb.http.desyncmitigationmode"), Value: aws.String("defensive")}},
		}
		if diff := cmp.Diff(want, attributes(), ignored); diff != "" {
			t.Errorf("by default (-want +got):\n%s", diff)
		}
		want.AccessLog = &types.AccessLog{Enabled: true, S3BucketName: aws.String("logs"), S3BucketPrefix: aws.String("front"), EmitInterval: aws.Int32(5)}
		want.ConnectionSettings.IdleTimeout = aws.Int32(120)
		change := &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerName: name,
			LoadBalancerAttributes: &types.LoadBalancerAttributes{AccessLog: want.AccessLog, ConnectionSettings: want.ConnectionSettings}}
		w.do(func() { w.balancers.RefuseLogs("logs", true) })
		refused(w, w.client.ModifyLoadBalancerAttributes, change, "InvalidConfigurationRequest", "Access Denied for bucket: logs. Please check S3bucket permission")
		w.do(func() { w.balancers.RefuseLogs("logs", false) })
		must(w, w.client.ModifyLoadBalancerAttributes, change)
		if diff := cmp.Diff(want, attributes(), ignored); diff != "" {
			t.Errorf("changed (-want +got):\n%s", diff)
		}
		refused(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerName: name, LoadBalancerAttributes: &types.LoadBalancerAttributes{
			AdditionalAttributes: []types.AdditionalAttribute{{Key: aws.String("no"), Value: aws.String("1")}}}}, "LoadBalancerAttributeNotFound", "'no'")
	})
}

func TestPolicies(t *testing.T) {
	run(t, func(w *world) {
		name := aws.String("front")
		must(w, w.client.CreateLoadBalancer, input("front"))
		must(w, w.client.CreateLBCookieStickinessPolicy, &sdk.CreateLBCookieStickinessPolicyInput{LoadBalancerName: name, PolicyName: aws.String("sticky"), CookieExpirationPeriod: aws.Int64(60)})
		must(w, w.client.CreateAppCookieStickinessPolicy, &sdk.CreateAppCookieStickinessPolicyInput{LoadBalancerName: name, PolicyName: aws.String("session"), CookieName: aws.String("SESSION")})
		proxy := &sdk.CreateLoadBalancerPolicyInput{LoadBalancerName: name, PolicyName: aws.String("proxy"), PolicyTypeName: aws.String("ProxyProtocolPolicyType"),
			PolicyAttributes: []types.PolicyAttribute{{AttributeName: aws.String("ProxyProtocol"), AttributeValue: aws.String("true")}}}
		must(w, w.client.CreateLoadBalancerPolicy, proxy)
		refused(w, w.client.CreateLoadBalancerPolicy, proxy, "DuplicatePolicyName", "proxy")
		refused(w, w.client.CreateLoadBalancerPolicy, &sdk.CreateLoadBalancerPolicyInput{LoadBalancerName: name, PolicyName: aws.String("x"), PolicyTypeName: aws.String("No")}, "PolicyTypeNotFound", "No")
		must(w, w.client.SetLoadBalancerPoliciesOfListener, &sdk.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: name, LoadBalancerPort: 80, PolicyNames: []string{"sticky"}})
		must(w, w.client.SetLoadBalancerPoliciesForBackendServer, &sdk.SetLoadBalancerPoliciesForBackendServerInput{LoadBalancerName: name, InstancePort: aws.Int32(8080), PolicyNames: []string{"proxy"}})
		refused(w, w.client.SetLoadBalancerPoliciesOfListener, &sdk.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: name, LoadBalancerPort: 80, PolicyNames: []string{"none"}},
			"PolicyNotFound", "There is no policy with name none for load balancer front")
		refused(w, w.client.DeleteLoadBalancerPolicy, &sdk.DeleteLoadBalancerPolicyInput{LoadBalancerName: name, PolicyName: aws.String("sticky")}, "InvalidConfigurationRequest", "in use")
		got := w.described("front")
		want := &types.Policies{
			LBCookieStickinessPolicies:  []types.LBCookieStickinessPolicy{{PolicyName: aws.String("sticky"), CookieExpirationPeriod: aws.Int64(60)}},
			AppCookieStickinessPolicies: []types.AppCookieStickinessPolicy{{PolicyName: aws.String("session"), CookieName: aws.String("SESSION")}},
			OtherPolicies:               []string{"proxy"},
		}
		if diff := cmp.Diff(want, got.Policies, ignored); diff != "" {
			t.Errorf("policies (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"sticky"}, got.ListenerDescriptions[0].PolicyNames); diff != "" {
			t.Errorf("listener (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]types.BackendServerDescription{{InstancePort: aws.Int32(8080), PolicyNames: []string{"proxy"}}}, got.BackendServerDescriptions, ignored); diff != "" {
			t.Errorf("instance ports (-want +got):\n%s", diff)
		}
		one := must(w, w.client.DescribeLoadBalancerPolicies, &sdk.DescribeLoadBalancerPoliciesInput{LoadBalancerName: name, PolicyNames: []string{"proxy"}}).PolicyDescriptions
		if diff := cmp.Diff([]types.PolicyDescription{{PolicyName: aws.String("proxy"), PolicyTypeName: aws.String("ProxyProtocolPolicyType"),
			PolicyAttributeDescriptions: []types.PolicyAttributeDescription{{AttributeName: aws.String("ProxyProtocol"), AttributeValue: aws.String("true")}}}}, one, ignored); diff != "" {
			t.Errorf("described policy (-want +got):\n%s", diff)
		}
		must(w, w.client.SetLoadBalancerPoliciesOfListener, &sdk.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: name, LoadBalancerPort: 80, PolicyNames: []string{}})
		must(w, w.client.DeleteLoadBalancerPolicy, &sdk.DeleteLoadBalancerPolicyInput{LoadBalancerName: name, PolicyName: aws.String("sticky")})
	})
}

func TestTagsSubnetsAndSecurityGroups(t *testing.T) {
	run(t, func(w *world) {
		name := aws.String("front")
		in := input("front")
		in.Tags = []types.Tag{{Key: aws.String("Team"), Value: aws.String("shop")}}
		must(w, w.client.CreateLoadBalancer, in)
		must(w, w.client.AddTags, &sdk.AddTagsInput{LoadBalancerNames: []string{"front"}, Tags: []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}}})
		must(w, w.client.RemoveTags, &sdk.RemoveTagsInput{LoadBalancerNames: []string{"front"}, Tags: []types.TagKeyOnly{{Key: aws.String("Team")}}})
		tags := must(w, w.client.DescribeTags, &sdk.DescribeTagsInput{LoadBalancerNames: []string{"front"}}).TagDescriptions
		if len(tags) != 1 || *tags[0].LoadBalancerName != "front" || len(tags[0].Tags) != 1 || *tags[0].Tags[0].Key != "Env" {
			t.Errorf("tags: %+v", tags)
		}
		before := w.described("front")
		left := must(w, w.client.DetachLoadBalancerFromSubnets, &sdk.DetachLoadBalancerFromSubnetsInput{LoadBalancerName: name, Subnets: before.Subnets[:1]}).Subnets
		if diff := cmp.Diff(before.Subnets[1:], left); diff != "" {
			t.Errorf("subnets left (-want +got):\n%s", diff)
		}
		must(w, w.client.AttachLoadBalancerToSubnets, &sdk.AttachLoadBalancerToSubnetsInput{LoadBalancerName: name, Subnets: before.Subnets[:1]})
		if got := w.described("front").AvailabilityZones; len(got) != 2 {
			t.Errorf("zones %v", got)
		}
		refused(w, w.client.ApplySecurityGroupsToLoadBalancer, &sdk.ApplySecurityGroupsToLoadBalancerInput{LoadBalancerName: name, SecurityGroups: []string{"sg-no"}}, "InvalidSecurityGroup", "sg-no")
	})
}
