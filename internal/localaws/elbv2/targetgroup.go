package elbv2

import (
	"slices"
	"strconv"
	"time"
)

// TargetGroup is a target group whose targets are instances. Others read it and never write to it.
type TargetGroup struct {
	ARN, Name, Protocol, VPCID string
	Port                       int32

	version    string // of HTTP, for groups of Application Load Balancers
	check      healthCheck
	attributes map[string]string
	tags       map[string]string
	targets    []*target // as registered
	gone       []*target // not registered any more, but readers may still see them
	lagging    []*target // deregistered, but a Network Load Balancer still sends connections there
	user       *balancer // whose listeners or rules forward to it, if only with weight 0
}

// kind is the kind of load balancer that the group is for.
func (g *TargetGroup) kind() string {
	if g.Protocol == "HTTP" || g.Protocol == "HTTPS" {
		return application
	}
	return network
}

// DeregistrationDelay is how long a deregistered target drains.
func (g *TargetGroup) DeregistrationDelay() time.Duration {
	return g.secondsOf("deregistration_delay.timeout_seconds")
}

func (g *TargetGroup) secondsOf(attribute string) time.Duration {
	return time.Duration(g.numberOf(attribute)) * time.Second
}

// numberOf is an attribute's value; "off" is 0.
func (g *TargetGroup) numberOf(attribute string) int {
	number, _ := strconv.Atoi(g.attributes[attribute])
	return number
}

// InUse reports whether a listener or a rule forwards to the group, if only with weight 0; if none does, its targets
// are unused and not checked.
func (g *TargetGroup) InUse() bool { return g.user != nil }

// LoadBalancerARN is the ARN of the load balancer that forwards to the group, or empty.
func (g *TargetGroup) LoadBalancerARN() string {
	if g.user == nil {
		return ""
	}
	return g.user.arn
}

func (g *TargetGroup) target(key targetKey) *target {
	at := slices.IndexFunc(g.targets, func(t *target) bool { return t.targetKey == key })
	if at < 0 {
		return nil
	}
	return g.targets[at]
}

// refreshUse finds out which groups are forwarded to, after listeners or rules have changed. The targets of a group
// that is newly used start from the beginning; those of one that is not used any more are put aside.
func (l *LoadBalancers) refreshUse() {
	users := make(map[*TargetGroup]*balancer)
	for _, listener := range l.listeners {
		for _, rule := range listener.rules {
			for _, share := range rule.action.forward {
				users[share.group] = listener.balancer
			}
		}
	}
	for _, group := range l.groups {
		if group.user != users[group] {
			group.user = users[group]
			group.restart()
		}
	}
	l.changed()
}

// restart begins again with every target that is neither draining nor set aside because of its instance.
func (g *TargetGroup) restart() {
	for _, t := range slices.Clone(g.targets) {
		if t.health != draining && t.health.Reason != "Target.InvalidState" {
			t.begin()
		}
	}
}
