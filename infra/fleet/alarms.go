package fleet

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/operators"
	"bluegreen/infra/settings"
)

// alarms tell the operators when requests fail or nobody serves. They watch the load balancer and not the group, so they
// hold for every fleet of the lineage.
func alarms(stack awscdk.Stack, s settings.Settings, balancer awselasticloadbalancingv2.CfnLoadBalancer, targets awselasticloadbalancingv2.CfnTargetGroup) {
	topic := operators.NewTopic(stack, "Operators", s.Name("fleet-operators"), s.OperatorEmail)
	alarm := func(id, description string, props awscloudwatch.CfnAlarmProps, dimensions ...any) {
		props.AlarmDescription, props.Namespace, props.Dimensions = &description, jsii.String("AWS/ApplicationELB"), &dimensions
		props.Period = jsii.Number(60)
		props.AlarmActions = &[]any{topic.TopicArn()}
		awscloudwatch.NewCfnAlarm(stack, jsii.String(id), &props)
	}
	loadBalancer := dimension("LoadBalancer", balancer.AttrLoadBalancerFullName())
	alarm("RequestsFail", s.Prefix()+": the load balancer itself answered with an error: no instance took the request", awscloudwatch.CfnAlarmProps{
		MetricName:         jsii.String("HTTPCode_ELB_5XX_Count"),
		Statistic:          jsii.String("Sum"),
		ComparisonOperator: jsii.String("GreaterThanOrEqualToThreshold"),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		TreatMissingData:   jsii.String("notBreaching"), // the metric is there only when it is not 0
	}, loadBalancer)
	alarm("NobodyServes", s.Prefix()+": no instance has been healthy for two minutes", awscloudwatch.CfnAlarmProps{
		MetricName:         jsii.String("HealthyHostCount"),
		Statistic:          jsii.String("Maximum"), // of the zones
		ComparisonOperator: jsii.String("LessThanThreshold"),
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(2),
		TreatMissingData:   jsii.String("breaching"), // nothing is registered
	}, loadBalancer, dimension("TargetGroup", targets.AttrTargetGroupFullName()))
}

func dimension(name string, value *string) any {
	return &awscloudwatch.CfnAlarm_DimensionProperty{Name: &name, Value: value}
}
