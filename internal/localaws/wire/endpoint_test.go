package wire_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bluegreen/internal/clock"
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/localaws/wire"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// world is an endpoint on a virtual clock.
type world struct {
	clock    *clock.Virtual
	account  *account.Account
	plan     *faults.Plan
	endpoint *wire.Endpoint
}

func newWorld(rules ...faults.Rule) *world {
	c := clock.NewVirtual(start)
	acct := account.New("000000000000", "ap-northeast-1", c, 1)
	plan := faults.NewPlan(rules...)
	plan.Keep(-1)
	return &world{c, acct, plan, wire.NewEndpoint(acct, wire.DefaultSettings(), plan)}
}

// groups is a service that answers what it is asked for.
func groups(operations ...wire.Operation) wire.Service {
	return wire.Service{
		SigningName: "autoscaling", Protocol: wire.AWSQuery, Version: "2011-01-01",
		Namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/", Operations: operations,
	}
}

func TestQueryRoundTrip(t *testing.T) {
	w := newWorld()
	var got *autoscaling.CreateAutoScalingGroupInput
	create := func(call *wire.Call, in *autoscaling.CreateAutoScalingGroupInput) (*autoscaling.CreateAutoScalingGroupOutput, error) {
		got = in
		return &autoscaling.CreateAutoScalingGroupOutput{}, nil
	}
	group := astypes.AutoScalingGroup{
		AutoScalingGroupName: aws.String("a<b>&"), MinSize: aws.Int32(0), CreatedTime: aws.Time(start),
		TargetGroupARNs: []string{}, AvailabilityZones: []string{"a", ""},
		Instances: []astypes.Instance{{InstanceId: aws.String("i-1"), LifecycleState: astypes.LifecycleStateInService, ProtectedFromScaleIn: aws.Bool(false)}},
	}
	describe := func(call *wire.Call, in *autoscaling.DescribeAutoScalingGroupsInput) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
		return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []astypes.AutoScalingGroup{group}}, nil
	}
	w.endpoint.Add(groups(
		wire.Op("CreateAutoScalingGroup", create, "AutoScalingGroupName", "MinSize", "MaxSize", "Tags", "TargetGroupARNs", "MixedInstancesPolicy.LaunchTemplate"),
		wire.Op("DescribeAutoScalingGroups", describe, "AutoScalingGroupNames"),
	))
	input := &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String("g"), MinSize: aws.Int32(1), MaxSize: aws.Int32(2), TargetGroupARNs: []string{},
		Tags: []astypes.Tag{{Key: aws.String("k"), Value: aws.String("")}, {Key: aws.String("k2"), PropagateAtLaunch: aws.Bool(true)}},
		MixedInstancesPolicy: &astypes.MixedInstancesPolicy{LaunchTemplate: &astypes.LaunchTemplate{
			Overrides: []astypes.LaunchTemplateOverrides{{InstanceType: aws.String("m5.large")}}}},
	}
	ignore := cmp.Options{cmpopts.IgnoreUnexported(astypes.Tag{}), cmpopts.IgnoreFields(autoscaling.DescribeAutoScalingGroupsOutput{}, "ResultMetadata")}
	exported := cmp.Exporter(func(reflect.Type) bool { return true })
	w.clock.Run(func() {
		client := autoscaling.NewFromConfig(w.endpoint.Config(wire.Caller{}))
		if _, err := client.CreateAutoScalingGroup(context.Background(), input); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(input, got, exported); diff != "" {
			t.Error(diff)
		}
		out, err := client.DescribeAutoScalingGroups(context.Background(), &autoscaling.DescribeAutoScalingGroupsInput{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]astypes.AutoScalingGroup{group}, out.AutoScalingGroups, ignore, exported, cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		input.Context = aws.String("x")
		_, err = client.CreateAutoScalingGroup(context.Background(), input)
		wantError(t, err, "NotModelled", "localaws does not model parameter Context of autoscaling:CreateAutoScalingGroup")
		_, err = client.DeleteAutoScalingGroup(context.Background(), &autoscaling.DeleteAutoScalingGroupInput{AutoScalingGroupName: aws.String("g")})
		wantError(t, err, "NotModelled", "localaws does not model autoscaling:DeleteAutoScalingGroup; of autoscaling it models CreateAutoScalingGroup, DescribeAutoScalingGroups")
	})
}

func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		t.Errorf("got %v, want %s: %s", err, code, message)
	}
}
