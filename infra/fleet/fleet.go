// Package fleet is the Fleet stack: a sample of a first blue, a web site behind a load balancer. A team's own fleet needs
// none of it: parameter fleets names the groups that may be deployed.
package fleet

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsautoscaling"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"bluegreen/infra/given"
	"bluegreen/infra/network"
	"bluegreen/infra/settings"
)

const (
	minSize, maxSize = "2", "8"

	// gracePeriodSeconds is what an instance takes at most from its launch until it answers its load balancer.
	gracePeriodSeconds = 120
	// deregistrationSeconds is what a request takes at most; every instance that leaves waits for all of it.
	deregistrationSeconds = "60"
	// heartbeatSeconds is above the 60 seconds that systemctl stop web takes at most (web.sh), and below the pause that
	// CompleteLifecycle may make: it is the time that an instance waits when nobody drains it.
	heartbeatSeconds = 300
)

// New makes the stack. What a deployment changes is not in the template, or survives an update of the stack:
// no desired capacity, no replacement of instances, and sizes only when the template's own change.
func New(scope constructs.Construct, s settings.Settings) awscdk.Stack {
	stack := awscdk.NewStack(scope, jsii.String("Fleet"), &awscdk.StackProps{
		StackName:   jsii.String(s.Name("fleet")),
		Description: jsii.String("bluegreen: " + s.Prefix() + "'s first blue, a sample"),
		// Greens go on using the load balancer and the launch template: the stack cannot be deleted by a slip.
		TerminationProtection: jsii.Bool(true),
	})
	for _, tag := range [][2]string{{"Project", s.Project}, {"Role", s.Role}, {"Environment", s.Environment}} {
		awscdk.Tags_Of(stack).Add(jsii.String(tag[0]), jsii.String(tag[1]), &awscdk.TagProps{
			// Not every version of CloudFormation's listener knows tags.
			ExcludeResourceTypes: jsii.Strings("AWS::ElasticLoadBalancingV2::Listener"),
		})
	}
	given.Remember(stack, s)
	place := find(stack, s)
	balancer, targets := website(stack, place)
	listener := listen(stack, s, balancer, targets)
	alarms(stack, s, balancer, targets)
	template := launchTemplate(stack, s, place)
	// Instances are checked from the first: a target group that no listener names has no health.
	blue(stack, s, place, template, targets).Node().AddDependency(listener)
	output(stack, "Url", "Where the fleet answers", *awscdk.Fn_Join(jsii.String(""), &[]*string{
		jsii.String(scheme(s) + "://"), balancer.AttrDnsName(), jsii.String("/")}))
	output(stack, "LaunchTemplateId", "What the fleet runs", *template.AttrLaunchTemplateId())
	return stack
}

func output(stack awscdk.Stack, id, what, value string) {
	awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(what), Value: jsii.String(value)})
}

// website is the load balancer with the target group that blue serves, and that greens will serve.
func website(stack awscdk.Stack, at place) (awselasticloadbalancingv2.CfnLoadBalancer, awselasticloadbalancingv2.CfnTargetGroup) {
	log, permission := accessLog(stack)
	balancer := awselasticloadbalancingv2.NewCfnLoadBalancer(stack, jsii.String("LoadBalancer"), &awselasticloadbalancingv2.CfnLoadBalancerProps{
		Type:                   jsii.String("application"),
		Scheme:                 jsii.String("internet-facing"),
		Subnets:                anyOf(at.loadBalancerSubnets),
		SecurityGroups:         &[]any{at.groups.LoadBalancer},
		LoadBalancerAttributes: log,
	})
	balancer.Node().AddDependency(permission)
	targets := awselasticloadbalancingv2.NewCfnTargetGroup(stack, jsii.String("Targets"), &awselasticloadbalancingv2.CfnTargetGroupProps{
		VpcId:                      at.vpc,
		Protocol:                   jsii.String("HTTP"),
		Port:                       jsii.Number(network.Port),
		HealthCheckPath:            jsii.String("/"),
		HealthCheckIntervalSeconds: jsii.Number(10),
		HealthyThresholdCount:      jsii.Number(2),
		UnhealthyThresholdCount:    jsii.Number(2),
		TargetGroupAttributes: &[]any{&awselasticloadbalancingv2.CfnTargetGroup_TargetGroupAttributeProperty{
			Key: jsii.String("deregistration_delay.timeout_seconds"), Value: jsii.String(deregistrationSeconds),
		}},
	})
	return balancer, targets
}

// blue is the group. CloudFormation takes no "$Latest" for the version of its template, only a number: docs/aws.md says
// how the group is told once to follow the latest. The default version stays the first: no update of the template
// touches the group.
func blue(stack awscdk.Stack, s settings.Settings, at place, template awsec2.CfnLaunchTemplate, targets awselasticloadbalancingv2.CfnTargetGroup) awsautoscaling.CfnAutoScalingGroup {
	group := awsautoscaling.NewCfnAutoScalingGroup(stack, jsii.String("Blue"), &awsautoscaling.CfnAutoScalingGroupProps{
		AutoScalingGroupName:   jsii.String(s.Name("asg")),
		MinSize:                jsii.String(minSize),
		MaxSize:                jsii.String(maxSize),
		Cooldown:               jsii.String("60"),
		VpcZoneIdentifier:      anyOf(at.subnets),
		TargetGroupArns:        &[]any{targets.Ref()},
		HealthCheckType:        jsii.String("ELB"),
		HealthCheckGracePeriod: jsii.Number(gracePeriodSeconds),
		LaunchTemplate: &awsautoscaling.CfnAutoScalingGroup_LaunchTemplateSpecificationProperty{
			LaunchTemplateId: template.AttrLaunchTemplateId(),
			Version:          template.AttrDefaultVersionNumber(),
		},
		// In the group's own description, so that it is there before the first instance (aws-facts A1).
		LifecycleHookSpecificationList: &[]any{&awsautoscaling.CfnAutoScalingGroup_LifecycleHookSpecificationProperty{
			LifecycleHookName:   jsii.String("drain"),
			LifecycleTransition: jsii.String("autoscaling:EC2_INSTANCE_TERMINATING"),
			HeartbeatTimeout:    jsii.Number(heartbeatSeconds),
			DefaultResult:       jsii.String("CONTINUE"),
		}},
	})
	awscdk.Tags_Of(group).Add(jsii.String("Name"), jsii.String(s.Prefix()), nil)
	group.CfnOptions().SetUpdatePolicy(&awscdk.CfnUpdatePolicy{AutoScalingScheduledAction: &awscdk.CfnAutoScalingScheduledAction{
		IgnoreUnmodifiedGroupSizeProperties: jsii.Bool(true),
	}})
	cdknag.NagSuppressions_AddResourceSuppressions(group, &[]*cdknag.NagPackSuppression{{
		Id:     jsii.String("AwsSolutions-AS3"),
		Reason: jsii.String("Greens do not take a group's notifications with them; what the operators must know comes from the load balancer's alarms and from the deployments themselves."),
	}}, nil)
	return group
}

func anyOf(ids *[]*string) *[]any {
	all := make([]any, len(*ids))
	for i, id := range *ids {
		all[i] = id
	}
	return &all
}
