package invariant_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/scaleinblue"
)

// otherType is a deployment whose green launches from a template of its own.
const otherType = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "green": {"instance_type": "t3.small"}}`

// beside are deployments that do wrong with what they make beside their groups.
var beside = []mutation{
	{
		name:    "what was made for the fleet before the last is forgotten",
		mutant:  rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, forgetSuperseded))},
		prepare: twoGenerations,
		breaks:  []int{4},
	},
}

// What becomes of launch templates and alarms that deployments make is seen.
func TestWhatIsMadeBesideIsHeld(t *testing.T) {
	for _, m := range beside {
		t.Run(m.name, m.isCaught)
	}
}

// twoGenerations deploys twice, from a template made for each, and has a person delete the first copy.
func twoGenerations(ctx context.Context, r *rehearsal.Rehearsal) error {
	for n := range 2 {
		arn, err := r.Start(ctx, fmt.Sprint("generation-", n+1), otherType)
		if err != nil {
			return err
		}
		if _, err := r.AwaitEnd(ctx, arn, 12*time.Hour); err != nil {
			return err
		}
	}
	_, err := autoscaling.NewFromConfig(operator(r)).DeleteAutoScalingGroup(ctx, &autoscaling.DeleteAutoScalingGroupInput{
		AutoScalingGroupName: aws.String(r.World.GroupName + "-v001"),
	})
	r.Wait(ctx, time.Minute)
	return err
}

func forgetSuperseded(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*dynamodb.PutItemInput); ok {
			delete(put.Item, "superseded")
		}
	})
}
