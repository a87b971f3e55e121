package autoscaling

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// Alarms are CloudWatch's. The account's lock is held. When an alarm acts on a policy, as it enters the state that has the
// action and each minute that it stays there, CloudWatch calls AlarmAction.
type Alarms interface {
	// PutTracking makes or replaces an alarm of a target tracking policy.
	PutTracking(input *cloudwatch.PutMetricAlarmInput) (arn string, err error)
	// Remove deletes alarms; names that do not exist are left out.
	Remove(names ...string)
	// ActingOn are the alarms that have the action in any state, by name.
	ActingOn(actionARN string) (names, arns []string)
	// Disarm takes the action from every alarm that has it. The alarms stay.
	Disarm(actionARN string)
	// RemoveAction does the same, and deletes the alarms that are left without any action.
	RemoveAction(actionARN string)
	// Alarm is an alarm as DescribeAlarms shows it, not to be changed.
	Alarm(name string) (cloudwatchtypes.MetricAlarm, bool)
}

// AlarmThrough has scaling policies use alarms: target tracking makes its own, and all show those that act on them.
// Without it policies are stored and shown. The lock is held.
func (in *Groups) AlarmThrough(alarms Alarms) { in.alarms = alarms }

// alarm gives a policy its alarms, as the one before it under the same name had them.
//
// Not verified, and read with caution: a policy that scales in never has no low alarm, and one that is disabled has its
// alarms, which then have no effect (aws-facts H1).
func (g *group) alarm(policy, before *types.ScalingPolicy) error {
	if before != nil && *before.PolicyType == targetTracking && *policy.PolicyType != targetTracking {
		g.in.removeTracking(before)
	}
	if g.in.alarms == nil || *policy.PolicyType != targetTracking {
		return nil
	}
	names := g.trackingNames(before)
	for _, low := range []bool{false, true} {
		if low && *policy.TargetTrackingConfiguration.DisableScaleIn {
			g.in.alarms.Remove(names[1])
			break
		}
		name := names[0]
		if low {
			name = names[1]
		}
		arn, err := g.in.alarms.PutTracking(g.trackingAlarm(policy, name, low))
		if err != nil {
			return err
		}
		policy.Alarms = append(policy.Alarms, types.Alarm{AlarmName: aws.String(name), AlarmARN: aws.String(arn)})
	}
	return nil
}

// trackingNames are the names of a tracking policy's alarms, high and low: as recorded (aws-facts H1), and kept when the
// policy is put again.
func (g *group) trackingNames(before *types.ScalingPolicy) [2]string {
	var names [2]string
	for k, kind := range []string{"AlarmHigh", "AlarmLow"} {
		if before != nil && *before.PolicyType == targetTracking && len(before.Alarms) > k {
			names[k] = *before.Alarms[k].AlarmName
		} else {
			names[k] = "TargetTracking-" + g.name + "-" + kind + "-" + g.in.account.UUID()
		}
	}
	return names
}

// lowShare is what part of the target the low alarm watches for. Records show 54 for a target of 60 and 14 for 20; the
// formula is not published (aws-facts H1).
const lowShare = 0.9

// trackingAlarm is an alarm of a tracking policy, with the periods of recorded ones: 3 minutes above the target, or 15
// minutes well below it. How a metric of another period is watched is not verified; the model counts as many periods.
func (g *group) trackingAlarm(policy *types.ScalingPolicy, name string, low bool) *cloudwatch.PutMetricAlarmInput {
	tracking := policy.TargetTrackingConfiguration
	input := &cloudwatch.PutMetricAlarmInput{
		AlarmName:          aws.String(name),
		AlarmDescription:   aws.String("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + *policy.PolicyARN + "."),
		AlarmActions:       []string{*policy.PolicyARN},
		ComparisonOperator: cloudwatchtypes.ComparisonOperatorGreaterThanThreshold,
		EvaluationPeriods:  aws.Int32(3),
		Threshold:          tracking.TargetValue,
	}
	if low {
		input.ComparisonOperator = cloudwatchtypes.ComparisonOperatorLessThanThreshold
		input.EvaluationPeriods = aws.Int32(15)
		input.Threshold = aws.Float64(*tracking.TargetValue * lowShare)
	}
	if tracking.CustomizedMetricSpecification != nil {
		customizedMetric(input, tracking.CustomizedMetricSpecification)
	} else {
		g.predefinedMetric(input, tracking.PredefinedMetricSpecification)
	}
	return input
}

// predefinedMetric has the alarm watch a predefined metric: of the group's instances, or of a target group.
func (g *group) predefinedMetric(input *cloudwatch.PutMetricAlarmInput, metric *types.PredefinedMetricSpecification) {
	input.Period, input.Statistic = aws.Int32(60), cloudwatchtypes.StatisticAverage
	if metric.PredefinedMetricType == types.MetricTypeALBRequestCountPerTarget {
		balancer, target := splitLabel(*metric.ResourceLabel)
		input.Namespace, input.MetricName = aws.String("AWS/ApplicationELB"), aws.String("RequestCountPerTarget")
		input.Statistic = cloudwatchtypes.StatisticSum // the only valid one; it is an average (aws-facts H2)
		input.Dimensions = []cloudwatchtypes.Dimension{dimension("TargetGroup", target), dimension("LoadBalancer", balancer)}
		return
	}
	input.Namespace = aws.String("AWS/EC2")
	input.MetricName = aws.String(map[types.MetricType]string{
		types.MetricTypeASGAverageCPUUtilization: "CPUUtilization",
		types.MetricTypeASGAverageNetworkIn:      "NetworkIn",
		types.MetricTypeASGAverageNetworkOut:     "NetworkOut",
	}[metric.PredefinedMetricType])
	input.Dimensions = []cloudwatchtypes.Dimension{dimension("AutoScalingGroupName", g.name)}
}

func dimension(name, value string) cloudwatchtypes.Dimension {
	return cloudwatchtypes.Dimension{Name: aws.String(name), Value: aws.String(value)}
}

func dimensions(given []types.MetricDimension) []cloudwatchtypes.Dimension {
	var all []cloudwatchtypes.Dimension
	for _, d := range given {
		all = append(all, dimension(*d.Name, *d.Value))
	}
	return all
}

// customizedMetric has the alarm watch a metric of the user's, or an expression over some.
func customizedMetric(input *cloudwatch.PutMetricAlarmInput, metric *types.CustomizedMetricSpecification) {
	if len(metric.Metrics) == 0 {
		input.Namespace, input.MetricName, input.Dimensions = metric.Namespace, metric.MetricName, dimensions(metric.Dimensions)
		input.Statistic, input.Unit = cloudwatchtypes.Statistic(metric.Statistic), cloudwatchtypes.StandardUnit(aws.ToString(metric.Unit))
		input.Period = aws.Int32(periodOr60(metric.Period))
		return
	}
	for _, query := range metric.Metrics {
		q := cloudwatchtypes.MetricDataQuery{
			Id: query.Id, Expression: query.Expression, Label: query.Label, ReturnData: aws.Bool(query.ReturnData == nil || *query.ReturnData),
		}
		if query.Expression != nil {
			q.Period = aws.Int32(periodOr60(query.Period))
		}
		if stat := query.MetricStat; stat != nil {
			q.MetricStat = &cloudwatchtypes.MetricStat{
				Stat: stat.Stat, Unit: cloudwatchtypes.StandardUnit(aws.ToString(stat.Unit)), Period: aws.Int32(periodOr60(stat.Period)),
				Metric: &cloudwatchtypes.Metric{Namespace: stat.Metric.Namespace, MetricName: stat.Metric.MetricName, Dimensions: dimensions(stat.Metric.Dimensions)},
			}
		}
		input.Metrics = append(input.Metrics, q)
	}
}

func periodOr60(period *int32) int32 {
	if period == nil {
		return 60
	}
	return *period
}

// shownPolicy is a policy as describes show it, with the alarms that act on it now.
func (in *Groups) shownPolicy(p *types.ScalingPolicy) types.ScalingPolicy {
	shown := *p
	if in.alarms == nil || *p.PolicyType != simpleScaling && *p.PolicyType != stepScaling {
		return shown
	}
	names, arns := in.alarms.ActingOn(*p.PolicyARN)
	for k := range names {
		shown.Alarms = append(shown.Alarms[:k:k], types.Alarm{AlarmName: aws.String(names[k]), AlarmARN: aws.String(arns[k])})
	}
	return shown
}

// disarm takes the alarms of a policy that is deleted: AWS's own are deleted, those that people made lose their action.
func (in *Groups) disarm(p *types.ScalingPolicy) {
	if in.alarms != nil {
		in.removeTracking(p)
		in.alarms.Disarm(*p.PolicyARN)
	}
}

// removeTracking deletes the alarms that AWS made for a policy; other types of policies have none.
func (in *Groups) removeTracking(p *types.ScalingPolicy) {
	for _, alarm := range p.Alarms {
		in.alarms.Remove(*alarm.AlarmName)
	}
}

// dropPolicies takes the policies of a group that is deleted. Every alarm that is left without an action goes, too, also one
// that people made (SDK, DeleteAutoScalingGroup).
func (g *group) dropPolicies() {
	for _, p := range g.policies {
		if g.in.alarms != nil {
			g.in.removeTracking(p)
			g.in.alarms.RemoveAction(*p.PolicyARN)
		}
	}
	g.policies = nil
}
