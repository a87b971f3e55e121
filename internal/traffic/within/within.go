// Package within is the strategy of a group that stays: its new instances join what it takes traffic from as members, and nothing of that
// is changed. What is looked at before is what attach looks at.
package within

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"bluegreen/internal/deploy"
	"bluegreen/internal/traffic"
	"bluegreen/internal/traffic/attach"
)

type strategy struct{ traffic.Strategy }

// New makes the strategy.
func New(cfg aws.Config) traffic.Strategy { return strategy{attach.New(cfg)} }

func (strategy) Unfit(blue deploy.Fleet) string {
	if len(blue.Sources) > 0 {
		return ""
	}
	return "a deployment in place does not do that yet: a group without a load balancer"
}
