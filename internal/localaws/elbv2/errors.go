package elbv2

import (
	"fmt"
	"net/http"
	"strings"

	"bluegreen/internal/localaws/wire"
)

func groupNotFound() error {
	return wire.Errorf("TargetGroupNotFound", "One or more target groups not found")
}

func balancerNotFound() error {
	return wire.Errorf("LoadBalancerNotFound", "One or more load balancers not found")
}

func listenerNotFound() error {
	return wire.Errorf("ListenerNotFound", "One or more listeners not found")
}

func ruleNotFound() error {
	return wire.Errorf("RuleNotFound", "One or more rules not found")
}

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}

// notModelled is the answer to what AWS has and the model has not; no client retries its status.
func notModelled(format string, args ...any) error {
	return &wire.Error{Code: "NotModelled", Message: "localaws does not model " + fmt.Sprintf(format, args...), Status: http.StatusNotImplemented}
}

// checkARN refuses what cannot be the ARN of a kind of resource, e.g. a name.
func checkARN(arn, kind, resource string) error {
	if strings.HasPrefix(arn, "arn:") && strings.Contains(arn, ":elasticloadbalancing:") && strings.Contains(arn, ":"+resource+"/") {
		return nil
	}
	return invalid("'%s' is not a valid %s ARN", arn, kind)
}

// groupNamed is the target group with an ARN that a request gives.
func (l *LoadBalancers) groupNamed(arn *string) (*TargetGroup, error) {
	if err := checkARN(*arn, "target group", "targetgroup"); err != nil {
		return nil, err
	}
	if group, ok := l.byARN[*arn]; ok {
		return group, nil
	}
	return nil, groupNotFound()
}

func (l *LoadBalancers) balancerNamed(arn *string) (*balancer, error) {
	if err := checkARN(*arn, "load balancer", "loadbalancer"); err != nil {
		return nil, err
	}
	for _, b := range l.balancers {
		if b.arn == *arn {
			return b, nil
		}
	}
	return nil, balancerNotFound()
}

func (l *LoadBalancers) listenerNamed(arn *string) (*listener, error) {
	if err := checkARN(*arn, "listener", "listener"); err != nil {
		return nil, err
	}
	if found := l.listener(*arn); found != nil {
		return found, nil
	}
	return nil, listenerNotFound()
}

func (l *LoadBalancers) ruleNamed(arn *string) (*listener, *rule, error) {
	if err := checkARN(*arn, "listener rule", "listener-rule"); err != nil {
		return nil, nil, err
	}
	for _, listener := range l.listeners {
		for _, r := range listener.rules {
			if r.arn == *arn {
				return listener, r, nil
			}
		}
	}
	return nil, nil, ruleNotFound()
}
