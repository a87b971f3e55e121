package traffic

import (
	"context"
	"time"

	"bluegreen/internal/clone"
	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// The phases of moving traffic, as a person reads them in the execution's history.
const (
	Making    = "making"    // what green is to stand behind is made
	Joining   = "joining"   // green comes to where it can serve, blue serves on
	Leaving   = "leaving"   // blue was let go and drains
	Returning = "returning" // blue comes back and becomes healthy, green serves on
	Removing  = "removing"  // green was let go and drains
)

// Move is one look at moving traffic. SwitchTraffic has read both fleets, and holds them at the sizes that they need.
type Move struct {
	*step.Step
	*Memory
	Switch
	Lock        *ledger.Lock // as the record has it, when the look begins
	Blue, Green deploy.Fleet
	Traffic     deploy.Traffic // what blue's sources show, as See has read it; where green joins them, of green too
	Apart       Apart          // how green stands behind others than blue
	Want        int            // how much is to serve: of green going forward, of blue going back
}

// Switch is what SwitchTraffic does for every strategy alike, while the record says that traffic is being switched.
type Switch interface {
	// Arm lets what hangs on green act, before it takes its first share.
	Arm(context.Context, clone.Moment) error
	// Check gives green blue's health checks: until it takes traffic they would have nothing to look at.
	Check(context.Context) error
	// Part writes into the record that blue is let go, with what a strategy notes besides: from then on the way back begins with blue.
	Part(ctx context.Context, notes func(*ledger.Lock)) error
}

// Apart is how green stands, and by what names clients come to either fleet, under a strategy by which it has load balancers of its own.
type Apart struct {
	Traffic deploy.Traffic // what green's sources show
	Aliases []deploy.Alias // the records that move, as they are: one that is gone has no target
}

// Memory is what a look must know of the one before.
type Memory struct {
	DrainBy *time.Time `json:"drain_by,omitempty"` // when the fleet that leaves has drained
	QuietBy *time.Time `json:"quiet_by,omitempty"` // when it has nothing any more that a network load balancer sent it late
	Armed   bool       `json:"armed,omitempty"`    // what hangs on green acts
	BakeBy  *time.Time `json:"bake_by,omitempty"`  // until when blue stands by
	FullBy  *time.Time `json:"full_by,omitempty"`  // when green's share has grown, of target groups with a slow start

	Refused *time.Time `json:"refused,omitempty"` // since when a bucket refuses the logs of green's load balancers
	Batches []string   `json:"batches,omitempty"` // ids of the changes that have moved records
	InSync  *time.Time `json:"in_sync,omitempty"` // since when name servers answer as they say
	AtRest  *time.Time `json:"at_rest,omitempty"` // since when all that is waited for but requests is so
}

// Enter begins a phase of the loop, unless it is under way.
func (m *Move) Enter(p deploy.Loop, phase string) deploy.Loop {
	if p.Phase == phase {
		return p
	}
	*m.Memory = Memory{}
	return deploy.Loop{State: p.State, Began: p.Began, Since: m.Entered, Phase: phase, Serving: p.Serving, Wanted: p.Wanted, Weighted: p.Weighted}
}
