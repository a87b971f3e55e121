package elbv2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

// listenerAttributes are those of listeners (source: the SDK's ListenerAttribute). The model's data plane follows none.
var listenerAttributes = attributes{
	{"tcp.idle_timeout.seconds", "350", network, number(60, 6000)},
	{"routing.http.request.x_amzn_mtls_clientcert_serial_number.header_name", "", application, anything},
	{"routing.http.request.x_amzn_mtls_clientcert_issuer.header_name", "", application, anything},
	{"routing.http.request.x_amzn_mtls_clientcert_subject.header_name", "", application, anything},
	{"routing.http.request.x_amzn_mtls_clientcert_validity.header_name", "", application, anything},
	{"routing.http.request.x_amzn_mtls_clientcert_leaf.header_name", "", application, anything},
	{"routing.http.request.x_amzn_mtls_clientcert.header_name", "", application, anything},
	{"routing.http.request.x_amzn_tls_version.header_name", "", application, anything},
	{"routing.http.request.x_amzn_tls_cipher_suite.header_name", "", application, anything},
	{"routing.http.response.server.enabled", "true", application, trueOrFalse},
	{"routing.http.response.strict_transport_security.header_value", "", application, anything},
	{"routing.http.response.access_control_allow_origin.header_value", "", application, anything},
	{"routing.http.response.access_control_allow_methods.header_value", "", application, anything},
	{"routing.http.response.access_control_allow_headers.header_value", "", application, anything},
	{"routing.http.response.access_control_allow_credentials.header_value", "", application, anything},
	{"routing.http.response.access_control_expose_headers.header_value", "", application, anything},
	{"routing.http.response.access_control_max_age.header_value", "", application, anything},
	{"routing.http.response.content_security_policy.header_value", "", application, anything},
	{"routing.http.response.x_content_type_options.header_value", "", application, anything},
	{"routing.http.response.x_frame_options.header_value", "", application, anything},
}

func (l *LoadBalancers) modifyListenerAttributes(_ *wire.Call, in *sdk.ModifyListenerAttributesInput) (*sdk.ModifyListenerAttributesOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	var changes [][2]string
	for _, change := range in.Attributes {
		changes = append(changes, [2]string{aws.ToString(change.Key), aws.ToString(change.Value)})
	}
	values, err := listenerAttributes.of(x.balancer.kind).change(x.attributes, changes, "Listener")
	if err != nil {
		return nil, err
	}
	x.attributes = values
	return &sdk.ModifyListenerAttributesOutput{Attributes: x.describeAttributes()}, nil
}

func (l *LoadBalancers) describeListenerAttributes(_ *wire.Call, in *sdk.DescribeListenerAttributesInput) (*sdk.DescribeListenerAttributesOutput, error) {
	x, err := l.listenerNamed(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	return &sdk.DescribeListenerAttributesOutput{Attributes: x.describeAttributes()}, nil
}

func (x *listener) describeAttributes() []types.ListenerAttribute {
	var described []types.ListenerAttribute
	for _, a := range listenerAttributes.of(x.balancer.kind) {
		described = append(described, types.ListenerAttribute{Key: aws.String(a.key), Value: aws.String(x.attributes[a.key])})
	}
	return described
}
