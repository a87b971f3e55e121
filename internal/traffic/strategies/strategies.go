// Package strategies is the table of all strategies.
package strategies

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/fault"
	"bluegreen/internal/traffic"
	"bluegreen/internal/traffic/attach"
	"bluegreen/internal/traffic/dns"
	"bluegreen/internal/traffic/none"
	"bluegreen/internal/traffic/within"
)

// Strategies are all of an account, in the order in which one is looked for that fits a fleet.
type Strategies []row

// New makes all strategies of an account.
func New(cfg aws.Config) Strategies {
	return Strategies{
		moving(deploy.StrategyAttach, attach.New(cfg)),
		moving(deploy.StrategyDNS, dns.New(cfg)),
		{deploy.StrategyNone, none.New(cfg), nil},
		{deploy.StrategyInPlace, within.New(cfg), nil},
	}
}

// row is a strategy, and the same where it moves traffic: nil where green does not wait.
type row struct {
	name deploy.Strategy
	traffic.Strategy
	mover traffic.Mover
}

func moving(name deploy.Strategy, mover traffic.Mover) row { return row{name, mover, mover} }

// For is the name of the first strategy by which a fleet can be replaced, for a request that names none.
func (all Strategies) For(blue deploy.Fleet) deploy.Strategy {
	for _, r := range all {
		if !r.name.MovesRecords() && !r.name.Stays() && r.Unfit(blue) == "" { // which records, nobody has said
			return r.name
		}
	}
	return ""
}

// Of is a deployment's strategy. A name that the table does not have is one of another release.
func (all Strategies) Of(d *deploy.Deployment) (traffic.Strategy, error) {
	r, err := all.row(d)
	return r.Strategy, err
}

// Mover is what moves a deployment's traffic; nil: green does not wait, and there is nothing to move.
func (all Strategies) Mover(d *deploy.Deployment) (traffic.Mover, error) {
	r, err := all.row(d)
	return r.mover, err
}

func (all Strategies) row(d *deploy.Deployment) (row, error) {
	for _, r := range all {
		if r.name == d.Strategy {
			return r, nil
		}
	}
	return row{}, fault.New(fault.Refused, "this release knows no traffic strategy %q: finish the deployment with the release that began it", d.Strategy)
}
