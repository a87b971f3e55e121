package elbv2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"bluegreen/internal/localaws/wire"
)

var trueOrFalse = oneOf("true", "false")

// balancerAttributes are those of load balancers (source: the SDK's LoadBalancerAttribute).
var balancerAttributes = attributes{
	{"access_logs.s3.enabled", "false", "", trueOrFalse},
	{"access_logs.s3.bucket", "", "", anything},
	{"access_logs.s3.prefix", "", "", anything},
	{"deletion_protection.enabled", "false", "", trueOrFalse},
	{"ipv6.deny_all_igw_traffic", "false", "", trueOrFalse}, // an internal one: true
	{"load_balancing.cross_zone.enabled", "true", application, oneOf("true")},
	{"load_balancing.cross_zone.enabled", "false", network, trueOrFalse},
	{"zonal_shift.config.enabled", "false", "", trueOrFalse},
	{"client_keep_alive.seconds", "3600", application, number(60, 604800)},
	{"connection_logs.s3.enabled", "false", application, trueOrFalse},
	{"connection_logs.s3.bucket", "", application, anything},
	{"connection_logs.s3.prefix", "", application, anything},
	{"health_check_logs.s3.enabled", "false", application, trueOrFalse},
	{"health_check_logs.s3.bucket", "", application, anything},
	{"health_check_logs.s3.prefix", "", application, anything},
	{"idle_timeout.timeout_seconds", "60", application, number(1, 4000)},
	{"routing.http.desync_mitigation_mode", "defensive", application, oneOf("monitor", "defensive", "strictest")},
	{"routing.http.drop_invalid_header_fields.enabled", "false", application, trueOrFalse},
	{"routing.http.preserve_host_header.enabled", "false", application, trueOrFalse},
	{"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false", application, trueOrFalse},
	{"routing.http.xff_client_port.enabled", "false", application, trueOrFalse},
	{"routing.http.xff_header_processing.mode", "append", application, oneOf("append", "preserve", "remove")},
	{"routing.http2.enabled", "true", application, trueOrFalse},
	{"waf.fail_open.enabled", "false", application, trueOrFalse},
	{"dns_record.client_routing_policy", "any_availability_zone", network,
		oneOf("availability_zone_affinity", "partial_availability_zone_affinity", "any_availability_zone")},
	{"secondary_ips.auto_assigned.per_subnet", "0", network, number(0, 7)},
}

// RefuseLogs has a bucket refuse logs from now on, as one does whose policy says nothing of them, or accept them.
func (l *LoadBalancers) RefuseLogs(bucket string, refused bool) { l.refused[bucket] = refused }

func (l *LoadBalancers) modifyBalancerAttributes(_ *wire.Call, in *sdk.ModifyLoadBalancerAttributesInput) (*sdk.ModifyLoadBalancerAttributesOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	var changes [][2]string
	for _, change := range in.Attributes {
		changes = append(changes, [2]string{aws.ToString(change.Key), aws.ToString(change.Value)})
	}
	values, err := balancerAttributes.of(b.kind).change(b.attributes, changes, "Load balancer")
	if err != nil {
		return nil, err
	}
	for _, logs := range []string{"access_logs", "connection_logs", "health_check_logs"} {
		bucket := values[logs+".s3.bucket"]
		switch {
		case values[logs+".s3.enabled"] != "true":
		case bucket == "":
			return nil, wire.Errorf("InvalidConfigurationRequest", "The attribute %s.s3.bucket must be set when %s are enabled", logs, strings.ReplaceAll(logs, "_", " "))
		case l.refused[bucket]:
			return nil, wire.Errorf("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", bucket)
		}
	}
	b.attributes = values
	l.changed()
	return &sdk.ModifyLoadBalancerAttributesOutput{Attributes: b.describeAttributes()}, nil
}

func (l *LoadBalancers) describeBalancerAttributes(_ *wire.Call, in *sdk.DescribeLoadBalancerAttributesInput) (*sdk.DescribeLoadBalancerAttributesOutput, error) {
	b, err := l.balancerNamed(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	return &sdk.DescribeLoadBalancerAttributesOutput{Attributes: b.describeAttributes()}, nil
}

func (b *balancer) describeAttributes() []types.LoadBalancerAttribute {
	var described []types.LoadBalancerAttribute
	for _, a := range balancerAttributes.of(b.kind) {
		described = append(described, types.LoadBalancerAttribute{Key: aws.String(a.key), Value: aws.String(b.attributes[a.key])})
	}
	return described
}
