package elbv2

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Routing is what a listener does with new connections or requests now: rules by priority, the default rule last.
type Routing struct {
	Rules []RoutedRule
}

// RoutedRule is a rule with the targets that its action reaches now.
type RoutedRule struct {
	Priority string // "default" for the last one
	Groups   []RoutedGroup
	// Sticky is how long a client keeps to the target group it was given (cookie AWSALBTG); zero is not at all.
	Sticky   time.Duration
	Fixed    *FixedResponse // answer with this instead of forwarding
	Redirect *Redirect      // or send the client elsewhere
	match    []condition
}

// RoutedGroup is a target group of a forward action with the targets that get new requests now. A group with a weight
// and no targets answers its share with 503; if all weights are 0, all is answered so.
type RoutedGroup struct {
	ARN      string
	Weight   int32
	Targets  []RoutedTarget
	FailOpen bool // none is healthy, so all that are registered get requests
}

// RoutedTarget is a target that gets new requests.
type RoutedTarget struct {
	InstanceID string
	Port       int32
	HealthyAt  time.Time     // when it began to get its share
	SlowStart  time.Duration // how long its share grows from then on; zero is not at all
	Weight     float64       // against the other targets; 0 is 1
}

// FixedResponse is an answer that the load balancer gives by itself.
type FixedResponse struct {
	Status      int
	ContentType string
	Body        string
}

// Share is how much of an ordinary target's share the target gets at a time: its weight, or less while it starts slowly.
func (t RoutedTarget) Share(now time.Time) float64 {
	whole := cmp.Or(t.Weight, 1)
	passed := now.Sub(t.HealthyAt)
	if passed >= t.SlowStart {
		return whole
	}
	return whole * max(0.01, float64(passed)/float64(t.SlowStart))
}

// Match is the rule that a request meets. A Network Load Balancer has the default rule only, and request may be nil.
func (r Routing) Match(request *http.Request) RoutedRule {
	for _, rule := range r.Rules {
		if matchesAll(rule.match, request) {
			return rule
		}
	}
	return RoutedRule{}
}

// ListenerView is a listener as a data plane needs it. Those of Classic Load Balancers (package elb) have no ARNs: what stands
// in place of one is the name.
type ListenerView struct {
	ARN, LoadBalancerARN, LoadBalancerName string
	LoadBalancerType                       string // application, network or classic
	Port                                   int32
	Protocol                               string // HTTP, HTTPS, TCP, ...
	DNSName                                string // of the load balancer; empty until the DNS knows it
}

// Listeners are the listeners of all load balancers, as created.
func (l *LoadBalancers) Listeners() []ListenerView {
	views := make([]ListenerView, len(l.listeners))
	for k, listener := range l.listeners {
		views[k] = ListenerView{
			ARN: listener.arn, Port: listener.port, Protocol: listener.protocol,
			LoadBalancerARN: listener.balancer.arn, LoadBalancerName: listener.balancer.name, LoadBalancerType: listener.balancer.kind,
		}
		if listener.balancer.active {
			views[k].DNSName = listener.balancer.dnsName
		}
	}
	return views
}

// Route is what a listener does with new requests now; it agrees with Health at every instant. A listener that does
// not exist, or whose load balancer is still provisioning, routes nothing.
func (l *LoadBalancers) Route(listenerARN string) Routing {
	listener := l.listener(listenerARN)
	if listener == nil || !listener.balancer.active {
		return Routing{}
	}
	routing := Routing{Rules: make([]RoutedRule, len(listener.rules))}
	for k, rule := range listener.rules {
		routing.Rules[k] = l.routeRule(rule)
	}
	return routing
}

func (l *LoadBalancers) routeRule(r *rule) RoutedRule {
	routed := RoutedRule{Priority: r.priority(), Sticky: r.action.sticky, Fixed: r.action.fixed, Redirect: r.action.redirect, match: r.conditions}
	for _, share := range r.action.forward {
		routed.Groups = append(routed.Groups, share.group.route(share.weight))
	}
	return routed
}

// route is the group with the targets that get requests. If too few are healthy (unhealthy_state_routing; by default
// none), the load balancer fails open to all that are registered (aws-facts B), those that are still initial too: it
// answers 503 only when no target is registered or all are unused (ELB user guide, troubleshooting). Behind a Network Load
// Balancer targets that were deregistered a moment ago get connections, too.
func (g *TargetGroup) route(weight int32) RoutedGroup {
	routed := RoutedGroup{ARN: g.ARN, Weight: weight}
	var rest []RoutedTarget
	for _, t := range g.targets {
		switch t.health.State {
		case "healthy":
			routed.Targets = append(routed.Targets, RoutedTarget{InstanceID: t.id, Port: t.port, HealthyAt: t.healthyAt, SlowStart: t.slowStart})
		case "unhealthy", "initial":
			rest = append(rest, RoutedTarget{InstanceID: t.id, Port: t.port})
		}
	}
	if len(rest) > 0 && len(routed.Targets) < g.leastHealthy(len(routed.Targets)+len(rest)) {
		routed.Targets, routed.FailOpen = append(routed.Targets, rest...), true
	}
	for _, t := range g.lagging {
		if !slices.ContainsFunc(routed.Targets, func(other RoutedTarget) bool { return other.InstanceID == t.id && other.Port == t.port }) {
			routed.Targets = append(routed.Targets, RoutedTarget{InstanceID: t.id, Port: t.port})
		}
	}
	return routed
}

// leastHealthy is how many of the targets must be healthy for only those to get requests.
func (g *TargetGroup) leastHealthy(targets int) int {
	const setting = "target_group_health.unhealthy_state_routing.minimum_healthy_targets."
	percentage := g.numberOf(setting + "percentage")
	return max(g.numberOf(setting+"count"), (targets*percentage+99)/100)
}

// Reached is a target group with the targets that get its requests now; false without a group of the ARN.
func (l *LoadBalancers) Reached(targetGroupARN string) (RoutedGroup, bool) {
	group, ok := l.byARN[targetGroupARN]
	if !ok {
		return RoutedGroup{}, false
	}
	return group.route(1), true
}
