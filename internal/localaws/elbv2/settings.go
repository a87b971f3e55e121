package elbv2

import (
	"time"

	"bluegreen/internal/localaws/account"
)

// Settings is the time model of Elastic Load Balancing, in the account's time. Intervals, thresholds and deregistration
// delays belong to the target groups; what an API call itself costs belongs to the endpoint (wire).
type Settings struct {
	// Provisioning is how long a new load balancer is "provisioning": a few minutes (ELB user guide).
	Provisioning account.Duration
	// Registration is the time from RegisterTargets until an Application Load Balancer begins to check a target, which
	// is initial/Elb.RegistrationInProgress meanwhile. Seconds in practice; no figure is published.
	Registration account.Duration
	// NetworkRegistration is the same for a Network Load Balancer: "a few minutes" (aws-facts B).
	NetworkRegistration account.Duration
	// NetworkLag is how long a Network Load Balancer goes on sending new connections to a target that was deregistered,
	// whatever the deregistration delay says: about 120 s, as users report (aws-facts I2).
	NetworkLag account.Duration
	// Notice is how long it takes until a load balancer knows that an instance was stopped or terminated behind its
	// back; until then its checks just fail. No figure is published.
	Notice account.Duration
	// TerminatedGone is how long a terminated instance is still listed, as unused/Target.InvalidState, before it is
	// deregistered by itself. No figure is published; minutes in practice.
	TerminatedGone account.Duration
	// DescribeLag is how long DescribeTargetHealth goes on showing what was before a change. No figure is published;
	// clients that read at once after a write do see the previous state.
	DescribeLag time.Duration
}

// DefaultSettings are the settings closest to AWS.
func DefaultSettings() Settings {
	return Settings{
		Provisioning:        account.Duration{Min: 90 * time.Second, Max: 180 * time.Second},
		Registration:        account.Duration{Min: 2 * time.Second, Max: 8 * time.Second},
		NetworkRegistration: account.Duration{Min: 90 * time.Second, Max: 180 * time.Second},
		NetworkLag:          account.Duration{Min: 100 * time.Second, Max: 120 * time.Second},
		Notice:              account.Duration{Min: 2 * time.Second, Max: 10 * time.Second},
		TerminatedGone:      account.Duration{Min: 60 * time.Second, Max: 180 * time.Second},
		DescribeLag:         500 * time.Millisecond,
	}
}
