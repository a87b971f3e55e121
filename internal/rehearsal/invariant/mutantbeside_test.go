package invariant_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/deploy"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
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
	{
		name:   "no launch template is made for green",
		input:  otherType,
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(changed(creategreen.New, launchFromPeoples), without(input[ec2.CreateLaunchTemplateInput])))},
		breaks: []int{4},
	},
	{
		name:   "green's launch template is made of the version before",
		input:  otherType,
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, seeFirstVersion))},
		breaks: []int{4},
	},
	{
		name:   "green's launch template is made without the instance profile",
		input:  otherType,
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, makingTemplate(func(in *ec2.CreateLaunchTemplateInput) { in.LaunchTemplateData.IamInstanceProfile = nil })))},
		breaks: []int{4},
	},
	{
		name:   "green's launch template is made without the user data",
		input:  otherType,
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, makingTemplate(func(in *ec2.CreateLaunchTemplateInput) { in.LaunchTemplateData.UserData = nil })))},
		breaks: []int{4},
	},
	{
		name:  "green's launch template is made without the project's tag",
		input: otherType,
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, makingTemplate(func(in *ec2.CreateLaunchTemplateInput) {
			in.TagSpecifications[0].Tags = slices.DeleteFunc(in.TagSpecifications[0].Tags, func(tag ec2types.Tag) bool { return *tag.Key == deploy.TagProject })
		})))},
		breaks: []int{5},
	},
	{
		name:    "green's launch template is left on the way back",
		input:   otherType,
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, without(input[ec2.DeleteLaunchTemplateInput])))},
		prepare: sickGreen,
		breaks:  []int{4},
	},
	{
		name:    "a launch template of people's is deleted on the way back",
		input:   otherType,
		mutant:  rehearsal.Mutant{Work: work("CompleteLifecycle", changed(completelifecycle.New, deletePeoples))},
		prepare: sickGreen,
		breaks:  []int{7}, // the role may not
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

// launchFromPeoples has green launch from people's template, in the version that it is copied from.
func launchFromPeoples(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if create, ok := input.(*autoscaling.CreateAutoScalingGroupInput); ok {
			create.LaunchTemplate = &types.LaunchTemplateSpecification{LaunchTemplateName: aws.String("ec-mqagt-dev"), Version: aws.String("2")}
		}
	})
}

func seeFirstVersion(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if describe, ok := input.(*ec2.DescribeLaunchTemplateVersionsInput); ok {
			describe.Versions = []string{"1"}
		}
	})
}

func makingTemplate(change func(*ec2.CreateLaunchTemplateInput)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return around(stack, func(input, _ any) {
			if create, ok := input.(*ec2.CreateLaunchTemplateInput); ok {
				change(create)
			}
		})
	}
}

func deletePeoples(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if remove, ok := input.(*ec2.DeleteLaunchTemplateInput); ok {
			remove.LaunchTemplateId, remove.LaunchTemplateName = nil, aws.String("ec-mqagt-dev")
		}
	})
}
