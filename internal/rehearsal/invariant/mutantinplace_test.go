package invariant_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/endprevious"
	"bluegreen/lambdas/joingroup"
	"bluegreen/lambdas/launchinstances"
	"bluegreen/lambdas/restoregroup"
)

const inPlace = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "green": {"image": {"id": "GREEN_IMAGE"}}, "traffic": {"strategy": "in-place"}}`

// inPlaceMutations are wrong about a group that stays, and about what it launches.
var inPlaceMutations = []mutation{
	{
		name: "a previous instance is ended before the point of no return",
		mutant: rehearsal.Mutant{
			Work:    work("JoinGroup", after(joingroup.New, endMember)),
			Actions: may("JoinGroup", "autoscaling:TerminateInstanceInAutoScalingGroup"),
		},
		breaks: []int{3},
	},
	{
		name:   "a previous instance is ended without a decrement",
		mutant: rehearsal.Mutant{Work: work("EndPrevious", changed(endprevious.New, replaceEnded))},
		breaks: []int{3, 4}, // and the group is too large in the end
	},
	{
		name:    "the group launches the new image before any of it has served",
		mutant:  rehearsal.Mutant{Work: work("JoinGroup", changed(joingroup.New, seeAllHealthy))},
		prepare: sickGreen,
		breaks:  []int{5},
	},
	{
		name:   "the version is made while the group launches what is newest",
		mutant: rehearsal.Mutant{Work: work("LaunchInstances", changed(launchinstances.New, seeVersion("1")))},
		breaks: []int{5},
	},
	{
		name:    "the group launches the new image when all is over",
		mutant:  rehearsal.Mutant{Work: work("RestoreGroup", changed(restoregroup.New, keepVersion))},
		prepare: sickGreen,
		breaks:  []int{4},
	},
}

func TestMutantsInPlaceAreCaught(t *testing.T) {
	for _, m := range inPlaceMutations {
		m.plan = func(p *world.Plan) { p.InPlace = true }
		if m.input = inPlace; m.prepare != nil {
			m.input = inPlace[:len(inPlace)-1] + `, "health": {"timeout_seconds": 300}}`
		}
		t.Run(m.name, m.isCaught)
	}
}

// endMember ends a member by its name once the new ones have joined.
func endMember(ctx context.Context, d mutantCall) {
	ids := membersIn(ctx, d.groups, d.deployment.Blue, "InService")
	if d.progress.Verdict == deploy.Done && len(ids) > 0 {
		record := d.fenced(ctx)
		record.Lock.InPlace.Ended = append(record.Lock.InPlace.Ended, ids[0])
		d.ledger.Put(ctx, record)
		d.groups.TerminateInstanceInAutoScalingGroup(ctx, &autoscaling.TerminateInstanceInAutoScalingGroupInput{
			InstanceId: &ids[0], ShouldDecrementDesiredCapacity: aws.Bool(true),
		})
	}
}

func replaceEnded(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if end, ok := input.(*autoscaling.TerminateInstanceInAutoScalingGroupInput); ok {
			end.ShouldDecrementDesiredCapacity = aws.Bool(false)
		}
	})
}

func seeAllHealthy(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if got, ok := output.(*elb.DescribeTargetHealthOutput); ok {
			for _, target := range got.TargetHealthDescriptions {
				target.TargetHealth.State = elbtypes.TargetHealthStateEnumHealthy
			}
		}
	})
}

// keepVersion changes nothing of what a group launches.
func keepVersion(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if update, ok := input.(*autoscaling.UpdateAutoScalingGroupInput); ok {
			update.LaunchTemplate = nil
		}
	})
}
