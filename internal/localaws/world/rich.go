package world

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Enrich gives the fleet everything that a group can have, of each kind at least one. None of it changes the sizes while nothing is
// wrong.
func (p *Plan) Enrich() {
	p.Tags = map[string]string{"Team": "shop"}
	p.Equipped = rich
}

// Sources are the names that LaunchFrom knows.
func Sources() []string { return []string{"template", "configuration", "weights", "requirements"} }

// LaunchFrom has the fleet launch from a source of that name, with sizes that fit what it counts. It reports whether it knows it.
func (p *Plan) LaunchFrom(source string) bool {
	switch source {
	case "template":
	case "configuration":
		p.Source = FromConfiguration
	case "weights":
		p.Source, p.Weights, p.Desired, p.Max = FromPolicy, []string{"2", "4"}, 8, 24
	case "requirements":
		p.Source, p.CapacityType, p.Desired, p.Max = FromRequirements, "vcpu", 8, 24
	default:
		return false
	}
	return true
}

func rich(w World, now time.Time) Equipment {
	return Equipment{
		Group: richGroup(w),
		Tags: []asgtypes.Tag{
			{Key: aws.String("Cost"), Value: aws.String(w.GroupName + " of team shop"), PropagateAtLaunch: aws.Bool(false)},
		},
		Hooks:    richHooks(w),
		Policies: append(actedOn(), tracking(w)...),
		Alarms:   richAlarms(w),
		Schedule: richSchedule(now),
		Pool: &autoscaling.PutWarmPoolInput{
			MinSize: aws.Int32(1), MaxGroupPreparedCapacity: aws.Int32(w.DesiredCapacity + 1), PoolState: asgtypes.WarmPoolStateStopped,
			InstanceReusePolicy: &asgtypes.InstanceReusePolicy{ReuseOnScaleIn: aws.Bool(true)},
		},
		Notifications: []*autoscaling.PutNotificationConfigurationInput{
			{TopicARN: &w.OperatorTopic, NotificationTypes: []string{"autoscaling:EC2_INSTANCE_LAUNCH_ERROR", "autoscaling:EC2_INSTANCE_TERMINATE_ERROR"}},
		},
		Suspended: []string{"AZRebalance"},
		Metrics:   []string{"GroupDesiredCapacity", "GroupInServiceInstances", "WarmPoolTotalCapacity"},
	}
}

func richGroup(w World) *autoscaling.UpdateAutoScalingGroupInput {
	return &autoscaling.UpdateAutoScalingGroupInput{
		DefaultCooldown: aws.Int32(120), DefaultInstanceWarmup: aws.Int32(45), MaxInstanceLifetime: aws.Int32(30 * 86400),
		CapacityRebalance: aws.Bool(true), Context: aws.String("shop"), PlacementGroup: aws.String("shop-spread"),
		HealthCheckType: aws.String("EBS,ELB,VPC_LATTICE"), HealthCheckGracePeriod: aws.Int32(75),
		TerminationPolicies:       []string{"OldestLaunchTemplate", "AllocationStrategy", "Default"},
		DeletionProtection:        asgtypes.DeletionProtectionPreventForceDeletion,
		ServiceLinkedRoleARN:      aws.String("arn:aws:iam::" + w.AccountID + ":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_shop"),
		InstanceMaintenancePolicy: &asgtypes.InstanceMaintenancePolicy{MinHealthyPercentage: aws.Int32(90), MaxHealthyPercentage: aws.Int32(120)},
		InstanceLifecyclePolicy: &asgtypes.InstanceLifecyclePolicy{RetentionTriggers: &asgtypes.RetentionTriggers{
			TerminateHookAbandon: asgtypes.RetentionActionTerminate,
		}},
		AvailabilityZoneDistribution: &asgtypes.AvailabilityZoneDistribution{CapacityDistributionStrategy: asgtypes.CapacityDistributionStrategyBalancedOnly},
		AvailabilityZoneImpairmentPolicy: &asgtypes.AvailabilityZoneImpairmentPolicy{
			ZonalShiftEnabled: aws.Bool(true), ImpairedZoneHealthCheckBehavior: asgtypes.ImpairedZoneHealthCheckBehaviorIgnoreUnhealthy,
		},
		CapacityReservationSpecification: &asgtypes.CapacityReservationSpecification{
			CapacityReservationPreference: asgtypes.CapacityReservationPreferenceNone,
		},
	}
}

// richHooks are short, and nobody completes them.
func richHooks(w World) []*autoscaling.PutLifecycleHookInput {
	role := "arn:aws:iam::" + w.AccountID + ":role/" + w.TemplateName + "-instance"
	return []*autoscaling.PutLifecycleHookInput{
		{
			LifecycleHookName: aws.String("configure"), LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_LAUNCHING"),
			HeartbeatTimeout: aws.Int32(30), DefaultResult: aws.String("CONTINUE"), NotificationTargetARN: &w.OperatorTopic, RoleARN: &role,
			NotificationMetadata: aws.String("configures instances of " + w.GroupName),
		},
		{
			LifecycleHookName: aws.String("collect-logs"), LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_TERMINATING"),
			HeartbeatTimeout: aws.Int32(40), DefaultResult: aws.String("CONTINUE"),
		},
	}
}

// actedOn are policies that alarms act on, of either kind.
func actedOn() []*autoscaling.PutScalingPolicyInput {
	return []*autoscaling.PutScalingPolicyInput{
		{
			PolicyName: aws.String("more"), PolicyType: aws.String("SimpleScaling"), AdjustmentType: aws.String("PercentChangeInCapacity"),
			ScalingAdjustment: aws.Int32(25), MinAdjustmentMagnitude: aws.Int32(2), Cooldown: aws.Int32(90),
		},
		{
			PolicyName: aws.String("steps"), PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String("ChangeInCapacity"),
			MetricAggregationType: aws.String("Maximum"), EstimatedInstanceWarmup: aws.Int32(50),
			StepAdjustments: []asgtypes.StepAdjustment{
				{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: aws.Float64(10), ScalingAdjustment: aws.Int32(1)},
				{MetricIntervalLowerBound: aws.Float64(10), ScalingAdjustment: aws.Int32(3)},
			},
		},
	}
}

// tracking are policies that AWS makes alarms for, and one that forecasts.
func tracking(w World) []*autoscaling.PutScalingPolicyInput {
	track := func(name string, c *asgtypes.TargetTrackingConfiguration) *autoscaling.PutScalingPolicyInput {
		c.DisableScaleIn = aws.Bool(true)
		return &autoscaling.PutScalingPolicyInput{PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"), TargetTrackingConfiguration: c}
	}
	policies := []*autoscaling.PutScalingPolicyInput{
		track("cpu", &asgtypes.TargetTrackingConfiguration{
			TargetValue:                   aws.Float64(90),
			PredefinedMetricSpecification: &asgtypes.PredefinedMetricSpecification{PredefinedMetricType: asgtypes.MetricTypeASGAverageCPUUtilization},
		}),
		track("jobs", &asgtypes.TargetTrackingConfiguration{
			TargetValue: aws.Float64(100),
			CustomizedMetricSpecification: &asgtypes.CustomizedMetricSpecification{Metrics: []asgtypes.TargetTrackingMetricDataQuery{
				{Id: aws.String("waiting"), ReturnData: aws.Bool(false), MetricStat: &asgtypes.TargetTrackingMetricStat{Metric: &asgtypes.Metric{
					Namespace: aws.String("Shop"), MetricName: aws.String("Waiting"), Dimensions: ofGroup(w),
				}, Stat: aws.String("Sum")}},
				{Id: aws.String("each"), Expression: aws.String(`waiting / SUM(SEARCH('{Shop,AutoScalingGroupName} AutoScalingGroupName="` + w.GroupName + `"', 'Sum', 60))`)},
			}},
		}),
		{
			PolicyName: aws.String("forecast"), PolicyType: aws.String("PredictiveScaling"),
			PredictiveScalingConfiguration: &asgtypes.PredictiveScalingConfiguration{
				Mode: asgtypes.PredictiveScalingModeForecastOnly, SchedulingBufferTime: aws.Int32(120),
				MetricSpecifications: []asgtypes.PredictiveScalingMetricSpecification{{
					TargetValue: aws.Float64(60), PredefinedMetricPairSpecification: &asgtypes.PredictiveScalingPredefinedMetricPair{
						PredefinedMetricType: asgtypes.PredefinedMetricPairTypeASGCPUUtilization,
					},
				}},
			},
		},
	}
	if w.TargetGroupARN != "" {
		policies = append(policies, track("requests", &asgtypes.TargetTrackingConfiguration{
			TargetValue: aws.Float64(100000),
			PredefinedMetricSpecification: &asgtypes.PredefinedMetricSpecification{
				PredefinedMetricType: asgtypes.MetricTypeALBRequestCountPerTarget, ResourceLabel: aws.String(w.Label()),
			},
		}))
	}
	return policies
}

func ofGroup(w World) []asgtypes.MetricDimension {
	return []asgtypes.MetricDimension{{Name: aws.String("AutoScalingGroupName"), Value: &w.GroupName}}
}

// Label is how a metric names the load balancer and its target group: app/<name>/<id>/targetgroup/<name>/<id>.
func (w World) Label() string {
	_, balancer, _ := strings.Cut(w.LoadBalancerARN, ":loadbalancer/")
	return balancer + "/" + w.TargetGroupARN[strings.LastIndexByte(w.TargetGroupARN, ':')+1:]
}

// richAlarms are one on a metric and one on metric math, by either way of naming.
func richAlarms(w World) []Alarm {
	dimensions := []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: &w.GroupName}}
	shop := func(id, name string) cwtypes.MetricDataQuery {
		return cwtypes.MetricDataQuery{Id: &id, ReturnData: aws.Bool(false), MetricStat: &cwtypes.MetricStat{
			Metric: &cwtypes.Metric{Namespace: aws.String("Shop"), MetricName: &name, Dimensions: dimensions}, Period: aws.Int32(60), Stat: aws.String("Sum"),
		}}
	}
	return []Alarm{
		{
			Policies: []string{"steps"},
			Input: &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String("cpu-high"), AlarmDescription: aws.String("CPU of " + w.GroupName), AlarmActions: []string{w.OperatorTopic},
				OKActions: []string{w.OperatorTopic}, Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Dimensions: dimensions,
				Statistic: cwtypes.StatisticAverage, Unit: cwtypes.StandardUnitPercent, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(3),
				DatapointsToAlarm: aws.Int32(2), Threshold: aws.Float64(99), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold,
				TreatMissingData: aws.String("ignore"), Tags: []cwtypes.Tag{{Key: aws.String("Team"), Value: aws.String("shop")}},
			},
		},
		{
			Policies: []string{"more"},
			Input: &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String(w.GroupName + "-errors"), TreatMissingData: aws.String("notBreaching"),
				Metrics: []cwtypes.MetricDataQuery{shop("bad", "Failed"), shop("all", "Answered"), {
					Id: aws.String("part"), Label: aws.String("part that fails"), Expression: aws.String("100 * bad / all"), ReturnData: aws.Bool(true),
				}},
				EvaluationPeriods: aws.Int32(2), Threshold: aws.Float64(50), ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold,
			},
		},
	}
}

// richSchedule has no run within the next hours.
func richSchedule(now time.Time) []*autoscaling.PutScheduledUpdateGroupActionInput {
	day := 24 * time.Hour
	noon := now.UTC().Truncate(day).Add(12 * time.Hour)
	daily := now.UTC().Add(-2 * time.Hour).Format("4 15") // its next run is in 22 hours
	return []*autoscaling.PutScheduledUpdateGroupActionInput{
		{ScheduledActionName: aws.String("daily"), Recurrence: aws.String(daily + " * * *"), MaxSize: aws.Int32(24)},
		{ScheduledActionName: aws.String("until-spring"), Recurrence: aws.String("30 6 1 1 *"), TimeZone: aws.String("Asia/Tokyo"), MinSize: aws.Int32(3),
			DesiredCapacity: aws.Int32(5), EndTime: aws.Time(noon.Add(900 * day))},
		{ScheduledActionName: aws.String("sale"), StartTime: aws.Time(noon.Add(40 * day)), DesiredCapacity: aws.Int32(8)},
	}
}
