package invariant

import (
	"bluegreen/internal/localaws/iam"
	"bluegreen/internal/localaws/wire"
)

// privilege holds promise 7: what the model of IAM denies, by the policies of the synthesised template, no function may
// ask for.
type privilege struct{ base }

func newPrivilege(b base, _ snapshot) invariant {
	p := &privilege{b}
	b.w.r.AWS.Roles.OnDenied(p.denied)
	return p
}

func (p *privilege) denied(call *wire.Call, request iam.Request) {
	if state, ours := p.w.states[call.Principal.Function]; ours {
		p.breaks("%s may not %s on %s, which %s:%s takes", state, request.Action, request.Resource, call.Service, call.Operation)
	}
}
