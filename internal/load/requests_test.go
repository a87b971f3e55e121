package load

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/local"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/observe"
)

// underRequests puts up a local AWS with the demonstration's fleet, but no state machine, and sends it requests.
func underRequests(t *testing.T, act func(*local.Environment, world.World)) Measured {
	t.Helper()
	e, err := local.Open(local.Options{Address: "127.0.0.1:0", Speed: 100, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	plan := world.DefaultPlan()
	plan.DeregistrationDelay = 30 * time.Second
	e.World = must[world.World](t)(world.Seeder{Config: e.Config, Clock: e.Clock}.Seed(t.Context(), plan))
	requests := must[*Requests](t)(StartRequests(t.Context(), e, 300))
	act(e, e.World)
	return must[Measured](t)(requests.End(t.Context()))
}

// must fails the test when a call did.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// until looks at the fleets until they are as wanted.
func until(t *testing.T, e *local.Environment, lineage, what string, wanted func(observe.View) bool) {
	t.Helper()
	o := observe.New(e.Config, lineage, "")
	for range 300 {
		if wanted(must[observe.View](t)(o.Look(t.Context()))) {
			return
		}
		if err := e.Clock.Sleep(t.Context(), 2*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("it never came to this: %s", what)
}

// targets is the health of a group's targets.
func targets(v observe.View, group string) map[string]int {
	for _, g := range v.Groups {
		if g.Name == group {
			return g.Targets
		}
	}
	return nil
}

func TestCarefulReplacementLosesNothing(t *testing.T) {
	seen := underRequests(t, func(e *local.Environment, w world.World) {
		client, green := autoscaling.NewFromConfig(e.Config), w.GroupName+"-v001"
		blue := must[*autoscaling.DescribeAutoScalingGroupsOutput](t)(client.DescribeAutoScalingGroups(t.Context(),
			&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{w.GroupName}})).AutoScalingGroups[0]
		must[*autoscaling.CreateAutoScalingGroupOutput](t)(client.CreateAutoScalingGroup(t.Context(), &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: &green, MinSize: aws.Int32(4), MaxSize: aws.Int32(8), VPCZoneIdentifier: blue.VPCZoneIdentifier,
			LaunchTemplate:  &asgtypes.LaunchTemplateSpecification{LaunchTemplateName: &w.TemplateName, Version: aws.String("$Latest")},
			TargetGroupARNs: []string{w.TargetGroupARN},
		}))
		until(t, e, w.GroupName, "green is healthy", func(v observe.View) bool { return targets(v, green)["healthy"] == 4 })
		must[*autoscaling.DetachLoadBalancerTargetGroupsOutput](t)(client.DetachLoadBalancerTargetGroups(t.Context(),
			&autoscaling.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: &w.GroupName, TargetGroupARNs: []string{w.TargetGroupARN}}))
		until(t, e, w.GroupName, "blue has drained", func(v observe.View) bool { return len(targets(v, w.GroupName)) == 0 })
		must[*autoscaling.UpdateAutoScalingGroupOutput](t)(client.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{
			AutoScalingGroupName: &w.GroupName, MinSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
		}))
		until(t, e, w.GroupName, "blue is empty", func(v observe.View) bool { return len(v.Groups[0].Instances) == 0 })
	})
	if seen.Requests.Failed != 0 || seen.Requests.Sent < 100 || seen.LowestServing != 4 {
		t.Errorf("%d of %d requests failed (%q), %d instances served at least; want 0 and 4",
			seen.Requests.Failed, seen.Requests.Sent, seen.FailedRequests, seen.LowestServing)
	}
	if len(seen.Requests.ByGroup) != 2 {
		t.Errorf("answered by %v, want both groups", seen.Requests.ByGroup)
	}
}

func TestRoughReplacementIsSeen(t *testing.T) {
	seen := underRequests(t, func(e *local.Environment, w world.World) {
		client := ec2.NewFromConfig(e.Config)
		found := must[*ec2.DescribeInstancesOutput](t)(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}))
		var ids []string
		for _, reservation := range found.Reservations {
			for _, instance := range reservation.Instances {
				ids = append(ids, *instance.InstanceId)
			}
		}
		must[*ec2.TerminateInstancesOutput](t)(client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids}))
		until(t, e, w.GroupName, "they are gone", func(v observe.View) bool { return targets(v, w.GroupName)["healthy"] == 0 })
		until(t, e, w.GroupName, "the group has replaced them", func(v observe.View) bool {
			return targets(v, w.GroupName)["healthy"] == 4 && v.Groups[0].Instances["InService"] == 4
		})
	})
	if seen.Requests.Failed == 0 || seen.LowestServing > 0 || len(seen.FailedRequests) == 0 {
		t.Errorf("%d of %d requests failed, %d instances served at least; want failures and none", seen.Requests.Failed, seen.Requests.Sent, seen.LowestServing)
	}
}
