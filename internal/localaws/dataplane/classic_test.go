package dataplane_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	classictypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

// front makes a Classic Load Balancer with one listener, front:80, that drains for two minutes.
func (f *fixture) front(protocol, check string) {
	f.t.Helper()
	f.balancer("front", protocol, check)
}

func (f *fixture) balancer(called, protocol, check string) {
	f.t.Helper()
	name := &called
	f.acct.Lock()
	zones := f.compute.Zones()
	f.acct.Unlock()
	_, err := f.elb.CreateLoadBalancer(f.t.Context(), &elb.CreateLoadBalancerInput{LoadBalancerName: name, AvailabilityZones: zones,
		Listeners: []classictypes.Listener{{LoadBalancerPort: 80, InstancePort: aws.Int32(8080), Protocol: &protocol}}})
	f.must(err)
	_, err = f.elb.ConfigureHealthCheck(f.t.Context(), &elb.ConfigureHealthCheckInput{LoadBalancerName: name, HealthCheck: &classictypes.HealthCheck{
		Target: &check, Interval: aws.Int32(5), Timeout: aws.Int32(2), HealthyThreshold: aws.Int32(2), UnhealthyThreshold: aws.Int32(2)}})
	f.must(err)
	_, err = f.elb.ModifyLoadBalancerAttributes(f.t.Context(), &elb.ModifyLoadBalancerAttributesInput{LoadBalancerName: name,
		LoadBalancerAttributes: &classictypes.LoadBalancerAttributes{ConnectionDraining: &classictypes.ConnectionDraining{Enabled: true, Timeout: aws.Int32(120)}}})
	f.must(err)
}

func instances(ids []string) []classictypes.Instance {
	named := make([]classictypes.Instance, len(ids))
	for k, id := range ids {
		named[k].InstanceId = aws.String(id)
	}
	return named
}

// classicOf makes another Classic Load Balancer with instances in service, and returns its name.
func (f *fixture) classicOf(name string, ids ...string) string {
	f.t.Helper()
	f.balancer(name, "HTTP", "HTTP:8080/health")
	_, err := f.elb.RegisterInstancesWithLoadBalancer(f.t.Context(), &elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: &name, Instances: instances(ids)})
	f.must(err)
	f.until("instances are in service", func() bool {
		out, err := f.elb.DescribeInstanceHealth(f.t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: &name})
		f.must(err)
		return len(out.InstanceStates) == len(ids) && *out.InstanceStates[0].State == "InService"
	})
	return name
}

// behindFront registers instances and waits until n are in service.
func (f *fixture) behindFront(ids ...string) {
	f.t.Helper()
	_, err := f.elb.RegisterInstancesWithLoadBalancer(f.t.Context(), &elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: aws.String("front"), Instances: instances(ids)})
	f.must(err)
	f.untilInService(len(ids))
}

func (f *fixture) untilInService(n int) {
	f.t.Helper()
	f.until("instances are in service", func() bool { return f.countStates()["InService"] == n })
}

func (f *fixture) countStates() map[string]int {
	f.t.Helper()
	out, err := f.elb.DescribeInstanceHealth(f.t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: aws.String("front")})
	f.must(err)
	counts := make(map[string]int)
	for _, s := range out.InstanceStates {
		counts[*s.State]++
	}
	return counts
}

// A Classic Load Balancer routes to what its checks have found in service, and answers 503 where nothing is: it does not
// fail open.
func TestClassicListenerRoutesToInstancesInService(t *testing.T) {
	f := newFixture(t)
	f.front("HTTP", "HTTP:8080/health")
	at := f.address("front:80")
	if got := f.ask(at, "/"); got.status != http.StatusServiceUnavailable {
		t.Errorf("without an instance it answers %d, want 503", got.status)
	}
	ids := f.launchAnswering(2)
	f.behindFront(ids...)
	counts := make(map[string]int)
	for range 6 {
		counts[f.ask(at, "/").instance]++
	}
	if counts[ids[0]] != 3 || counts[ids[1]] != 3 {
		t.Errorf("of six requests: %v", counts)
	}
	if got := f.plane.Serving("front:80"); len(got) != 2 {
		t.Errorf("serving: %v", got)
	}
	f.change(func(c *localec2.Compute) { c.Sicken(ids[0]); c.Sicken(ids[1]) })
	f.until("nothing is in service", func() bool { return f.countStates()["InService"] == 0 })
	failed := f.failures()
	if got := f.ask(at, "/"); got.status != http.StatusServiceUnavailable || failed("front") != 1 {
		t.Errorf("with sick instances alone it answers %d, want 503; %d failures were counted, want 1", got.status, failed("front"))
	}
}

// An instance that is deregistered finishes its requests, gets no new ones, and is gone when the last one has ended, long
// before the two minutes of draining are over.
func TestClassicDrainingEndsWithTheLastRequest(t *testing.T) {
	f := newFixture(t)
	f.front("HTTP", "HTTP:8080/health")
	at := f.address("front:80")
	ids := f.launchAnswering(2)
	f.behindFront(ids...)
	began := f.acct.Now()
	slow := f.askInBackground(at, "/?take=40s", 2)
	_, err := f.elb.DeregisterInstancesFromLoadBalancer(t.Context(), &elb.DeregisterInstancesFromLoadBalancerInput{LoadBalancerName: aws.String("front"), Instances: instances(ids[:1])})
	f.must(err)
	for range 4 {
		if got := f.ask(at, "/"); got.instance != ids[1] {
			t.Errorf("a new request is answered by %s, want %s", got.instance, ids[1])
		}
	}
	for range slow.n {
		if got := <-slow.answers; got.status != http.StatusOK {
			t.Errorf("a request under way ended with %d", got.status)
		}
	}
	f.until("the instance is gone", func() bool { return f.countStates()["InService"] == 1 })
	if took := f.acct.Now().Sub(began).Seconds(); took < 40 || took > 110 {
		t.Errorf("draining took %.0f s, want about the request's 40", took)
	}
}

// A check over TCP only connects: an application that answers 500 passes it.
func TestClassicListenerOverTCP(t *testing.T) {
	f := newFixture(t)
	f.front("TCP", "TCP:8080")
	at := f.address("front:80")
	ids := f.launchAnswering(1)
	f.behindFront(ids...)
	f.change(func(c *localec2.Compute) { c.Sicken(ids[0]) })
	f.must(f.clock.Sleep(t.Context(), 20*time.Second))
	if got := f.countStates()["InService"]; got != 1 {
		t.Errorf("%d instances are in service, want one", got)
	}
	if got := f.ask(at, "/"); got.status != http.StatusInternalServerError {
		t.Errorf("it answers %d, want the application's own 500", got.status)
	}
}
