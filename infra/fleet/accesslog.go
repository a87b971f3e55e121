package fleet

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/bucket"
)

// accessLog makes the bucket that the load balancer writes each request to, for a fortnight: what a deployment did to
// requests is read there. The load balancer tries to write at once: the permission comes first.
func accessLog(stack awscdk.Stack) (attributes *[]any, permission awss3.BucketPolicy) {
	log := bucket.New(stack, "AccessLog", 14, "It holds the load balancer's access log, which nobody but that writes.")
	log.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("logdelivery.elasticloadbalancing.amazonaws.com"), nil)},
		Actions:    jsii.Strings("s3:PutObject"),
		Resources:  &[]*string{log.ArnForObjects(jsii.String("AWSLogs/" + *awscdk.Aws_ACCOUNT_ID() + "/*"))},
	}))
	attribute := func(key, value string) any {
		return &awselasticloadbalancingv2.CfnLoadBalancer_LoadBalancerAttributeProperty{Key: &key, Value: &value}
	}
	attributes = &[]any{
		attribute("access_logs.s3.enabled", "true"),
		attribute("access_logs.s3.bucket", *log.BucketName()),
		attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
	}
	return attributes, log.Policy()
}
