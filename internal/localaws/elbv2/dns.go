package elbv2

import "strings"

// Exists reports whether there is a load balancer of an ARN.
func (l *LoadBalancers) Exists(arn string) bool {
	_, err := l.balancerNamed(&arn)
	return err == nil
}

// Resolve is the ARN of the load balancer with a DNS name that the DNS knows: once it is active.
func (l *LoadBalancers) Resolve(dnsName string) (arn string, ok bool) {
	for _, b := range l.balancers {
		if b.active && strings.EqualFold(b.dnsName, strings.TrimSuffix(dnsName, ".")) {
			return b.arn, true
		}
	}
	return "", false
}

// Evaluate reports whether Route 53 takes a load balancer for healthy: each of its target groups, those with weight 0 too, has
// as many healthy targets as its dns_failover attributes want, by default one. A group without a target makes the whole load
// balancer unhealthy (aws-facts I4).
func (l *LoadBalancers) Evaluate(arn string) bool {
	for _, g := range l.groups {
		if g.LoadBalancerARN() != arn {
			continue
		}
		const setting = "target_group_health.dns_failover.minimum_healthy_targets."
		healthyTargets := 0
		for _, t := range g.targets {
			if t.health == healthy {
				healthyTargets++
			}
		}
		if healthyTargets < g.numberOf(setting+"count") || healthyTargets*100 < len(g.targets)*g.numberOf(setting+"percentage") {
			return false
		}
	}
	return true
}

// ARNs are those of all load balancers and target groups.
func (l *LoadBalancers) ARNs() []string {
	var all []string
	for _, b := range l.balancers {
		all = append(all, b.arn)
	}
	for _, group := range l.groups {
		all = append(all, group.ARN)
	}
	return all
}
