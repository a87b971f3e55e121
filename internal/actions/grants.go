package actions

import (
	"slices"

	"bluegreen/internal/deploy"
)

// grant is a line of the table of what functions are allowed: a function gets it with those of its actions that the
// function's operations need.
type grant struct {
	sid        string
	actions    []string
	on         func(Scope) []string    // resources; none in a scope: the grant is left out there. nil: AWS knows no resource level
	conditions func(Scope) []Condition // nil: none
	parts      func(Scope) []Scope     // a statement for each, the first of which has the line's own sid; nil: one for all
	why        string

	only []string // functions that get it, all of it: who needs its actions elsewhere does not, and AWS asks some for more than they call. nil: who needs it

	logs    bool // on is the function's own log group
	runtime bool // Lambda itself uses it, in the function's name: every function gets it
	kept    bool // another line has taken its place: only functions get it that had it in the release before
}

// grants are the table (resource types and condition keys: Service Authorization Reference; aws-facts E4).
var grants = []grant{
	{
		sid: "ReadGroups",
		actions: []string{"autoscaling:DescribeAccountLimits", "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
			"autoscaling:DescribeInstanceRefreshes",
			"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeLifecycleHooks", "autoscaling:DescribeNotificationConfigurations", "autoscaling:DescribePolicies", "autoscaling:DescribeScalingActivities",
			"autoscaling:DescribeScheduledActions", "autoscaling:DescribeWarmPool"},
		why: "sees the fleets as they are; Describe of EC2 Auto Scaling knows no resource level",
	},
	{
		sid:     "ReadTemplates",
		actions: []string{"ec2:DescribeImages", "ec2:DescribeInstanceStatus", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances", "ec2:DescribeKeyPairs", "ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates", "ec2:DescribeSnapshots"},
		why:     "pins $Latest and $Default to a number, and looks whether image and type go together, and the key pair is there; Describe of EC2 knows no resource level",
	},
	{
		sid:     "ReadImageParameters",
		actions: []string{"ssm:GetParameters"},
		on:      Scope.imageParameters,
		why:     "reads which image a parameter stands for, as EC2 Auto Scaling asks of who updates a group whose template names one: of Amazon's public ones, and of those that the deployer's settings name",
	},
	{
		sid: "ReadTargets",
		actions: []string{"elasticloadbalancing:DescribeInstanceHealth", "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
			"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"},
		why: "sees who is healthy behind the load balancer; Describe of Elastic Load Balancing knows no resource level",
	},
	{
		sid:     "ReadDrains",
		actions: []string{"ssm:DescribeInstanceInformation", "ssm:GetCommandInvocation", "ssm:ListCommandInvocations"},
		why:     "sees which agents answer and how drains go; these calls of Systems Manager know no resource level",
	},
	{
		sid: "ReadBalancers",
		actions: []string{"elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes", "elasticloadbalancing:DescribeListenerCertificates",
			"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeLoadBalancerPolicies", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTags"},
		why: "reads all of a load balancer that green is to have the like of; Describe of Elastic Load Balancing knows no resource level",
	},
	{
		sid: "ReadWhatStandsBefore",
		actions: []string{"ec2:DescribeVpcEndpointServiceConfigurations", "elasticloadbalancing:DescribeAccountLimits", "globalaccelerator:ListAccelerators",
			"shield:GetSubscriptionState", "shield:ListProtections"},
		why: "sees what stands before a load balancer and would not stand before green's, and whether there is room for one more; these calls know no resource level",
	},
	{
		sid:     "ReadAccelerators",
		actions: []string{"globalaccelerator:ListEndpointGroups", "globalaccelerator:ListListeners"},
		on:      Scope.accelerators,
		why:     "the same, for the endpoints of accelerators",
	},
	{
		sid:     "ReadFirewalls",
		actions: []string{"wafv2:GetWebACLForResource"},
		on:      Scope.firewalled,
		why:     "the same, for the web ACL of a load balancer",
	},
	{
		sid:     "MakeBalancers",
		actions: []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"},
		on:      Scope.balancers,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "makes load balancers for green, with the target groups behind them; only with the tag that says whose they are",
	},
	{
		sid:     "TagBalancers",
		actions: []string{"elasticloadbalancing:AddTags"},
		on:      Scope.balancing,
		conditions: always(Condition{"StringEquals", "elasticloadbalancing:CreateAction",
			[]string{"CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"}}),
		why: "gives them that tag; nothing that exists can be tagged",
	},
	{
		sid: "EquipBalancers",
		actions: []string{"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:ConfigureHealthCheck",
			"elasticloadbalancing:CreateAppCookieStickinessPolicy", "elasticloadbalancing:CreateLBCookieStickinessPolicy", "elasticloadbalancing:CreateListener",
			"elasticloadbalancing:CreateLoadBalancerPolicy",
			"elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyCapacityReservation",
			"elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroupAttributes",
			"elasticloadbalancing:SetLoadBalancerPoliciesForBackendServer", "elasticloadbalancing:SetLoadBalancerPoliciesOfListener", "elasticloadbalancing:SetSecurityGroups"},
		on: Scope.balancing,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "gives them what blue's have, and takes them away with their group; only what a deployment made",
	},
	{
		sid:     "ReadRequests",
		actions: []string{"cloudwatch:GetMetricStatistics"},
		why:     "sees whether requests still reach a load balancer; the call knows no resource level",
	},
	{
		sid:     "ReadRecords",
		actions: []string{"route53:ListResourceRecordSetProtections", "route53:ListResourceRecordSets"},
		on:      Scope.zones,
		why:     "sees the records by which clients know the fleets, and others that stand for the same load balancer",
	},
	{
		sid:     "ReadRecordChanges",
		actions: []string{"route53:GetChange"},
		on:      Scope.changes,
		why:     "sees when name servers know a change; nobody knows its id beforehand",
	},
	{
		sid:     "MoveRecords",
		actions: []string{"route53:ChangeResourceRecordSets"},
		on:      Scope.zones,
		parts:   Scope.byZone,
		conditions: func(s Scope) []Condition {
			return []Condition{
				{"ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsNormalizedRecordNames", s.recordNames()},
				{"ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", []string{"A", "AAAA"}},
				{"ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsActions", []string{"CREATE", "DELETE"}},
			}
		},
		why: "moves those records, of types A and AAAA, and nothing else in their zones",
	},
	{
		sid:     "ReadAlarms",
		actions: []string{"cloudwatch:DescribeAlarms"},
		why:     "sees the alarms that act on the fleets, and those that look at them; composite alarms are shown only to who may see all",
	},
	{
		sid:     "ReadAlarmTags",
		actions: []string{"cloudwatch:ListTagsForResource"},
		on:      Scope.alarms,
		why:     "copies an alarm's tags, and sees which alarms a deployment has made",
	},
	{
		sid:     "MakeAlarms",
		actions: []string{"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"},
		on:      Scope.madeAlarms,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "copies alarms that act on blue's scaling policies, under a name with green's number and with the tag that says whose they are",
	},
	{
		sid:     "SwitchAlarms",
		actions: []string{"cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"},
		on:      Scope.alarms,
		why:     "keeps the alarms of a fleet that stands by from acting; people's have any name, and these calls know no tag",
	},
	{
		sid:     "DeleteAlarms",
		actions: []string{"cloudwatch:DeleteAlarms"},
		on:      Scope.madeAlarms,
		why:     "deletes the alarms that a deployment has made; the call knows no tag, so the function looks at it before",
	},
	{
		sid:     "CreateGreen",
		actions: []string{"autoscaling:CreateAutoScalingGroup"},
		on:      Scope.groups,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "creates green, and only with the tag that says whose it is",
	},
	{
		sid:     "MakeTemplates",
		actions: []string{"ec2:CreateLaunchTemplate"},
		on:      Scope.anyTemplate,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "makes a launch template for green alone, where it differs from blue; only with the tag that says whose it is",
	},
	{
		sid:        "TagTemplates",
		actions:    []string{"ec2:CreateTags"},
		on:         Scope.anyTemplate,
		conditions: always(Condition{"StringEquals", "ec2:CreateAction", []string{"CreateLaunchTemplate"}}),
		why:        "gives it that tag; no template that exists can be tagged",
		only:       []string{"BuildImage", "CreateGreen"},
	},
	{
		sid:     "RemoveTemplates",
		actions: []string{"ec2:DeleteLaunchTemplate"},
		on:      Scope.anyTemplate,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "takes it away when its group has gone; only what a deployment made",
	},
	{
		sid:     "OwnConfigurations",
		actions: []string{"autoscaling:CreateLaunchConfiguration", "autoscaling:DeleteLaunchConfiguration"},
		on:      Scope.configurations,
		why:     "the same for a launch configuration, which has no tags: by its name, which is green's and a sum of the execution",
	},
	{
		sid: "ChangeFleets",
		actions: []string{"autoscaling:AttachInstances", "autoscaling:AttachLoadBalancerTargetGroups", "autoscaling:AttachLoadBalancers", "autoscaling:AttachTrafficSources", "autoscaling:CompleteLifecycleAction",
			"autoscaling:DeleteWarmPool", "autoscaling:DetachLoadBalancerTargetGroups", "autoscaling:DetachLoadBalancers", "autoscaling:DetachTrafficSources", "autoscaling:PutScalingPolicy", "autoscaling:PutWarmPool",
			"autoscaling:RecordLifecycleActionHeartbeat", "autoscaling:ResumeProcesses",
			"autoscaling:SetInstanceProtection", "autoscaling:SuspendProcesses", "autoscaling:TerminateInstanceInAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"},
		on:  Scope.groups,
		why: "changes blue and green; by name, since blue may bear no tag of ours",
	},
	{
		sid: "EquipGreen",
		actions: []string{"autoscaling:EnableMetricsCollection", "autoscaling:PutLifecycleHook", "autoscaling:PutNotificationConfiguration",
			"autoscaling:PutScheduledUpdateGroupAction"},
		on: Scope.groups,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "gives green the metrics, hooks, notifications and scheduled actions that its creation could not take; only to what a deployment created",
	},
	{
		sid:        "DeleteEmptyFleets",
		actions:    []string{"autoscaling:DeleteAutoScalingGroup"},
		on:         Scope.groups,
		conditions: always(Condition{"BoolIfExists", "autoscaling:ForceDelete", []string{"false"}}),
		why:        "deletes what is empty: never by force, which would end instances at once",
	},
	{
		sid:     "LaunchByTemplate",
		actions: []string{"ec2:RunInstances"},
		on:      Scope.anyTemplate,
		why:     "EC2 Auto Scaling asks whether who creates a group, or names a version of its template, may launch from it",
		only:    naming,
	},
	{
		sid:     "LaunchWhatTemplatesSay",
		actions: []string{"ec2:RunInstances"},
		on:      Scope.launchedInto,
		why:     "the same, for each resource that a launch makes or uses",
		only:    naming,
	},
	{
		sid:        "TagAtLaunch",
		actions:    []string{"ec2:CreateTags"},
		on:         Scope.launched,
		conditions: always(Condition{"StringEquals", "ec2:CreateAction", []string{"RunInstances"}}),
		why:        "the same, for templates that tag what they launch, and for builders; nothing that exists can be tagged",
		only:       slices.Concat(naming, building),
	},
	{
		sid:        "PassRolesOfInstances",
		actions:    []string{"iam:PassRole"},
		on:         Scope.fleetRoles,
		conditions: always(passedTo("ec2.amazonaws.com", "ec2.amazonaws.com.cn")), // called so in aws-cn
		why:        "the same, for the instance profile that a template names",
		only:       slices.Concat(naming, building),
	},
	{
		sid:        "PassRolesOfHooks",
		actions:    []string{"iam:PassRole"},
		on:         Scope.fleetRoles,
		conditions: always(passedTo("autoscaling.amazonaws.com")),
		why:        "green's hooks notify with the role that blue's notify with",
		only:       []string{"CreateGreen"},
	},
	{
		sid:        "PassServiceRole",
		actions:    []string{"iam:PassRole"},
		on:         Scope.serviceRoles,
		conditions: always(passedTo("autoscaling.amazonaws.com")),
		why:        "green works with the same service-linked role as blue, which may be one with keys of its own",
		only:       []string{"CreateGreen"},
	},
	{
		sid:     "Record",
		actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"},
		on:      Scope.table,
		why:     "the lineages' records, in a table that holds nothing else",
	},
	{
		sid:     "FindLocks",
		actions: []string{"dynamodb:Scan"},
		on:      Scope.table,
		why:     "looks for locks that executions left which have ended",
	},
	{
		sid:     "SendShellScript",
		actions: []string{"ssm:SendCommand"},
		on:      Scope.shellDocument,
		why:     "drains with this document and no other",
	},
	{
		sid:     "SendToFleets",
		actions: []string{"ssm:SendCommand"},
		on:      Scope.instances,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "ssm:resourceTag/aws:autoscaling:groupName", s.fleetNames()}}
		},
		why:  "drains the fleets' instances, by the tag that EC2 Auto Scaling gives them and nobody else can",
		only: []string{"CompleteLifecycle"},
	},
	{
		sid:     "SendToBuilders",
		actions: []string{"ssm:SendCommand"},
		on:      Scope.builderInstances,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "ssm:resourceTag/" + deploy.TagBuilder, s.fleetNames()}}
		},
		why:  "builds and drains on builders, by the tag that their launch gives them",
		only: ending,
	},
	{
		sid:     "LaunchBuilders",
		actions: []string{"ec2:RunInstances"},
		on:      Scope.builders,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagBuilder, s.fleetNames()}, {"ArnLike", "ec2:LaunchTemplate", s.anyTemplate()}}
		},
		why:  "launches builders, only with the tag that says what they are, and only from a launch template",
		only: building,
	},
	{
		sid:     "LaunchBuildersByTemplate",
		actions: []string{"ec2:RunInstances"},
		on:      Scope.builderTemplates,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why:  "the same: from one that a deployment has made, and from no other",
		only: building,
	},
	{
		sid:     "LaunchBuildersInto",
		actions: []string{"ec2:RunInstances"},
		on:      Scope.buildersInto,
		conditions: func(s Scope) []Condition {
			return []Condition{{"ArnLike", "ec2:LaunchTemplate", s.anyTemplate()}}
		},
		why:  "the same, for each resource that the launch uses",
		only: building,
	},
	{
		sid:     "ImageBuilders",
		actions: []string{"ec2:CreateImage"},
		on:      Scope.builderInstances,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagBuilder, s.fleetNames()}}
		},
		why: "makes images of builders, and of no other instance",
	},
	{
		sid:     "MakeImages",
		actions: []string{"ec2:CreateImage"},
		on:      Scope.pictures,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:RequestTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "the same: only with the tag that says whose they are",
	},
	{
		sid:        "TagImages",
		actions:    []string{"ec2:CreateTags"},
		on:         Scope.pictures,
		conditions: always(Condition{"StringEquals", "ec2:CreateAction", []string{"CreateImage"}}),
		why:        "gives them that tag; none that exists can be tagged",
		only:       building,
	},
	{
		sid:     "EndBuilders",
		actions: []string{"ec2:TerminateInstances"},
		on:      Scope.instances,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagBuilder, s.fleetNames()}}
		},
		why:  "ends builders, and no other instance",
		only: ending,
	},
	{
		sid:     "EndUnjoined",
		actions: []string{"ec2:TerminateInstances"},
		on:      Scope.placedInstances,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagInPlace, s.fleetNames()}}
		},
		why:  "ends what was launched for a group that stays and never joined it, by the tag that its launch gives it",
		only: placing,
	},
	{
		sid:     "AddVersions",
		actions: []string{"ec2:CreateLaunchTemplateVersion", "ec2:DeleteLaunchTemplateVersions"},
		on:      Scope.placeTemplates,
		why:     "makes the version that a group which stays is to launch, in its owner's template, and takes it away on the way back; only of the templates that the deployer's settings name",
	},
	{
		sid:     "RemoveImages",
		actions: []string{"ec2:DeregisterImage"},
		on:      Scope.images,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "removes images that nobody can go back to; only what a deployment made",
	},
	{
		sid:     "RemoveSnapshots",
		actions: []string{"ec2:DeleteSnapshot"},
		on:      Scope.snapshots,
		conditions: func(s Scope) []Condition {
			return []Condition{{"StringLike", "aws:ResourceTag/" + deploy.TagLineage, s.fleetNames()}}
		},
		why: "the same for their snapshots",
	},
	{
		sid:     "ReadExecutions",
		actions: []string{"states:DescribeExecution"},
		on:      Scope.executions,
		why:     "asks whether the execution that holds a lock still runs",
	},
	{
		sid:     "StartExecutions",
		actions: []string{"states:StartExecution"},
		on:      Scope.machines,
		why:     "starts the recovery of an execution that ended badly",
	},
	{
		sid:     "TellOperators",
		actions: []string{"sns:Publish"},
		on:      Scope.topic,
		why:     "tells people",
	},
	{
		sid:     "ReadPipeline",
		actions: []string{"codepipeline:ListActionExecutions", "codepipeline:GetPipelineExecution"},
		on:      Scope.pipelines,
		why:     "tells people which commit has started an execution",
	},
	{
		sid:        "TellStages",
		actions:    []string{"events:PutEvents"},
		on:         Scope.bus,
		conditions: always(Condition{"StringEquals", "events:source", []string{"bluegreen"}}),
		why:        "tells each stage, in no name but its own",
	},
	{
		sid:     "Log",
		actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		logs:    true, runtime: true,
		why: "Lambda writes the function's log in its name",
	},
	{
		sid:     "Trace",
		actions: []string{"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
		runtime: true,
		why:     "the X-Ray daemon beside the function sends its segments; it knows no resource level",
	},
}

func always(c Condition) func(Scope) []Condition {
	return func(Scope) []Condition { return []Condition{c} }
}

func passedTo(services ...string) Condition {
	return Condition{"StringEquals", "iam:PassedToService", services}
}
