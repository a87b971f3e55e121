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

	check      healthCheck
	attributes map[string]string
	tags       map[string]string
	targets    []*target // as registered
	gone       []*target // not registered any more, but readers may still see them
	user       *balancer // whose listeners or rules forward to it
	used       bool      // some listener or rule forwards to it, if only with weight 0
}

// healthCheck is how the targets of a group are checked.
type healthCheck struct {
	enabled            bool
	protocol           string // HTTP, HTTPS, TCP, ...
	port               string // "traffic-port" or a number
	path               string // HTTP and HTTPS only
	interval, timeout  time.Duration
	healthy, unhealthy int32 // thresholds
	httpCode, grpcCode string
}

// DeregistrationDelay is how long a deregistered target drains.
func (g *TargetGroup) DeregistrationDelay() time.Duration {
	return g.secondsOf("deregistration_delay.timeout_seconds")
}

func (g *TargetGroup) secondsOf(attribute string) time.Duration {
	seconds, _ := strconv.Atoi(g.attributes[attribute])
	return time.Duration(seconds) * time.Second
}

// InUse reports whether a listener or a rule forwards to the group, if only with weight 0; if none does, its targets
// are unused and not checked.
func (g *TargetGroup) InUse() bool { return g.used }

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
