package autoscaling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
)

func step(lower, upper, by float64) types.StepAdjustment {
	s := types.StepAdjustment{ScalingAdjustment: aws.Int32(int32(by)), MetricIntervalLowerBound: &lower, MetricIntervalUpperBound: &upper}
	if lower < -999 {
		s.MetricIntervalLowerBound = nil
	}
	if upper > 999 {
		s.MetricIntervalUpperBound = nil
	}
	return s
}

const infinite = 1000

func stepPolicy(steps ...types.StepAdjustment) *sdk.PutScalingPolicyInput {
	return &sdk.PutScalingPolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: aws.String("steps"), PolicyType: aws.String("StepScaling"),
		AdjustmentType: aws.String("ChangeInCapacity"), StepAdjustments: steps}
}

func simplePolicy(kind string, by int32) *sdk.PutScalingPolicyInput {
	return &sdk.PutScalingPolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: aws.String("simple"),
		AdjustmentType: &kind, ScalingAdjustment: &by}
}

func trackingPolicy(name string, target float64) *sdk.PutScalingPolicyInput {
	return &sdk.PutScalingPolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"),
		TargetTrackingConfiguration: &types.TargetTrackingConfiguration{TargetValue: &target,
			PredefinedMetricSpecification: &types.PredefinedMetricSpecification{PredefinedMetricType: types.MetricTypeASGAverageCPUUtilization}}}
}

func forecastPolicy() *sdk.PutScalingPolicyInput {
	return &sdk.PutScalingPolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: aws.String("forecast"), PolicyType: aws.String("PredictiveScaling"),
		PredictiveScalingConfiguration: &types.PredictiveScalingConfiguration{MetricSpecifications: []types.PredictiveScalingMetricSpecification{{
			TargetValue: aws.Float64(50), PredefinedMetricPairSpecification: &types.PredictiveScalingPredefinedMetricPair{
				PredefinedMetricType: types.PredefinedMetricPairTypeASGCPUUtilization}}}}}
}

// mathPolicy tracks expressions and metrics; those that end in ! are returned.
func mathPolicy(queries ...string) *sdk.PutScalingPolicyInput {
	in := trackingPolicy("math", 10)
	in.TargetTrackingConfiguration.PredefinedMetricSpecification = nil
	custom := &types.CustomizedMetricSpecification{}
	for k, expression := range queries {
		q := types.TargetTrackingMetricDataQuery{Id: aws.String(fmt.Sprintf("m%d", k)), ReturnData: aws.Bool(strings.HasSuffix(expression, "!"))}
		if name := strings.TrimSuffix(expression, "!"); strings.Contains(name, "/") {
			q.Expression = &name
		} else {
			q.MetricStat = &types.TargetTrackingMetricStat{Stat: aws.String("Sum"), Metric: &types.Metric{Namespace: aws.String("app"), MetricName: &name,
				Dimensions: []types.MetricDimension{{Name: aws.String("Queue"), Value: aws.String("q")}}}}
		}
		custom.Metrics = append(custom.Metrics, q)
	}
	in.TargetTrackingConfiguration.CustomizedMetricSpecification = custom
	return in
}

func TestRefusedPolicies(t *testing.T) {
	with := func(in *sdk.PutScalingPolicyInput, change func(*sdk.PutScalingPolicyInput)) *sdk.PutScalingPolicyInput {
		change(in)
		return in
	}
	tests := []struct {
		in      *sdk.PutScalingPolicyInput
		message string
	}{
		{with(simplePolicy("ChangeInCapacity", 1), func(in *sdk.PutScalingPolicyInput) { in.PolicyName = aws.String(strings.Repeat("x", 256)) }),
			"1 validation error detected: Value '" + strings.Repeat("x", 256) + "' at 'policyName' failed to satisfy constraint: Member must have length less than or equal to 255"},
		{with(simplePolicy("ChangeInCapacity", 1), func(in *sdk.PutScalingPolicyInput) { in.ScalingAdjustment = nil }),
			"Scaling increment must be specified for a SimpleScaling policy"},
		{with(simplePolicy("ChangeInCapacity", 1), func(in *sdk.PutScalingPolicyInput) { in.EstimatedInstanceWarmup = aws.Int32(1) }),
			"EstimatedInstanceWarmup is not supported for policy type SimpleScaling"},
		{with(simplePolicy("ChangeInCapacity", 1), func(in *sdk.PutScalingPolicyInput) { in.MinAdjustmentMagnitude = aws.Int32(1) }),
			"MinAdjustmentMagnitude is only supported for the adjustment type PercentChangeInCapacity"},
		{simplePolicy("ExactCapacity", -1), "For adjustment type ExactCapacity the scaling adjustment must not be negative"},
		{with(stepPolicy(step(0, infinite, 1)), func(in *sdk.PutScalingPolicyInput) { in.Cooldown = aws.Int32(1) }),
			"Cooldown is not supported for policy type StepScaling"},
		{stepPolicy(), "At least one StepAdjustment must be specified for a StepScaling policy"},
		{stepPolicy(step(-infinite, infinite, 1)), "Both lower and upper bounds of a step adjustment cannot be left unspecified"},
		{stepPolicy(step(0, 10, 1)), "There must be a StepAdjustment with an unspecified upper bound (i.e., upper bound is null) when one StepAdjustment has a positive upper bound"},
		{stepPolicy(step(-10, 0, 1)), "There must be a StepAdjustment with an unspecified lower bound (i.e., lower bound is null) when one StepAdjustment has a negative lower bound"},
		{stepPolicy(step(10, infinite, 2), step(0, 9, 1)), "Step adjustment intervals must not have a gap: one ends at 9, the next begins at 10"},
		{stepPolicy(step(0, 11, 1), step(10, infinite, 2)), "Step adjustment intervals must not overlap: one ends at 11, another begins at 10"},
		{stepPolicy(make([]types.StepAdjustment, 21)...), "There can be at most 20 step adjustments per scaling policy"},
		{with(trackingPolicy("cpu", 50), func(in *sdk.PutScalingPolicyInput) { in.AdjustmentType = aws.String("ChangeInCapacity") }),
			"AdjustmentType is not supported for policy type TargetTrackingScaling"},
		{with(trackingPolicy("requests", 50), func(in *sdk.PutScalingPolicyInput) {
			in.TargetTrackingConfiguration.PredefinedMetricSpecification = &types.PredefinedMetricSpecification{
				PredefinedMetricType: types.MetricTypeALBRequestCountPerTarget,
				ResourceLabel:        aws.String("app/lb/0123456789abcdef/targetgroup/tg/0123456789abcdef")}
		}), "Target group not attached to the Auto Scaling group"},
		{mathPolicy("a", "b"), "Exactly one of the metrics must have ReturnData true, not 0"},
		{mathPolicy("a!", "b!"), "Exactly one of the metrics must have ReturnData true, not 2"},
		{with(forecastPolicy(), func(in *sdk.PutScalingPolicyInput) {
			in.PredictiveScalingConfiguration.MaxCapacityBreachBehavior = "IncreaseMaxCapacity"
		}), "MaxCapacityBuffer is required with the behavior IncreaseMaxCapacity, and not supported otherwise"},
		{with(forecastPolicy(), func(in *sdk.PutScalingPolicyInput) {
			in.PredictiveScalingConfiguration.MetricSpecifications = append(in.PredictiveScalingConfiguration.MetricSpecifications,
				in.PredictiveScalingConfiguration.MetricSpecifications[0])
		}), "A predictive scaling policy has exactly one metric specification, not 2"},
	}
	run(t, nil, func(w *world) {
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		for k, test := range tests {
			if k == 12 { // what the client itself asks of a step
				for s := range test.in.StepAdjustments {
					test.in.StepAdjustments[s] = step(float64(s), float64(s+1), 1)
				}
			}
			refused(w, w.client.PutScalingPolicy, test.in, "ValidationError", test.message)
		}
		for k := range 50 {
			in := simplePolicy("ChangeInCapacity", 1)
			in.PolicyName = aws.String(fmt.Sprint(k))
			do(w, w.client.PutScalingPolicy, in)
		}
		refused(w, w.client.PutScalingPolicy, forecastPolicy(), "LimitExceeded", "Only 50 scaling policies are allowed per AutoScalingGroup")
	})
}

// Policies of all types are shown with the defaults and lists that AWS fills in, and putting one again replaces it.
func TestDescribePolicies(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, _ := w.alarmed()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		do(w, w.client.PutScalingPolicy, simplePolicy("ChangeInCapacity", 1))
		out := do(w, w.client.PutScalingPolicy, stepPolicy(step(0, infinite, 1)))
		do(w, w.client.PutScalingPolicy, forecastPolicy())
		alarms.people("busy", 70, *out.PolicyARN)
		found := do(w, w.client.DescribePolicies, &sdk.DescribePoliciesInput{AutoScalingGroupName: aws.String("blue"), PolicyNames: []string{"no", "simple", "steps", "forecast"}}).ScalingPolicies
		if len(found) != 3 {
			t.Fatalf("%d policies", len(found))
		}
		if p := found[0]; p.StepAdjustments == nil || p.Alarms == nil || *p.PolicyType != "SimpleScaling" || !*p.Enabled || len(p.Alarms) != 0 {
			t.Errorf("simple: %+v", p)
		}
		if p := found[1]; *p.MetricAggregationType != "Average" || len(p.Alarms) != 1 || *p.Alarms[0].AlarmName != "busy" || *p.Alarms[0].AlarmARN == "" {
			t.Errorf("step: %+v", p)
		}
		if c := found[2].PredictiveScalingConfiguration; c.Mode != "ForecastOnly" || c.MaxCapacityBreachBehavior != "HonorMaxCapacity" || *c.SchedulingBufferTime != 300 {
			t.Errorf("predictive: %+v", c)
		}
		percent := simplePolicy("PercentChangeInCapacity", 10)
		percent.Cooldown, percent.MinAdjustmentMagnitude = aws.Int32(5), aws.Int32(2)
		do(w, w.client.PutScalingPolicy, percent)
		do(w, w.client.PutScalingPolicy, simplePolicy("ChangeInCapacity", 2))
		again := do(w, w.client.DescribePolicies, &sdk.DescribePoliciesInput{PolicyTypes: []string{"SimpleScaling"}}).ScalingPolicies
		if p := again[0]; len(again) != 1 || p.Cooldown != nil || p.MinAdjustmentMagnitude != nil || *p.PolicyARN != *found[0].PolicyARN {
			t.Errorf("put again: %+v", again)
		}
		do(w, w.client.DeletePolicy, &sdk.DeletePolicyInput{PolicyName: out.PolicyARN})
		if a, ok := alarms["busy"]; !ok || len(a.AlarmActions) != 0 {
			t.Errorf("the alarm of a deleted step policy: %+v", a)
		}
		refused(w, w.client.ExecutePolicy, &sdk.ExecutePolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: aws.String("forecast")},
			"ValidationError", "ExecutePolicy is not supported for policy type PredictiveScaling")
	})
}

// show is what the alarms watch, one a line.
func (a alarms) show() string {
	var lines []string
	for _, name := range []string{"AlarmHigh", "AlarmLow"} {
		for full, alarm := range a {
			if !strings.Contains(full, name) {
				continue
			}
			what := aws.ToString(alarm.Namespace) + " " + aws.ToString(alarm.MetricName) + " " + string(alarm.Statistic)
			for _, d := range alarm.Dimensions {
				what += " " + *d.Name + "=" + *d.Value
			}
			for _, q := range alarm.Metrics {
				what += fmt.Sprintf(" %s:%s:%t", *q.Id, aws.ToString(q.Expression), *q.ReturnData)
			}
			lines = append(lines, fmt.Sprintf("%s %s %v %dx%ds %s", full[:len(full)-37], alarm.ComparisonOperator, *alarm.Threshold, *alarm.EvaluationPeriods, aws.ToInt32(alarm.Period), what))
		}
	}
	return strings.Join(lines, "\n")
}

// A tracking policy makes the two alarms that were recorded, keeps them when it is put again, and takes them along.
func TestTrackingAlarms(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, _ := w.alarmed()
		arn := w.targetGroup("tg")
		create := w.group("blue", 0, 1)
		create.TargetGroupARNs = []string{arn}
		do(w, w.client.CreateAutoScalingGroup, create)
		put := do(w, w.client.PutScalingPolicy, trackingPolicy("cpu", 60))
		if len(put.Alarms) != 2 || *alarms[*put.Alarms[0].AlarmName].AlarmDescription != "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy "+*put.PolicyARN+"." {
			t.Errorf("alarms: %+v", put.Alarms)
		}
		want := func(what string) {
			t.Helper()
			if diff := cmp.Diff(what, alarms.show()); diff != "" {
				t.Errorf("alarms (-want +got):\n%s", diff)
			}
		}
		want("TargetTracking-blue-AlarmHigh GreaterThanThreshold 60 3x60s AWS/EC2 CPUUtilization Average AutoScalingGroupName=blue\n" +
			"TargetTracking-blue-AlarmLow LessThanThreshold 54 15x60s AWS/EC2 CPUUtilization Average AutoScalingGroupName=blue")
		_, id, _ := strings.Cut(arn, "targetgroup/")
		requests := trackingPolicy("cpu", 100)
		requests.Enabled = aws.Bool(false)
		requests.TargetTrackingConfiguration.DisableScaleIn = aws.Bool(true)
		requests.TargetTrackingConfiguration.PredefinedMetricSpecification = &types.PredefinedMetricSpecification{
			PredefinedMetricType: types.MetricTypeALBRequestCountPerTarget, ResourceLabel: aws.String("app/lb/0123456789abcdef/targetgroup/" + id)}
		again := do(w, w.client.PutScalingPolicy, requests)
		if *again.PolicyARN != *put.PolicyARN || len(again.Alarms) != 1 || *again.Alarms[0].AlarmName != *put.Alarms[0].AlarmName {
			t.Errorf("put again: %+v", again)
		}
		want("TargetTracking-blue-AlarmHigh GreaterThanThreshold 100 3x60s AWS/ApplicationELB RequestCountPerTarget Sum TargetGroup=targetgroup/" + id +
			" LoadBalancer=app/lb/0123456789abcdef")
		do(w, w.client.DeletePolicy, &sdk.DeletePolicyInput{AutoScalingGroupName: aws.String("blue"), PolicyName: aws.String("cpu")})
		want("")
		backlog := mathPolicy("visible", "workers", "m0/m1!")
		backlog.TargetTrackingConfiguration.DisableScaleIn = aws.Bool(true)
		do(w, w.client.PutScalingPolicy, backlog)
		want("TargetTracking-blue-AlarmHigh GreaterThanThreshold 10 3x0s    m0::false m1::false m2:m0/m1:true")
	})
}

// With its group go a policy's own alarms, and those of people that are left without any action.
func TestDeletedGroupTakesAlarms(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, _ := w.alarmed()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 0, 1))
		do(w, w.client.PutScalingPolicy, trackingPolicy("cpu", 60))
		out := do(w, w.client.PutScalingPolicy, simplePolicy("ChangeInCapacity", 1))
		alarms.people("only", 1, *out.PolicyARN)
		alarms.people("pages", 1, *out.PolicyARN, "arn:aws:sns:ap-northeast-1:000000000000:pages")
		alarms.people("other", 1)
		w.until(10 * time.Second)
		do(w, w.client.DeleteAutoScalingGroup, &sdk.DeleteAutoScalingGroupInput{AutoScalingGroupName: aws.String("blue")})
		if len(alarms) != 2 || len(alarms["pages"].AlarmActions) != 1 || alarms["other"] == nil {
			t.Errorf("alarms left: %v", alarms)
		}
	})
}
