package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"bluegreen/internal/localaws"
)

// adorn draws what hangs on the fleet besides, and what green is to launch from. It has randomness of its own, so that all else of a
// seed stays what it was before any of this was drawn. What would let blue launch is not drawn while the image is sick.
func (c *Case) adorn(drawn *draw) {
	d := &draw{Rand: rand.New(rand.NewPCG(c.Seed, 0x68616e6773000000)), sickGreen: drawn.sickGreen, desired: drawn.desired, unchecked: drawn.unchecked, unit: 1}
	switch {
	case d.chance(12):
		c.World = d.weighted(c.World)
		if slices.Contains(c.World, Argument{"counts", "memory-mib"}) {
			d.unit = memoryUnit
			c.inMemory()
		}
	case d.chance(4) && !d.sickGreen:
		d.desired = 0
		c.World = append(without(c.World, "desired", "min"), arguments("desired", "0", "min", "0")...)
	}
	if d.chance(30) && !d.sickGreen {
		c.Setup = append(c.Setup, d.policies(balancedHTTP(c.World))...)
		c.Setup = append(c.Setup, d.load())
		for range d.IntN(3) {
			c.Events = append(c.Events, Event{d.moment(), d.load()})
		}
	}
	if d.chance(25) && !d.sickGreen {
		for i := range d.between(1, 3) {
			c.Setup = append(c.Setup, d.scheduled(i))
		}
	}
	if d.chance(20) && !d.sickGreen {
		c.Setup = append(c.Setup, d.warmPool())
	}
	if d.chance(15) {
		c.Setup = append(c.Setup, notifies()...)
	}
	if d.chance(20) {
		c.green(d)
	}
	if d.chance(10) && !d.sickGreen {
		c.Events = append(c.Events, Event{d.moment(), d.rehang()})
	}
	if d.chance(10) {
		c.Setup = append(c.Setup, watched()...)
	}
	if d.chance(10) {
		c.Events = append(c.Events, Event{d.moment(), d.drift()})
	}
	slices.SortStableFunc(c.Events, func(a, b Event) int { return int(a.At - b.At) })
}

func (d *draw) moment() time.Duration { return time.Duration(d.between(0, 900)) * time.Second }

// weighted lets the fleet count in units: one to three types, of weights 1 to 8, or the vCPUs or the memory of types that it names by what
// it requires.
func (d *draw) weighted(world []Argument) []Argument {
	if d.chance(25) {
		return append(without(world, "source"), arguments("source", "requirements", "counts", d.pick("", "vcpu", "memory-mib"))...)
	}
	var weights []string
	for range d.between(1, 3) {
		weights = append(weights, strconv.Itoa(d.between(1, 8)))
	}
	return append(without(world, "source"), arguments("weights", strings.Join(weights, "+"))...)
}

// memoryUnit is what one of the sizes drawn stands for in a fleet that counts memory: the MiB of one of its instances.
const memoryUnit = 4096

// inMemory has the sizes of the fleet, and those that it is given later, count MiB.
func (c *Case) inMemory() {
	c.World = multiplied(c.World)
	for i, event := range c.Events {
		if event.Name == "resize" {
			c.Events[i].Arguments = multiplied(event.Arguments)
		}
	}
}

// multiplied has the sizes among the arguments count MiB.
func multiplied(args []Argument) []Argument {
	all := slices.Clone(args)
	for i, arg := range all {
		if n, err := strconv.Atoi(arg.Value); err == nil && slices.Contains([]string{"desired", "min", "max"}, arg.Key) {
			all[i].Value = strconv.Itoa(n * memoryUnit)
		}
	}
	return all
}

func without(all []Argument, keys ...string) []Argument {
	return slices.DeleteFunc(slices.Clone(all), func(a Argument) bool { return slices.Contains(keys, a.Key) })
}

// balancedHTTP is whether an Application Load Balancer counts the fleet's requests.
func balancedHTTP(world []Argument) bool {
	return !slices.ContainsFunc(world, func(a Argument) bool { return a.Key == "unbalanced" || a.Key == "network" })
}

func call(service, operation, input string, args ...any) Command {
	return Command{Name: "call", Arguments: []Argument{{service, ""}, {operation, ""}}, Input: fmt.Sprintf(input, args...)}
}

// policies draws one to three scaling policies, with alarms where AWS makes none.
func (d *draw) policies(counted bool) []Command {
	kinds := [][]Command{
		{policy(`"PolicyName": "cpu", "PolicyType": "TargetTrackingScaling", "EstimatedInstanceWarmup": %d, "TargetTrackingConfiguration": {"TargetValue": %d,
  "DisableScaleIn": %t, "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"}}`, d.between(0, 300), d.between(20, 80), d.chance(30))},
		{policy(`"PolicyName": "grow", "PolicyType": "StepScaling", "AdjustmentType": "PercentChangeInCapacity", "MinAdjustmentMagnitude": %d, "EstimatedInstanceWarmup": 120,
  "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": %d}]`, d.between(1, 3), d.between(10, 100)),
			alarm("cpu high", "Greater", d.between(50, 90), "grow")},
		{policy(`"PolicyName": "shrink", "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": -%d, "Cooldown": %d`, d.between(1, 2), d.between(0, 300)),
			alarm("BLUE cpu low", "Less", d.between(5, 30), "shrink")},
		{policy(`"PolicyName": "forecast", "PolicyType": "PredictiveScaling", "PredictiveScalingConfiguration": {"Mode": %q, "MetricSpecifications": [{"TargetValue": 40,
  "PredefinedMetricPairSpecification": {"PredefinedMetricType": "ASGCPUUtilization"}}]}`, d.pick("ForecastOnly", "ForecastAndScale"))},
		{policy(`"PolicyName": "by hand", "AdjustmentType": "ExactCapacity", "ScalingAdjustment": 6, "Enabled": %t`, d.chance(50))},
	}
	if counted {
		kinds = append(kinds, []Command{policy(`"PolicyName": "requests", "PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": {"TargetValue": %d,
  "PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": "TARGET_LABEL"}}`, d.between(100, 900))})
	}
	d.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	return slices.Concat(kinds[:d.between(1, 3)]...)
}

func policy(members string, args ...any) Command {
	return call("autoscaling", "PutScalingPolicy", `{"AutoScalingGroupName": "BLUE", `+members+"}", args...)
}

func alarm(name, compared string, threshold int, policy string) Command {
	return call("cloudwatch", "PutMetricAlarm", `{"AlarmName": %q, "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60, "EvaluationPeriods": 2,
  "Threshold": %d, "ComparisonOperator": "%sThanThreshold", "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "BLUE"}], "AlarmActions": ["POLICY(BLUE/%s)"]}`,
		name, threshold, compared, policy)
}

// load draws requests of which each instance that the fleet begins with can take 600 a minute.
func (d *draw) load() Command {
	return Command{Name: "load", Arguments: arguments("requests", strconv.Itoa((d.desired+1)*d.between(20, 900)), "capacity", "600")}
}

// scheduled draws an action of which a run may fall due while the deployment goes on: once, or again and again. The first alone sets
// what is desired, and once: AWS ends instances that serve where a fleet shrinks that has not settled since another run.
func (d *draw) scheduled(i int) Command {
	when := fmt.Sprintf(`"StartTime": "AFTER(%s)"`, d.seconds(60, 1500))
	if i > 0 && d.chance(35) {
		when = fmt.Sprintf(`"Recurrence": "*/%d * * * *", "TimeZone": %q`, d.between(5, 30), d.pick("Etc/UTC", "Asia/Tokyo", "Asia/Kolkata"))
	}
	sizes := fmt.Sprintf(`"DesiredCapacity": %d`, d.unit*d.between(1, 12))
	if i > 0 || d.chance(40) {
		least := d.IntN(5)
		sizes = fmt.Sprintf(`"MinSize": %d, "MaxSize": %d`, d.unit*least, d.unit*d.between(max(least, 4), 60))
	}
	return call("autoscaling", "PutScheduledUpdateGroupAction", `{"AutoScalingGroupName": "BLUE", "ScheduledActionName": "run-%d", %s, %s}`, i+1, when, sizes)
}

func (d *draw) warmPool() Command {
	sizes := ""
	if d.chance(60) {
		sizes = fmt.Sprintf(`, "MaxGroupPreparedCapacity": %d`, d.unit*(d.desired+d.IntN(4)))
	}
	return call("autoscaling", "PutWarmPool", `{"AutoScalingGroupName": "BLUE", "MinSize": %d, "PoolState": %q, "InstanceReusePolicy": {"ReuseOnScaleIn": %t}%s}`,
		d.IntN(3), d.pick("Stopped", "Running", "Hibernated"), d.chance(30), sizes)
}

func notifies() []Command {
	return []Command{
		call("sns", "CreateTopic", `{"Name": "fleet-events"}`),
		call("autoscaling", "PutNotificationConfiguration", `{"AutoScalingGroupName": "BLUE", "TopicARN": "arn:aws:sns:%s:%s:fleet-events",
  "NotificationTypes": ["autoscaling:EC2_INSTANCE_TERMINATE", "autoscaling:EC2_INSTANCE_LAUNCH"]}`, localaws.DefaultRegion, localaws.DefaultAccountID),
	}
}

// watched are alarms of people's that no copy has: one that looks at blue and does nothing to it, and one that looks at that one.
func watched() []Command {
	return []Command{
		call("cloudwatch", "PutMetricAlarm", `{"AlarmName": "BLUE watched", "Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Statistic": "Average", "Period": 60, "EvaluationPeriods": 2,
  "Threshold": 95, "ComparisonOperator": "GreaterThanThreshold", "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "BLUE"}]}`),
		call("cloudwatch", "PutCompositeAlarm", `{"AlarmName": "all is lost", "AlarmRule": "ALARM(\"BLUE watched\")"}`),
	}
}

// parameter is the Systems Manager parameter that names green's image.
const parameter = "/ec/mqagt/dev/image"

// green draws what green is to launch from instead of what blue launches from.
func (c *Case) green(d *draw) {
	const image, code = `"image": {"id": "GREEN_IMAGE"}`, `"user_data": "#!/bin/sh\nsystemctl start other\n"`
	c.Request.Green = d.pick(image, `"instance_type": "t3.small"`, code, image+", "+code,
		`"image": {"parameter": "`+parameter+`"}`, fmt.Sprintf(`"launch_template_version": %q`, d.pick("1", "2", "$Latest", "$Default")))
	if strings.Contains(c.Request.Green, parameter) {
		c.Setup = append(c.Setup, call("ssm", "PutParameter", `{"Name": %q, "Value": "GREEN_IMAGE", "Type": "String", "DataType": "aws:ec2:image"}`, parameter))
	}
}

// rehang changes what hangs on blue, or adds to it, whenever.
func (d *draw) rehang() Command {
	calls := []Command{
		policy(`"PolicyName": "late", "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1`),
		call("autoscaling", "DeletePolicy", `{"AutoScalingGroupName": "BLUE", "PolicyName": "cpu"}`),
		d.scheduled(8),
		call("autoscaling", "DeleteScheduledAction", `{"AutoScalingGroupName": "BLUE", "ScheduledActionName": "run-1"}`),
		d.warmPool(),
		call("cloudwatch", "DisableAlarmActions", `{"AlarmNames": ["cpu high"]}`),
	}
	return calls[d.IntN(len(calls))]
}

// drift changes of blue what a copy has and what no run, load or request needs, whenever.
func (d *draw) drift() Command {
	calls := []Command{
		call("autoscaling", "DeleteWarmPool", `{"AutoScalingGroupName": "BLUE"}`),
		call("autoscaling", "PutNotificationConfiguration", `{"AutoScalingGroupName": "BLUE", "TopicARN": "arn:aws:sns:%s:%s:ec-mqagt-dev-operators",
  "NotificationTypes": ["autoscaling:EC2_INSTANCE_LAUNCH_ERROR"]}`, localaws.DefaultRegion, localaws.DefaultAccountID),
		call("autoscaling", "DeleteNotificationConfiguration", `{"AutoScalingGroupName": "BLUE", "TopicARN": "arn:aws:sns:%s:%s:fleet-events"}`, localaws.DefaultRegion, localaws.DefaultAccountID),
		call("autoscaling", "PutLifecycleHook", `{"AutoScalingGroupName": "BLUE", "LifecycleHookName": "late", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
  "HeartbeatTimeout": 30, "DefaultResult": "CONTINUE"}`),
		call("autoscaling", "EnableMetricsCollection", `{"AutoScalingGroupName": "BLUE", "Granularity": "1Minute", "Metrics": ["GroupPendingInstances"]}`),
		call("autoscaling", "DisableMetricsCollection", `{"AutoScalingGroupName": "BLUE"}`),
		call("autoscaling", "UpdateAutoScalingGroup", `{"AutoScalingGroupName": "BLUE", "InstanceMaintenancePolicy": {"MinHealthyPercentage": 100, "MaxHealthyPercentage": %d}}`, d.between(101, 200)),
		call("autoscaling", "UpdateAutoScalingGroup", `{"AutoScalingGroupName": "BLUE", "DefaultInstanceWarmup": %d, "CapacityRebalance": true}`, d.between(0, 300)),
		alarm("cpu high", "Greater", d.between(50, 90), "grow"),
		call("cloudwatch", "DeleteAlarms", `{"AlarmNames": ["cpu high"]}`),
		call("cloudwatch", "PutCompositeAlarm", `{"AlarmName": "late", "AlarmRule": "ALARM(\"cpu high\")"}`),
	}
	return calls[d.IntN(len(calls))]
}
