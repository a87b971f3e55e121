package invariant_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/ledger"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/switchtraffic"
)

// hurry has targets leave after five seconds, which the fleet's two minutes would let end what takes 20.
func hurry(ctx context.Context, d mutantCall) {
	if !moving(d) {
		return
	}
	d.fenced(ctx)
	elb.NewFromConfig(d.cfg).ModifyTargetGroupAttributes(ctx, &elb.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &d.deployment.TargetGroups[0],
		Attributes:     []elbtypes.TargetGroupAttribute{{Key: aws.String("deregistration_delay.timeout_seconds"), Value: aws.String("5")}},
	})
}

// Requests of 20 s that blue has are cut where its targets drain for 5 s.
func TestCutRequestsAreSeen(t *testing.T) {
	mutation{
		mutant: rehearsal.Mutant{
			Work:    work("SwitchTraffic", after(switchtraffic.New, hurry)),
			Actions: may("SwitchTraffic", "elasticloadbalancing:ModifyTargetGroupAttributes"),
		},
		breaks: []int{2, 5}, // no function may write that at all
	}.isCaught(t)
}

// detachFront has blue leave its Classic Load Balancer when a part of green is in service there.
func detachFront(ctx context.Context, d mutantCall) {
	if p := d.progress; d.call.Way != deploy.Forward || p == nil || p.Serving == 0 || p.Serving >= p.Wanted {
		return
	}
	_, err := d.ledger.For(d.call).Change(ctx, func(r *ledger.Record) { r.Lock.Stage = ledger.Leaving }, ledger.Switching)
	if err == nil {
		d.groups.DetachLoadBalancers(ctx, &autoscaling.DetachLoadBalancersInput{AutoScalingGroupName: &d.deployment.Blue, LoadBalancerNames: deploy.IDs(d.deployment.Sources)})
	}
}

// seeNoNetwork takes a network load balancer's target group for an application load balancer's.
func seeNoNetwork(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*elb.DescribeTargetGroupAttributesOutput); ok {
			got.Attributes = slices.DeleteFunc(got.Attributes, func(a elbtypes.TargetGroupAttribute) bool {
				return *a.Key == "deregistration_delay.connection_termination.enabled"
			})
		}
	})
}

// Behind other load balancers than an application one, too, blue serves until green does, and has what was sent to it.
func TestLossesBehindOtherBalancersAreCaught(t *testing.T) {
	behindClassic := func(p *world.Plan) { p.Classics = 1 }
	for _, m := range []mutation{
		{
			name: "blue leaves a Classic Load Balancer when a part of green serves there", plan: behindClassic,
			mutant: rehearsal.Mutant{Work: work("SwitchTraffic", after(switchtraffic.New, detachFront))},
			breaks: []int{1, 4}, // and green never gets the health checks that blue had
		},
		{
			name:   "blue is scaled in while a network load balancer sends it connections",
			plan:   func(p *world.Plan) { p.Network, p.DeregistrationDelay = true, 5*time.Second },
			mutant: rehearsal.Mutant{Work: work("SwitchTraffic", changed(switchtraffic.New, seeNoNetwork))},
			breaks: []int{2},
		},
	} {
		t.Run(m.name, m.isCaught)
	}
}
