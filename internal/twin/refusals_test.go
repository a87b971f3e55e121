package twin_test

import (
	"testing"

	"bluegreen/internal/localaws/faults"
	"bluegreen/internal/twin"
)

// What AWS refuses for a moment, since it does not show yet what it has made or deleted, is done at a later look.
func TestRefusalsThatPass(t *testing.T) {
	for _, c := range []struct {
		kind            twin.Kind
		operation, code string
	}{
		{twin.Application, "CreateLoadBalancer", "DuplicateLoadBalancerName"},
		{twin.Application, "CreateTargetGroup", "DuplicateTargetGroupName"},
		{twin.Application, "CreateListener", "DuplicateListener"},
		{twin.Application, "CreateRule", "PriorityInUse"},
		{twin.Application, "DeleteLoadBalancer", "OperationNotPermitted"},
		{twin.Application, "DeleteLoadBalancer", "ResourceInUse"},
		{twin.Application, "DeleteTargetGroup", "ResourceInUse"},
		{twin.Classic, "CreateLoadBalancer", "DuplicateLoadBalancerName"},
		{twin.Classic, "CreateLoadBalancerPolicy", "DuplicatePolicyName"},
		{twin.Classic, "CreateLBCookieStickinessPolicy", "DuplicatePolicyName"},
	} {
		meet(t, func(a *account) {
			blue, before := a.read(kinds[c.kind](a, "front")), a.there()
			a.aws.Faults.Add(faults.Rule{Caller: "ours", Operation: c.operation, Kind: faults.Refuse, Code: c.code, Message: "for now", Times: 2})
			made, err := a.make(blue)
			if standing := a.stand(blue); err != nil || made != (twin.Made{}) || !standing.Ready() {
				t.Errorf("%s %s: %+v, %v; it stands so: %s", c.operation, c.code, made, err, text(standing))
			}
			if left, err := a.unmake(blue); err != nil || left != "" || a.there() != before {
				t.Errorf("%s %s: unmaking leaves %q, %v; there is %s", c.operation, c.code, left, err, a.there())
			}
		})
	}
}
