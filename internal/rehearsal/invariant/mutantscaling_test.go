package invariant_test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	alarmtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/removegreen"
	"bluegreen/lambdas/scaleinblue"
	"bluegreen/lambdas/switchtraffic"
)

// scalingMutations lose something of what scales a fleet.
var scalingMutations = []mutation{
	{
		name: "a scaling policy is not put",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"CreateGreen": changed(creategreen.New, without(policyNamed("cpu"))), "SwitchTraffic": changed(switchtraffic.New, without(policyNamed("cpu"))),
		}},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "scaling policies are not enabled",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, without(policyNamed("cpu"))))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "a policy that looks at a target group is not put",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, without(policyNamed("requests"))))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "policies are enabled only when green takes traffic already",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", before(changed(switchtraffic.New, without(policyNamed("cpu"))), enableLate))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "a dimension of a policy is lost",
		mutant:  rehearsal.Mutant{Work: map[string]lambdaentry.New{"CreateGreen": changed(creategreen.New, loseDimension), "SwitchTraffic": changed(switchtraffic.New, loseDimension)}},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "a copied policy looks at blue",
		mutant:  rehearsal.Mutant{Work: map[string]lambdaentry.New{"CreateGreen": changed(creategreen.New, lookAtBlue), "SwitchTraffic": changed(switchtraffic.New, lookAtBlue)}},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "alarms are not enabled",
		mutant:  rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, without(input[cloudwatch.EnableAlarmActionsInput])))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "a copied alarm acts on blue",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, actOnBlue))},
		prepare: scales, breaks: []int{4},
	},
	{
		name: "a member of an alarm is lost",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, putting(func(in *cloudwatch.PutMetricAlarmInput) {
			in.TreatMissingData = nil
		})))},
		prepare: scales, breaks: []int{4},
	},
	{
		name: "a tag of an alarm is lost",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, putting(func(in *cloudwatch.PutMetricAlarmInput) {
			in.Tags = slices.DeleteFunc(in.Tags, func(tag alarmtypes.Tag) bool { return !strings.HasPrefix(*tag.Key, "bluegreen:") })
		})))},
		prepare: scales, breaks: []int{4},
	},
	{
		name: "an alarm is made without the deployment's tag",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, putting(func(in *cloudwatch.PutMetricAlarmInput) {
			in.Tags = slices.DeleteFunc(in.Tags, func(tag alarmtypes.Tag) bool { return *tag.Key == deploy.TagExecution })
		})))},
		prepare: scales, breaks: []int{5},
	},
	{
		name:    "alarms of a fleet that stands by act",
		mutant:  rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, without(input[cloudwatch.DisableAlarmActionsInput])))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "a predictive policy of a fleet that stands by acts",
		mutant:  rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, without(policyNamed("forecast"))))},
		prepare: scales, breaks: []int{4},
	},
	{
		name:    "an alarm is left on the way back",
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, without(input[cloudwatch.DeleteAlarmsInput])))},
		prepare: scalesAndIsSick, breaks: []int{4},
	},
	{
		name:    "the way back keeps blue's alarms from acting",
		mutant:  rehearsal.Mutant{Work: work("RemoveGreen", before(removegreen.New, silenceBlue))},
		prepare: scalesAndIsSick, breaks: []int{4, 5},
	},
	{
		name:    "an alarm of people's is overwritten",
		mutant:  rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, seeNoAlarmsByName))},
		prepare: scalesWhereANameIsTaken, breaks: []int{4, 5}, // it keeps its tags, and has not those of blue's
	},
	{
		name:    "an alarm of people's is deleted",
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", before(completelifecycle.New, deleteTaken))},
		prepare: scalesWhereANameIsTaken, breaks: []int{5},
	},
}

const (
	cpuHigh = "cpu-high"
	taken   = "cpu-high-v001"
)

// scales gives blue a policy of each type, and an alarm that also tells people.
func scales(ctx context.Context, r *rehearsal.Rehearsal) error {
	groups, alarms, blue := autoscaling.NewFromConfig(operator(r)), cloudwatch.NewFromConfig(operator(r)), &r.World.GroupName
	_, balancer, _ := strings.Cut(r.World.LoadBalancerARN, ":loadbalancer/")
	label := balancer + "/" + r.World.TargetGroupARN[strings.LastIndex(r.World.TargetGroupARN, ":")+1:]
	tracking := func(name string, metric *types.PredefinedMetricSpecification, custom *types.CustomizedMetricSpecification) *autoscaling.PutScalingPolicyInput {
		return &autoscaling.PutScalingPolicyInput{
			AutoScalingGroupName: blue, PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"),
			TargetTrackingConfiguration: &types.TargetTrackingConfiguration{TargetValue: aws.Float64(900), PredefinedMetricSpecification: metric, CustomizedMetricSpecification: custom},
		}
	}
	for _, input := range []*autoscaling.PutScalingPolicyInput{
		tracking("cpu", nil, &types.CustomizedMetricSpecification{
			Namespace: aws.String("App"), MetricName: aws.String("Busy"), Statistic: types.MetricStatisticAverage,
			Dimensions: []types.MetricDimension{{Name: aws.String("AutoScalingGroupName"), Value: blue}, {Name: aws.String("Kind"), Value: aws.String("web")}},
		}),
		tracking("requests", &types.PredefinedMetricSpecification{PredefinedMetricType: types.MetricTypeALBRequestCountPerTarget, ResourceLabel: &label}, nil),
		{AutoScalingGroupName: blue, PolicyName: aws.String("grow"), AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(1)},
		{
			AutoScalingGroupName: blue, PolicyName: aws.String("forecast"), PolicyType: aws.String("PredictiveScaling"),
			PredictiveScalingConfiguration: &types.PredictiveScalingConfiguration{
				Mode: types.PredictiveScalingModeForecastAndScale,
				MetricSpecifications: []types.PredictiveScalingMetricSpecification{{
					TargetValue:                       aws.Float64(40),
					PredefinedMetricPairSpecification: &types.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: types.PredefinedMetricPairTypeASGCPUUtilization},
				}},
			},
		},
	} {
		put, err := groups.PutScalingPolicy(ctx, input)
		if err != nil {
			return err
		}
		if *input.PolicyName != "grow" {
			continue
		}
		if _, err := alarms.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String(cpuHigh), Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Statistic: alarmtypes.StatisticAverage,
			Dimensions: []alarmtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: blue}}, Period: aws.Int32(60), EvaluationPeriods: aws.Int32(2),
			Threshold: aws.Float64(80), ComparisonOperator: alarmtypes.ComparisonOperatorGreaterThanThreshold, TreatMissingData: aws.String("ignore"),
			AlarmActions: []string{*put.PolicyARN, r.World.OperatorTopic}, Tags: []alarmtypes.Tag{{Key: aws.String("Team"), Value: aws.String("web")}},
		}); err != nil {
			return err
		}
	}
	r.Wait(ctx, 2*time.Minute)
	return nil
}

func scalesAndIsSick(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := sickGreen(ctx, r); err != nil {
		return err
	}
	return scales(ctx, r)
}

func scalesWhereANameIsTaken(ctx context.Context, r *rehearsal.Rehearsal) error {
	if err := scales(ctx, r); err != nil {
		return err
	}
	_, err := cloudwatch.NewFromConfig(operator(r)).PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(taken), Namespace: aws.String("Jobs"), MetricName: aws.String("Depth"), Statistic: alarmtypes.StatisticSum, Period: aws.Int32(60),
		EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: alarmtypes.ComparisonOperatorLessThanThreshold,
	})
	return err
}

// without leaves calls out, as if AWS had taken them.
func without(left func(any) bool) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("without", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
			middleware.InitializeOutput, middleware.Metadata, error) {
			if !left(in.Parameters) {
				return next.HandleInitialize(ctx, in)
			}
			var out middleware.InitializeOutput
			switch in.Parameters.(type) {
			case *autoscaling.PutScalingPolicyInput:
				out.Result = &autoscaling.PutScalingPolicyOutput{}
			case *cloudwatch.EnableAlarmActionsInput:
				out.Result = &cloudwatch.EnableAlarmActionsOutput{}
			case *cloudwatch.DisableAlarmActionsInput:
				out.Result = &cloudwatch.DisableAlarmActionsOutput{}
			case *cloudwatch.DeleteAlarmsInput:
				out.Result = &cloudwatch.DeleteAlarmsOutput{}
			case *ec2.CreateLaunchTemplateInput:
				out.Result = &ec2.CreateLaunchTemplateOutput{}
			case *ec2.DeleteLaunchTemplateInput:
				out.Result = &ec2.DeleteLaunchTemplateOutput{}
			}
			return out, middleware.Metadata{}, nil
		}), middleware.Before)
	}
}

func policyNamed(name string) func(any) bool {
	return func(input any) bool {
		put, ok := input.(*autoscaling.PutScalingPolicyInput)
		return ok && aws.ToString(put.PolicyName) == name
	}
}

func input[In any](parameters any) bool {
	_, ok := parameters.(*In)
	return ok
}

func putting(change func(*cloudwatch.PutMetricAlarmInput)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return around(stack, func(input, _ any) {
			if put, ok := input.(*cloudwatch.PutMetricAlarmInput); ok {
				change(put)
			}
		})
	}
}

// custom changes the dimensions of the policy that has some.
func custom(stack *middleware.Stack, change func([]types.MetricDimension) []types.MetricDimension) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*autoscaling.PutScalingPolicyInput); ok && put.TargetTrackingConfiguration != nil {
			if metric := put.TargetTrackingConfiguration.CustomizedMetricSpecification; metric != nil {
				metric.Dimensions = change(metric.Dimensions)
			}
		}
	})
}

func loseDimension(stack *middleware.Stack) error {
	return custom(stack, func(all []types.MetricDimension) []types.MetricDimension { return all[:1] })
}

func lookAtBlue(stack *middleware.Stack) error {
	return custom(stack, func(all []types.MetricDimension) []types.MetricDimension {
		all[0].Value = aws.String(deploy.LineageOf(*all[0].Value))
		return all
	})
}

// actOnBlue puts the alarms with the actions that blue's have.
func actOnBlue(stack *middleware.Stack) error {
	var actions []string
	return around(stack, func(input, output any) {
		if seen, ok := output.(*cloudwatch.DescribeAlarmsOutput); ok && actions == nil && len(seen.MetricAlarms) > 0 {
			actions = slices.Clone(seen.MetricAlarms[0].AlarmActions)
		}
		if put, ok := input.(*cloudwatch.PutMetricAlarmInput); ok {
			put.AlarmActions = actions
		}
	})
}

func seeNoAlarmsByName(stack *middleware.Stack) error {
	byName := false
	return around(stack, func(input, output any) {
		if asked, ok := input.(*cloudwatch.DescribeAlarmsInput); ok {
			byName = len(asked.AlarmNames) > 0
		}
		if seen, ok := output.(*cloudwatch.DescribeAlarmsOutput); ok && byName {
			seen.MetricAlarms = nil
		}
	})
}

func silenceBlue(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	cloudwatch.NewFromConfig(d.cfg).DisableAlarmActions(ctx, &cloudwatch.DisableAlarmActionsInput{AlarmNames: []string{cpuHigh}})
}

func deleteTaken(ctx context.Context, d mutantCall) {
	d.fenced(ctx)
	cloudwatch.NewFromConfig(d.cfg).DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{taken}})
}

// enableLate puts green's policies as blue has them once green is attached.
func enableLate(ctx context.Context, d mutantCall) {
	described, err := d.groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{d.deployment.Green}})
	if err != nil || len(described.AutoScalingGroups) == 0 || len(described.AutoScalingGroups[0].TargetGroupARNs) == 0 {
		return
	}
	out, err := d.groups.DescribePolicies(ctx, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &d.deployment.Green, PolicyNames: []string{"cpu"}})
	if err != nil || len(out.ScalingPolicies) == 0 {
		return
	}
	d.fenced(ctx)
	d.groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
		AutoScalingGroupName: &d.deployment.Green, PolicyName: aws.String("cpu"), PolicyType: aws.String("TargetTrackingScaling"),
		TargetTrackingConfiguration: out.ScalingPolicies[0].TargetTrackingConfiguration,
	})
}
