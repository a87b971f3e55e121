package invariant_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

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
