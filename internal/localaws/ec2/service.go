package ec2

import "bluegreen/internal/localaws/wire"

// Service is the API of EC2, as far as it is modelled.
func (c *Compute) Service() wire.Service {
	return wire.Service{
		SigningName: "ec2",
		Protocol:    wire.EC2Query,
		Version:     "2016-11-15",
		Namespace:   "http://ec2.amazonaws.com/doc/2016-11-15/",
	}
}
