package twin_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	classic "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/globalaccelerator"
	acceleratortypes "github.com/aws/aws-sdk-go-v2/service/globalaccelerator/types"
	"github.com/aws/aws-sdk-go-v2/service/shield"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"bluegreen/internal/deploy"
	"bluegreen/internal/twin"
)

// launch is an instance.
func (a *account) launch() string {
	a.Helper()
	image := must(a, a.ec2.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("app")}).ImageId
	id := must(a, a.ec2.RunInstances, &ec2.RunInstancesInput{ImageId: image, InstanceType: ec2types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}).Instances[0].InstanceId
	a.sleep(2 * time.Minute)
	return *id
}

// listen gives a balancer one listener more.
func (a *account) listen(balancer string, port int32, change func(*elb.CreateListenerInput)) {
	a.Helper()
	in := &elb.CreateListenerInput{LoadBalancerArn: &balancer, Port: &port, Protocol: types.ProtocolEnumHttps, Certificates: []types.Certificate{{CertificateArn: aws.String(certificate + "1")}},
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse, Order: aws.Int32(2), FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("200")}}}}
	change(in)
	must(a, a.elb.CreateListener, in)
}

// found are cases of what rules out a twin: what somebody has done to blue's balancer, and what is found.
var found = []struct {
	name string
	kind twin.Kind
	do   func(*account, twin.Balancer)
	want string
}{
	{"nothing", twin.Application, func(*account, twin.Balancer) {}, ""},
	{"nothing of a network one", twin.Network, func(*account, twin.Balancer) {}, ""},
	{"nothing of a Classic one", twin.Classic, func(*account, twin.Balancer) {}, ""},
	{"another service's target group", twin.Application, func(a *account, b twin.Balancer) {
		other := a.group("other", types.ProtocolEnumHttp, nil)
		a.listen(b.ID, 8443, func(in *elb.CreateListenerInput) { in.DefaultActions = forward(other) })
	}, `its load balancer front forwards to target groups too that blue is not attached to, and green's could not: other (listener 8443); give blue a load balancer of its own, or take strategy "attach", under which the balancer stays`},
	{"another's instance in a target group", twin.Application, func(a *account, b twin.Balancer) {
		id := a.launch()
		must(a, a.elb.RegisterTargets, &elb.RegisterTargetsInput{TargetGroupArn: &b.Sources[0].ID, Targets: []types.TargetDescription{{Id: &id}}})
	}, "which blue has not launched, and green's would not: take them out, or take strategy"},
	{"an instance of blue's", twin.Application, func(a *account, b twin.Balancer) {
		id := a.launch()
		must(a, a.elb.RegisterTargets, &elb.RegisterTargetsInput{TargetGroupArn: &b.Sources[0].ID, Targets: []types.TargetDescription{{Id: &id}}})
		a.blue.Instances = []deploy.Instance{{ID: id}}
	}, ""},
	{"a login", twin.Application, func(a *account, b twin.Balancer) {
		a.listen(b.ID, 8443, func(in *elb.CreateListenerInput) {
			in.DefaultActions = append(in.DefaultActions, types.Action{Type: types.ActionTypeEnumAuthenticateOidc, Order: aws.Int32(1), AuthenticateOidcConfig: &types.AuthenticateOidcActionConfig{
				AuthorizationEndpoint: aws.String("https://id.example.com/a"), TokenEndpoint: aws.String("https://id.example.com/t"), UserInfoEndpoint: aws.String("https://id.example.com/u"),
				Issuer: aws.String("https://id.example.com"), ClientId: aws.String("shop"), ClientSecret: aws.String("secret")}})
		})
	}, "has clients log in by OpenID Connect (listener 8443), and AWS shows the secret for that to nobody"},
	{"mutual TLS", twin.Application, func(a *account, b twin.Balancer) {
		a.listen(b.ID, 8443, func(in *elb.CreateListenerInput) {
			in.MutualAuthentication = &types.MutualAuthenticationAttributes{Mode: aws.String("passthrough")}
		})
	}, "asks clients for certificates (listener 8443, mutual TLS), which is not copied"},
	{"a web ACL", twin.Application, func(a *account, b twin.Balancer) {
		must(a, wafv2.NewFromConfig(a.config).AssociateWebACL, &wafv2.AssociateWebACLInput{ResourceArn: &b.ID, WebACLArn: aws.String("arn:aws:wafv2:ap-northeast-1:000000000000:regional/webacl/shop/1")})
	}, "the web ACL shop (AWS WAF) protects its load balancer front, and would not protect green's"},
	{"Shield without a protection", twin.Application, func(a *account, b twin.Balancer) {
		must(a, shield.NewFromConfig(a.config).CreateSubscription, &shield.CreateSubscriptionInput{})
	}, ""},
	{"Shield", twin.Classic, func(a *account, b twin.Balancer) {
		client := shield.NewFromConfig(a.config)
		must(a, client.CreateSubscription, &shield.CreateSubscriptionInput{})
		must(a, client.CreateProtection, &shield.CreateProtectionInput{Name: aws.String("edge"), ResourceArn: aws.String("arn:aws:elasticloadbalancing:ap-northeast-1:000000000000:loadbalancer/" + b.Name)})
	}, "Shield Advanced protects its load balancer front, and would not protect green's: take strategy \"attach\", under which the balancer stays, or take the protection edge off"},
	{"PrivateLink", twin.Network, func(a *account, b twin.Balancer) {
		must(a, a.ec2.CreateVpcEndpointServiceConfiguration, &ec2.CreateVpcEndpointServiceConfigurationInput{NetworkLoadBalancerArns: []string{b.ID}})
	}, "(PrivateLink) leads to its load balancer front, whose clients no record moves"},
	{"Global Accelerator", twin.Network, func(a *account, b twin.Balancer) {
		client := globalaccelerator.NewFromConfig(a.config, func(o *globalaccelerator.Options) { o.Region = "us-west-2" })
		made := must(a, client.CreateAccelerator, &globalaccelerator.CreateAcceleratorInput{Name: aws.String("fast")}).Accelerator
		x := must(a, client.CreateListener, &globalaccelerator.CreateListenerInput{AcceleratorArn: made.AcceleratorArn, Protocol: acceleratortypes.ProtocolTcp,
			PortRanges: []acceleratortypes.PortRange{{FromPort: aws.Int32(443), ToPort: aws.Int32(443)}}}).Listener
		must(a, client.CreateEndpointGroup, &globalaccelerator.CreateEndpointGroupInput{ListenerArn: x.ListenerArn, EndpointGroupRegion: aws.String("ap-northeast-1"),
			EndpointConfigurations: []acceleratortypes.EndpointConfiguration{{EndpointId: &b.ID}}})
	}, "the accelerator fast (Global Accelerator) sends to its load balancer front, and no record moves its clients"},
	{"an address of its own", twin.Network, func(a *account, b twin.Balancer) {
		subnets, _ := a.subnets()
		must(a, a.elb.SetSubnets, &elb.SetSubnetsInput{LoadBalancerArn: &b.ID, SubnetMappings: []types.SubnetMapping{{SubnetId: &subnets[0], PrivateIPv4Address: aws.String("172.31.0.9")}}})
	}, "its load balancer front has addresses of its own (172.31.0.9), which green's could not have"},
	{"too many tags", twin.Application, func(a *account, b twin.Balancer) {
		in := &elb.AddTagsInput{ResourceArns: []string{b.ID}}
		for i := range 47 {
			in.Tags = append(in.Tags, types.Tag{Key: aws.String(fmt.Sprint("key-", i)), Value: aws.String("")})
		}
		must(a, a.elb.AddTags, in)
	}, "its load balancer front has 48 tags, and green's gets 3 more of ours: AWS takes 50, so take 1 away"},
	{"too many balancers", twin.Application, func(a *account, b twin.Balancer) {
		subnets, _ := a.subnets()
		for i := range 49 {
			must(a, a.elb.CreateLoadBalancer, &elb.CreateLoadBalancerInput{Name: aws.String(fmt.Sprint("more-", i)), Subnets: subnets})
		}
	}, "the account has 50 application load balancers and may have 50, and green needs 1 more"},
	{"another's instance behind a Classic one", twin.Classic, func(a *account, b twin.Balancer) {
		id := a.launch()
		must(a, a.classic.RegisterInstancesWithLoadBalancer, &classic.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: &b.Name, Instances: []classictypes.Instance{{InstanceId: &id}}})
	}, "its load balancer front sends requests to i-"},
	{"too many Classic balancers", twin.Classic, func(a *account, b twin.Balancer) {
		subnets, _ := a.subnets()
		for i := range 19 {
			must(a, a.classic.CreateLoadBalancer, &classic.CreateLoadBalancerInput{LoadBalancerName: aws.String(fmt.Sprint("more-", i)), Subnets: subnets,
				Listeners: []classictypes.Listener{{Protocol: aws.String("TCP"), LoadBalancerPort: 80, InstancePort: aws.Int32(80)}}})
		}
	}, "the account has 20 Classic Load Balancers and may have 20, and green needs 1 more"},
}

// Each thing that rules out a twin is found before anything is touched, and nothing else is.
func TestFindings(t *testing.T) {
	for _, c := range found {
		t.Run(c.name, func(t *testing.T) {
			meet(t, func(a *account) {
				sources := kinds[c.kind](a, "front")
				c.do(a, a.read(sources)[0])
				got, err := a.twins.Findings(context.Background(), a.step.Deployment.Execution, a.blue, a.read(sources))
				switch {
				case err != nil:
					t.Error(err)
				case c.want == "" && len(got) > 0:
					t.Errorf("found %q", got)
				case c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)):
					t.Errorf("found %q\nwant  %s", got, c.want)
				}
			})
		})
	}
}
