// Package none is the strategy of fleets without a load balancer, such as workers on a queue. Green does not wait: there is nothing to
// move, and both fleets work until blue is scaled in.
package none

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/traffic"
)

type strategy struct{}

// New makes the strategy.
func New(aws.Config) traffic.Strategy { return strategy{} }

func (strategy) Unfit(blue deploy.Fleet) string {
	if len(blue.Sources) == 0 {
		return ""
	}
	return fmt.Sprintf(`traffic.strategy is "none", but the group serves %s, which green would never join; leave it out, or say "attach"`,
		deploy.CountedSources(blue.Sources))
}

func (strategy) Preflight(context.Context, traffic.Blue, *deploy.Deployment) (traffic.Found, error) {
	return traffic.Found{}, nil
}

func (strategy) Diverged(d *deploy.Deployment, blue deploy.Fleet) error { return d.Diverged(blue) }

func (strategy) Moved(context.Context, *deploy.Deployment, *ledger.Lock) error { return nil }

func (strategy) Takes(context.Context, deploy.Deployment, deploy.Fleet) (string, error) {
	return "", nil
}
