package elbv2_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2sdk "github.com/aws/aws-sdk-go-v2/service/ec2"
	sdk "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// step is a moment of a timeline: what is done then, and what DescribeTargetHealth says right afterwards.
type step struct {
	at   time.Duration
	do   func()
	want string
}

func (w *world) follow(group, id string, timeline []step) {
	w.Helper()
	for _, s := range timeline {
		w.until(s.at)
		if s.do != nil {
			s.do()
		}
		if got := w.health(group, id); got != s.want {
			w.Errorf("after %s: %s, want %s", s.at, got, s.want)
		}
	}
}

const (
	second       = time.Second
	registering  = "initial Elb.RegistrationInProgress"
	checking     = "initial Elb.InitialHealthChecking"
	failing      = "unhealthy Target.FailedHealthChecks"
	unused       = "unused Target.NotInUse"
	drains       = "draining Target.DeregistrationInProgress"
	invalidState = "unused Target.InvalidState"
)

// The application answers from 30 s on; checks run every 10 s from somewhere between 105 s and 115 s.
func TestTargetOfAnApplicationLoadBalancer(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		id := w.launch("ap-northeast-1a", 1)[0]
		w.follow(group, id, []step{
			{100 * second, func() { w.register(group, id) }, "absent"}, // not seen yet
			{102 * second, nil, registering},
			{117 * second, nil, "healthy"}, // one good check is enough
			{120 * second, func() { w.do(func() { w.compute.Sicken(id) }) }, "healthy"},
			{129 * second, nil, "healthy"}, // one failed check is not
			{142 * second, nil, failing},
			{150 * second, func() { w.do(func() { w.compute.Heal(id) }) }, failing},
			{168 * second, nil, failing}, // recovery needs three
			{182 * second, nil, "healthy"},
			{200 * second, func() { w.deregister(group, id) }, "healthy"},
			{202 * second, nil, drains},
			{229 * second, nil, drains}, // the whole delay, although idle
			{232 * second, nil, "absent"},
			{240 * second, func() { w.register(group, id) }, "absent"},
			{260 * second, nil, "healthy"},
			{270 * second, func() { w.deregister(group, id) }, "healthy"},
			{280 * second, func() { w.register(group, id) }, drains},
			{282 * second, nil, registering}, // back from draining
			{320 * second, nil, "healthy"},
		})
	})
}

// The application does not answer at first, so that the first checks fail.
func TestTargetThatStartsSlowly(t *testing.T) {
	run(t, func(w *world) {
		w.do(func() { w.compute.MarkImageSick(w.image) })
		group := w.group("web", types.ProtocolEnumHttp)
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		id := w.launch("ap-northeast-1a", 1)[0]
		w.follow(group, id, []step{
			{12 * second, func() { w.register(group, id) }, "absent"},
			{15 * second, nil, registering},
			{18500 * time.Millisecond, nil, checking},
			{39 * second, nil, failing},
			{50 * second, func() { w.do(func() { w.compute.Heal(id) }) }, failing},
			{69 * second, nil, failing},
			{82 * second, nil, "healthy"},
		})
	})
}

func TestTargetOfANetworkLoadBalancer(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("tcp", types.ProtocolEnumTcp)
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumNetwork), group, types.ProtocolEnumTcp)
		id := w.launch("ap-northeast-1a", 1)[0]
		w.follow(group, id, []step{
			{100 * second, func() { w.register(group, id) }, "absent"},
			{159 * second, nil, registering}, // minutes, not seconds
			{162 * second, nil, checking},
			{179 * second, nil, checking}, // the threshold counts from the start
			{192 * second, nil, "healthy"},
		})
	})
}

func TestTargetGroupThatNobodyUses(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		id := w.launch("ap-northeast-1a", 1)[0]
		elsewhere := w.launch("ap-northeast-1d", 1)[0]
		listener := ""
		w.follow(group, id, []step{
			{40 * second, func() { w.register(group, id, elsewhere) }, "absent"},
			{10 * time.Minute, nil, unused},
			{11 * time.Minute, func() { listener = w.listen(balancer, group, types.ProtocolEnumHttp) }, unused},
			{11*time.Minute + 3*second, nil, registering},
			{12 * time.Minute, nil, "healthy"},
			{13 * time.Minute, func() {
				if got := w.health(group, elsewhere); got != unused {
					w.Errorf("a target in a zone that is not enabled is %s", got)
				}
				must(w, w.client.DeleteListener, &sdk.DeleteListenerInput{ListenerArn: aws.String(listener)})
			}, "healthy"},
			{13*time.Minute + 3*second, nil, unused},
			{14 * time.Minute, func() { w.deregister(group, id) }, unused},
			{14*time.Minute + 3*second, nil, "absent"}, // nothing to drain
		})
	})
}

// Draining goes on although nobody uses the group any more, and so does being stopped.
func TestUseEndsWhileTargetsDrain(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		listener := w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 2)
		w.until(40 * second)
		w.register(group, ids...)
		w.do(func() { w.compute.Stop(ids[1]) })
		w.until(60 * second)
		w.deregister(group, ids[0])
		must(w, w.client.DeleteListener, &sdk.DeleteListenerInput{ListenerArn: aws.String(listener)})
		w.follow(group, ids[0], []step{{65 * second, nil, drains}, {88 * second, nil, drains}, {92 * second, nil, "absent"}})
		if got := w.health(group, ids[1]); got != invalidState {
			w.Errorf("the stopped one is %s", got)
		}
	})
}

// A group that gets none of the requests is checked all the same, as long as an action names it.
func TestGroupWithWeightZeroIsChecked(t *testing.T) {
	run(t, func(w *world) {
		blue, green := w.group("blue", types.ProtocolEnumHttp), w.group("green", types.ProtocolEnumHttp)
		must(w, w.client.CreateListener, &sdk.CreateListenerInput{
			LoadBalancerArn: aws.String(w.balancer("front", types.LoadBalancerTypeEnumApplication)), Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
			DefaultActions: forward(map[string]int32{blue: 100, green: 0}, blue, green),
		})
		id := w.launch("ap-northeast-1a", 1)[0]
		w.until(40 * second)
		w.register(green, id)
		w.until(60 * second)
		if got := w.health(green, id); got != "healthy" {
			w.Errorf("the target is %s", got)
		}
	})
}

func TestInstancesThatEndOrStop(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 2)
		w.until(40 * second)
		w.register(group, ids...)
		w.follow(group, ids[0], []step{
			{60 * second, func() {
				if _, err := w.ec2.TerminateInstances(context.Background(), &ec2sdk.TerminateInstancesInput{InstanceIds: ids[:1]}); err != nil {
					w.Fatal(err)
				}
			}, "healthy"},
			{64 * second, nil, "healthy"}, // not noticed yet
			{67 * second, nil, invalidState},
			{124 * second, nil, invalidState},
			{127 * second, nil, "absent"},
		})
		w.follow(group, ids[1], []step{
			{130 * second, func() { w.do(func() { w.compute.Stop(ids[1]) }) }, "healthy"},
			{137 * second, nil, invalidState},
			{300 * second, nil, invalidState}, // a stopped instance stays registered
			{310 * second, func() { w.do(func() { w.compute.Start(ids[1]) }) }, invalidState},
			{327 * second, nil, registering}, // running again after 10 s, noticed after 5 s
			{380 * second, nil, "healthy"},
		})
	})
}

func TestOnlyRunningInstancesRegister(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 2)
		in := &sdk.RegisterTargetsInput{TargetGroupArn: aws.String(group), Targets: targets(ids)}
		refused(w, w.client.RegisterTargets, in, "InvalidTarget",
			fmt.Sprintf("The following targets are not in a running state and cannot be registered: '%s', '%s'", ids[0], ids[1]))
		w.until(15 * second)
		w.do(func() { w.compute.Terminate(ids[1]) })
		refused(w, w.client.RegisterTargets, in, "InvalidTarget",
			fmt.Sprintf("The following targets are not in a running state and cannot be registered: '%s'", ids[1]))
		if got := w.health(group, ids[0]); got != "absent" {
			w.Errorf("one of two was registered: %s", got)
		}
		in.Targets = targets([]string{"i-0"})
		refused(w, w.client.RegisterTargets, in, "InvalidTarget", "The following targets are not valid instances: 'i-0'")
		must(w, w.client.DeregisterTargets, &sdk.DeregisterTargetsInput{TargetGroupArn: aws.String(group), Targets: targets(ids[:1])})
	})
}

func TestDescribeTargetHealthOfNamedTargets(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		ids := w.launch("ap-northeast-1a", 2)
		w.until(20 * second)
		w.register(group, ids[0])
		w.until(30 * second)
		out := must(w, w.client.DescribeTargetHealth, &sdk.DescribeTargetHealthInput{TargetGroupArn: aws.String(group), Targets: targets(ids)})
		got := ""
		for _, d := range out.TargetHealthDescriptions {
			got += fmt.Sprintf("%d %s %s %s: %s\n", *d.Target.Port, *d.HealthCheckPort, d.TargetHealth.State, d.TargetHealth.Reason, *d.TargetHealth.Description)
		}
		want := "8080 8080 unused Target.NotInUse: Target group is not configured to receive traffic from the load balancer\n" +
			"8080 8080 unused Target.NotRegistered: Target is not registered to the target group\n"
		if got != want {
			w.Errorf("got  %swant %s", got, want)
		}
	})
}

// An instance may be registered on several ports: each is a target of its own, and a call that names no port means the group's.
func TestTargetOnSeveralPorts(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		w.listen(w.balancer("front", types.LoadBalancerTypeEnumApplication), group, types.ProtocolEnumHttp)
		id := w.launch("ap-northeast-1a", 1)[0]
		other := []types.TargetDescription{{Id: &id, Port: aws.Int32(8081)}}
		look := func(at time.Duration, want string) {
			w.Helper()
			w.until(at)
			got := ""
			for _, d := range must(w, w.client.DescribeTargetHealth, &sdk.DescribeTargetHealthInput{TargetGroupArn: &group}).TargetHealthDescriptions {
				got += fmt.Sprintf("%d %s on %s; ", *d.Target.Port, d.TargetHealth.State, *d.HealthCheckPort)
			}
			if got != want {
				w.Errorf("after %s: %q, want %q", at, got, want)
			}
			w.do(func() {
				if _, own := w.balancers.Health(group, id); own != strings.Contains(want, "8080 ") {
					w.Errorf("after %s: registered on the group's port: %t", at, own)
				}
				if second := w.balancers.Carries(group, id, 8081); second != strings.Contains(want, "8081 ") {
					w.Errorf("after %s: registered on the other port: %t", at, second)
				}
			})
		}
		w.until(40 * second)
		w.register(group, id)
		must(w, w.client.RegisterTargets, &sdk.RegisterTargetsInput{TargetGroupArn: &group, Targets: other})
		look(70*second, "8080 healthy on 8080; 8081 healthy on 8081; ")
		w.deregister(group, id)
		look(80*second, "8080 draining on 8080; 8081 healthy on 8081; ")
		look(110*second, "8081 healthy on 8081; ")
		w.register(group, id)
		look(130*second, "8081 healthy on 8081; 8080 healthy on 8080; ")
		must(w, w.client.DeregisterTargets, &sdk.DeregisterTargetsInput{TargetGroupArn: &group, Targets: other})
		look(140*second, "8081 draining on 8081; 8080 healthy on 8080; ")
		look(170*second, "8080 healthy on 8080; ")
	})
}

// The SDK's own waiters end when a person expects it.
func TestWaiters(t *testing.T) {
	run(t, func(w *world) {
		group := w.group("web", types.ProtocolEnumHttp)
		balancer := w.balancer("front", types.LoadBalancerTypeEnumApplication)
		w.listen(balancer, group, types.ProtocolEnumHttp)
		lbs := must(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{Names: []string{"front"}}).LoadBalancers
		if got := lbs[0].State.Code; got != types.LoadBalancerStateEnumProvisioning {
			w.Errorf("a new load balancer is %s", got)
		}
		w.until(5 * second)
		lbs = must(w, w.client.DescribeLoadBalancers, &sdk.DescribeLoadBalancersInput{LoadBalancerArns: []string{balancer}}).LoadBalancers
		if got := lbs[0].State.Code; got != types.LoadBalancerStateEnumActive {
			w.Errorf("the load balancer is %s", got)
		}
	})
}
