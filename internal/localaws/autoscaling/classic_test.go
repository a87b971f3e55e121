package autoscaling_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/google/go-cmp/cmp"

	localasg "bluegreen/internal/localaws/autoscaling"
)

// loadBalancer makes a Classic Load Balancer whose instances are checked every 10 s, and drain for the 20 s that requests
// last.
func (w *world) loadBalancer(name string) {
	w.Helper()
	ctx := context.Background()
	input := &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: &name,
		Listeners: []classictypes.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(80), Protocol: aws.String("HTTP")}}}
	w.locked(func() { input.AvailabilityZones = w.compute.Zones() })
	_, err := w.classics.CreateLoadBalancer(ctx, input)
	if err == nil {
		_, err = w.classics.ConfigureHealthCheck(ctx, &elasticloadbalancing.ConfigureHealthCheckInput{LoadBalancerName: &name, HealthCheck: &classictypes.HealthCheck{
			Target: aws.String("HTTP:80/"), Interval: aws.Int32(10), Timeout: aws.Int32(5), HealthyThreshold: aws.Int32(2), UnhealthyThreshold: aws.Int32(2)}})
	}
	if err == nil {
		_, err = w.classics.ModifyLoadBalancerAttributes(ctx, &elasticloadbalancing.ModifyLoadBalancerAttributesInput{LoadBalancerName: &name,
			LoadBalancerAttributes: &classictypes.LoadBalancerAttributes{ConnectionDraining: &classictypes.ConnectionDraining{Enabled: true, Timeout: aws.Int32(60)}}})
	}
	if err != nil {
		w.Fatal(err)
	}
}

// loadBalancers are what DescribeLoadBalancers shows of a group.
func (w *world) loadBalancers(name string) map[string]string {
	w.Helper()
	shown := make(map[string]string)
	for _, l := range do(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{AutoScalingGroupName: &name}).LoadBalancers {
		shown[*l.LoadBalancerName] = *l.State
	}
	return shown
}

// A Classic Load Balancer is attached and detached as a target group is, by calls of its own.
func TestAttachAndDetachAClassicLoadBalancer(t *testing.T) {
	run(t, nil, func(w *world) {
		w.loadBalancer("front")
		blue, front := aws.String("blue"), []string{"front"}
		do(w, w.client.CreateAutoScalingGroup, w.group("blue", 1, 1))
		w.until(60 * time.Second)
		w.begin()
		do(w, w.client.AttachLoadBalancers, &sdk.AttachLoadBalancersInput{AutoScalingGroupName: blue, LoadBalancerNames: front})
		w.until(60 * time.Second)
		do(w, w.client.UpdateAutoScalingGroup, &sdk.UpdateAutoScalingGroupInput{AutoScalingGroupName: blue, HealthCheckType: aws.String("ELB")})
		w.until(80 * time.Second)
		if diff := cmp.Diff(map[string]string{"front": "InService"}, w.loadBalancers("blue")); diff != "" {
			t.Errorf("in service (-want +got):\n%s", diff)
		}
		do(w, w.client.DetachLoadBalancers, &sdk.DetachLoadBalancersInput{AutoScalingGroupName: blue, LoadBalancerNames: front})
		if diff := cmp.Diff(map[string]string{"front": "Removing"}, w.loadBalancers("blue")); diff != "" {
			t.Errorf("while it drains (-want +got):\n%s", diff)
		}
		w.until(150 * time.Second)
		w.told(`
			0s front Adding
			5s front Added
			70s front InService
			80s front Removing
			100s front gone`)
		refused(w, w.client.DetachLoadBalancers, &sdk.DetachLoadBalancersInput{AutoScalingGroupName: blue, LoadBalancerNames: front},
			"ValidationError", "Trying to remove Load Balancers that are not part of the group")
		refused(w, w.client.AttachLoadBalancers, &sdk.AttachLoadBalancersInput{AutoScalingGroupName: blue, LoadBalancerNames: []string{"no"}},
			"ValidationError", "Provided Load Balancers may not be valid. Please ensure they exist and try again.")
	})
}

// What the calls for traffic sources attached, the calls for load balancers neither show nor detach. A name needs its type.
func TestClassicLoadBalancerAsTrafficSource(t *testing.T) {
	run(t, nil, func(w *world) {
		w.loadBalancer("front")
		w.loadBalancer("back")
		web := w.targetGroup("web")
		input := w.group("blue", 1, 1)
		input.LoadBalancerNames, input.TargetGroupARNs = []string{"front"}, []string{web}
		back := []types.TrafficSourceIdentifier{{Identifier: aws.String("back"), Type: aws.String("elb")}}
		input.TrafficSources = back
		do(w, w.client.CreateAutoScalingGroup, input)
		want := map[string]string{"target group " + web: "InService", "traffic source " + web: "InService", "traffic source front": "InService", "traffic source back": "InService"}
		if diff := cmp.Diff(want, w.sources("blue")); diff != "" {
			t.Errorf("sources differ (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]string{"front": "InService"}, w.loadBalancers("blue")); diff != "" {
			t.Errorf("load balancers differ (-want +got):\n%s", diff)
		}
		group := do(w, w.client.DescribeAutoScalingGroups, &sdk.DescribeAutoScalingGroupsInput{}).AutoScalingGroups[0]
		if diff := cmp.Diff([]string{"front"}, group.LoadBalancerNames); diff != "" {
			t.Errorf("the group's load balancers differ (-want +got):\n%s", diff)
		}
		classic := do(w, w.client.DescribeTrafficSources, &sdk.DescribeTrafficSourcesInput{AutoScalingGroupName: aws.String("blue"), TrafficSourceType: aws.String("elb")}).TrafficSources
		if len(classic) != 2 || *classic[0].Type != "elb" {
			t.Errorf("traffic sources of the type elb: %+v", classic)
		}
		refused(w, w.client.DetachLoadBalancers, &sdk.DetachLoadBalancersInput{AutoScalingGroupName: aws.String("blue"), LoadBalancerNames: []string{"back"}},
			"ValidationError", "Trying to remove Load Balancers that are not part of the group")
		refused(w, w.client.DetachTrafficSources, &sdk.DetachTrafficSourcesInput{AutoScalingGroupName: aws.String("blue"),
			TrafficSources: []types.TrafficSourceIdentifier{{Identifier: aws.String("back")}}},
			"ValidationError", "The traffic source back needs a type. Valid values are: elb, elbv2, vpc-lattice")
		do(w, w.client.DetachTrafficSources, &sdk.DetachTrafficSourcesInput{AutoScalingGroupName: aws.String("blue"), TrafficSources: back})
		w.until(time.Minute)
		delete(want, "traffic source back")
		if diff := cmp.Diff(want, w.sources("blue")); diff != "" {
			t.Errorf("after the detachment (-want +got):\n%s", diff)
		}
	})
}

// With health checks of type ELB an instance that fails the load balancer's is drained and replaced, and a launch without
// the load balancer fails.
func TestClassicLoadBalancerFindsAnInstanceSick(t *testing.T) {
	run(t, nil, func(w *world) {
		w.loadBalancer("front")
		input := w.group("blue", 1, 1)
		input.LoadBalancerNames, input.HealthCheckType = []string{"front"}, aws.String("ELB")
		input.HealthCheckGracePeriod = aws.Int32(60)
		do(w, w.client.CreateAutoScalingGroup, input)
		w.until(120 * time.Second)
		w.begin()
		front := localasg.AttachmentView{LoadBalancerName: "front"}
		w.locked(func() {
			if s, ok := w.groups.Standing(front, w.idOf("i1")); !ok || !s.Serves {
				t.Errorf("i1 stands with its load balancer as %+v, %t", s, ok)
			}
			w.compute.Sicken(w.idOf("i1"))
		})
		w.until(300 * time.Second)
		w.told(`
			25s i1 InService (unhealthy)
			27s i1 Terminating (unhealthy)
			27s i2 Pending
			38s i2 InService
			58s i1 gone`)
		if _, err := w.classics.DeleteLoadBalancer(t.Context(), &elasticloadbalancing.DeleteLoadBalancerInput{LoadBalancerName: aws.String("front")}); err != nil {
			t.Fatal(err)
		}
		do(w, w.client.SetDesiredCapacity, &sdk.SetDesiredCapacityInput{AutoScalingGroupName: aws.String("blue"), DesiredCapacity: aws.Int32(2)})
		w.until(310 * time.Second)
		got := do(w, w.client.DescribeScalingActivities, &sdk.DescribeScalingActivitiesInput{AutoScalingGroupName: aws.String("blue")}).Activities[0]
		if want := "Cannot find Load Balancer front. Validating load balancer configuration failed. Launching EC2 instance failed."; *got.StatusMessage != want {
			t.Errorf("the launch failed with %q, want %q", *got.StatusMessage, want)
		}
	})
}
