package main

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	asgtypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"bluegreen/internal/localaws/world"
)

// inHouse puts up a local AWS with the demonstration's fleet, but no state machine, and sends it traffic.
func inHouse(t *testing.T, act func(*house, world.World)) *summary {
	t.Helper()
	h, err := openHouse(houseOptions{address: "127.0.0.1:0", speed: 100, seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	plan := world.DefaultPlan()
	plan.DeregistrationDelay = 30 * time.Second
	w, err := world.Seeder{Config: h.config, Clock: h.clock}.Seed(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	witness, err := startWitness(t.Context(), h, w, 300)
	if err != nil {
		t.Fatal(err)
	}
	act(h, w)
	var seen summary
	if err := witness.end(t.Context(), &seen); err != nil {
		t.Fatal(err)
	}
	return &seen
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
func until(t *testing.T, h *house, lineage, what string, wanted func(view) bool) {
	t.Helper()
	o := newObserver(h.config, lineage, "")
	for range 300 {
		if wanted(must[view](t)(o.look(t.Context()))) {
			return
		}
		if err := h.clock.Sleep(t.Context(), 2*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("it never came to this: %s", what)
}

// targets is the health of a group's targets.
func (v view) targets(group string) map[string]int {
	for _, g := range v.Groups {
		if g.Name == group {
			return g.Targets
		}
	}
	return nil
}

func TestCarefulReplacementLosesNothing(t *testing.T) {
	seen := inHouse(t, func(h *house, w world.World) {
		client, green := autoscaling.NewFromConfig(h.config), w.GroupName+"-v001"
		blue := must[*autoscaling.DescribeAutoScalingGroupsOutput](t)(client.DescribeAutoScalingGroups(t.Context(),
			&autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{w.GroupName}})).AutoScalingGroups[0]
		must[*autoscaling.CreateAutoScalingGroupOutput](t)(client.CreateAutoScalingGroup(t.Context(), &autoscaling.CreateAutoScalingGroupInput{
			AutoScalingGroupName: &green, MinSize: aws.Int32(4), MaxSize: aws.Int32(8), VPCZoneIdentifier: blue.VPCZoneIdentifier,
			LaunchTemplate:  &asgtypes.LaunchTemplateSpecification{LaunchTemplateName: &w.TemplateName, Version: aws.String("$Latest")},
			TargetGroupARNs: []string{w.TargetGroupARN},
		}))
		until(t, h, w.GroupName, "green is healthy", func(v view) bool { return v.targets(green)["healthy"] == 4 })
		must[*autoscaling.DetachLoadBalancerTargetGroupsOutput](t)(client.DetachLoadBalancerTargetGroups(t.Context(),
			&autoscaling.DetachLoadBalancerTargetGroupsInput{AutoScalingGroupName: &w.GroupName, TargetGroupARNs: []string{w.TargetGroupARN}}))
		until(t, h, w.GroupName, "blue has drained", func(v view) bool { return len(v.targets(w.GroupName)) == 0 })
		must[*autoscaling.UpdateAutoScalingGroupOutput](t)(client.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{
			AutoScalingGroupName: &w.GroupName, MinSize: aws.Int32(0), DesiredCapacity: aws.Int32(0),
		}))
		until(t, h, w.GroupName, "blue is empty", func(v view) bool { return len(v.Groups[0].Instances) == 0 })
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
	seen := inHouse(t, func(h *house, w world.World) {
		client := ec2.NewFromConfig(h.config)
		found := must[*ec2.DescribeInstancesOutput](t)(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}))
		var ids []string
		for _, reservation := range found.Reservations {
			for _, instance := range reservation.Instances {
				ids = append(ids, *instance.InstanceId)
			}
		}
		must[*ec2.TerminateInstancesOutput](t)(client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: ids}))
		until(t, h, w.GroupName, "they are gone", func(v view) bool { return v.targets(w.GroupName)["healthy"] == 0 })
		until(t, h, w.GroupName, "the group has replaced them", func(v view) bool {
			return v.targets(w.GroupName)["healthy"] == 4 && v.Groups[0].Instances["InService"] == 4
		})
	})
	if seen.Requests.Failed == 0 || seen.LowestServing > 0 || len(seen.FailedRequests) == 0 {
		t.Errorf("%d of %d requests failed, %d instances served at least; want failures and none", seen.Requests.Failed, seen.Requests.Sent, seen.LowestServing)
	}
}

func TestEndpointTellsOfATakenPort(t *testing.T) {
	h, err := openHouse(houseOptions{address: "127.0.0.1:0", speed: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, errText, code := say("local", "--input", "../../pipeline/state_machine_input.json", "--addr", h.url[len("http://"):])
	if want := "is taken by another process, perhaps another bluegreen; end it, or choose a free port"; code != 1 || !strings.Contains(errText, want) {
		t.Errorf("code %d, stderr %q; want 1 and %q", code, errText, want)
	}
}

func TestNoOtherMachineIsServed(t *testing.T) {
	for _, c := range [][]string{
		{"--addr", "0.0.0.0:0"}, {"--addr", ":0"}, {"--addr", "[::]:0"},
		{"--xray-daemon", "0.0.0.0:0", "--addr", "127.0.0.1:0"},
	} {
		_, errText, code := say(append([]string{"local", "--input", "../../pipeline/state_machine_input.json"}, c...)...)
		if want := c[0] + " " + c[1] + ": want an address of loopback such as 127.0.0.1:"; code != 2 || !strings.Contains(errText, want) {
			t.Errorf("%s: code %d, stderr %q; want 2 and %q", c, code, errText, want)
		}
	}
}

func TestFunctionsThatAreNotBuilt(t *testing.T) {
	h, err := openHouse(houseOptions{address: "127.0.0.1:0", speed: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	_, err = h.seed(context.Background(), t.TempDir(), fleetKinds()[0])
	if err == nil || !strings.Contains(err.Error(), `the function of DescribeBlue: `) || !strings.Contains(err.Error(), `run "make build"`) {
		t.Errorf("got %v", err)
	}
}

func TestHouseServesNothingOnceClosed(t *testing.T) {
	var address string
	inHouse(t, func(h *house, w world.World) { address, _ = h.plane.Address(w.ListenerARN) })
	if connection, err := net.Dial("tcp", address); err == nil {
		connection.Close()
		t.Error("the load balancer still takes connections")
	}
}
