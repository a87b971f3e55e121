package elb_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

const (
	second        = time.Second
	registering   = "OutOfService ELB Instance registration is still in progress."
	inService     = "InService N/A N/A"
	failing       = "OutOfService Instance Instance has failed at least the UnhealthyThreshold number of health checks consecutively."
	drains        = "InService N/A Instance deregistration currently in progress."
	notRegistered = "OutOfService Instance Instance is not currently registered with the LoadBalancer."
	otherZone     = "OutOfService ELB Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to."
	stopped       = "OutOfService Instance Instance is in stopped state."
	terminated    = "OutOfService Instance Instance is in terminated state."
)

// step is a moment of a timeline: what is done then, and what DescribeInstanceHealth says right afterwards.
type step struct {
	at   time.Duration
	do   func()
	want string
}

func (w *world) follow(id string, timeline []step) {
	w.Helper()
	for _, s := range timeline {
		w.until(s.at)
		if s.do != nil {
			s.do()
		}
		if got := w.health("front", id); got != s.want {
			w.Errorf("after %s: %s, want %s", s.at, got, s.want)
		}
	}
}

// A new instance is in service after one passed check, one that has failed after the threshold's three. The application
// answers from 30 s on.
func TestInstanceBehindALoadBalancer(t *testing.T) {
	run(t, func(w *world) {
		w.balancer("front")
		id := w.launch(zoneA, 1)[0]
		w.follow(id, []step{
			{100 * second, func() { w.register("front", id) }, "absent"}, // not seen yet
			{102 * second, nil, registering},
			{114 * second, nil, registering},
			{117 * second, nil, inService}, // the first check, at 115 s, is enough
			{120 * second, func() { w.do(func() { w.compute.Sicken(id) }) }, inService},
			{134 * second, nil, inService}, // one failed check is not
			{137 * second, nil, failing},
			{140 * second, func() { w.do(func() { w.compute.Heal(id) }) }, failing},
			{164 * second, nil, failing}, // recovery needs three
			{167 * second, nil, inService},
			{200 * second, func() { w.deregister("front", id) }, inService},
			{202 * second, nil, drains},
			{207 * second, nil, drains}, // the requests under way last 8 s
			{210 * second, nil, "absent"},
			{220 * second, func() { w.register("front", id) }, "absent"},
			{240 * second, nil, inService},
			{250 * second, func() { w.deregister("front", id) }, inService},
			{254 * second, func() { w.register("front", id) }, drains},
			{256 * second, nil, registering}, // back from draining
			{271 * second, nil, inService},
			{280 * second, func() { w.do(func() { w.compute.Stop(id) }) }, inService},
			{287 * second, nil, stopped},
			{350 * second, func() { w.do(func() { w.compute.Start(id) }) }, stopped},
			{400 * second, nil, inService},
			{410 * second, func() { w.do(func() { w.compute.Terminate(id) }) }, inService},
			{417 * second, nil, terminated},
			{480 * second, nil, "absent"},
		})
	})
}

// Draining ends with the last request, or when its time is up; without connection draining nothing is waited for.
func TestDrainingEndsWithWhatIsUnderWay(t *testing.T) {
	run(t, func(w *world) {
		w.balancer("front")
		id := w.launch(zoneA, 1)[0]
		flights := 2
		w.do(func() { w.balancers.SetFlights(func(name, instanceID string) int { return flights }) })
		w.follow(id, []step{
			{100 * second, func() { w.register("front", id) }, "absent"},
			{120 * second, nil, inService},
			{130 * second, func() { w.deregister("front", id) }, inService},
			{150 * second, func() { w.do(func() { flights = 0 }) }, drains},
			{153 * second, func() { w.do(func() { flights = 1 }) }, "absent"},
			{160 * second, func() { w.register("front", id) }, "absent"},
			{180 * second, func() { w.deregister("front", id) }, inService},
			{210 * second, nil, drains},
			{212 * second, nil, "absent"}, // cut off: 30 s are over
			{220 * second, func() { w.register("front", id) }, "absent"},
			{240 * second, func() {
				must(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerName: aws.String("front"),
					LoadBalancerAttributes: &types.LoadBalancerAttributes{ConnectionDraining: &types.ConnectionDraining{}}})
				w.deregister("front", id)
			}, inService},
			{242 * second, nil, "absent"},
		})
	})
}

// An instance in a zone that is not enabled waits for it; a named instance is described also where it is not registered.
func TestInstanceInAnotherZone(t *testing.T) {
	run(t, func(w *world) {
		w.balancer("front")
		id := w.launch("ap-northeast-1d", 1)[0]
		front := aws.String("front")
		w.follow(id, []step{
			{100 * second, func() { w.register("front", id) }, "absent"},
			{130 * second, nil, otherZone},
			{131 * second, func() {
				must(w, w.client.EnableAvailabilityZonesForLoadBalancer, &sdk.EnableAvailabilityZonesForLoadBalancerInput{
					LoadBalancerName: front, AvailabilityZones: []string{"ap-northeast-1d"}})
			}, otherZone},
			{150 * second, nil, inService},
		})
		w.deregister("front", id)
		w.until(200 * second)
		named := must(w, w.client.DescribeInstanceHealth, &sdk.DescribeInstanceHealthInput{LoadBalancerName: front, Instances: []types.Instance{{InstanceId: &id}}}).InstanceStates
		if got := *named[0].State + " " + *named[0].ReasonCode + " " + *named[0].Description; got != notRegistered {
			t.Errorf("named: %s", got)
		}
		refused(w, w.client.DescribeInstanceHealth, &sdk.DescribeInstanceHealthInput{LoadBalancerName: front,
			Instances: []types.Instance{{InstanceId: aws.String("i-00000000000000000")}}}, "InvalidInstance", "Could not find EC2 instance i-00000000000000000.")
	})
}

// Without cross-zone load balancing each zone gets half, however many instances it has; with it each instance gets the same.
// Where nothing is in service nothing is routed: a Classic Load Balancer does not fail open.
func TestRouteByZones(t *testing.T) {
	run(t, func(w *world) {
		w.balancer("front")
		ids := append(w.launch(zoneA, 1), w.launch(zoneC, 3)...)
		shares := func() (found []float64) {
			w.do(func() {
				for _, target := range w.balancers.Route("front:80").Match(nil).Groups[0].Targets {
					if target.Port != 8080 {
						w.Errorf("an instance is asked on port %d", target.Port)
					}
					found = append(found, target.Share(w.clock.Now()))
				}
			})
			return found
		}
		w.until(60 * second)
		for _, id := range ids {
			w.register("front", id)
		}
		if got := shares(); len(got) != 0 {
			t.Errorf("before any check: %v", got)
		}
		w.until(90 * second)
		if got := shares(); len(got) != 4 || got[0] != 1 || got[1] != 1.0/3 || got[3] != 1.0/3 {
			t.Errorf("zones apart: %v", got)
		}
		must(w, w.client.ModifyLoadBalancerAttributes, &sdk.ModifyLoadBalancerAttributesInput{LoadBalancerName: aws.String("front"),
			LoadBalancerAttributes: &types.LoadBalancerAttributes{CrossZoneLoadBalancing: &types.CrossZoneLoadBalancing{Enabled: true}}})
		if got := shares(); len(got) != 4 || got[0] != 1 || got[1] != 1 {
			t.Errorf("across zones: %v", got)
		}
	})
}

// The name is in the answer at once and in the DNS later.
func TestNameGetsIntoTheDNSLater(t *testing.T) {
	run(t, func(w *world) {
		name := *must(w, w.client.CreateLoadBalancer, input("front")).DNSName
		found := func() (of string) {
			w.do(func() { of, _ = w.balancers.Resolve("dualstack." + name + ".") })
			return of
		}
		if got := found(); got != "" {
			t.Errorf("at once the DNS finds %q", got)
		}
		_ = w.clock.Sleep(context.Background(), 46*second)
		if got := found(); got != "front" {
			t.Errorf("after 46 s the DNS finds %q", got)
		}
	})
}
