package autoscaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

// desires compares the desired capacity of a group.
func (w *world) desires(want int32) {
	w.Helper()
	if got := *do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0].DesiredCapacity; got != want {
		w.Errorf("at %s the desired capacity is %d, want %d", w.clock.Now().Sub(w.start), got, want)
	}
}

// A step policy adds by how far the metric is past the threshold. Instances that warm up count towards what the next
// alarm adds, and nothing is taken away meanwhile.
func TestStepPolicyActs(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, act := w.alarmed()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 1))
		put := stepPolicy(step(-infinite, -20, -2), step(-20, 0, -1), step(0, 10, 1), step(10, infinite, 3))
		put.EstimatedInstanceWarmup = aws.Int32(60)
		arn := *do(w, w.client.PutScalingPolicy, put).PolicyARN
		alarms.people("busy", 70, arn)
		w.until(time.Minute)
		act(arn, "busy", 79) // 9 past: +1
		w.desires(3)
		w.until(70 * time.Second)
		act(arn, "busy", 79) // the one that was added still warms up
		w.desires(3)
		act(arn, "busy", 80) // 10 past: +3, of which one is there
		w.desires(5)
		w.until(80 * time.Second)
		act(arn, "busy", 60)
		w.desires(5)
		w.until(4 * time.Minute)
		act(arn, "busy", 50) // -20 belongs to the lower step's upper bound
		w.desires(3)
		w.until(5 * time.Minute)
		act(arn, "busy", 69)
		w.desires(2)
		execute := &sdk.ExecutePolicyInput{PolicyName: &arn, MetricValue: aws.Float64(59), BreachThreshold: aws.Float64(50)}
		do(w, w.client.ExecutePolicy, execute)
		w.desires(3)
		execute.HonorCooldown = aws.Bool(true)
		refused(w, w.client.ExecutePolicy, execute, "ValidationError", "HonorCooldown is not supported for policy type StepScaling")
		put.StepAdjustments = put.StepAdjustments[2:]
		do(w, w.client.PutScalingPolicy, put)
		execute.HonorCooldown, execute.MetricValue = nil, aws.Float64(49)
		refused(w, w.client.ExecutePolicy, execute, "ValidationError", "Metric value 49 does not correspond to a step adjustment of policy steps")
	})
}

// A simple policy waits for activities and its cooldown, and rounds percent as AWS does.
func TestSimplePolicyActs(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, act := w.alarmed()
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 2, 1))
		put := func(percent, least int32) string {
			in := simplePolicy("PercentChangeInCapacity", percent)
			in.Cooldown = aws.Int32(60)
			if least > 0 {
				in.MinAdjustmentMagnitude = &least
			}
			return *do(w, w.client.PutScalingPolicy, in).PolicyARN
		}
		arn := put(30, 0)
		alarms.people("busy", 70, arn)
		w.until(5 * time.Second)
		act(arn, "busy", 80) // instances are launched
		w.desires(2)
		w.until(time.Minute) // in service at 13 s: the cooldown ends at 73 s
		act(arn, "busy", 80)
		w.desires(2)
		w.until(80 * time.Second)
		act(arn, "busy", 80) // 0.6 is 1
		w.desires(3)
		w.until(3 * time.Minute)
		put(90, 0)
		act(arn, "busy", 80) // 2.7 is 2
		w.desires(5)
		w.until(5 * time.Minute)
		put(-10, 3)
		act(arn, "busy", 80) // -0.5 is 3 at least
		w.desires(2)
		w.until(7 * time.Minute)
		put(-90, 0)
		act(arn, "busy", 80) // -1.8 is -1
		w.desires(1)
	})
}

// A tracking policy adds what its target needs at once and takes away slowly; the activities tell the alarm.
func TestTrackingPolicyActs(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, act := w.alarmed()
		create := w.group("blue", 4, 1)
		create.DefaultInstanceWarmup = aws.Int32(30)
		do(w, w.client.CreateAutoScalingGroup, create)
		out := do(w, w.client.PutScalingPolicy, trackingPolicy("cpu", 50))
		arn, high, low := *out.PolicyARN, *out.Alarms[0].AlarmName, *out.Alarms[1].AlarmName
		w.until(20 * time.Second)
		act(arn, high, 90) // nothing has warmed up
		w.desires(4)
		w.until(time.Minute)
		act(arn, high, 71) // 4 × 71 / 50 = 5.7
		w.desires(6)
		w.until(65 * time.Second)
		act(arn, high, 71)
		act(arn, low, 20)
		w.desires(6)
		w.until(3 * time.Minute)
		act(arn, high, 200) // more than the maximum
		w.desires(10)
		w.until(5 * time.Minute)
		other := do(w, w.client.PutScalingPolicy, trackingPolicy("other", 50))
		act(arn, low, 10) // the other does not want to
		w.desires(10)
		act(*other.PolicyARN, *other.Alarms[1].AlarmName, 49) // needs all ten
		w.desires(10)
		act(arn, low, 10)
		w.desires(9)
		w.until(6 * time.Minute)
		activities := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")}).Activities
		if cause := *activities[0].Cause; !strings.HasPrefix(cause, "At 2026-11-21T03:05:00Z a monitor alarm "+low+
			" in state ALARM triggered policy cpu changing the desired capacity from 10 to 9.  At 2026-11-21T03:05:02Z an instance was taken out of service "+
			"in response to a difference between desired and actual capacity, shrinking the capacity from 10 to 9.  At ") {
			t.Errorf("cause: %s", cause)
		}
		if details := *activities[0].Details; !strings.Contains(details, `"InvokingAlarms":[{"AlarmArn":"`+*alarms[low].AlarmArn+`","Trigger":{"MetricName":"CPUUtilization"`) {
			t.Errorf("details: %s", details)
		}
	})
}

// Nothing acts where AlarmNotification is suspended or the policy is disabled, and predictive scaling never does.
func TestPoliciesThatDoNotAct(t *testing.T) {
	run(t, nil, func(w *world) {
		alarms, act := w.alarmed()
		name := aws.String("blue")
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		put := trackingPolicy("cpu", 50)
		put.Enabled = aws.Bool(false)
		out := do(w, w.client.PutScalingPolicy, put)
		forecast := *do(w, w.client.PutScalingPolicy, forecastPolicy()).PolicyARN
		alarms.people("busy", 70, forecast)
		w.until(time.Minute)
		act(forecast, "busy", 90)
		act(*out.PolicyARN, *out.Alarms[0].AlarmName, 90)
		w.desires(1)
		put.Enabled = aws.Bool(true)
		do(w, w.client.PutScalingPolicy, put)
		do(w, w.client.SuspendProcesses, &sdk.SuspendProcessesInput{AutoScalingGroupName: name, ScalingProcesses: []string{"AlarmNotification"}})
		act(*out.PolicyARN, *out.Alarms[0].AlarmName, 90)
		w.desires(1)
		do(w, w.client.ResumeProcesses, &sdk.ResumeProcessesInput{AutoScalingGroupName: name})
		act(*out.PolicyARN, *out.Alarms[0].AlarmName, 90)
		w.desires(2)
	})
}
