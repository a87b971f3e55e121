package fleet_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fleet"
	"bluegreen/internal/localaws/faults"
)

// A group becomes a fleet with everything that decisions are made of.
func TestOf(t *testing.T) {
	got := fleet.Of(types.AutoScalingGroup{
		AutoScalingGroupName: aws.String("blue"), MinSize: aws.Int32(1), MaxSize: aws.Int32(3), DesiredCapacity: aws.Int32(2),
		TargetGroupARNs: []string{"arn:tg"}, LoadBalancerNames: []string{"classic"}, HealthCheckType: aws.String("ELB"), HealthCheckGracePeriod: aws.Int32(60),
		TrafficSources: []types.TrafficSourceIdentifier{
			{Identifier: aws.String("arn:tg"), Type: aws.String("elbv2")}, {Identifier: aws.String("arn:aws:vpc-lattice:tg")},
			{Identifier: aws.String("named"), Type: aws.String("elb")}, {Identifier: aws.String("arn:named")},
		},
		SuspendedProcesses: []types.SuspendedProcess{{ProcessName: aws.String("Launch")}},
		Tags:               []types.TagDescription{{Key: aws.String("Name"), Value: aws.String("web")}},
		Instances: []types.Instance{
			{InstanceId: aws.String("i-1"), AvailabilityZone: aws.String("a"), LifecycleState: types.LifecycleStateInService, HealthStatus: aws.String("Healthy")},
			{InstanceId: aws.String("i-2"), AvailabilityZone: aws.String("c"), LifecycleState: types.LifecycleStatePending, HealthStatus: aws.String("Unhealthy"), ProtectedFromScaleIn: aws.Bool(true)},
		},
	})
	want := deploy.Fleet{
		Name: "blue", Sizes: deploy.Sizes{Min: 1, Max: 3, Desired: 2}, Sources: []deploy.Source{
			{Type: deploy.TargetGroup, ID: "arn:tg"}, {Type: deploy.ClassicBalancer, ID: "classic"}, {Type: deploy.LatticeGroup, ID: "arn:aws:vpc-lattice:tg", Named: true},
			{Type: deploy.ClassicBalancer, ID: "named", Named: true}, {Type: deploy.TargetGroup, ID: "arn:named", Named: true},
		},
		Suspended: []string{"Launch"}, HealthCheckType: "ELB", HealthCheckGraceSeconds: 60, Tags: map[string]string{"Name": "web"},
		Instances: []deploy.Instance{
			{ID: "i-1", Zone: "a", Lifecycle: "InService", Healthy: true},
			{ID: "i-2", Zone: "c", Lifecycle: "Pending", Protected: true},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	going := fleet.Of(types.AutoScalingGroup{Status: aws.String("Delete in progress"), WarmPoolConfiguration: &types.WarmPoolConfiguration{}})
	if !going.Deleting || going.Pool == nil {
		t.Errorf("deleting %t, warm pool %v", going.Deleting, going.Pool)
	}
}

// Of the groups that are asked for, those that exist are read.
func TestRead(t *testing.T) {
	meet(t, func(a *account) {
		template := a.template()
		for _, name := range []string{"blue", "other"} {
			must(a, a.groups.CreateAutoScalingGroup, &autoscaling.CreateAutoScalingGroupInput{
				AutoScalingGroupName: &name, MinSize: aws.Int32(0), MaxSize: aws.Int32(3), AvailabilityZones: []string{"ap-northeast-1a"},
				LaunchTemplate: &types.LaunchTemplateSpecification{LaunchTemplateId: template},
			})
		}
		a.sleep(time.Minute)
		fleets, err := fleet.Read(context.Background(), a.groups, "blue", "green")
		if err != nil || len(fleets) != 1 || fleets["blue"].Name != "blue" || fleets["blue"].Sizes != (deploy.Sizes{Max: 3}) {
			t.Errorf("%+v, %v", fleets, err)
		}
		a.faults.Add(faults.Rule{Operation: "DescribeAutoScalingGroups", Kind: faults.Deny})
		if fleets, err := fleet.Read(context.Background(), a.groups, "blue"); err == nil || !strings.HasPrefix(err.Error(), "describing [blue]: ") || fleets != nil {
			t.Errorf("denied: %+v, %v", fleets, err)
		}
	})
}
