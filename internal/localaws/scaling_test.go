package localaws_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"

	"bluegreen/internal/localaws"
	"bluegreen/internal/localaws/wire"
)

// A fleet under load grows to its target and shrinks when the load has gone, through AWS's own alarms.
func TestFleetScalesWithItsLoad(t *testing.T) {
	inLoaded(t, true, func(l *loaded) {
		group := "web-app-dev-asg"
		groups := autoscaling.NewFromConfig(l.aws.Endpoint.Config(wire.Caller{}))
		_, err := groups.PutScalingPolicy(t.Context(), &autoscaling.PutScalingPolicyInput{
			AutoScalingGroupName: &group, PolicyName: aws.String("cpu"), PolicyType: aws.String("TargetTrackingScaling"), EstimatedInstanceWarmup: aws.Int32(60),
			TargetTrackingConfiguration: &astypes.TargetTrackingConfiguration{TargetValue: aws.Float64(50),
				PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: astypes.MetricTypeASGAverageCPUUtilization}},
		})
		if err != nil {
			t.Fatal(err)
		}
		desired := func() (n int) {
			l.locked(func() {
				view, _ := l.aws.Groups.View(group)
				n = view.Desired
			})
			return n
		}
		listener := l.aws.Balancers.Listeners()[0].ARN
		l.locked(func() { l.aws.Loads.OnListener(listener, localaws.Load{Requests: 1200, Capacity: 400}) })
		l.pass(12)
		if n := desired(); n != 6 {
			t.Errorf("%d instances are desired at 75 %% of 4, want 6", n)
		}
		l.locked(func() { l.aws.Loads.OnListener(listener, localaws.Load{Requests: 400, Capacity: 400}) })
		l.pass(45)
		if n := desired(); n != 2 {
			t.Errorf("%d instances are desired after it, want 2", n)
		}
		out, err := l.client.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("TargetTracking-" + group)})
		if err != nil || len(out.MetricAlarms) != 2 {
			t.Errorf("alarms: %v, %v", out, err)
		}
	})
}
