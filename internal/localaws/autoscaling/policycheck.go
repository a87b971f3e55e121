//lint:file-ignore SA1019 MinAdjustmentStep is deprecated, and policies that have it are shown with it.

package autoscaling

import (
	"math"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// The types of scaling policies.
const (
	simpleScaling     = "SimpleScaling"
	stepScaling       = "StepScaling"
	targetTracking    = "TargetTrackingScaling"
	predictiveScaling = "PredictiveScaling"
)

// policyMembers are the members that only some types of policies have (SDK, PutScalingPolicy), and how to see that they
// are given.
var policyMembers = []struct {
	name  string
	types []string
	given func(*types.ScalingPolicy) bool
}{
	{"ScalingAdjustment", []string{simpleScaling}, func(p *types.ScalingPolicy) bool { return p.ScalingAdjustment != nil }},
	{"Cooldown", []string{simpleScaling}, func(p *types.ScalingPolicy) bool { return p.Cooldown != nil }},
	{"StepAdjustments", []string{stepScaling}, func(p *types.ScalingPolicy) bool { return len(p.StepAdjustments) > 0 }},
	{"MetricAggregationType", []string{stepScaling}, func(p *types.ScalingPolicy) bool { return p.MetricAggregationType != nil }},
	{"AdjustmentType", []string{simpleScaling, stepScaling}, func(p *types.ScalingPolicy) bool { return p.AdjustmentType != nil }},
	{"MinAdjustmentMagnitude", []string{simpleScaling, stepScaling}, func(p *types.ScalingPolicy) bool { return p.MinAdjustmentMagnitude != nil }},
	{"MinAdjustmentStep", []string{simpleScaling}, func(p *types.ScalingPolicy) bool { return p.MinAdjustmentStep != nil }},
	{"EstimatedInstanceWarmup", []string{stepScaling, targetTracking}, func(p *types.ScalingPolicy) bool { return p.EstimatedInstanceWarmup != nil }},
	{"TargetTrackingConfiguration", []string{targetTracking}, func(p *types.ScalingPolicy) bool { return p.TargetTrackingConfiguration != nil }},
	{"PredictiveScalingConfiguration", []string{predictiveScaling}, func(p *types.ScalingPolicy) bool { return p.PredictiveScalingConfiguration != nil }},
}

// checkPolicy checks a policy of the group. Where no text of AWS's is known the error is in the model's own words.
func (g *group) checkPolicy(p *types.ScalingPolicy) error {
	if err := checkLength("policyName", p.PolicyName, 255); err != nil {
		return err
	}
	kind := *p.PolicyType
	if !slices.Contains([]string{simpleScaling, stepScaling, targetTracking, predictiveScaling}, kind) {
		return invalid("Invalid policy type: %s. Valid values are: SimpleScaling, StepScaling, TargetTrackingScaling, PredictiveScaling", kind)
	}
	for _, member := range policyMembers {
		if member.given(p) && !slices.Contains(member.types, kind) {
			return invalid("%s is not supported for policy type %s", member.name, kind)
		}
	}
	switch kind {
	case targetTracking:
		return g.checkTracking(p.TargetTrackingConfiguration)
	case predictiveScaling:
		return g.checkForecast(p.PredictiveScalingConfiguration)
	}
	return checkAdjustments(p)
}

// checkLength checks a text that must be there, of 1 to most characters.
func checkLength(member string, text *string, most int) error {
	switch {
	case text == nil:
		return missing(member)
	case *text == "":
		return invalid("1 validation error detected: Value '' at '%s' failed to satisfy constraint: "+
			"Member must have length greater than or equal to 1", member)
	case len(*text) > most:
		return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", *text, member, most)
	}
	return nil
}

// checkAdjustments checks what a simple or step policy changes.
func checkAdjustments(p *types.ScalingPolicy) error {
	adjustment := aws.ToString(p.AdjustmentType)
	switch {
	case *p.PolicyType == simpleScaling && p.ScalingAdjustment == nil:
		return invalid("Scaling increment must be specified for a SimpleScaling policy")
	case *p.PolicyType == stepScaling && len(p.StepAdjustments) == 0:
		return invalid("At least one StepAdjustment must be specified for a StepScaling policy")
	case adjustment == "":
		return invalid("AdjustmentType must be specified for policy type %s", *p.PolicyType)
	case !slices.Contains([]string{"ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"}, adjustment):
		return invalid("Invalid adjustment type: %s. Valid values are: ChangeInCapacity, ExactCapacity, PercentChangeInCapacity", adjustment)
	case (p.MinAdjustmentMagnitude != nil || p.MinAdjustmentStep != nil) && adjustment != "PercentChangeInCapacity":
		return invalid("MinAdjustmentMagnitude is only supported for the adjustment type PercentChangeInCapacity")
	case p.MinAdjustmentMagnitude != nil && *p.MinAdjustmentMagnitude < 1 || p.MinAdjustmentStep != nil && *p.MinAdjustmentStep < 1:
		return invalid("MinAdjustmentMagnitude must be at least 1")
	case p.MinAdjustmentMagnitude != nil && p.MinAdjustmentStep != nil:
		return invalid("Only one of MinAdjustmentMagnitude and MinAdjustmentStep may be specified")
	case adjustment == "ExactCapacity" && aws.ToInt32(p.ScalingAdjustment) < 0:
		return invalid("For adjustment type ExactCapacity the scaling adjustment must not be negative")
	case aws.ToInt32(p.Cooldown) < 0 || aws.ToInt32(p.EstimatedInstanceWarmup) < 0:
		return invalid("Cooldown and EstimatedInstanceWarmup must not be negative")
	case p.MetricAggregationType != nil && !slices.Contains([]string{"Minimum", "Maximum", "Average"}, *p.MetricAggregationType):
		return invalid("Invalid metric aggregation type: %s. Valid values are: Minimum, Maximum, Average", *p.MetricAggregationType)
	}
	return checkSteps(p.StepAdjustments, adjustment)
}

// checkSteps checks that the ranges of steps have no gap and no overlap, and reach to infinity (aws-facts H1).
func checkSteps(steps []types.StepAdjustment, adjustment string) error {
	if len(steps) > 20 {
		return invalid("There can be at most 20 step adjustments per scaling policy")
	}
	for _, s := range steps {
		switch {
		case s.ScalingAdjustment == nil:
			return missing("stepAdjustments.member.scalingAdjustment")
		case adjustment == "ExactCapacity" && *s.ScalingAdjustment < 0:
			return invalid("For adjustment type ExactCapacity the scaling adjustment must not be negative")
		case s.MetricIntervalLowerBound == nil && s.MetricIntervalUpperBound == nil:
			return invalid("Both lower and upper bounds of a step adjustment cannot be left unspecified")
		case lower(s) >= upper(s):
			return invalid("The lower bound of a step adjustment must be less than its upper bound: %v, %v", lower(s), upper(s))
		}
	}
	sorted := bySize(steps)
	for k := 1; k < len(sorted); k++ {
		switch before, after := upper(sorted[k-1]), lower(sorted[k]); {
		case before > after:
			return invalid("Step adjustment intervals must not overlap: one ends at %v, another begins at %v", before, after)
		case before < after:
			return invalid("Step adjustment intervals must not have a gap: one ends at %v, the next begins at %v", before, after)
		}
	}
	if len(sorted) == 0 {
		return nil
	}
	if first := lower(sorted[0]); first < 0 && !math.IsInf(first, -1) {
		return invalid("There must be a StepAdjustment with an unspecified lower bound (i.e., lower bound is null) when one StepAdjustment has a negative lower bound")
	}
	if last := upper(sorted[len(sorted)-1]); last > 0 && !math.IsInf(last, 1) {
		return invalid("There must be a StepAdjustment with an unspecified upper bound (i.e., upper bound is null) when one StepAdjustment has a positive upper bound")
	}
	return nil
}

func bySize(steps []types.StepAdjustment) []types.StepAdjustment {
	return slices.SortedFunc(slices.Values(steps), func(a, b types.StepAdjustment) int {
		switch {
		case lower(a) < lower(b):
			return -1
		case lower(a) > lower(b):
			return 1
		}
		return 0
	})
}

func lower(s types.StepAdjustment) float64 {
	if s.MetricIntervalLowerBound == nil {
		return math.Inf(-1)
	}
	return *s.MetricIntervalLowerBound
}

func upper(s types.StepAdjustment) float64 {
	if s.MetricIntervalUpperBound == nil {
		return math.Inf(1)
	}
	return *s.MetricIntervalUpperBound
}

// stepFor is the step for a metric that is so far from the threshold. Above it the lower bound belongs to a step, below it
// the upper (SDK, StepAdjustment).
func stepFor(steps []types.StepAdjustment, by float64) (int32, bool) {
	for _, s := range steps {
		within := lower(s) <= by && by < upper(s)
		if by < 0 {
			within = lower(s) < by && by <= upper(s)
		}
		if within {
			return *s.ScalingAdjustment, true
		}
	}
	return 0, false
}

// splitLabel splits a resource label, app/<name>/<id>/targetgroup/<name>/<id>, into load balancer and target group.
func splitLabel(label string) (balancer, targetGroup string) {
	at := strings.Index(label, "/targetgroup/")
	if at < 0 {
		return label, ""
	}
	return label[:at], label[at+1:]
}

// checkLabel checks that a label names an application load balancer and a target group of the group's.
func (g *group) checkLabel(label *string) error {
	if err := checkLength("resourceLabel", label, 1023); err != nil {
		return err
	}
	balancer, target := splitLabel(*label)
	if !strings.HasPrefix(balancer, "app/") || strings.Count(balancer, "/") != 2 || strings.Count(target, "/") != 2 {
		return invalid("Invalid resource label: %s. It has the form app/<load balancer name>/<id>/targetgroup/<target group name>/<id>", *label)
	}
	for _, a := range g.attachments {
		if a.state != removing && strings.HasSuffix(a.identifier, ":"+target) {
			return nil
		}
	}
	return invalid("Target group not attached to the Auto Scaling group")
}
