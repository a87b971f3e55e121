// Package edge is a model of what stands in front of load balancers, as far as reading it goes: web ACLs (AWS WAF), protections
// (Shield Advanced) and accelerators (Global Accelerator). Operators put it there; nothing of it touches traffic.
package edge

import (
	"bluegreen/internal/localaws/account"
	"bluegreen/internal/localaws/wire"

	shieldtypes "github.com/aws/aws-sdk-go-v2/service/shield/types"
)

// Edge is what stands in front of an account's load balancers.
type Edge struct {
	account *account.Account
	exists  func(arn string) bool // a load balancer

	acls         map[string]string // ARNs of web ACLs by those of load balancers
	subscribed   bool              // to Shield Advanced
	protections  []shieldtypes.Protection
	accelerators []*accelerator
}

// New returns an edge on which nothing stands. exists says whether there is a load balancer of an ARN.
func New(acct *account.Account, exists func(arn string) bool) *Edge {
	return &Edge{account: acct, exists: exists, acls: make(map[string]string)}
}

// Services are the APIs of AWS WAF, Shield and Global Accelerator, as far as they are modelled.
func (e *Edge) Services() []wire.Service {
	return []wire.Service{e.wafService(), e.shieldService(), e.acceleratorService()}
}
