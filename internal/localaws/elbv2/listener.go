package elbv2

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// The kinds of load balancers that are modelled, by ELB's names.
const (
	application = "application"
	network     = "network"
)

// balancer is a load balancer.
type balancer struct {
	arn, name, kind, scheme string
	dnsName                 string
	createdAt               time.Time
	active                  bool
	subnets                 []string // ids, one a zone
	zones                   []string
	securityGroups          []string
	tags                    map[string]string
}

// covers reports whether the zone is enabled for the load balancer.
func (b *balancer) covers(zone string) bool { return slices.Contains(b.zones, zone) }

// listener is a listener with its rules: by priority, the default rule last.
type listener struct {
	arn      string
	balancer *balancer
	port     int32
	protocol string
	rules    []*rule
	tags     map[string]string
}

// rule is a listener rule.
type rule struct {
	arn        string
	number     int // priority; 0 for the default rule
	conditions []condition
	action     action
	tags       map[string]string
}

func (r *rule) priority() string {
	if r.number == 0 {
		return "default"
	}
	return strconv.Itoa(r.number)
}

// action is what a rule does: forward to target groups, or answer by itself.
type action struct {
	forward []share
	sticky  time.Duration
	fixed   *FixedResponse
}

type share struct {
	group  *TargetGroup
	weight int32
}

func (l *LoadBalancers) listener(arn string) *listener {
	for _, listener := range l.listeners {
		if listener.arn == arn {
			return listener
		}
	}
	return nil
}

// condition is one condition of a rule.
type condition struct {
	field  string
	values []string
}

func matchesAll(conditions []condition, request *http.Request) bool {
	for _, c := range conditions {
		if !c.matches(request) {
			return false
		}
	}
	return true
}

func (c condition) matches(request *http.Request) bool {
	return request != nil && slices.Contains(c.values, request.URL.Path)
}
