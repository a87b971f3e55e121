package invariant_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/smithy-go/middleware"

	"bluegreen/internal/localaws/world"
	"bluegreen/internal/rehearsal"
	"bluegreen/lambdas/buildimage"
	"bluegreen/lambdas/removegreen"
	"bluegreen/lambdas/scaleinblue"
)

// built is a deployment whose green launches from an image that is built first.
const built = `{"project": "ec", "blue": {"asg_name": "ec-mqagt-dev-asg"}, "green": {"image": {"build": {"commands": ["make install"]}}}}`

// builds are deployments that do wrong with what they build an image with.
var builds = []mutation{
	{
		name:   "the image is forgotten at the commit",
		input:  built,
		mutant: rehearsal.Mutant{Work: work("ScaleInBlue", changed(scaleinblue.New, forgetImages))},
		plan:   builders,
		breaks: []int{4},
	},
	{
		name:   "the builder's launch template is left",
		input:  built,
		mutant: rehearsal.Mutant{Work: work("BuildImage", changed(buildimage.New, without(input[ec2.DeleteLaunchTemplateInput])))},
		plan:   builders,
		breaks: []int{4},
	},
	{
		name:   "the builder runs user data that nobody asked for",
		input:  built,
		mutant: rehearsal.Mutant{Work: work("BuildImage", changed(buildimage.New, running(func(in *ec2.RunInstancesInput) { in.UserData = aws.String("IyEvYmluL3NoCg==") })))},
		plan:   builders,
		breaks: []int{5},
	},
	{
		name:   "the builder is launched by a token that the record does not know",
		input:  built,
		mutant: rehearsal.Mutant{Work: work("BuildImage", changed(buildimage.New, running(func(in *ec2.RunInstancesInput) { in.ClientToken = aws.String("mine") })))},
		plan:   builders,
		breaks: []int{5},
	},
	{
		name:    "the builder is left when the deployment turns back",
		input:   built,
		mutant:  rehearsal.Mutant{Work: work("RemoveGreen", changed(removegreen.New, seeNoBuilder))},
		plan:    builders,
		prepare: failedImage,
		breaks:  []int{4},
	},
	{
		name:    "the image is left when the deployment turns back",
		input:   built,
		mutant:  rehearsal.Mutant{Work: work("RemoveGreen", changed(removegreen.New, seeNoImage))},
		plan:    builders,
		prepare: failedImage,
		breaks:  []int{4},
	},
}

func builders(p *world.Plan) { p.Builds = true }

func failedImage(_ context.Context, r *rehearsal.Rehearsal) error {
	r.AWS.Account.Lock()
	defer r.AWS.Account.Unlock()
	r.AWS.Compute.FailImages(1)
	return nil
}

func forgetImages(stack *middleware.Stack) error {
	return around(stack, func(input, _ any) {
		if put, ok := input.(*dynamodb.PutItemInput); ok {
			delete(put.Item, "images")
		}
	})
}

func running(change func(*ec2.RunInstancesInput)) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return around(stack, func(input, _ any) {
			if run, ok := input.(*ec2.RunInstancesInput); ok {
				change(run)
			}
		})
	}
}

func seeNoBuilder(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		if described, ok := output.(*ec2.DescribeInstancesOutput); ok {
			described.Reservations = nil
		}
	})
}

func seeNoImage(stack *middleware.Stack) error {
	return around(stack, func(_, output any) {
		switch described := output.(type) {
		case *ec2.DescribeImagesOutput:
			described.Images = nil
		case *ec2.DescribeSnapshotsOutput:
			described.Snapshots = nil
		}
	})
}

func TestWrongBuildsAreCaught(t *testing.T) {
	for _, m := range builds {
		t.Run(m.name, m.isCaught)
	}
}
