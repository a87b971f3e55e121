package actions_test

import (
	"slices"
	"strings"
	"testing"

	"bluegreen/internal/actions"
)

func TestIAMActions(t *testing.T) {
	for _, c := range []struct {
		operation actions.Operation
		want      []string
	}{
		{actions.Operation{Service: "dynamodb", Name: "GetItem"}, []string{"dynamodb:GetItem"}},
		{actions.Operation{Service: "states", Name: "DescribeExecution"}, []string{"states:DescribeExecution"}},
		{actions.Operation{Service: "elasticloadbalancing", Name: "DescribeTargetHealth"}, []string{"elasticloadbalancing:DescribeTargetHealth"}},
		{actions.Operation{Service: "lambda", Name: "Invoke"}, []string{"lambda:InvokeFunction"}},
		{actions.Operation{Service: "monitoring", Name: "DescribeAlarms"}, []string{"cloudwatch:DescribeAlarms"}},
		{actions.Operation{Service: "autoscaling", Name: "CreateAutoScalingGroup"},
			[]string{"autoscaling:CreateAutoScalingGroup", "ec2:RunInstances", "ec2:CreateTags", "iam:PassRole"}},
	} {
		if got := c.operation.IAM(); !slices.Equal(got, c.want) {
			t.Errorf("%s takes %v, want %v", c.operation, got, c.want)
		}
	}
}

// A function that could do what another must not is found here: what describes writes nothing.
func TestDescribeBlueWritesNothing(t *testing.T) {
	reads := func(o actions.Operation) bool {
		return strings.HasPrefix(o.Name, "Get") || strings.HasPrefix(o.Name, "List") || strings.HasPrefix(o.Name, "Describe")
	}
	for _, o := range actions.Of("DescribeBlue") {
		if !reads(o) {
			t.Errorf("DescribeBlue may call %s", o)
		}
	}
	for _, o := range actions.Of("Report") {
		if o.Name != "PutEvents" && o.Name != "Publish" && !(o.Service == "codepipeline" && reads(o)) {
			t.Errorf("Report may call %s: it tells, and does nothing else", o)
		}
	}
}
