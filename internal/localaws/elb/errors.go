package elb

import (
	"bluegreen/internal/localaws/wire"
)

func invalid(format string, args ...any) error {
	return wire.Errorf("ValidationError", format, args...)
}

func misconfigured(format string, args ...any) error {
	return wire.Errorf("InvalidConfigurationRequest", format, args...)
}

func (l *LoadBalancers) balancer(name string) *balancer {
	for _, b := range l.balancers {
		if b.name == name {
			return b
		}
	}
	return nil
}

// balancerNamed is the load balancer that a request names.
func (l *LoadBalancers) balancerNamed(name *string) (*balancer, error) {
	if b := l.balancer(*name); b != nil {
		return b, nil
	}
	return nil, wire.Errorf("LoadBalancerNotFound", "There is no ACTIVE Load Balancer named '%s'", *name)
}
