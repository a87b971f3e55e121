package twin_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/clock"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
	"bluegreen/internal/step"
	"bluegreen/internal/twin"
)

// account is an account in the model of AWS, with people's clients of it, and the twins of a deployment there.
type account struct {
	*testing.T
	clock   *clock.Virtual
	aws     *localaws.AWS
	config  aws.Config
	ec2     *ec2.Client
	elb     *elb.Client
	classic *classic.Client
	twins   twin.Twins
	step    *step.Step
	blue    deploy.Fleet
}

const execution = "arn:aws:states:ap-northeast-1:000000000000:execution:BlueGreen:mine"

// meet runs a test in an account whose lineage is locked by a deployment that makes web-v001 of web.
func meet(t *testing.T, test func(*account)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC))
	defer v.Close()
	model := localaws.New(localaws.Options{Clock: v, Seed: 1})
	defer model.Close()
	people, ours := model.Endpoint.Config(wire.Caller{}), model.Endpoint.Config(wire.Caller{AccessKeyID: "ours", Seed: 7})
	v.Run(func() {
		a := &account{T: t, clock: v, aws: model, config: ours, ec2: ec2.NewFromConfig(people), elb: elb.NewFromConfig(people), classic: classic.NewFromConfig(people), twins: twin.New(ours)}
		a.lock(dynamodb.NewFromConfig(people))
		test(a)
	})
}

func (a *account) lock(tables *dynamodb.Client) {
	a.Helper()
	must(a, tables.CreateTable, &dynamodb.CreateTableInput{
		TableName: aws.String("ledger"), BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String(ledger.KeyAttribute), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String(ledger.KeyAttribute), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	})
	a.sleep(time.Minute)
	d := deploy.Deployment{Project: "shop", Lineage: "web", Blue: "web", Green: "web-v001", Generation: 1, Execution: execution}
	l := ledger.Ledger{Table: "ledger", Items: tables}
	if _, err := l.Put(context.Background(), ledger.Record{Lineage: "web", Lock: &ledger.Lock{Execution: execution, Stage: ledger.Switching, Deployment: d}}); err != nil {
		a.Fatal(err)
	}
	call := deploy.Call{Execution: deploy.Execution{ID: execution}, State: "SwitchTraffic"}
	call.Document.Deployment = &d
	a.step = step.New(l, call)
}

func (a *account) sleep(d time.Duration) { _ = a.clock.Sleep(context.Background(), d) }

// must is the answer of a call that succeeds.
func must[In, Out, Options any](a *account, call func(context.Context, *In, ...func(*Options)) (*Out, error), in *In) *Out {
	a.Helper()
	out, err := call(context.Background(), in)
	if err != nil {
		a.Fatalf("%T: %v", in, err)
	}
	return out
}

func (a *account) subnets() (ids []string, vpc *string) {
	a.Helper()
	for _, subnet := range must(a, a.ec2.DescribeSubnets, &ec2.DescribeSubnetsInput{}).Subnets {
		ids, vpc = append(ids, *subnet.SubnetId), subnet.VpcId
	}
	return ids, vpc
}

// group is a target group of blue's.
func (a *account) group(name string, protocol types.ProtocolEnum, attributes map[string]string) string {
	a.Helper()
	_, vpc := a.subnets()
	arn := *must(a, a.elb.CreateTargetGroup, &elb.CreateTargetGroupInput{
		Name: &name, Protocol: protocol, Port: aws.Int32(8080), VpcId: vpc, HealthCheckIntervalSeconds: aws.Int32(10), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String(name)}},
	}).TargetGroups[0].TargetGroupArn
	in := &elb.ModifyTargetGroupAttributesInput{TargetGroupArn: &arn}
	for key, value := range attributes {
		in.Attributes = append(in.Attributes, types.TargetGroupAttribute{Key: aws.String(key), Value: aws.String(value)})
	}
	if len(in.Attributes) > 0 {
		must(a, a.elb.ModifyTargetGroupAttributes, in)
	}
	return arn
}

func forward(arns ...string) []types.Action {
	config := &types.ForwardActionConfig{}
	for i, arn := range arns {
		config.TargetGroups = append(config.TargetGroups, types.TargetGroupTuple{TargetGroupArn: &arn, Weight: aws.Int32(int32(i + 1))})
	}
	if len(arns) > 1 {
		config.TargetGroupStickinessConfig = &types.TargetGroupStickinessConfig{Enabled: aws.Bool(true), DurationSeconds: aws.Int32(60)}
	}
	return []types.Action{{Type: types.ActionTypeEnumForward, ForwardConfig: config}}
}

const certificate = "arn:aws:acm:ap-northeast-1:000000000000:certificate/"

// application is a load balancer with all that one may have, and what blue is attached to of it.
func (a *account) application(name string) []deploy.Source {
	a.Helper()
	subnets, _ := a.subnets()
	web := a.group(name+"-web", types.ProtocolEnumHttp, map[string]string{"deregistration_delay.timeout_seconds": "30", "stickiness.enabled": "true"})
	api := a.group(name+"-api", types.ProtocolEnumHttp, nil)
	arn := must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{
		Name: &name, Subnets: subnets, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}, {Key: aws.String(deploy.TagLineage), Value: aws.String("another")}},
	}).LoadBalancers[0].LoadBalancerArn
	must(a, a.elb.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: arn, Attributes: []types.LoadBalancerAttribute{
		attribute("idle_timeout.timeout_seconds", "120"), attribute("routing.http2.enabled", "false"), attribute("deletion_protection.enabled", "true"),
		attribute("access_logs.s3.enabled", "true"), attribute("access_logs.s3.bucket", "logs"),
	}})
	must(a, a.elb.CreateListener, &elb.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp, DefaultActions: []types.Action{{
		Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{StatusCode: types.RedirectActionStatusCodeEnumHttp301, Protocol: aws.String("HTTPS"), Port: aws.String("443")}}}})
	x := must(a, a.elb.CreateListener, &elb.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(443), Protocol: types.ProtocolEnumHttps, SslPolicy: aws.String("ELBSecurityPolicy-TLS13-1-2-2021-06"),
		Certificates: []types.Certificate{{CertificateArn: aws.String(certificate + "1")}}, DefaultActions: forward(web), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("edge")}}}).Listeners[0].ListenerArn
	for _, more := range []string{"2", "3"} {
		must(a, a.elb.AddListenerCertificates, &elb.AddListenerCertificatesInput{ListenerArn: x, Certificates: []types.Certificate{{CertificateArn: aws.String(certificate + more)}}})
	}
	must(a, a.elb.ModifyListenerAttributes, &elb.ModifyListenerAttributesInput{ListenerArn: x, Attributes: []types.ListenerAttribute{
		{Key: aws.String("routing.http.response.server.enabled"), Value: aws.String("false")}}})
	condition := types.RuleCondition{Field: aws.String("path-pattern"), Values: []string{"/api/*"}}
	must(a, a.elb.CreateRule, &elb.CreateRuleInput{ListenerArn: x, Priority: aws.Int32(10), Conditions: []types.RuleCondition{condition}, Actions: forward(api, web),
		Tags:       []types.Tag{{Key: aws.String("team"), Value: aws.String("api")}},
		Transforms: []types.RuleTransform{{Type: types.TransformTypeEnumUrlRewrite, UrlRewriteConfig: &types.UrlRewriteConfig{Rewrites: []types.RewriteConfig{{Regex: aws.String("^/api"), Replace: aws.String("/")}}}}}})
	must(a, a.elb.CreateRule, &elb.CreateRuleInput{ListenerArn: x, Priority: aws.Int32(5),
		Conditions: []types.RuleCondition{{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"closed.example.com"}}}},
		Actions:    []types.Action{{Type: types.ActionTypeEnumFixedResponse, FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("403")}}}})
	return deploy.TargetGroups([]string{web, api})
}

func attribute(key, value string) types.LoadBalancerAttribute {
	return types.LoadBalancerAttribute{Key: &key, Value: &value}
}

// network is a Network Load Balancer with all that one may have.
func (a *account) network(name string) []deploy.Source {
	a.Helper()
	subnets, _ := a.subnets()
	tcp := a.group(name+"-tcp", types.ProtocolEnumTcp, map[string]string{"preserve_client_ip.enabled": "false"})
	var security string
	a.do(func() { security = a.aws.Compute.DefaultSecurityGroup() })
	arn := must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{Name: &name, Type: types.LoadBalancerTypeEnumNetwork, Scheme: types.LoadBalancerSchemeEnumInternal,
		Subnets: subnets[:1], SecurityGroups: []string{security}}).LoadBalancers[0].LoadBalancerArn
	must(a, a.elb.SetSecurityGroups, &elb.SetSecurityGroupsInput{LoadBalancerArn: arn, SecurityGroups: []string{security}, EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off"})
	must(a, a.elb.ModifyCapacityReservation, &elb.ModifyCapacityReservationInput{LoadBalancerArn: arn, MinimumLoadBalancerCapacity: &types.MinimumLoadBalancerCapacity{CapacityUnits: aws.Int32(2750)}})
	must(a, a.elb.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: arn, Attributes: []types.LoadBalancerAttribute{attribute("load_balancing.cross_zone.enabled", "true")}})
	x := must(a, a.elb.CreateListener, &elb.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(443), Protocol: types.ProtocolEnumTls, AlpnPolicy: []string{"HTTP2Preferred"},
		Certificates: []types.Certificate{{CertificateArn: aws.String(certificate + "1")}}, DefaultActions: forward(tcp)}).Listeners[0].ListenerArn
	must(a, a.elb.ModifyListenerAttributes, &elb.ModifyListenerAttributesInput{ListenerArn: x, Attributes: []types.ListenerAttribute{{Key: aws.String("tcp.idle_timeout.seconds"), Value: aws.String("600")}}})
	return []deploy.Source{{Type: deploy.TargetGroup, ID: tcp, Named: true}}
}

// classicBalancer is a Classic Load Balancer with all that one may have.
func (a *account) classicBalancer(name string) []deploy.Source {
	a.Helper()
	subnets, _ := a.subnets()
	listen := func(protocol string, port, instancePort int32) classictypes.Listener {
		x := classictypes.Listener{Protocol: &protocol, LoadBalancerPort: port, InstancePort: &instancePort}
		if protocol == "HTTPS" {
			x.InstanceProtocol, x.SSLCertificateId = aws.String("HTTPS"), aws.String(certificate+"1")
		}
		return x
	}
	must(a, a.classic.CreateLoadBalancer, &classic.CreateLoadBalancerInput{
		LoadBalancerName: &name, Subnets: subnets, Tags: []classictypes.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
		Listeners: []classictypes.Listener{listen("HTTPS", 443, 8443), listen("HTTP", 80, 8080), listen("TCP", 25, 2525)},
	})
	policy := func(policy, kind string, attributes ...string) {
		in := &classic.CreateLoadBalancerPolicyInput{LoadBalancerName: &name, PolicyName: &policy, PolicyTypeName: &kind}
		for i := 0; i < len(attributes); i += 2 {
			in.PolicyAttributes = append(in.PolicyAttributes, classictypes.PolicyAttribute{AttributeName: &attributes[i], AttributeValue: &attributes[i+1]})
		}
		must(a, a.classic.CreateLoadBalancerPolicy, in)
	}
	policy("tls", "SSLNegotiationPolicyType", "Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01")
	policy("zkey", "PublicKeyPolicyType", "PublicKey", "MIIB")
	policy("backend", "BackendServerAuthenticationPolicyType", "PublicKeyPolicyName", "zkey")
	policy("proxy", "ProxyProtocolPolicyType", "ProxyProtocol", "true")
	must(a, a.classic.CreateLBCookieStickinessPolicy, &classic.CreateLBCookieStickinessPolicyInput{LoadBalancerName: &name, PolicyName: aws.String("session")})
	must(a, a.classic.CreateAppCookieStickinessPolicy, &classic.CreateAppCookieStickinessPolicyInput{LoadBalancerName: &name, PolicyName: aws.String("cart"), CookieName: aws.String("CART")})
	must(a, a.classic.SetLoadBalancerPoliciesOfListener, &classic.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: &name, LoadBalancerPort: 443, PolicyNames: []string{"tls", "session"}})
	must(a, a.classic.SetLoadBalancerPoliciesOfListener, &classic.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: &name, LoadBalancerPort: 80, PolicyNames: []string{"cart"}})
	must(a, a.classic.SetLoadBalancerPoliciesForBackendServer, &classic.SetLoadBalancerPoliciesForBackendServerInput{LoadBalancerName: &name, InstancePort: aws.Int32(8443), PolicyNames: []string{"backend"}})
	must(a, a.classic.SetLoadBalancerPoliciesForBackendServer, &classic.SetLoadBalancerPoliciesForBackendServerInput{LoadBalancerName: &name, InstancePort: aws.Int32(2525), PolicyNames: []string{"proxy"}})
	must(a, a.classic.ConfigureHealthCheck, &classic.ConfigureHealthCheckInput{LoadBalancerName: &name, HealthCheck: &classictypes.HealthCheck{
		Target: aws.String("HTTP:8080/healthy"), Interval: aws.Int32(10), Timeout: aws.Int32(3), HealthyThreshold: aws.Int32(2), UnhealthyThreshold: aws.Int32(2)}})
	must(a, a.classic.ModifyLoadBalancerAttributes, &classic.ModifyLoadBalancerAttributesInput{LoadBalancerName: &name, LoadBalancerAttributes: &classictypes.LoadBalancerAttributes{
		ConnectionDraining: &classictypes.ConnectionDraining{Enabled: true, Timeout: aws.Int32(60)}, CrossZoneLoadBalancing: &classictypes.CrossZoneLoadBalancing{Enabled: true},
		ConnectionSettings: &classictypes.ConnectionSettings{IdleTimeout: aws.Int32(90)}, AccessLog: &classictypes.AccessLog{Enabled: true, S3BucketName: aws.String("logs"), EmitInterval: aws.Int32(5)},
		AdditionalAttributes: []classictypes.AdditionalAttribute{{Key: aws.String("elb.http.desyncmitigationmode"), Value: aws.String("strictest")}}}})
	return []deploy.Source{{Type: deploy.ClassicBalancer, ID: name}}
}

// do works on the model itself.
func (a *account) do(work func()) {
	a.aws.Account.Lock()
	defer a.aws.Account.Unlock()
	work()
}

// read reads blue's balancers.
func (a *account) read(sources []deploy.Source) []twin.Balancer {
	a.Helper()
	blue, err := a.twins.Read(context.Background(), sources)
	if err != nil {
		a.Fatal(err)
	}
	return blue
}

// make looks until the twins are made and can take traffic; an error is the last look's.
func (a *account) make(blue []twin.Balancer) (made twin.Made, err error) {
	for range 30 {
		a.step.Entered = a.clock.Now()
		if made, err = a.twins.Make(context.Background(), a.step, ledger.Switching, blue); err == nil && made.Missing == "" {
			break
		}
		a.sleep(10 * time.Second)
	}
	for range 10 {
		if err != nil || a.stand(blue).Waits == "" {
			break
		}
		a.sleep(time.Minute)
	}
	return made, err
}

func (a *account) stand(blue []twin.Balancer) twin.Standing {
	a.Helper()
	standing, err := a.twins.Stand(context.Background(), *a.step.Deployment, blue)
	if err != nil {
		a.Fatal(err)
	}
	return standing
}

// unmake looks until nothing of the twins is left.
func (a *account) unmake(blue []twin.Balancer) (left string, err error) {
	for range 30 {
		left, err = a.twins.Unmake(context.Background(), a.step, twin.Making(blue, *a.step.Deployment), ledger.Switching)
		if err == nil && left == "" {
			return "", nil
		}
		a.sleep(10 * time.Second)
	}
	return left, err
}

// there are the names of all load balancers and target groups of the account.
func (a *account) there() string {
	a.Helper()
	var names []string
	for _, b := range must(a, a.elb.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{}).LoadBalancers {
		names = append(names, *b.LoadBalancerName)
	}
	for _, g := range must(a, a.elb.DescribeTargetGroups, &elb.DescribeTargetGroupsInput{}).TargetGroups {
		names = append(names, *g.TargetGroupName)
	}
	for _, b := range must(a, a.classic.DescribeLoadBalancers, &classic.DescribeLoadBalancersInput{}).LoadBalancerDescriptions {
		names = append(names, *b.LoadBalancerName)
	}
	return strings.Join(names, " ")
}

func text(value any) string {
	encoded, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}
