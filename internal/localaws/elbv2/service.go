package elbv2

import "bluegreen/internal/localaws/wire"

// Service is the API of Elastic Load Balancing version 2, as far as it is modelled.
func (l *LoadBalancers) Service() wire.Service {
	return wire.Service{
		SigningName: "elasticloadbalancing",
		Protocol:    wire.AWSQuery,
		Version:     "2015-12-01",
		Namespace:   "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
	}
}
