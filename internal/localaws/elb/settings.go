package elb

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of Classic Load Balancers, in the account's time. Intervals, thresholds and the time of
// connection draining belong to the load balancers; what an API call itself costs belongs to the endpoint (wire).
type Settings struct {
	// Registration is the time from a registration until the first health check: up to about 30 s (aws-facts I5).
	Registration account.Duration
	// Naming is how long the name of a new load balancer is not in the DNS yet. No figure is published; users see a
	// minute or more.
	Naming account.Duration
	// InFlight is how long the requests last that are under way to an instance when it is deregistered, where no data
	// plane says so: draining ends with them, or with its timeout.
	InFlight time.Duration
	// Notice is how long it takes until a load balancer knows that an instance was stopped or terminated behind its
	// back; until then its checks just fail. No figure is published.
	Notice account.Duration
	// TerminatedGone is how long a terminated instance is still listed before it is deregistered by itself. No figure is
	// published; minutes in practice.
	TerminatedGone account.Duration
	// DescribeLag is how long DescribeInstanceHealth goes on showing what was before a change. No figure is published.
	DescribeLag time.Duration
	// MaxLoadBalancers is the account's quota: 20 (aws-facts I3).
	MaxLoadBalancers int
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Registration:     account.Duration{Min: 10 * time.Second, Max: 30 * time.Second},
		Naming:           account.Duration{Min: 30 * time.Second, Max: 90 * time.Second},
		InFlight:         20 * time.Second,
		Notice:           account.Duration{Min: 2 * time.Second, Max: 10 * time.Second},
		TerminatedGone:   account.Duration{Min: 60 * time.Second, Max: 180 * time.Second},
		DescribeLag:      500 * time.Millisecond,
		MaxLoadBalancers: 20,
	}
}
