package deployer

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"bluegreen/infra/settings"
	"bluegreen/internal/actions"
	"bluegreen/statemachine"
)

// place puts a function into the operators' VPC, where they have one for it. By ids alone: CDK's own way would look the
// VPC up in the account when it synthesises, and add permissions to the function's role.
func (b build) place(f awslambda.Function) {
	if b.attaches == nil {
		return
	}
	of := f.Node().DefaultChild().(awslambda.CfnFunction)
	of.SetVpcConfig(&awslambda.CfnFunction_VpcConfigProperty{
		SubnetIds:        texts(b.settings.FunctionSubnets),
		SecurityGroupIds: texts(b.settings.FunctionSecurityGroups),
	})
	// Lambda looks whether it may make the interfaces when it makes the function.
	of.Node().AddDependency(b.attaches)
}

// interfaces is the policy by which Lambda gives functions network interfaces in a VPC; nil where they are in none. Lambda does
// that with the function's role, so the code could too: Lambda tells which function's code a call is of, and that is denied
// (Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC", required IAM permissions).
func (b build) interfaces() awsiam.IManagedPolicy {
	if len(b.settings.FunctionSubnets) == 0 {
		return nil
	}
	calls := []string{"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
		"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"}
	own := b.stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("lambda"), Resource: jsii.String("function"), ResourceName: jsii.String(b.settings.Function("*")),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	policy := awsiam.NewManagedPolicy(b.stack, jsii.String("NetworkInterfaces"), &awsiam.ManagedPolicyProps{
		Description: jsii.String("Lets Lambda, and not the code, give the functions network interfaces"),
		Document: document(
			allow("Attach", jsii.Strings("*"), calls...),
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid: jsii.String("NotTheCode"), Effect: awsiam.Effect_DENY, Actions: texts(calls), Resources: jsii.Strings("*"),
				Conditions: &map[string]any{"ArnLike": map[string]any{"lambda:SourceFunctionArn": own}},
			}),
		),
	})
	accept(policy, "AwsSolutions-IAM5", "Interfaces have no name before they are made (Lambda developer guide, VPC permissions).", []string{"*"})
	return policy
}

// attachable is the error for roles that have no room for one policy more.
func attachable(s settings.Settings) error {
	if len(s.FunctionSubnets) == 0 {
		return nil
	}
	for _, f := range statemachine.Deployed() {
		policies, err := actions.Policies(f.State, s.Scope())
		if err == nil && len(policies) > actions.MostAttached { // the first is the role's own
			return fmt.Errorf("fleets, function_subnets: what %s may do takes %d managed policies, and IAM none more than that in a role: name the fleets by fewer, wider patterns", f.State, actions.MostAttached)
		}
	}
	return nil
}
