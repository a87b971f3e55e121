package elb

// Health is the state of a registered instance, in the words of DescribeInstanceHealth.
type Health struct {
	State       string // InService, OutOfService
	Reason      string // ELB, Instance, N/A
	Description string
}

// What DescribeInstanceHealth says of an instance (SDK documentation of InstanceState).
var (
	registering   = Health{"OutOfService", "ELB", "Instance registration is still in progress."}
	inService     = Health{"InService", "N/A", "N/A"}
	failing       = Health{"OutOfService", "Instance", "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."}
	otherZone     = Health{"OutOfService", "ELB", "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to."}
	stopped       = Health{"OutOfService", "Instance", "Instance is in stopped state."}
	terminated    = Health{"OutOfService", "Instance", "Instance is in terminated state."}
	deregistering = Health{"InService", "N/A", "Instance deregistration currently in progress."}
	notRegistered = Health{"OutOfService", "Instance", "Instance is not currently registered with the LoadBalancer."}
)

// Serves reports whether the instance gets new requests.
func (h Health) Serves() bool { return h == inService }

// Failed reports whether the instance has failed its health checks. One whose registration is still in progress, or whose
// zone is not enabled, has not.
func (h Health) Failed() bool { return h == failing }

// Draining reports whether the instance is deregistered and finishes what is under way.
func (h Health) Draining() bool { return h == deregistering }
