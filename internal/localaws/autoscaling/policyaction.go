//lint:file-ignore SA1019 MinAdjustmentStep is deprecated, and policies that have it are shown with it.

package autoscaling

import (
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cloudwatchtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// AlarmAction runs a policy because an alarm is in a state that has it as an action, with the metric's value then. A policy that is gone or
// disabled does nothing, nor does one of a group that suspends AlarmNotification. The lock is held.
func (in *Groups) AlarmAction(policyARN, alarmName string, value float64) {
	g, at, err := in.policyOf(nil, &policyARN)
	if err != nil || g.deleting || g.isSuspended("AlarmNotification") || !*g.policies[at].Enabled {
		return
	}
	alarm, ok := in.alarms.Alarm(alarmName)
	if !ok {
		return
	}
	p := g.policies[at]
	before := g.desired()
	cause := "a monitor alarm " + alarmName + " in state " + string(alarm.StateValue) + " triggered policy " + *p.PolicyName
	switch *p.PolicyType {
	case simpleScaling:
		if g.coolingDown(g.cooldownOf(p)) == nil {
			g.scaleTo(adjusted(p, *p.ScalingAdjustment, before), cause)
		}
	case stepScaling:
		if step, ok := stepFor(p.StepAdjustments, value-aws.ToFloat64(alarm.Threshold)); ok {
			g.takeStep(p, step, cause)
		}
	case targetTracking:
		g.track(p, alarmName, value, cause)
	}
	if g.desired() != before {
		g.invoking = append(g.invoking, in.invokingAlarm(alarm))
	}
	if g.desired() > before && *p.PolicyType != simpleScaling {
		g.warming += g.desired() - before
	}
}

// cooldownOf is a simple policy's cooldown in seconds: its own, or the group's.
func (g *group) cooldownOf(p *types.ScalingPolicy) int32 {
	if p.Cooldown != nil {
		return *p.Cooldown
	}
	return aws.ToInt32(g.spec.DefaultCooldown)
}

// scaleTo changes the desired capacity for a policy, within the group's bounds.
func (g *group) scaleTo(wanted int, cause string) {
	wanted = min(max(wanted, g.min()), g.max())
	if wanted == g.desired() {
		return
	}
	g.write()
	g.setDesired(wanted, cause)
	g.changed()
	g.schedule()
}

// adjusted is the capacity that an adjustment by so much asks for, from a capacity. A change of percent is rounded: above
// 1 and below -1 towards zero, else away from it (aws-facts H1).
func adjusted(p *types.ScalingPolicy, by int32, from int) int {
	switch *p.AdjustmentType {
	case "ExactCapacity":
		return int(by)
	case "PercentChangeInCapacity":
		exact := float64(from) * float64(by) / 100
		change := math.Trunc(exact)
		if math.Abs(exact) < 1 && exact != 0 {
			change = math.Copysign(1, exact)
		}
		least := float64(max(aws.ToInt32(p.MinAdjustmentMagnitude), aws.ToInt32(p.MinAdjustmentStep)))
		if math.Abs(change) < least && by != 0 {
			change = math.Copysign(least, float64(by))
		}
		return from + int(change)
	}
	return from + int(by)
}

// takeStep changes the capacity by a step. A scale-out counts from the instances that have warmed up, so that those that
// still do are part of what it adds; a scale-in waits until none does (user guide, instance warmup).
func (g *group) takeStep(p *types.ScalingPolicy, by int32, cause string) {
	settled, warms := g.settled(p)
	if wanted := adjusted(p, by, min(settled, g.desired())); wanted > g.desired() {
		g.scaleTo(wanted, cause)
		return
	}
	if wanted := adjusted(p, by, g.desired()); wanted < g.desired() && !warms {
		g.scaleTo(wanted, cause)
	}
}

// track changes the capacity in proportion to how far a metric is from its target: out at once, in slowly. AWS does not
// publish how slowly; the model takes away a tenth at most, or one. A group at zero can only go out by one.
func (g *group) track(p *types.ScalingPolicy, alarmName string, value float64, cause string) {
	target := *p.TargetTrackingConfiguration.TargetValue
	settled, warms := g.settled(p)
	is := func(k int) bool { return k < len(p.Alarms) && alarmName == *p.Alarms[k].AlarmName }
	if is(0) {
		base := min(settled, g.desired())
		if wanted := max(needed(base, value, target), base+1); wanted > g.desired() {
			g.scaleTo(wanted, cause)
		}
		return
	}
	if !is(1) || warms || !g.allScaleIn(p) {
		return
	}
	wanted := max(needed(g.desired(), value, target), g.desired()-max(1, g.desired()/10))
	if wanted < g.desired() {
		g.scaleTo(wanted, cause)
	}
}

// needed is the capacity at which the metric would be at its target.
func needed(capacity int, value, target float64) int {
	return int(math.Ceil(float64(capacity)*value/target - 1e-9)) // so much is rounding of floats
}

// allScaleIn reports whether the group's other tracking policies want to scale in, too: those that never do have no say
// (user guide, multiple target tracking policies).
func (g *group) allScaleIn(but *types.ScalingPolicy) bool {
	for _, p := range g.policies {
		if p == but || *p.PolicyType != targetTracking || !*p.Enabled || len(p.Alarms) < 2 {
			continue
		}
		if low, ok := g.in.alarms.Alarm(*p.Alarms[1].AlarmName); ok && low.StateValue != cloudwatchtypes.StateValueAlarm {
			return false
		}
	}
	return true
}

// warmup is how long a new instance takes to warm up for a policy: its own figure, the group's, or the group's cooldown.
func (g *group) warmup(p *types.ScalingPolicy) time.Duration {
	seconds := g.spec.DefaultCooldown
	if g.spec.DefaultInstanceWarmup != nil {
		seconds = g.spec.DefaultInstanceWarmup
	}
	if p.EstimatedInstanceWarmup != nil {
		seconds = p.EstimatedInstanceWarmup
	}
	return time.Duration(aws.ToInt32(seconds)) * time.Second
}

// settled is the capacity in service that has warmed up, and whether some still warms up: what policies launched, and with
// a default instance warmup whatever was launched (SDK, EstimatedInstanceWarmup).
func (g *group) settled(p *types.ScalingPolicy) (units int, warms bool) {
	warmup := g.warmup(p)
	for _, m := range g.counting() {
		ready := m.state == types.LifecycleStateInService
		switch warm := ready && !g.now().Before(m.inService.Add(warmup)); {
		case warm:
			units += m.weight
		case m.scaled || g.spec.DefaultInstanceWarmup != nil:
			warms = true
		case ready:
			units += m.weight
		}
	}
	return units, warms
}
