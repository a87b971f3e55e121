package invariant

import (
	"strings"

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
	switch {
	case request.Action == "ssm:GetParameters": // which parameter, a request or a template of people's says: the refusal is a finding
		return
	case request.Action == "ec2:DeleteLaunchTemplate" && strings.HasSuffix(request.Resource, "/*"): // it has gone, and its tags with it
		return
	case (request.Action == "ec2:DeregisterImage" || request.Action == "ec2:DeleteSnapshot") && p.gone(request.Resource): // the same
		return
	case (request.Action == "elasticloadbalancing:DeleteLoadBalancer" || request.Action == "elasticloadbalancing:DeleteTargetGroup") && p.balancingGone(request.Resource): // the same
		return
	}
	if state, ours := p.w.states[call.Principal.Function]; ours {
		p.breaks("%s may not %s on %s, which %s:%s takes", state, request.Action, request.Resource, call.Service, call.Operation)
	}
}

// gone reports whether an image or a snapshot is there no more, by its ARN.
func (p *privilege) gone(arn string) bool {
	tags, _ := p.w.r.AWS.Compute.Tags(arn[strings.LastIndexByte(arn, '/')+1:])
	return tags == nil
}

// balancingGone reports whether a load balancer or target group is there no more, by its ARN.
func (p *privilege) balancingGone(arn string) bool {
	if _, there := p.w.r.AWS.Balancers.Tags(arn); there {
		return false
	}
	_, name, _ := strings.Cut(arn, ":loadbalancer/") // of a Classic Load Balancer
	return !p.w.r.AWS.Classic.Exists(name)
}
