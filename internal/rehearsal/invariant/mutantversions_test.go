package invariant_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/lambdaentry"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/completelifecycle"
	"bluegreen/lambdas/creategreen"
	"bluegreen/lambdas/restoreblue"
	"bluegreen/lambdas/scaleinblue"
)

// versionMutations are wrong about what blue launches while it is replaced.
var versionMutations = []mutation{
	{
		name:   "green is made while blue launches what is newest",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, seeVersion("1")))},
		breaks: []int{5},
	},
	{
		name:   "blue is pinned to what is being deployed",
		mutant: rehearsal.Mutant{Work: work("CreateGreen", changed(creategreen.New, nameVersion("2")))},
		breaks: []int{4, 5}, // the record does not have that version, so it is not put back
	},
	{
		name:   "blue stands by pinned",
		mutant: rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, nameVersion("1")))},
		breaks: []int{4},
	},
	{
		name: "blue is left pinned on the way back",
		mutant: rehearsal.Mutant{Work: map[string]lambdaentry.New{
			"RestoreBlue":       changed(restoreblue.New, nameVersion("1")),
			"CompleteLifecycle": changed(completelifecycle.New, seeVersion("$Latest")), // it would be found
		}},
		prepare: sickGreen,
		breaks:  []int{4},
	},
}

func TestMutantsOfVersionsAreCaught(t *testing.T) {
	for _, m := range versionMutations {
		t.Run(m.name, m.isCaught)
	}
}

func seeVersion(version string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return around(stack, func(_, output any) {
			if got, ok := output.(*autoscaling.DescribeAutoScalingGroupsOutput); ok {
				for _, group := range got.AutoScalingGroups {
					group.LaunchTemplate.Version = aws.String(version)
				}
			}
		})
	}
}

func nameVersion(version string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return around(stack, func(input, _ any) {
			if update, ok := input.(*autoscaling.UpdateAutoScalingGroupInput); ok && update.LaunchTemplate != nil {
				update.LaunchTemplate.Version = aws.String(version)
			}
		})
	}
}
