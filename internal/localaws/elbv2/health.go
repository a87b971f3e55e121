package elbv2

import "time"

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

// timeline remembers what a target's health was, for readers that see changes late.
type timeline []moment

type moment struct {
	from       time.Time
	health     Health
	registered bool
}

// add notes what holds from now on, and forgets what no reader can see any more.
func (l *timeline) add(m moment, lag time.Duration) {
	kept := *l
	for len(kept) > 1 && !kept[1].from.After(m.from.Add(-lag)) {
		kept = kept[1:]
	}
	*l = append(kept, m)
}

// at is what a reader sees who sees the world as of then.
func (l timeline) at(then time.Time) (Health, bool) {
	for k := len(l) - 1; k >= 0; k-- {
		if !l[k].from.After(then) {
			return l[k].health, l[k].registered
		}
	}
	return Health{}, false
}
