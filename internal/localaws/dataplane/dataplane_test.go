package dataplane_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	localec2 "bluegreen/internal/localaws/ec2"
)

const (
	application = types.LoadBalancerTypeEnumApplication
	network     = types.LoadBalancerTypeEnumNetwork
)

func to(targetGroup string, weight int32) types.TargetGroupTuple {
	return types.TargetGroupTuple{TargetGroupArn: &targetGroup, Weight: aws.Int32(weight)}
}

func TestInstanceAnswersFromBootToEnd(t *testing.T) {
	f := newFixture(t)
	id := f.launch(1)[0]
	if _, ok := f.plane.InstanceAddress(id); ok {
		t.Error("an instance that is pending listens")
	}
	f.until("the instance listens", func() bool { _, ok := f.plane.InstanceAddress(id); return ok })
	address, _ := f.plane.InstanceAddress(id)
	if got, want := f.ask(address, "/health"), (answer{http.StatusOK, id, "app-asg"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	f.change(func(c *localec2.Compute) { c.Sicken(id) })
	if got := f.ask(address, "/"); got.status != http.StatusInternalServerError {
		t.Errorf("a sick instance answers %d", got.status)
	}
	f.change(func(c *localec2.Compute) { c.Heal(id) })
	if got := f.ask(address, "/"); got.status != http.StatusOK {
		t.Errorf("a healed instance answers %d", got.status)
	}
	f.change(func(c *localec2.Compute) { c.Terminate(id) })
	if got := f.ask(address, "/"); got.status != 0 {
		t.Errorf("a terminated instance answers %d", got.status)
	}
}

func TestInstanceSickFromBirthNeverListens(t *testing.T) {
	f := newFixture(t)
	f.change(func(c *localec2.Compute) { c.MarkImageSick(f.image) })
	id := f.launch(1)[0]
	f.until("the instance runs", func() (running bool) {
		f.change(func(c *localec2.Compute) {
			i, _ := c.Instance(id)
			running = i.State == localec2.Running && f.acct.Now().Sub(i.LaunchedAt).Seconds() > 20
		})
		return running
	})
	if at, ok := f.plane.InstanceAddress(id); ok {
		t.Errorf("it listens at %s", at)
	}
}

func TestListenerRoutesToHealthyTargets(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "5", types.ProtocolEnumHttp)
	listener := f.listener(application, types.ProtocolEnumHttp, to(group, 1))
	at := f.address(listener)
	if got := f.ask(at, "/"); got.status != http.StatusServiceUnavailable {
		t.Errorf("without a target it answers %d, want 503", got.status)
	}
	ids := f.launchAnswering(3)
	f.register(group, ids...)
	f.untilTargets(group, 3, types.TargetHealthStateEnumHealthy)
	counts := make(map[string]int)
	for range 9 {
		counts[f.ask(at, "/").instance]++
	}
	for _, id := range ids {
		if counts[id] != 3 {
			t.Errorf("%s answered %d of 9 requests, want 3 (%v)", id, counts[id], counts)
		}
	}
	if got := f.plane.Serving(listener); len(got) != 3 {
		t.Errorf("serving: %v", got)
	}
	_, err := f.elbv2.DeleteListener(t.Context(), &elbv2.DeleteListenerInput{ListenerArn: &listener})
	f.must(err)
	if got := f.ask(at, "/"); got.status != 0 {
		t.Errorf("a deleted listener answers %d", got.status)
	}
}

func TestProbeFindsWhatTrafficMeets(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "5", types.ProtocolEnumHttp)
	listener := f.listener(application, types.ProtocolEnumHttp, to(group, 1))
	at := f.address(listener)
	ids := f.launchAnswering(2)
	f.register(group, ids...)
	f.untilTargets(group, 2, types.TargetHealthStateEnumHealthy)
	f.change(func(c *localec2.Compute) { c.Sicken(ids[0]) })
	f.untilTargets(group, 1, types.TargetHealthStateEnumUnhealthy)
	for range 6 {
		if got := f.ask(at, "/"); got.status != http.StatusOK || got.instance != ids[1] {
			t.Errorf("with one sick target: %+v", got)
		}
	}
	f.change(func(c *localec2.Compute) { c.Heal(ids[0]) })
	f.untilTargets(group, 2, types.TargetHealthStateEnumHealthy)
}

func TestDrainingTargetFinishesItsRequests(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "120", types.ProtocolEnumHttp)
	at := f.address(f.listener(application, types.ProtocolEnumHttp, to(group, 1)))
	ids := f.launchAnswering(2)
	f.register(group, ids...)
	f.untilTargets(group, 2, types.TargetHealthStateEnumHealthy)
	slow := f.askInBackground(at, "/?take=40s", 2)
	f.deregister(group, ids[0])
	f.untilTargets(group, 1, types.TargetHealthStateEnumDraining)
	for range 6 {
		if got := f.ask(at, "/"); got.status != http.StatusOK || got.instance != ids[1] {
			t.Errorf("a new request while %s drains: %+v", ids[0], got)
		}
	}
	if got := slow.wait(); got[http.StatusOK] != 2 {
		t.Errorf("the requests in flight ended with %v", got)
	}
}

func TestDrainThatIsTooShortBreaksRequests(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "2", types.ProtocolEnumHttp)
	at := f.address(f.listener(application, types.ProtocolEnumHttp, to(group, 1)))
	ids := f.launchAnswering(1)
	f.register(group, ids...)
	f.untilTargets(group, 1, types.TargetHealthStateEnumHealthy)
	failed := f.failures()
	slow := f.askInBackground(at, "/?take=55s", 1)
	f.deregister(group, ids[0])
	if got := slow.wait(); got[http.StatusBadGateway] != 1 || failed(group) != 1 {
		t.Errorf("the request in flight ended with %v, want 502; %d failures were counted, want 1", got, failed(group))
	}
}

func TestTerminatedInstanceBreaksRequests(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "120", types.ProtocolEnumHttp)
	at := f.address(f.listener(application, types.ProtocolEnumHttp, to(group, 1)))
	id := f.launchAnswering(1)[0]
	f.register(group, id)
	f.untilTargets(group, 1, types.TargetHealthStateEnumHealthy)
	slow := f.askInBackground(at, "/?take=55s", 1)
	f.change(func(c *localec2.Compute) { c.Terminate(id) })
	if got := slow.wait(); got[http.StatusBadGateway] != 1 {
		t.Errorf("the request in flight ended with %v, want 502", got)
	}
}

func TestWeightsDivideTraffic(t *testing.T) {
	f := newFixture(t)
	blue, green := f.targetGroup("blue", "5", types.ProtocolEnumHttp), f.targetGroup("green", "5", types.ProtocolEnumHttp)
	at := f.address(f.listener(application, types.ProtocolEnumHttp, to(blue, 80), to(green, 20)))
	ids := f.launchAnswering(2)
	f.register(blue, ids[0])
	f.register(green, ids[1])
	f.untilTargets(blue, 1, types.TargetHealthStateEnumHealthy)
	f.untilTargets(green, 1, types.TargetHealthStateEnumHealthy)
	counts, heard := make(map[string]int), make(map[string]int)
	f.change(func(*localec2.Compute) { f.plane.OnRequest(func(group, instance string) { heard[group+instance]++ }) })
	for range 20 {
		counts[f.ask(at, "/").instance]++
	}
	if counts[ids[0]] != 16 || counts[ids[1]] != 4 {
		t.Errorf("of 20 requests: %v, want 16 and 4", counts)
	}
	f.change(func(*localec2.Compute) {
		if len(heard) != 2 || heard[blue+ids[0]] != 16 || heard[green+ids[1]] != 4 {
			t.Errorf("told of 20 requests: %v", heard)
		}
	})
}

func TestNetworkLoadBalancerCarriesConnections(t *testing.T) {
	f := newFixture(t)
	group := f.targetGroup("app", "5", types.ProtocolEnumTcp)
	at := f.address(f.listener(network, types.ProtocolEnumTcp, to(group, 1)))
	id := f.launchAnswering(1)[0]
	f.register(group, id)
	f.untilTargets(group, 1, types.TargetHealthStateEnumHealthy)
	if got := f.ask(at, "/"); got.status != http.StatusOK || got.instance != id {
		t.Errorf("got %+v", got)
	}
}
