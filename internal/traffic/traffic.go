// Package traffic is how the states see a strategy: what they ask of it, and what it works with. Each strategy is a folder below, and a line
// in the table of package strategies. docs/decisions/strategy.md says why the interface is this one.
package traffic

import (
	"context"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/step"
)

// Strategy is a way of replacing a fleet that takes traffic, or has none. Its methods read, and write nothing to AWS.
type Strategy interface {
	// Unfit says why blue cannot be replaced so, as a finding; empty: it can.
	Unfit(blue deploy.Fleet) string
	// Preflight looks at blue's traffic before anything is touched. It adds warnings to the deployment.
	Preflight(ctx context.Context, blue Blue, d *deploy.Deployment) (Found, error)
	// Diverged is the fault of a blue that takes traffic where green would take none, by what others have changed since green was copied
	// from it; nil: there is no such thing.
	Diverged(d *deploy.Deployment, blue deploy.Fleet) error
	// Moved looks, right before the commit, whether traffic is where it was moved: the fault of what somebody else has moved since; nil: it is.
	Moved(ctx context.Context, d *deploy.Deployment, lock *ledger.Lock) error
	// Takes says of a fleet that is at rest what gives it traffic, as in "web <said> again"; empty: nothing does.
	Takes(ctx context.Context, d deploy.Deployment, f deploy.Fleet) (string, error)
}

// Blue is the fleet that serves, and what else is asked and known before anything is touched.
type Blue struct {
	ARN string // of its group
	deploy.Fleet
	Records []deploy.Record // that the request names
	Allowed []deploy.Record // that the deployer may move; nil: nobody has said so
	Record  ledger.Record   // of the lineage
}

// Found is what a strategy has found of blue's traffic.
type Found struct {
	Findings []string // what stands in the way, each with what to do
	// Stages is how long the parts of moving traffic take, read when it is asked for; nil: there is nothing to move.
	Stages func(context.Context) ([]deploy.PlannedStage, error)
	// Things are what the strategy makes and changes besides groups, for a plan.
	Things []deploy.Planned
	// Balancers is how many load balancers it makes, which run beside blue's from its stages on.
	Balancers int
}

// Mover moves traffic, where green waits for it. Each method is one look: it does what is missing, and doing it again is doing it once.
type Mover interface {
	Strategy
	// See reads what the load balancers show. On the way back that is without those which others have deleted.
	See(ctx context.Context, m *Move) error
	// Join brings green to where it can serve alone, while blue serves; then it calls Part, and lets blue go.
	Join(ctx context.Context, m *Move, p deploy.Loop) (deploy.Loop, error)
	// Leave waits until blue takes no traffic any more, and watches that green serves. Done: it does.
	Leave(ctx context.Context, m *Move, p deploy.Loop) (deploy.Loop, error)
	// Rejoin brings blue back to where it serves, on the way back from where it was let go. serves: it does, and no call of the way
	// forward can take it out again.
	Rejoin(ctx context.Context, m *Move, p deploy.Loop) (serves bool, after deploy.Loop, err error)
	// Remove takes green's traffic away, on the way back, once blue serves. Done: green takes none.
	Remove(ctx context.Context, m *Move, p deploy.Loop) (deploy.Loop, error)
	// Withdraw takes a fleet that was brought back out of all traffic once more: a call that came late may have put it there.
	Withdraw(ctx context.Context, s *step.Step, f deploy.Fleet) error
}
