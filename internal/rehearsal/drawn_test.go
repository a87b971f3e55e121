package rehearsal_test

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"pgregory.net/rapid"

	"bluegreen/internal/localaws/world"
)

// drawPlan draws a fleet with any of what a group can have, and any values of it.
func drawPlan(t *rapid.T) world.Plan {
	plan := world.DefaultPlan()
	plan.Desired = int32(rapid.IntRange(2, 6).Draw(t, "desired"))
	plan.LaunchFrom(rapid.SampledFrom(world.Sources()).Draw(t, "source"))
	plan.Balanced = rapid.IntRange(0, 3).Draw(t, "balanced") > 0
	plan.Zones = rapid.IntRange(1, 3).Draw(t, "zones")
	for i := range rapid.IntRange(0, 4).Draw(t, "tags") {
		if plan.Tags == nil {
			plan.Tags = make(map[string]string)
		}
		plan.Tags[fmt.Sprintf("Tag%d", i)] = drawText(t, "tag")
	}
	equipped := world.Equipment{Group: drawGroup(t, plan.Balanced), Pool: drawPool(t, plan.Desired), Suspended: some(t, "suspended", processes), Metrics: some(t, "metrics", metrics)}
	equipped.Schedule = func() (all []*autoscaling.PutScheduledUpdateGroupActionInput) {
		for i := range rapid.IntRange(0, 3).Draw(t, "scheduled actions") {
			all = append(all, drawAction(t, i))
		}
		return all
	}()
	for i := range rapid.IntRange(0, 3).Draw(t, "plain tags") {
		equipped.Tags = append(equipped.Tags, asgtypes.Tag{Key: aws.String(fmt.Sprintf("Plain%d", i)), Value: aws.String(drawText(t, "tag")), PropagateAtLaunch: aws.Bool(false)})
	}
	hooks, scaling := drawHooks(t), drawScaling(t, plan.Balanced)
	told := some(t, "notifications", []string{"autoscaling:EC2_INSTANCE_LAUNCH", "autoscaling:EC2_INSTANCE_LAUNCH_ERROR", "autoscaling:EC2_INSTANCE_TERMINATE", "autoscaling:TEST_NOTIFICATION"})
	start := rapid.IntRange(1, 300).Draw(t, "days")
	plan.Equipped = func(w world.World, now time.Time) world.Equipment {
		e := equipped
		if len(told) > 0 {
			e.Notifications = []*autoscaling.PutNotificationConfigurationInput{{TopicARN: &w.OperatorTopic, NotificationTypes: told}}
		}
		for i, action := range e.Schedule {
			if action.Recurrence == nil {
				action.StartTime = aws.Time(now.UTC().Truncate(time.Hour).Add(time.Duration(start+i) * 24 * time.Hour))
			} else if aws.ToInt32(action.MinSize) > 0 {
				action.EndTime = aws.Time(now.UTC().Truncate(time.Hour).Add(time.Duration(start+i) * 24 * time.Hour))
			}
		}
		e.Hooks = hooks(w)
		e.Policies, e.Alarms = scaling(w)
		return e
	}
	return plan
}

var (
	processes = []string{"AZRebalance", "AlarmNotification", "ScheduledActions", "InstanceRefresh"}
	metrics   = []string{"GroupMinSize", "GroupMaxSize", "GroupInServiceInstances", "GroupTotalCapacity", "WarmPoolMinSize"}
)

// some draws a part of what there is, in its order.
func some(t *rapid.T, label string, of []string) (drawn []string) {
	for _, one := range of {
		if rapid.Bool().Draw(t, label) {
			drawn = append(drawn, one)
		}
	}
	return drawn
}

// maybe draws a value, or none.
func maybe[T any](t *rapid.T, label string, value *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, label+" is set") {
		return nil
	}
	drawn := value.Draw(t, label)
	return &drawn
}

// drawText draws what people write: the group's name, too.
func drawText(t *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"shop", "of ec-mqagt-dev-asg", "ec-mqagt-dev-asg", "a/b:c=d", "ec-mqagt-dev-asg-v001", "Zürich"}).Draw(t, label)
}

func drawGroup(t *rapid.T, balanced bool) *autoscaling.UpdateAutoScalingGroupInput {
	in := &autoscaling.UpdateAutoScalingGroupInput{
		DefaultCooldown: maybe(t, "cooldown", rapid.Int32Range(0, 600)), DefaultInstanceWarmup: maybe(t, "warmup", rapid.Int32Range(0, 600)),
		MaxInstanceLifetime: maybe(t, "lifetime", rapid.Int32Range(30*86400, 90*86400)), CapacityRebalance: maybe(t, "rebalance", rapid.Bool()),
		Context: maybe(t, "context", rapid.Just("shop")), PlacementGroup: maybe(t, "placement", rapid.Just("spread")),
		HealthCheckGracePeriod: maybe(t, "grace", rapid.Int32Range(60, 600)), TerminationPolicies: some(t, "termination", []string{"OldestInstance", "AllocationStrategy", "Default"}),
		DeletionProtection: rapid.SampledFrom([]asgtypes.DeletionProtection{"", "none", "prevent-force-deletion"}).Draw(t, "deletion protection"),
	}
	kinds := []string{"EC2", "EBS", "EC2,EBS"}
	if balanced {
		kinds = []string{"EC2", "ELB", "EBS,ELB", "EC2,ELB,VPC_LATTICE"}
	}
	in.HealthCheckType = maybe(t, "health", rapid.SampledFrom(kinds))
	if rapid.Bool().Draw(t, "maintenance") {
		in.InstanceMaintenancePolicy = &asgtypes.InstanceMaintenancePolicy{
			MinHealthyPercentage: aws.Int32(rapid.Int32Range(50, 100).Draw(t, "least")), MaxHealthyPercentage: aws.Int32(rapid.Int32Range(100, 150).Draw(t, "most")),
		}
	}
	if rapid.Bool().Draw(t, "distribution") {
		in.AvailabilityZoneDistribution = &asgtypes.AvailabilityZoneDistribution{CapacityDistributionStrategy: asgtypes.CapacityDistributionStrategyBalancedOnly}
	}
	if rapid.Bool().Draw(t, "impairment") {
		in.AvailabilityZoneImpairmentPolicy = &asgtypes.AvailabilityZoneImpairmentPolicy{
			ZonalShiftEnabled:               maybe(t, "shift", rapid.Bool()),
			ImpairedZoneHealthCheckBehavior: rapid.SampledFrom(asgtypes.ImpairedZoneHealthCheckBehavior("").Values()).Draw(t, "behavior"),
		}
	}
	if rapid.Bool().Draw(t, "reservations") {
		in.CapacityReservationSpecification = &asgtypes.CapacityReservationSpecification{
			CapacityReservationPreference: rapid.SampledFrom([]asgtypes.CapacityReservationPreference{"default", "none", "capacity-reservations-first"}).Draw(t, "preference"),
		}
	}
	return in
}

func drawPool(t *rapid.T, desired int32) *autoscaling.PutWarmPoolInput {
	if !rapid.Bool().Draw(t, "pool") {
		return nil
	}
	in := &autoscaling.PutWarmPoolInput{
		MinSize: maybe(t, "pool's minimum", rapid.Int32Range(0, 2)), MaxGroupPreparedCapacity: maybe(t, "prepared", rapid.Int32Range(desired, desired+2)),
		PoolState: rapid.SampledFrom(asgtypes.WarmPoolState("").Values()).Draw(t, "pool state"),
	}
	if reuse := maybe(t, "reuse", rapid.Bool()); reuse != nil {
		in.InstanceReusePolicy = &asgtypes.InstanceReusePolicy{ReuseOnScaleIn: reuse}
	}
	return in
}

// drawAction draws one that does not run within the hours of the deployment, which begins at three in the morning.
func drawAction(t *rapid.T, i int) *autoscaling.PutScheduledUpdateGroupActionInput {
	in := &autoscaling.PutScheduledUpdateGroupActionInput{
		ScheduledActionName: aws.String(fmt.Sprintf("action-%d", i)), MinSize: maybe(t, "min", rapid.Int32Range(0, 2)),
		MaxSize: maybe(t, "max", rapid.Int32Range(24, 30)), DesiredCapacity: aws.Int32(rapid.Int32Range(2, 20).Draw(t, "desired")),
	}
	if rapid.Bool().Draw(t, "recurs") {
		in.Recurrence = aws.String(fmt.Sprintf("%d %d * * *", i, rapid.IntRange(18, 20).Draw(t, "hour")))
		in.TimeZone = maybe(t, "zone", rapid.SampledFrom([]string{"Europe/Zurich", "Etc/UTC", "Africa/Cairo"}))
	}
	return in
}

func drawHooks(t *rapid.T) func(world.World) []*autoscaling.PutLifecycleHookInput {
	var all []*autoscaling.PutLifecycleHookInput
	var telling []bool
	for i := range rapid.IntRange(0, 3).Draw(t, "hooks") {
		transition := rapid.SampledFrom([]string{"LAUNCHING", "TERMINATING"}).Draw(t, "transition")
		all = append(all, &autoscaling.PutLifecycleHookInput{
			LifecycleHookName: aws.String(fmt.Sprintf("hook-%d", i)), LifecycleTransition: aws.String("autoscaling:EC2_INSTANCE_" + transition),
			HeartbeatTimeout: aws.Int32(rapid.Int32Range(30, 90).Draw(t, "heartbeat")), DefaultResult: aws.String("CONTINUE"),
			NotificationMetadata: maybe(t, "metadata", rapid.Just("of ec-mqagt-dev-asg")),
		})
		telling = append(telling, rapid.Bool().Draw(t, "tells"))
	}
	return func(w world.World) []*autoscaling.PutLifecycleHookInput {
		for i, hook := range all {
			if telling[i] {
				hook.NotificationTargetARN, hook.RoleARN = &w.OperatorTopic, aws.String("arn:aws:iam::"+w.AccountID+":role/ec-mqagt-dev-instance")
			}
		}
		return all
	}
}

// scaling is what scales a group of a world.
type scaling func(world.World) ([]*autoscaling.PutScalingPolicyInput, []world.Alarm)

func drawScaling(t *rapid.T, balanced bool) scaling {
	var policies []*autoscaling.PutScalingPolicyInput
	var alarms []world.Alarm
	for i := range rapid.IntRange(0, 4).Draw(t, "policies") {
		policy, acted := drawPolicy(t, balanced)
		policy.PolicyName, policy.Enabled = aws.String(fmt.Sprintf("policy-%d", i)), maybe(t, "enabled", rapid.Bool())
		policies = append(policies, policy)
		for n := range rapid.IntRange(0, 2).Draw(t, "alarms") {
			if acted {
				alarm := drawAlarm(t)
				alarm.AlarmName = aws.String(fmt.Sprintf("%s-%d-%d", rapid.SampledFrom([]string{"cpu", "ec-mqagt-dev-asg", "prod/ec-mqagt-dev-asg"}).Draw(t, "name"), i, n))
				alarms = append(alarms, world.Alarm{Input: alarm, Policies: []string{*policy.PolicyName}})
			}
		}
	}
	return func(w world.World) ([]*autoscaling.PutScalingPolicyInput, []world.Alarm) {
		for _, policy := range policies {
			if track := policy.TargetTrackingConfiguration; track != nil && track.PredefinedMetricSpecification != nil &&
				track.PredefinedMetricSpecification.PredefinedMetricType == asgtypes.MetricTypeALBRequestCountPerTarget {
				track.PredefinedMetricSpecification.ResourceLabel = aws.String(w.Label())
			}
		}
		for i := range alarms {
			if in := alarms[i].Input; len(in.OKActions) > 0 {
				in.OKActions = []string{w.OperatorTopic}
			}
		}
		return policies, alarms
	}
}

// drawPolicy draws a policy, and says whether alarms act on it.
func drawPolicy(t *rapid.T, balanced bool) (policy *autoscaling.PutScalingPolicyInput, acted bool) {
	metric := asgtypes.Metric{Namespace: aws.String("Shop"), MetricName: aws.String("Waiting"), Dimensions: []asgtypes.MetricDimension{
		{Name: aws.String(rapid.SampledFrom([]string{"AutoScalingGroupName", "App"}).Draw(t, "dimension")), Value: aws.String("ec-mqagt-dev-asg")},
	}}
	tracking := &asgtypes.TargetTrackingConfiguration{TargetValue: aws.Float64(float64(rapid.IntRange(1000, 9000).Draw(t, "target"))), DisableScaleIn: aws.Bool(true)}
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return &autoscaling.PutScalingPolicyInput{
			PolicyType: aws.String("SimpleScaling"), AdjustmentType: aws.String("PercentChangeInCapacity"), ScalingAdjustment: aws.Int32(rapid.Int32Range(-50, 50).Draw(t, "by")),
			MinAdjustmentMagnitude: maybe(t, "magnitude", rapid.Int32Range(1, 3)), Cooldown: maybe(t, "cooldown", rapid.Int32Range(0, 300)),
		}, true
	case 1:
		bound := float64(rapid.IntRange(5, 20).Draw(t, "bound"))
		return &autoscaling.PutScalingPolicyInput{
			PolicyType: aws.String("StepScaling"), AdjustmentType: aws.String(rapid.SampledFrom([]string{"ChangeInCapacity", "ExactCapacity"}).Draw(t, "adjustment")),
			EstimatedInstanceWarmup: maybe(t, "warmup", rapid.Int32Range(0, 300)), MetricAggregationType: maybe(t, "aggregation", rapid.SampledFrom([]string{"Minimum", "Maximum", "Average"})),
			StepAdjustments: []asgtypes.StepAdjustment{
				{MetricIntervalLowerBound: aws.Float64(0), MetricIntervalUpperBound: &bound, ScalingAdjustment: aws.Int32(1)},
				{MetricIntervalLowerBound: &bound, ScalingAdjustment: aws.Int32(3)},
			},
		}, true
	case 2:
		tracking.CustomizedMetricSpecification = &asgtypes.CustomizedMetricSpecification{
			Namespace: metric.Namespace, MetricName: metric.MetricName, Dimensions: metric.Dimensions,
			Statistic: rapid.SampledFrom(asgtypes.MetricStatistic("").Values()).Draw(t, "statistic"), Period: maybe(t, "period", rapid.SampledFrom([]int32{10, 30, 60})),
		}
	case 3:
		tracking.CustomizedMetricSpecification = &asgtypes.CustomizedMetricSpecification{Metrics: []asgtypes.TargetTrackingMetricDataQuery{
			{Id: aws.String("m"), ReturnData: aws.Bool(false), MetricStat: &asgtypes.TargetTrackingMetricStat{Metric: &metric, Stat: aws.String("p90")}},
			{Id: aws.String("e"), Label: maybe(t, "label", rapid.Just("ec-mqagt-dev-asg")), Expression: aws.String(rapid.SampledFrom([]string{
				"m / 2", `m / SUM(SEARCH('{Shop,AutoScalingGroupName} AutoScalingGroupName="ec-mqagt-dev-asg"', 'Sum', 60))`,
			}).Draw(t, "expression"))},
		}}
	case 4:
		mode := rapid.SampledFrom([]asgtypes.PredictiveScalingMode{"ForecastOnly", "ForecastAndScale"}).Draw(t, "mode")
		return &autoscaling.PutScalingPolicyInput{PolicyType: aws.String("PredictiveScaling"), PredictiveScalingConfiguration: &asgtypes.PredictiveScalingConfiguration{
			Mode: mode, SchedulingBufferTime: maybe(t, "buffer", rapid.Int32Range(0, 600)),
			MetricSpecifications: []asgtypes.PredictiveScalingMetricSpecification{{
				TargetValue:                       aws.Float64(50),
				PredefinedMetricPairSpecification: &asgtypes.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: asgtypes.PredefinedMetricPairTypeASGCPUUtilization},
			}},
		}}, false
	default:
		kind := asgtypes.MetricTypeASGAverageNetworkOut
		if balanced {
			kind = asgtypes.MetricTypeALBRequestCountPerTarget
		}
		tracking.PredefinedMetricSpecification = &asgtypes.PredefinedMetricSpecification{PredefinedMetricType: kind}
	}
	return &autoscaling.PutScalingPolicyInput{
		PolicyType: aws.String("TargetTrackingScaling"), TargetTrackingConfiguration: tracking, EstimatedInstanceWarmup: maybe(t, "warmup", rapid.Int32Range(0, 300)),
	}, false
}

// drawAlarm draws one that never goes off.
func drawAlarm(t *rapid.T) *cloudwatch.PutMetricAlarmInput {
	in := &cloudwatch.PutMetricAlarmInput{
		ComparisonOperator: cwtypes.ComparisonOperatorGreaterThanThreshold, Threshold: aws.Float64(1e6), EvaluationPeriods: aws.Int32(rapid.Int32Range(1, 5).Draw(t, "periods")),
		TreatMissingData: maybe(t, "missing", rapid.SampledFrom([]string{"ignore", "notBreaching", "missing"})), ActionsEnabled: maybe(t, "actions enabled", rapid.Bool()),
	}
	if rapid.Bool().Draw(t, "described") {
		in.AlarmDescription = aws.String(drawText(t, "description"))
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "alarm's tags") {
		in.Tags = append(in.Tags, cwtypes.Tag{Key: aws.String(fmt.Sprintf("Tag%d", i)), Value: aws.String(drawText(t, "tag"))})
	}
	if rapid.Bool().Draw(t, "tells") {
		in.OKActions = []string{"the operators' topic"}
	}
	dimensions := []cwtypes.Dimension{{Name: aws.String(rapid.SampledFrom([]string{"AutoScalingGroupName", "App"}).Draw(t, "dimension")), Value: aws.String("ec-mqagt-dev-asg")}}
	if rapid.Bool().Draw(t, "math") {
		in.Metrics = []cwtypes.MetricDataQuery{
			{Id: aws.String("m"), ReturnData: aws.Bool(false), MetricStat: &cwtypes.MetricStat{
				Metric: &cwtypes.Metric{Namespace: aws.String("Shop"), MetricName: aws.String("Waiting"), Dimensions: dimensions}, Period: aws.Int32(60), Stat: aws.String("Sum"),
			}},
			{Id: aws.String("e"), Expression: aws.String("m * 2"), Label: maybe(t, "label", rapid.Just("of ec-mqagt-dev-asg"))},
		}
		return in
	}
	in.Namespace, in.MetricName, in.Dimensions, in.Period = aws.String("Shop"), aws.String("Waiting"), dimensions, aws.Int32(60)
	if rapid.Bool().Draw(t, "percentile") {
		in.ExtendedStatistic, in.EvaluateLowSampleCountPercentile = aws.String("p90"), maybe(t, "low samples", rapid.Just("ignore"))
	} else {
		in.Statistic = rapid.SampledFrom(cwtypes.Statistic("").Values()).Draw(t, "statistic")
	}
	return in
}
