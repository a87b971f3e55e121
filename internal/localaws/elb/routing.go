package elb

import (
	"strconv"
	"strings"

	localelb "bluegreen/internal/localaws/elbv2"
)

// Listeners are the listeners of all load balancers, as created and by port. In place of ARNs, which Classic Load
// Balancers have not, they have name:port, and their load balancers their names.
func (l *LoadBalancers) Listeners() []localelb.ListenerView {
	var views []localelb.ListenerView
	for _, b := range l.balancers {
		for _, x := range b.listeners {
			view := localelb.ListenerView{
				ARN: b.name + ":" + strconv.Itoa(int(x.Port)), LoadBalancerARN: b.name, LoadBalancerName: b.name,
				LoadBalancerType: "classic", Port: x.Port, Protocol: x.Protocol,
			}
			if b.named {
				view.DNSName = b.dnsName
			}
			views = append(views, view)
		}
	}
	return views
}

// Route is what a listener, name:port, does with new requests now: it sends them to the instances in service, which are
// one group with the load balancer's name; with none it answers 503, for it never fails open (user guide,
// troubleshooting). A listener that does not exist routes nothing.
func (l *LoadBalancers) Route(listener string) localelb.Routing {
	name, port, _ := strings.Cut(listener, ":")
	number, err := strconv.Atoi(port)
	b := l.balancer(name)
	if err != nil || b == nil || b.listener(int32(number)) == nil {
		return localelb.Routing{}
	}
	return localelb.Routing{Rules: []localelb.RoutedRule{{
		Priority: "default", Groups: []localelb.RoutedGroup{b.route(b.listener(int32(number)).InstancePort)},
	}}}
}

// Reached is a load balancer with the instances that get its requests now; false without one of the name.
func (l *LoadBalancers) Reached(name string) (localelb.RoutedGroup, bool) {
	b := l.balancer(name)
	if b == nil {
		return localelb.RoutedGroup{}, false
	}
	return b.route(b.check.port), true
}

// route is the load balancer with the instances that get requests on a port. The DNS shares clients out evenly among the
// zones that serve: without cross-zone load balancing the instances of each share what its zone gets.
func (b *balancer) route(port int32) localelb.RoutedGroup {
	routed := localelb.RoutedGroup{ARN: b.name, Weight: 1}
	ofZone := make(map[string]int)
	for _, m := range b.members {
		if m.health.Serves() {
			ofZone[m.zone]++
		}
	}
	for _, m := range b.members {
		if !m.health.Serves() {
			continue
		}
		target := localelb.RoutedTarget{InstanceID: m.id, Port: port, HealthyAt: m.since}
		if !b.attributes.CrossZoneLoadBalancing.Enabled {
			target.Weight = 1 / float64(ofZone[m.zone])
		}
		routed.Targets = append(routed.Targets, target)
	}
	return routed
}

// Carries reports whether what is under way to an instance goes on, which it does until the instance is not registered any
// more; a load balancer's instances have no ports of their own.
func (l *LoadBalancers) Carries(name, instanceID string, _ int32) bool {
	_, registered := l.Health(name, instanceID)
	return registered
}
