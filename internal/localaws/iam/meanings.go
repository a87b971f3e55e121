package iam

import (
	"maps"
	"reflect"
	"strings"
)

// meaning asks for the actions that a call means, with its resources and condition keys (Service Authorization
// Reference), and returns the first refusal.
type meaning func(a *asker, input any) error

// meanings are those of the operations, by the service that requests are signed for and the operation's name.
var meanings = allMeanings()

func allMeanings() map[string]meaning {
	all := make(map[string]meaning)
	for service, operations := range everywhere {
		for _, operation := range strings.Fields(operations) {
			all[service+":"+operation] = anyResource
		}
	}
	for service, operations := range named {
		for operation, resource := range operations {
			all[service+":"+operation] = resource.means(service + ":" + operation)
		}
	}
	for _, operation := range strings.Fields(groupWrites) {
		all["autoscaling:"+operation] = groupWrite
	}
	for _, operation := range strings.Fields(balancingWrites) {
		all["elasticloadbalancing:"+operation] = onBalancing
	}
	maps.Copy(all, special)
	return all
}

// everywhere are the operations that know no resource level.
var everywhere = map[string]string{
	"autoscaling": `DescribeAccountLimits DescribeAutoScalingGroups DescribeAutoScalingInstances DescribeInstanceRefreshes
		DescribeLaunchConfigurations DescribeLifecycleHooks DescribeLoadBalancers DescribeLoadBalancerTargetGroups DescribePolicies DescribeScalingActivities
		DescribeAutoScalingNotificationTypes DescribeNotificationConfigurations DescribeScheduledActions DescribeTags DescribeTrafficSources
		DescribeWarmPool`,
	"ec2": `DescribeAvailabilityZones DescribeImages DescribeInstances DescribeInstanceStatus DescribeInstanceTypes DescribeKeyPairs DescribeLaunchTemplates
		DescribeLaunchTemplateVersions DescribeSecurityGroups DescribeSnapshots DescribeSubnets DescribeTags DescribeVpcEndpointServiceConfigurations DescribeVpcs`,
	"globalaccelerator": `ListAccelerators`,
	"shield":            `GetSubscriptionState ListProtections`,
	"elasticloadbalancing": `DescribeAccountLimits DescribeCapacityReservation DescribeInstanceHealth DescribeListeners DescribeLoadBalancerAttributes DescribeListenerAttributes DescribeListenerCertificates
		DescribeLoadBalancerPolicies DescribeLoadBalancers DescribeRules DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth`,
	"ssm":     `DescribeInstanceInformation GetCommandInvocation ListCommandInvocations ListCommands`,
	"states":  `ListStateMachines SendTaskFailure SendTaskHeartbeat SendTaskSuccess`,
	"lambda":  `ListFunctions`,
	"sns":     `ListTopics`,
	"route53": `CreateHostedZone ListHostedZones ListHostedZonesByName`,
	"xray":    `BatchGetTraces GetTraceSummaries PutTelemetryRecords PutTraceSegments`,
	// DescribeAlarms shows composite alarms only to a permission on all alarms (SDK documentation): the model asks for that.
	"monitoring": `DescribeAlarms GetMetricData GetMetricStatistics ListMetrics`,
}

// at says in which member of the input an operation names its one resource, and how its ARN is made of it.
type at struct {
	member  string
	service string // of the ARN
	prefix  string // of the ARN's resource, before the member's value
	action  string // default: service:Operation
}

// named are the operations that name one resource, by ARN or by name.
var named = map[string]map[string]at{
	"dynamodb": {
		"GetItem": table, "PutItem": table, "UpdateItem": table, "DeleteItem": table, "Query": table, "Scan": table, "DescribeTable": table,
	},
	"elasticloadbalancing": {
		"ModifyListener": {member: "ListenerArn"}, "ModifyRule": {member: "RuleArn"},
		"RegisterTargets": targetGroup, "DeregisterTargets": targetGroup,
	},
	"lambda": {
		"Invoke":      {member: "FunctionName", service: "lambda", prefix: "function:", action: "lambda:InvokeFunction"},
		"GetFunction": {member: "FunctionName", service: "lambda", prefix: "function:"},
	},
	"monitoring": {
		"ListTagsForResource": {member: "ResourceARN", action: "cloudwatch:ListTagsForResource"},
		"SetAlarmState":       {member: "AlarmName", service: "cloudwatch", prefix: "alarm:", action: "cloudwatch:SetAlarmState"},
	},
	"sns": {"Publish": {member: "TopicArn"}},
	"codepipeline": {
		"GetPipelineExecution": pipeline, "ListActionExecutions": pipeline,
	},
	"globalaccelerator": {
		"ListListeners": {member: "AcceleratorArn"}, "ListEndpointGroups": {member: "ListenerArn"},
	},
	"wafv2": {"GetWebACLForResource": {member: "ResourceArn"}},
	"states": {
		"DescribeExecution": {member: "ExecutionArn"}, "GetExecutionHistory": {member: "ExecutionArn"},
		"RedriveExecution": {member: "ExecutionArn"}, "StopExecution": {member: "ExecutionArn"},
	},
}

var (
	table       = at{member: "TableName", service: "dynamodb", prefix: "table/"}
	targetGroup = at{member: "TargetGroupArn"}
	pipeline    = at{member: "PipelineName", service: "codepipeline"}
)

// special are the operations that mean more than one action or resource, or whose resources have condition keys.
var special = map[string]meaning{
	"autoscaling:CreateAutoScalingGroup":              createGroup,
	"autoscaling:DeleteAutoScalingGroup":              deleteGroup,
	"autoscaling:PutLifecycleHook":                    putHook,
	"autoscaling:TerminateInstanceInAutoScalingGroup": endMember,
	"autoscaling:UpdateAutoScalingGroup":              updateGroup,
	"ec2:CreateImage":                                 createImage,
	"ec2:CreateTags":                                  tagCompute,
	"ec2:DeleteSnapshot":                              deleteSnapshot,
	"ec2:DeleteTags":                                  tagCompute,
	"ec2:DeregisterImage":                             deregisterImage,
	"ec2:RunInstances":                                runInstances,
	"ec2:TerminateInstances":                          onInstances,
	"elasticloadbalancing:AddTags":                    tagBalancing,
	"elasticloadbalancing:CreateListener":             createListener,
	"elasticloadbalancing:CreateLoadBalancer":         createBalancer,
	"elasticloadbalancing:CreateRule":                 createRule,
	"elasticloadbalancing:CreateTargetGroup":          createTargetGroup,
	"elasticloadbalancing:RemoveTags":                 tagBalancing,
	"events:PutEvents":                                putEvents,
	"monitoring:DeleteAlarms":                         onAlarms,
	"monitoring:DisableAlarmActions":                  onAlarms,
	"monitoring:EnableAlarmActions":                   onAlarms,
	"monitoring:PutCompositeAlarm":                    putComposite,
	"monitoring:PutMetricAlarm":                       putAlarm,
	"monitoring:PutMetricData":                        putData,
	"monitoring:TagResource":                          tagAlarm,
	"monitoring:UntagResource":                        untagAlarm,
	"ssm:SendCommand":                                 sendCommand,
	"route53:ChangeResourceRecordSets":                changeRecordSets,
	"route53:GetChange":                               onChange,
	"route53:GetHostedZone":                           onZone,
	"route53:ListResourceRecordSets":                  onZone,
	"route53:ListResourceRecordSetProtections":        onZone,
	"states:ListExecutions":                           onMachine,
	"states:StartExecution":                           onMachine,
	"sts:GetCallerIdentity":                           func(*asker, any) error { return nil }, // nobody can be denied it
	"autoscaling:CreateLaunchConfiguration":           createConfiguration,
	"autoscaling:DeleteLaunchConfiguration":           deleteConfiguration,
	"ec2:CreateLaunchTemplate":                        createTemplate,
	"ec2:CreateLaunchTemplateVersion":                 onTemplate,
	"ec2:ModifyLaunchTemplate":                        onTemplate,
	"ec2:DeleteLaunchTemplate":                        onTemplate,
	"ec2:DeleteLaunchTemplateVersions":                onTemplate,
	"ssm:GetParameter":                                onParameters,
	"ssm:GetParameters":                               onParameters,
	"ssm:PutParameter":                                onParameters,
	"ssm:LabelParameterVersion":                       onParameters,
	"ssm:DeleteParameter":                             onParameters,
}

func anyResource(a *asker, _ any) error {
	return a.may(a.call.Prefix+":"+a.call.Operation, "*", nil)
}

func (n at) means(action string) meaning {
	if n.action != "" {
		action = n.action
	}
	return func(a *asker, input any) error {
		name := text(input, n.member)
		if n.service != "" && !strings.HasPrefix(name, "arn:") {
			name = a.arn(n.service, n.prefix+name)
		}
		return a.may(action, name, nil)
	}
}

// text is a member of an input, a pointer to the SDK's input struct, that is a text; empty when it is not set.
func text(input any, member string) string {
	v := reflect.ValueOf(input).Elem().FieldByName(member)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	return v.String()
}

// textIfAny is text, or empty for an input that has no such member.
func textIfAny(input any, member string) string {
	if !reflect.ValueOf(input).Elem().FieldByName(member).IsValid() {
		return ""
	}
	return text(input, member)
}

// oneKey is a request's only condition key.
func oneKey(name string, values ...string) Keys {
	return func(key string) []string {
		if key == name {
			return values
		}
		return nil
	}
}

// tagKeys are a resource's tags as condition keys, which begin with any of prefixes. Tags' keys are compared in any case.
func tagKeys(tags func() map[string]string, prefixes ...string) Keys {
	return func(key string) []string {
		for _, prefix := range prefixes {
			name, ok := strings.CutPrefix(key, prefix)
			if !ok {
				continue
			}
			var values []string
			for tag, value := range tags() {
				if strings.EqualFold(tag, name) {
					values = append(values, value)
				}
			}
			return values
		}
		return nil
	}
}

// list is a member of an input, a pointer to the SDK's input struct, that is a list of texts.
func list(input any, member string) []string {
	texts, _ := reflect.ValueOf(input).Elem().FieldByName(member).Interface().([]string)
	return texts
}
