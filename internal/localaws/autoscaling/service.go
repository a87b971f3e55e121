package autoscaling

import (
	"slices"

	"bluegreen/internal/localaws/wire"
)

// groupMembers are the members that creating and updating a group have in common.
var groupMembers = []string{
	"AutoScalingGroupName", "MinSize", "MaxSize", "DesiredCapacity", "DesiredCapacityType", "DefaultCooldown", "DefaultInstanceWarmup",
	"HealthCheckType", "HealthCheckGracePeriod", "LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy",
	"AvailabilityZones", "AvailabilityZoneIds", "VPCZoneIdentifier", "TerminationPolicies", "NewInstancesProtectedFromScaleIn", "CapacityRebalance",
	"MaxInstanceLifetime", "PlacementGroup", "Context", "ServiceLinkedRoleARN", "InstanceMaintenancePolicy", "InstanceLifecyclePolicy",
	"AvailabilityZoneDistribution", "AvailabilityZoneImpairmentPolicy", "SkipZonalShiftValidation", "CapacityReservationSpecification",
	"DeletionProtection",
}

// Service is the API of EC2 Auto Scaling. Its operations run with the lock held.
func (in *Groups) Service() wire.Service {
	return wire.Service{
		SigningName: "autoscaling",
		Protocol:    wire.AWSQuery,
		Version:     "2011-01-01",
		Namespace:   "http://autoscaling.amazonaws.com/doc/2011-01-01/",
		EmptyLists: map[string]wire.EmptyList{
			"AutoScalingGroup.Instances": wire.There, "AutoScalingGroup.Tags": wire.There,
			"AutoScalingGroup.LoadBalancerNames": wire.There, "AutoScalingGroup.TargetGroupARNs": wire.There,
			"AutoScalingGroup.TrafficSources": wire.There, "AutoScalingGroup.SuspendedProcesses": wire.There,
			"AutoScalingGroup.EnabledMetrics": wire.There, "LaunchConfiguration.SecurityGroups": wire.There,
			"LaunchConfiguration.BlockDeviceMappings": wire.There, "LaunchConfiguration.ClassicLinkVPCSecurityGroups": wire.There,
			"ScalingPolicy.StepAdjustments": wire.There, "ScalingPolicy.Alarms": wire.There,
		},
		Operations: slices.Concat(
			in.groupOperations(), in.instanceOperations(), in.trafficOperations(), in.hookOperations(), in.warmPoolOperations(),
			in.settingOperations(), in.scalingOperations(), in.refreshOperations(), in.notificationOperations()),
	}
}

func (in *Groups) groupOperations() []wire.Operation {
	const name, names, next, most = "AutoScalingGroupName", "AutoScalingGroupNames", "NextToken", "MaxRecords"
	return []wire.Operation{
		wire.Op("CreateAutoScalingGroup", in.createAutoScalingGroup,
			slices.Concat(groupMembers, []string{"LifecycleHookSpecificationList", "TargetGroupARNs", "LoadBalancerNames", "TrafficSources", "Tags", "Operator"})...),
		wire.Op("UpdateAutoScalingGroup", in.updateAutoScalingGroup, groupMembers...),
		wire.Op("DeleteAutoScalingGroup", in.deleteAutoScalingGroup, name, "ForceDelete"),
		wire.Op("SetDesiredCapacity", in.setDesiredCapacity, name, "DesiredCapacity", "HonorCooldown"),
		wire.Op("DescribeAutoScalingGroups", in.describeAutoScalingGroups, names, "Filters", "IncludeInstances", next, most),
		wire.Op("DescribeScalingActivities", in.describeScalingActivities,
			name, "ActivityIds", "Filters", "IncludeDeletedGroups", next, most),
		wire.Op("DescribeAccountLimits", in.describeAccountLimits),
		wire.Op("CreateLaunchConfiguration", in.createLaunchConfiguration,
			"LaunchConfigurationName", "ImageId", "InstanceType", "KeyName", "SecurityGroups", "UserData", "IamInstanceProfile",
			"InstanceMonitoring", "AssociatePublicIpAddress", "BlockDeviceMappings", "EbsOptimized", "MetadataOptions", "PlacementTenancy",
			"KernelId", "RamdiskId", "SpotPrice", "ClassicLinkVPCId", "ClassicLinkVPCSecurityGroups"),
		wire.Op("DescribeLaunchConfigurations", in.describeLaunchConfigurations, "LaunchConfigurationNames", next, most),
		wire.Op("DeleteLaunchConfiguration", in.deleteLaunchConfiguration, "LaunchConfigurationName"),
	}
}

func (in *Groups) instanceOperations() []wire.Operation {
	const name, ids, decrement = "AutoScalingGroupName", "InstanceIds", "ShouldDecrementDesiredCapacity"
	return []wire.Operation{
		wire.Op("DescribeAutoScalingInstances", in.describeAutoScalingInstances, ids, "NextToken", "MaxRecords"),
		wire.Op("SetInstanceHealth", in.setInstanceHealth, "InstanceId", "HealthStatus", "ShouldRespectGracePeriod"),
		wire.Op("SetInstanceProtection", in.setInstanceProtection, name, ids, "ProtectedFromScaleIn"),
		wire.Op("TerminateInstanceInAutoScalingGroup", in.terminateInstances, "InstanceId", name, ids, decrement),
		wire.Op("AttachInstances", in.attachInstances, name, ids),
		wire.Op("DetachInstances", in.detachInstances, name, ids, decrement),
		wire.Op("EnterStandby", in.enterStandby, name, ids, decrement),
		wire.Op("ExitStandby", in.exitStandby, name, ids),
	}
}

func (in *Groups) trafficOperations() []wire.Operation {
	const name, next, most = "AutoScalingGroupName", "NextToken", "MaxRecords"
	return []wire.Operation{
		wire.Op("AttachLoadBalancerTargetGroups", in.attachLoadBalancerTargetGroups, name, "TargetGroupARNs"),
		wire.Op("DetachLoadBalancerTargetGroups", in.detachLoadBalancerTargetGroups, name, "TargetGroupARNs"),
		wire.Op("DescribeLoadBalancerTargetGroups", in.describeLoadBalancerTargetGroups, name, next, most),
		wire.Op("AttachLoadBalancers", in.attachLoadBalancers, name, "LoadBalancerNames"),
		wire.Op("DetachLoadBalancers", in.detachLoadBalancers, name, "LoadBalancerNames"),
		wire.Op("DescribeLoadBalancers", in.describeLoadBalancers, name, next, most),
		wire.Op("AttachTrafficSources", in.attachTrafficSources, name, "TrafficSources", "SkipZonalShiftValidation"),
		wire.Op("DetachTrafficSources", in.detachTrafficSources, name, "TrafficSources"),
		wire.Op("DescribeTrafficSources", in.describeTrafficSources, name, "TrafficSourceType", next, most),
	}
}

func (in *Groups) hookOperations() []wire.Operation {
	const name, hook = "AutoScalingGroupName", "LifecycleHookName"
	return []wire.Operation{
		wire.Op("PutLifecycleHook", in.putLifecycleHook, name, hook, "LifecycleTransition", "HeartbeatTimeout", "DefaultResult",
			"NotificationMetadata", "NotificationTargetARN", "RoleARN"),
		wire.Op("DeleteLifecycleHook", in.deleteLifecycleHook, name, hook),
		wire.Op("DescribeLifecycleHooks", in.describeLifecycleHooks, name, "LifecycleHookNames"),
		wire.Op("CompleteLifecycleAction", in.completeLifecycleAction, name, hook, "LifecycleActionResult", "LifecycleActionToken", "InstanceId"),
		wire.Op("RecordLifecycleActionHeartbeat", in.recordLifecycleActionHeartbeat, name, hook, "LifecycleActionToken", "InstanceId"),
	}
}

func (in *Groups) settingOperations() []wire.Operation {
	const name, processes, metrics = "AutoScalingGroupName", "ScalingProcesses", "Metrics"
	return []wire.Operation{
		wire.Op("SuspendProcesses", in.suspendProcesses, name, processes),
		wire.Op("ResumeProcesses", in.resumeProcesses, name, processes),
		wire.Op("CreateOrUpdateTags", in.createOrUpdateTags, "Tags"),
		wire.Op("DeleteTags", in.deleteTags, "Tags"),
		wire.Op("DescribeTags", in.describeTags, "Filters", "NextToken", "MaxRecords"),
		wire.Op("EnableMetricsCollection", in.enableMetricsCollection, name, metrics, "Granularity"),
		wire.Op("DisableMetricsCollection", in.disableMetricsCollection, name, metrics),
	}
}

func (in *Groups) scalingOperations() []wire.Operation {
	const name, policy, action, next, most = "AutoScalingGroupName", "PolicyName", "ScheduledActionName", "NextToken", "MaxRecords"
	return []wire.Operation{
		wire.Op("PutScalingPolicy", in.putScalingPolicy, name, policy, "PolicyType", "AdjustmentType", "ScalingAdjustment", "Cooldown",
			"MinAdjustmentMagnitude", "MinAdjustmentStep", "StepAdjustments", "MetricAggregationType", "EstimatedInstanceWarmup",
			"TargetTrackingConfiguration", "PredictiveScalingConfiguration", "Enabled"),
		wire.Op("DescribePolicies", in.describePolicies, name, "PolicyNames", "PolicyTypes", next, most),
		wire.Op("DeletePolicy", in.deletePolicy, name, policy),
		wire.Op("ExecutePolicy", in.executePolicy, name, policy, "HonorCooldown", "MetricValue", "BreachThreshold"),
		wire.Op("PutScheduledUpdateGroupAction", in.putScheduledAction, name, action, "MinSize", "MaxSize", "DesiredCapacity",
			"StartTime", "EndTime", "Time", "Recurrence", "TimeZone"),
		wire.Op("DescribeScheduledActions", in.describeScheduledActions, name, "ScheduledActionNames", "StartTime", "EndTime", next, most),
		wire.Op("DeleteScheduledAction", in.deleteScheduledAction, name, action),
		wire.Op("BatchPutScheduledUpdateGroupAction", in.batchPutScheduledActions, name, "ScheduledUpdateGroupActions"),
		wire.Op("BatchDeleteScheduledAction", in.batchDeleteScheduledActions, name, "ScheduledActionNames"),
	}
}

func (in *Groups) refreshOperations() []wire.Operation {
	const name = "AutoScalingGroupName"
	return []wire.Operation{
		wire.Op("StartInstanceRefresh", in.startInstanceRefresh, name, "Strategy", "DesiredConfiguration",
			"Preferences.MinHealthyPercentage", "Preferences.MaxHealthyPercentage", "Preferences.InstanceWarmup",
			"Preferences.SkipMatching", "Preferences.ScaleInProtectedInstances", "Preferences.StandbyInstances", "Preferences.BakeTime"),
		wire.Op("CancelInstanceRefresh", in.cancelInstanceRefresh, name, "WaitForTransitioningInstances"),
		wire.Op("DescribeInstanceRefreshes", in.describeInstanceRefreshes, name, "InstanceRefreshIds", "NextToken", "MaxRecords"),
	}
}
