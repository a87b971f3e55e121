package elbv2

// Health is the health of a target, in the words of DescribeTargetHealth.
type Health struct {
	State       string // initial, healthy, unhealthy, unused, draining
	Reason      string // empty when healthy
	Description string // empty when healthy
}

// What DescribeTargetHealth says of a target (aws-facts B; the descriptions are those that AWS answers with).
var (
	registering = Health{"initial", "Elb.RegistrationInProgress", "Target registration is in progress"}
	checking    = Health{"initial", "Elb.InitialHealthChecking", "Initial health checks in progress"}
	healthy     = Health{State: "healthy"}
	failing     = Health{"unhealthy", "Target.FailedHealthChecks", "Health checks failed"}
	notInUse    = Health{"unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"}
	otherZone   = Health{"unused", "Target.NotInUse", "Target is in an Availability Zone that is not enabled for the load balancer"}
	draining    = Health{"draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"}
	notKnown    = Health{"unused", "Target.NotRegistered", "Target is not registered to the target group"}
)

func invalidState(state string) Health {
	return Health{"unused", "Target.InvalidState", "Target is in the " + state + " state"}
}

// seen is a target's health as readers see it, who see changes late.
type seen struct {
	health     Health
	registered bool
}
