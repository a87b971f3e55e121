package rehearsal_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
)

// scalesMuch gives blue as many policies as a group can have, each with two alarms.
func scalesMuch(ctx context.Context, r *rehearsal.Rehearsal) error {
	groups, alarms := autoscaling.NewFromConfig(r.Config), cloudwatch.NewFromConfig(r.Config)
	for n := range 50 {
		policy, err := groups.PutScalingPolicy(ctx, &autoscaling.PutScalingPolicyInput{
			AutoScalingGroupName: &r.World.GroupName, PolicyName: aws.String(fmt.Sprintf("policy-%d", n)),
			AdjustmentType: aws.String("ChangeInCapacity"), ScalingAdjustment: aws.Int32(1),
		})
		if err != nil {
			return err
		}
		for _, kind := range []string{"high", "higher"} {
			if _, err := alarms.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String(fmt.Sprintf("%s-%d", kind, n)), Namespace: aws.String("App"), MetricName: aws.String("Busy"), Statistic: types.StatisticSum,
				Dimensions: []types.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: &r.World.GroupName}}, Period: aws.Int32(60),
				EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(float64(n)), ComparisonOperator: types.ComparisonOperatorGreaterThanThreshold,
				AlarmActions: []string{*policy.PolicyARN, r.World.OperatorTopic}, Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("web")}},
			}); err != nil {
				return err
			}
			r.Wait(ctx, time.Second)
		}
	}
	return nil
}

// CloudWatch takes three alarms a second. What a group can have at most is copied all the same, and taken away on the way back: a
// call that runs out of time is followed by one that goes on where it was.
func TestFiftyPolicies(t *testing.T) {
	for _, sick := range []bool{false, true} {
		r, err := rehearsal.New(rehearsal.Options{Seed: 1, Plan: world.DefaultPlan()})
		if err != nil {
			t.Fatal(err)
		}
		r.Run(func(ctx context.Context) {
			if err := scalesMuch(ctx, r); err != nil {
				t.Error(err)
				return
			}
			want := deploy.EndSucceeded
			if sick {
				want = deploy.EndRolledBack
				r.AWS.Account.Lock()
				r.AWS.Compute.MarkImageSick(r.World.GreenImage)
				r.AWS.Account.Unlock()
			}
			arn, err := r.Start(ctx, "deployment", minimal)
			if err != nil {
				t.Error(err)
				return
			}
			began := r.AWS.Account.Now()
			if err := r.AwaitState(ctx, arn, "WaitHealthy", "", time.Hour); err != nil {
				t.Error(err)
			}
			if took := r.AWS.Account.Now().Sub(began); took > 3*time.Minute {
				t.Errorf("green is made after %s", took)
			}
			out, err := r.AwaitEnd(ctx, arn, 12*time.Hour)
			if err != nil {
				t.Error(err)
				return
			}
			if end, report := rehearsal.EndState(out); end != want {
				t.Errorf("it ended %s: %s", end, report.What)
			}
		})
		r.AWS.Account.Lock()
		alarms, _ := r.AWS.Alarms.Metric()
		r.AWS.Account.Unlock()
		acting := map[bool]int{}
		for _, alarm := range alarms {
			if *alarm.ActionsEnabled {
				acting[strings.HasSuffix(*alarm.AlarmName, "-v001")]++
			}
		}
		if green := map[bool]int{false: 100, true: 0}[sick]; acting[true] != green || acting[false] != 100-green {
			t.Errorf("%d of blue's %d alarms act, and %d of green's", acting[false], len(alarms), acting[true])
		}
		r.Close()
	}
}
