package fleet

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
)

// tlsPolicy is the one that AWS recommends: TLS 1.3, and 1.2 with forward secrecy.
const tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"

// scheme is that of the website's address.
func scheme(s settings.Settings) string {
	if s.Certificate != "" {
		return "https"
	}
	return "http"
}

// listen makes the listener that forwards to the targets; where there is a certificate, also one that sends the browsers that
// come by HTTP to it.
func listen(stack awscdk.Stack, s settings.Settings, balancer awselasticloadbalancingv2.CfnLoadBalancer,
	targets awselasticloadbalancingv2.CfnTargetGroup) awselasticloadbalancingv2.CfnListener {
	listener := func(id, protocol string, port float64, action awselasticloadbalancingv2.CfnListener_ActionProperty) awselasticloadbalancingv2.CfnListener {
		return awselasticloadbalancingv2.NewCfnListener(stack, &id, &awselasticloadbalancingv2.CfnListenerProps{
			LoadBalancerArn: balancer.Ref(), Protocol: &protocol, Port: &port, DefaultActions: &[]any{&action},
		})
	}
	forward := awselasticloadbalancingv2.CfnListener_ActionProperty{Type: jsii.String("forward"), TargetGroupArn: targets.Ref()}
	if s.Certificate == "" {
		return listener("Listener", "HTTP", 80, forward)
	}
	listener("Listener", "HTTP", 80, awselasticloadbalancingv2.CfnListener_ActionProperty{
		Type: jsii.String("redirect"), RedirectConfig: &awselasticloadbalancingv2.CfnListener_RedirectConfigProperty{
			Protocol: jsii.String("HTTPS"), Port: jsii.String("443"), StatusCode: jsii.String("HTTP_301"),
		},
	})
	secure := listener("SecureListener", "HTTPS", 443, forward)
	secure.SetSslPolicy(jsii.String(tlsPolicy))
	secure.SetCertificates(&[]any{&awselasticloadbalancingv2.CfnListener_CertificateProperty{CertificateArn: &s.Certificate}})
	return secure
}
